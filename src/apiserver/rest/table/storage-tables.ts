/**
 * Volumes, claims, and what provisions and attaches them, in tables.
 *
 * Models printPersistentVolume, printPersistentVolumeClaim, printStorageClass, printCSIDriver and their kin in
 * pkg/printers/internalversion/printers.go.
 */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../../../model/storage.ts';
import { age, columns, NAME, type TablePrinter, UNSET } from './columns.ts';

const IS_DEFAULT_CLASS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
const ACCESS_MODES: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

const PERSISTENT_VOLUME: TablePrinter<PersistentVolume> = {
  columns: [
    NAME,
    ...columns(
      'Capacity',
      'Access Modes',
      'Reclaim Policy',
      'Status',
      'Claim',
      'StorageClass',
      'VolumeAttributesClass',
      'Reason',
      'Age',
      '*VolumeMode',
    ),
  ],
  cells: (object, nowUs) => {
    const { spec, status, metadata } = object;
    const { claimRef } = spec;
    return [
      metadata.name,
      String(spec.capacity?.storage ?? ''),
      accessModesText(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? '',
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
      spec.storageClassName ?? metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? '',
      (spec as { readonly volumeAttributesClassName?: string }).volumeAttributesClassName ?? UNSET,
      status?.reason ?? '',
      age(object, nowUs),
      spec.volumeMode ?? UNSET,
    ];
  },
};

const PERSISTENT_VOLUME_CLAIM: TablePrinter<PersistentVolumeClaim> = {
  columns: [
    NAME,
    ...columns('Status', 'Volume', 'Capacity', 'Access Modes', 'StorageClass', 'VolumeAttributesClass', 'Age', '*VolumeMode'),
  ],
  cells: (object, nowUs) => {
    const { spec, status, metadata } = object;
    const isBound = (spec.volumeName ?? '') !== '';
    return [
      metadata.name,
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      spec.volumeName ?? '',
      isBound ? String(status?.capacity?.storage ?? '') : '',
      isBound ? accessModesText(status?.accessModes) : '',
      metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? UNSET,
      age(object, nowUs),
      spec.volumeMode ?? UNSET,
    ];
  },
};

const STORAGE_CLASS: TablePrinter<StorageClass> = {
  columns: [NAME, ...columns('Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age')],
  cells: (object, nowUs) => [
    `${object.metadata.name}${isDefaultClass(object) ? ' (default)' : ''}`,
    object.provisioner,
    object.reclaimPolicy ?? 'Delete',
    object.volumeBindingMode ?? 'Immediate',
    object.allowVolumeExpansion === true,
    age(object, nowUs),
  ],
};

const CSI_NODE: TablePrinter<CSINode> = {
  columns: [NAME, ...columns('Drivers:integer', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, object.spec.drivers?.length ?? 0, age(object, nowUs)],
};

const CSI_DRIVER: TablePrinter<CSIDriver> = {
  columns: [
    NAME,
    ...columns(
      'AttachRequired:boolean',
      'PodInfoOnMount:boolean',
      'StorageCapacity:boolean',
      'TokenRequests',
      'RequiresRepublish:boolean',
      'Modes',
      'Age',
    ),
  ],
  cells: (object, nowUs) => {
    const { attachRequired = true, podInfoOnMount, storageCapacity, tokenRequests, requiresRepublish, volumeLifecycleModes } = object.spec;
    const tokens = (tokenRequests as readonly { readonly audience: string }[] | undefined) ?? [];
    const modes = (volumeLifecycleModes as readonly string[] | undefined) ?? [];
    return [
      object.metadata.name,
      attachRequired,
      podInfoOnMount === true,
      storageCapacity === true,
      tokens.length === 0 ? UNSET : tokens.map(({ audience }) => audience).join(','),
      requiresRepublish === true,
      modes.length === 0 ? '<none>' : modes.join(','),
      age(object, nowUs),
    ];
  },
};

const CSI_STORAGE_CAPACITY: TablePrinter<CSIStorageCapacity> = {
  columns: [NAME, ...columns('StorageClass', 'Capacity')],
  cells: ({ metadata, storageClassName, capacity }) => [metadata.name, storageClassName, String(capacity ?? UNSET)],
};

const VOLUME_ATTACHMENT: TablePrinter<VolumeAttachment> = {
  columns: [NAME, { name: 'Attacher', type: 'string', format: 'name', priority: 0 }, ...columns('PV', 'Node', 'Attached:boolean', 'Age')],
  cells: (object, nowUs) => [
    object.metadata.name,
    object.spec.attacher,
    object.spec.source.persistentVolumeName ?? '',
    object.spec.nodeName,
    object.status?.attached === true,
    age(object, nowUs),
  ],
};

export const STORAGE_TABLES = {
  PersistentVolume: PERSISTENT_VOLUME,
  PersistentVolumeClaim: PERSISTENT_VOLUME_CLAIM,
  StorageClass: STORAGE_CLASS,
  CSINode: CSI_NODE,
  CSIDriver: CSI_DRIVER,
  CSIStorageCapacity: CSI_STORAGE_CAPACITY,
  VolumeAttachment: VOLUME_ATTACHMENT,
};

/** `RWO,ROX`: each mode once, in the order of the API. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return ACCESS_MODES.filter(([mode]) => modes?.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

export function isDefaultClass({ metadata }: StorageClass): boolean {
  return IS_DEFAULT_CLASS.some((annotation) => metadata.annotations?.[annotation] === 'true');
}
