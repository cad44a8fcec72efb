/**
 * Which volume a claim may have, and why not another: pure questions about one claim and one or many volumes.
 *
 * Models staging/src/k8s.io/component-helpers/storage/volume/{helpers,pv_helpers}.go and, for a volume a claim names itself,
 * checkVolumeSatisfyClaim of pkg/controller/volume/persistentvolume/pv_controller.go.
 */
import { compareText } from '../base/compare.ts';
import type { ObjectKey } from './meta.ts';
import { quantityUnits } from './quantity.ts';
import { selectorMatches } from './selector.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from './storage.ts';

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
const BETA_STORAGE_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The class a claim asks for, or a volume is of; empty for none. */
export function storageClassNameOf({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata.annotations?.[BETA_STORAGE_CLASS] ?? spec.storageClassName ?? '';
}

/** Has anybody, even with an empty name, said which class the claim is to be of? */
export function hasStorageClass({ metadata, spec }: PersistentVolumeClaim): boolean {
  return metadata.annotations?.[BETA_STORAGE_CLASS] !== undefined || spec.storageClassName !== undefined;
}

/** Does binding wait for the scheduler to know the first pod's node? A class that does not exist makes nobody wait. */
export function isDelayed(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

export function capacityBytes({ spec }: PersistentVolume): number {
  return quantityUnits(spec.capacity?.storage);
}

export function requestedBytes({ spec }: PersistentVolumeClaim): number {
  return quantityUnits(spec.resources?.requests?.storage);
}

/** The claim a volume is promised or bound to. */
export function claimKeyOf({ spec: { claimRef } }: PersistentVolume): ObjectKey | undefined {
  return claimRef === undefined ? undefined : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`;
}

/** By name; and by uid, once somebody has written that in. */
export function isVolumeBoundTo({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef === undefined || claimRef.name !== metadata.name || (claimRef.namespace ?? '') !== metadata.namespace) return false;
  return (claimRef.uid ?? '') === '' || claimRef.uid === metadata.uid;
}

export function areModesDifferent({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem');
}

function attributesClassOf({ volumeAttributesClassName = '' }: { readonly volumeAttributesClassName?: string }): string {
  return volumeAttributesClassName;
}

function offersAccess({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode) === true);
}

/** Why the volume a claim names in `spec.volumeName` cannot be given to it; undefined when it can. */
export function misfit(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined) return 'the volume is marked for deletion';
  if (capacityBytes(volume) < requestedBytes(claim)) return 'requested PV is too small';
  if (storageClassNameOf(volume) !== storageClassNameOf(claim)) return 'storageClassName does not match';
  if (attributesClassOf(volume.spec) !== attributesClassOf(claim.spec)) return 'volumeAttributesClassName does not match';
  if (areModesDifferent(volume, claim)) return 'incompatible volumeMode';
  return offersAccess(volume, claim) ? undefined : 'incompatible accessMode';
}

/** Could the volume hold the claim at all, whoever has it now? */
function isBigEnough(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    capacityBytes(volume) >= requestedBytes(claim) &&
    !areModesDifferent(volume, claim) &&
    attributesClassOf(volume.spec) === attributesClassOf(claim.spec) &&
    volume.metadata.deletionTimestamp === undefined
  );
}

/**
 * The volume promised to the claim, or else the smallest free one that serves it, the first of several equal.
 * A claim that waits for its first consumer gets nothing here but what was promised to it: the scheduler chooses the rest.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  isBindingDelayed: boolean,
): PersistentVolume | undefined {
  const className = storageClassNameOf(claim);
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    const isPromised = isVolumeBoundTo(volume, claim);
    if ((volume.spec.claimRef !== undefined && !isPromised) || !isBigEnough(volume, claim)) continue;
    // Promised volumes are not asked for their class or labels: who made the promise knew.
    if (isPromised) return volume;
    if (isBindingDelayed || volume.status?.phase !== 'Available' || storageClassNameOf(volume) !== className) continue;
    if (claim.spec.selector !== undefined && !selectorMatches(claim.spec.selector, volume.metadata.labels)) continue;
    if (smallest === undefined || capacityBytes(volume) < capacityBytes(smallest)) smallest = volume;
  }
  return smallest;
}

// The order of GetAccessModesAsString in pkg/volume/util.
const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

/** A set of access modes as text, each once and in a fixed order: what volumes are grouped by. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return ACCESS_MODES.filter((mode) => modes?.includes(mode) === true).join();
}

/** Of the groups those that offer all the modes asked for, the least generous first; of one size by their text, where upstream leaves it to a map. */
export function matchingAccessModes(groups: Iterable<string>, wanted: readonly string[] | undefined): string[] {
  const offering = [...groups].filter((group) => (wanted ?? []).every((mode) => group.split(',').includes(mode)));
  return offering.sort((a, b) => countOf(a) - countOf(b) || compareText(a, b));
}

function countOf(group: string): number {
  return group === '' ? 0 : group.split(',').length;
}
