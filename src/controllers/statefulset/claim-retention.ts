/**
 * Who owns a StatefulSet's claim, so that the garbage collector takes it away when the retention policy says so.
 *
 * Models updateClaimOwnerRefForSetAndPod and its checks of pkg/controller/statefulset/stateful_set_utils.go: whenDeleted makes the
 * set an owner, whenScaled makes a condemned pod one.
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import type { KubeObject, OwnerReference } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import { controllerRef } from '../controller-ref-manager.ts';
import { isInRange, ordinalOf } from './identity.ts';

/** The owners the claim should have; those that are neither the set nor the pod are left alone. */
export function ownersWanted(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const others = (claim.metadata.ownerReferences ?? []).filter((owner) => !refersTo(owner, set) && !refersTo(owner, pod));
  // Somebody else manages the claim: the policy does not apply.
  if (others.some((owner) => owner.controller === true)) return others;
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const isCondemned = !isInRange(set, ordinalOf(set, pod));
  if (whenScaled === 'Delete' && isCondemned) return [...others, controllerRef(pod)];
  return whenDeleted === 'Delete' ? [...others, controllerRef(set)] : others;
}

export function hasOwnersWanted(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  return isSameValue(claim.metadata.ownerReferences ?? [], ownersWanted(claim, set, pod));
}

export function hasForeignController(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  return (
    claim.metadata.ownerReferences?.some((owner) => owner.controller === true && !refersTo(owner, set) && !refersTo(owner, pod)) === true
  );
}

/** Owned by an earlier pod of that name: it is about to be collected, and must not be used again. */
export function isStale(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  if ((set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled ?? 'Retain') === 'Retain') return false;
  return (
    claim.metadata.ownerReferences?.some(
      ({ kind, name, uid }) => kind === 'Pod' && name === pod.metadata.name && uid !== (pod.metadata.uid ?? ''),
    ) === true
  );
}

function refersTo({ kind, name, uid }: OwnerReference, object: KubeObject): boolean {
  return kind === object.kind && name === object.metadata.name && uid === object.metadata.uid;
}
