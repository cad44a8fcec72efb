/**
 * Which claims may ask for more. Models plugin/pkg/admission/storage/persistentvolume/resize/admission.go (PersistentVolumeClaimResize).
 */
import { quantityNanos } from '../model/quantity.ts';
import type { PersistentVolumeClaim } from '../model/storage.ts';
import { storageClassNameOf } from '../model/volume-matching.ts';
import { forbidden } from './api-error.ts';
import type { Store } from './store.ts';

/** Bound ones, of a class that allows it. Whether the volume then grows is the storage driver's business. */
export function checkResize(store: Store, claim: PersistentVolumeClaim, before: PersistentVolumeClaim): void {
  if (sizeOf(claim) <= sizeOf(before)) return;
  const refuse = (why: string) => forbidden('PersistentVolumeClaim', claim.metadata.name, why);
  if (before.status?.phase !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded');
  const className = storageClassNameOf(claim);
  const storageClass = className === '' || className !== storageClassNameOf(before) ? undefined : store.get('StorageClass', className);
  if (storageClass?.allowVolumeExpansion !== true) {
    throw refuse('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  }
}

function sizeOf({ spec }: PersistentVolumeClaim): bigint {
  return quantityNanos(spec.resources?.requests?.storage ?? '0') ?? 0n;
}
