/**
 * How many pods the controller of a pod wants. Models the finders of pkg/controller/disruption/disruption.go: of a Deployment rather than of
 * its ReplicaSet, and of anything else that has the subresource scale.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { InformerFactory } from '../../client/informer.ts';
import { groupResource, KINDS, type Kind } from '../../model/kinds.ts';
import { controllerOf, type KubeObject, keyOf, type OwnerReference } from '../../model/meta.ts';

export interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

const SCALABLE: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'ReplicationController', 'Deployment']);

/** Undefined when the controller is not there any more; throws for one that has no size. */
export function scaleOf(informers: InformerFactory, owner: OwnerReference, namespace: string): ControllerScale | undefined {
  if (!SCALABLE.has(owner.kind)) {
    const resource = KINDS[owner.kind as Kind] === undefined ? owner.kind.toLowerCase() : groupResource(owner.kind as Kind);
    throw new ApiError({ code: 404, reason: 'NotFound', message: `${resource} does not implement the scale subresource` });
  }
  const found: KubeObject | undefined = informers.informer(owner.kind as Kind).get(keyOf(namespace, owner.name));
  if (found === undefined || found.metadata.uid !== owner.uid) return undefined;
  const parent = owner.kind === 'ReplicaSet' ? controllerOf(found) : undefined;
  if (parent?.kind === 'Deployment') return scaleOf(informers, parent, namespace);
  return { uid: owner.uid, replicas: (found as { readonly spec?: { readonly replicas?: number } }).spec?.replicas ?? 1 };
}
