/**
 * `kubectl rollout undo` of a Deployment: puts the template of an older ReplicaSet back.
 *
 * Models k8s.io/kubectl/pkg/polymorphichelpers/rollback.go: one JSON patch that replaces template and annotations.
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import { controllerOf, type StringMap } from '../../model/meta.ts';
import type { PodTemplate } from '../../model/pod.ts';
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';

const HASH_LABEL = 'pod-template-hash';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
export const REVISION = 'deployment.kubernetes.io/revision';
/** What a ReplicaSet carries for the Deployment's own book-keeping, and never gives back. */
const SKIPPED_ANNOTATIONS: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

export function* rolloutUndo(command: ParsedCommand, context: KubectlContext): Task<void> {
  const wanted = command.flags.number('to-revision') ?? 0;
  for (const object of yield* selectObjects(command, context)) {
    if (object.kind !== 'Deployment') throw new KubectlError(`error: no rollbacker has been implemented for "${object.kind}"`);
    const deployment = object as Deployment;
    const { namespace, name, annotations = {} } = deployment.metadata;
    if (annotations[LAST_APPLIED] !== undefined) {
      context.print(
        `Warning: resource deployments/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`,
      );
    }
    if (deployment.spec.paused === true)
      throw new KubectlError(
        `error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/${name}' and try again`,
      );
    const { items } = yield* context.client.list('ReplicaSet', { namespace: namespace!, labelSelector: deployment.spec.selector });
    const target = revisionToRestore(deployment, items, wanted);
    const template = withoutHash(target.spec.template);
    if (isSameValue(template, withoutHash(deployment.spec.template))) {
      context.print(`${resourceName('Deployment', name)} skipped rollback (current template already matches revision ${wanted})`);
      continue;
    }
    const restored = { ...kept(target.metadata.annotations, false), ...kept(annotations, true) };
    const body = [
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'replace', path: '/metadata/annotations', value: restored },
    ];
    yield* context.client.patch(deployment.kind as Kind, namespace, name, { type: 'json', body });
    context.print(`${resourceName('Deployment', name)} rolled back`);
  }
}

/** The ReplicaSet of the revision asked for; of the second highest when none is. */
function revisionToRestore(deployment: Deployment, replicaSets: readonly ReplicaSet[], wanted: number): ReplicaSet {
  const history = replicaSets
    .filter((replicaSet) => controllerOf(replicaSet)?.uid === deployment.metadata.uid)
    .map((replicaSet) => ({ replicaSet, revision: Number(replicaSet.metadata.annotations?.[REVISION] ?? 0) }))
    .sort((a, b) => b.revision - a.revision);
  if (wanted > 0) {
    const found = history.find(({ revision }) => revision === wanted);
    if (found === undefined) throw new KubectlError(`error: unable to find specified revision ${wanted} in history`);
    return found.replicaSet;
  }
  const previous = history[1];
  if (previous === undefined) throw new KubectlError(`error: no rollout history found for deployment "${deployment.metadata.name}"`);
  return previous.replicaSet;
}

function kept(annotations: StringMap | undefined, isSkipped: boolean): StringMap {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => SKIPPED_ANNOTATIONS.has(key) === isSkipped));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
