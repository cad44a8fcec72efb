/**
 * How many pods the controller of a pod wants. Models the finders of pkg/controller/disruption/disruption.go: of a Deployment rather than of
 * its ReplicaSet, and of anything else that has the subresource scale.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { InformerFactory } from '../../client/informer.ts';
import { groupResource, isKind, KINDS, type Kind } from '../../model/kinds.ts';
import { controllerOf, type KubeObject, keyOf, type OwnerReference } from '../../model/meta.ts';

export interface ControllerScale {
  readonly uid: string;
  readonly replicas: number;
}

const SCALABLE: ReadonlySet<string> = new Set(['ReplicaSet', 'StatefulSet', 'ReplicationController', 'Deployment']);

/** Undefined when the controller is not there any more; throws for one that has no size. */
export function scaleOf(informers: InformerFactory, owner: OwnerReference, namespace: string): ControllerScale | undefined {
  if (!SCALABLE.has(owner.kind) || !isOfItsGroup(owner)) {
    throw new ApiError({
      code: 404,
      reason: 'NotFound',
      message: `${groupResource(servedKind(owner))} does not implement the scale subresource`,
    });
  }
  const found: KubeObject | undefined = informers.informer(owner.kind as Kind).get(keyOf(namespace, owner.name));
  if (found === undefined || found.metadata.uid !== owner.uid) return undefined;
  const parent = owner.kind === 'ReplicaSet' ? controllerOf(found) : undefined;
  if (parent?.kind === 'Deployment') return scaleOf(informers, parent, namespace);
  return { uid: owner.uid, replicas: (found as { readonly spec?: { readonly replicas?: number } }).spec?.replicas ?? 1 };
}

/** The kind as the API server serves it; throws for what it does not have, in the words of the REST mapper. */
function servedKind(owner: OwnerReference): Kind {
  if (isKind(owner.kind) && isOfItsGroup(owner)) return owner.kind;
  throw new ApiError({ code: 404, reason: 'NotFound', message: `no matches for kind "${owner.kind}" in version "${owner.apiVersion}"` });
}

/** A kind of the same name in another group is another kind (verifyGroupKind looks at the group, and at no version). */
function isOfItsGroup({ kind, apiVersion }: OwnerReference): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return isKind(kind) && KINDS[kind].group === group;
}
