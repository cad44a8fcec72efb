/**
 * Hints of the plugins that look at storage. Models the isSchedulableAfter… functions of plugins/volumerestrictions,
 * nodevolumelimits, volumebinding and volumezone.
 */
import type { Pod, Volume } from '../../model/pod.ts';
import { quantityUnits } from '../../model/quantity.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../model/storage.ts';
import { Action, type EventRegistration } from '../events.ts';
import { isSame } from '../object-events.ts';
import type { Profile } from '../profile.ts';
import { claimNamesOf, conflictsWith } from '../volume-claims.ts';
import { isPlacedOrNominated, on } from './placement-hints.ts';

const ADD_OR_UPDATE = Action.Add | Action.Update;
const NODE_PLACE = Action.Add | Action.UpdateNodeLabel;
const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins';
const TOPOLOGY_LABELS = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];

export function volumeHints(name: string, _profile: Profile): readonly EventRegistration[] | undefined {
  switch (name) {
    case 'VolumeRestrictions':
      return [
        on<Pod>('Pod', Action.Delete, (pod, deleted) => deleted !== undefined && sharesVolume(pod, deleted)),
        on('Node', Action.Add),
        on<PersistentVolumeClaim>('PersistentVolumeClaim', Action.Add, (pod, _, claim) => uses(pod, claim)),
      ];
    case 'NodeVolumeLimits':
      return [
        on<CSINode>('CSINode', ADD_OR_UPDATE, (_, before, node) => before === undefined || raisesLimit(before, node!)),
        on<Pod>('Pod', Action.Delete, (_, deleted) => deleted !== undefined && isPlacedOrNominated(deleted) && holdsStorage(deleted)),
        on<PersistentVolumeClaim>('PersistentVolumeClaim', Action.Add, (pod, _, claim) => uses(pod, claim)),
        on<VolumeAttachment>('VolumeAttachment', Action.Delete, (pod) => claimNamesOf(pod).length > 0),
      ];
    case 'VolumeBinding':
      return [
        on<StorageClass>('StorageClass', ADD_OR_UPDATE, (_, before, now) => {
          return before === undefined || !isSame(before.allowedTopologies, now?.allowedTopologies);
        }),
        on<PersistentVolumeClaim>('PersistentVolumeClaim', ADD_OR_UPDATE, (pod, _, claim) => uses(pod, claim)),
        on('PersistentVolume', ADD_OR_UPDATE),
        on('Node', NODE_PLACE),
        on<CSINode>('CSINode', ADD_OR_UPDATE, (_, before, node) => {
          const migrated = (one: CSINode | undefined) => one?.metadata.annotations?.[MIGRATED_PLUGINS];
          return before === undefined || migrated(before) !== migrated(node);
        }),
        on<CSIDriver>('CSIDriver', Action.Update, (pod, before, driver) => {
          const isUsed = pod.spec.volumes?.some((volume) => volume.csi?.driver === driver?.metadata.name) === true;
          return isUsed && before?.spec.storageCapacity === true && driver?.spec.storageCapacity !== true;
        }),
        on<CSIStorageCapacity>('CSIStorageCapacity', ADD_OR_UPDATE, (_, before, now) => {
          return before === undefined || sizeOf(now!) > sizeOf(before);
        }),
      ];
    case 'VolumeZone':
      return [
        on<StorageClass>('StorageClass', Action.Add, (_, __, now) => now?.volumeBindingMode === 'WaitForFirstConsumer'),
        on('Node', NODE_PLACE),
        on<PersistentVolumeClaim>('PersistentVolumeClaim', ADD_OR_UPDATE, (pod, _, claim) => uses(pod, claim)),
        on<PersistentVolume>('PersistentVolume', ADD_OR_UPDATE, (_, before, now) => {
          const labels = (volume: PersistentVolume | undefined) => TOPOLOGY_LABELS.map((key) => volume?.metadata.labels?.[key]);
          return before === undefined || !isSame(labels(before), labels(now));
        }),
      ];
    default:
      return undefined;
  }
}

function uses(pod: Pod, claim: PersistentVolumeClaim | undefined): boolean {
  return claim !== undefined && claim.metadata.namespace === pod.metadata.namespace && claimNamesOf(pod).includes(claim.metadata.name);
}

function holdsStorage(pod: Pod): boolean {
  const isStorage = (volume: Volume) =>
    volume.persistentVolumeClaim !== undefined ||
    volume.ephemeral !== undefined ||
    volume.gcePersistentDisk !== undefined ||
    volume.awsElasticBlockStore !== undefined ||
    volume.azureDisk !== undefined ||
    volume.cinder !== undefined ||
    volume.vsphereVolume !== undefined ||
    volume.portworxVolume !== undefined;
  return pod.spec.volumes?.some(isStorage) === true;
}

function sharesVolume(pod: Pod, deleted: Pod): boolean {
  if (pod.metadata.namespace !== deleted.metadata.namespace) return false;
  const volumes = pod.spec.volumes ?? [];
  if (volumes.some((volume) => deleted.spec.volumes?.some((other) => conflictsWith(volume, other)) === true)) return true;
  const names = new Set(deleted.spec.volumes?.map((volume) => volume.persistentVolumeClaim?.claimName));
  return volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined && names.has(persistentVolumeClaim.claimName));
}

function raisesLimit(before: CSINode, now: CSINode): boolean {
  return now.spec.drivers.some(({ name, allocatable }) => {
    const old = before.spec.drivers.find((driver) => driver.name === name)?.allocatable?.count ?? 0;
    return (allocatable?.count ?? 0) > old;
  });
}

function sizeOf(capacity: CSIStorageCapacity): number {
  return quantityUnits(capacity.maximumVolumeSize ?? capacity.capacity);
}
