/**
 * The claims a pod names, and disks that two pods cannot both mount.
 *
 * Models component-helpers/storage/ephemeral and isVolumeConflict of plugins/volumerestrictions.
 */
import type { Pod, Volume } from '../model/pod.ts';

/** Names of the claims the pod uses, those made for its ephemeral volumes among them. */
export function claimNamesOf(pod: Pod): string[] {
  const names: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim !== undefined) names.push(volume.persistentVolumeClaim.claimName);
    else if (volume.ephemeral !== undefined) names.push(`${pod.metadata.name}-${volume.name}`);
  }
  return names;
}

/** Some disks can be mounted by several pods of one node if all only read; others not at all. */
export function conflictsWith(volume: Volume, other: Volume): boolean {
  const { gcePersistentDisk: gce, awsElasticBlockStore: ebs, iscsi, rbd } = volume;
  if (gce !== undefined && gce.pdName === other.gcePersistentDisk?.pdName) return !(gce.readOnly && other.gcePersistentDisk.readOnly);
  if (ebs !== undefined && ebs.volumeID === other.awsElasticBlockStore?.volumeID) return true;
  if (iscsi !== undefined && iscsi.iqn === other.iscsi?.iqn) return !(iscsi.readOnly && other.iscsi.readOnly);
  if (rbd === undefined || other.rbd === undefined) return false;
  const isSame =
    rbd.image === other.rbd.image && poolOf(rbd) === poolOf(other.rbd) && rbd.monitors.some((one) => other.rbd!.monitors.includes(one));
  return isSame && !(rbd.readOnly && other.rbd.readOnly);
}

function poolOf({ pool }: { readonly pool?: string }): string {
  return pool ?? 'rbd';
}
