/**
 * The ReplicaSet a Deployment makes for a template it has not run yet: its name, labels, annotations and first size.
 *
 * Models getNewReplicaSet of pkg/controller/deployment/sync.go.
 */
import type { StringMap } from '../../model/meta.ts';
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';
import { controllerRef } from '../controller-ref-manager.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { DESIRED_REPLICAS, HASH_LABEL, MAX_REPLICAS, newReplicaSetAnnotations } from './revisions.ts';
import { maxSurge, newReplicas, replicasOf } from './rolling.ts';

/** Beside the `old` ones, with the next `revision`. */
export function newReplicaSet(deployment: Deployment, old: readonly ReplicaSet[], revision: number): ReplicaSet {
  const { template, selector, minReadySeconds = 0 } = deployment.spec;
  const hash = podTemplateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(deployment.metadata.name, hash),
      namespace: deployment.metadata.namespace!,
      labels,
      annotations: { ...newReplicaSetAnnotations(deployment, undefined, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas: newReplicas(deployment, old, 0),
      ...(minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** What each of its sets says of the Deployment's size, by which a later pass knows that it was scaled. */
export function sizeAnnotations(deployment: Deployment): StringMap {
  const wanted = replicasOf(deployment);
  return { [DESIRED_REPLICAS]: String(wanted), [MAX_REPLICAS]: String(wanted + maxSurge(deployment)) };
}

/** `<deployment>-<hash>`, the first part shortened so that the whole is a valid name. */
function replicaSetName(deployment: string, hash: string): string {
  return `${deployment.slice(0, 253 - hash.length - 1)}-${hash}`;
}
