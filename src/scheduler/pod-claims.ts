/**
 * The claims behind a pod's volumes.
 *
 * Models component-helpers/storage/volume and ephemeral: a claim named outright, or one made for the pod by its name.
 */
import type { Pod, Volume } from '../model/pod.ts';
import type { PersistentVolumeClaim } from '../model/storage.ts';

export interface ClaimReference {
  readonly name: string;
  readonly isEphemeral: boolean;
}

/** The claim a volume stands for, if it does. */
export function claimOf(pod: Pod, volume: Volume): ClaimReference | undefined {
  if (volume.persistentVolumeClaim !== undefined) return { name: volume.persistentVolumeClaim.claimName, isEphemeral: false };
  return volume.ephemeral === undefined ? undefined : { name: `${pod.metadata.name}-${volume.name}`, isEphemeral: true };
}

export function isOwnedBy(claim: PersistentVolumeClaim, pod: Pod): boolean {
  return claim.metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === pod.metadata.uid) === true;
}

/** The beta annotation still counts before the field. */
export function storageClassOf(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec.storageClassName ?? '';
}
