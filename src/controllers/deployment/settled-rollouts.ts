/**
 * Rollouts of which there is nothing left to decide: one ReplicaSet, of the wanted size, with the annotations it is to have. While pods come
 * and go in it, passes differ in the counts they report and in nothing else.
 *
 * No rule of Kubernetes: a short cut through syncDeployment (pkg/controller/deployment/deployment_controller.go). Versions of an object share
 * what was not written, so "nothing but status has changed" is a comparison of references.
 */
import { isDeleting, type StringMap } from '../../model/meta.ts';
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';
import { conditionOf, hasProgressDeadline } from './status.ts';

interface Settled {
  readonly spec: Deployment['spec'];
  readonly annotations: StringMap | undefined;
  readonly replicaSet: ReplicaSet;
}

export class SettledRollouts {
  readonly #byUid = new Map<string, Settled>();

  /** A whole pass over these two came to the report without a write. */
  note(deployment: Deployment, replicaSet: ReplicaSet): void {
    this.#byUid.set(deployment.metadata.uid!, { spec: deployment.spec, annotations: deployment.metadata.annotations, replicaSet });
  }

  /** Would a whole pass over these two do nothing but report? False if that is not known. */
  has(deployment: Deployment, { spec, metadata }: ReplicaSet): boolean {
    const known = this.#byUid.get(deployment.metadata.uid!);
    if (known === undefined || known.spec !== deployment.spec || known.annotations !== deployment.metadata.annotations) return false;
    const { spec: knownSpec, metadata: knownMetadata } = known.replicaSet;
    return (
      spec === knownSpec &&
      metadata.annotations === knownMetadata.annotations &&
      metadata.labels === knownMetadata.labels &&
      !isDeleting(deployment) &&
      isProgressKnown(deployment)
    );
  }

  forget(deployment: Deployment): void {
    this.#byUid.delete(deployment.metadata.uid!);
  }
}

/** A pass writes the condition Progressing where it is missing, and where it tells of a pause that is over. */
function isProgressKnown(deployment: Deployment): boolean {
  if (!hasProgressDeadline(deployment)) return true;
  const condition = conditionOf(deployment.status, 'Progressing');
  return condition !== undefined && condition.reason !== 'DeploymentPaused';
}
