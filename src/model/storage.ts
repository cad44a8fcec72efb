/**
 * Storage objects: PersistentVolume, PersistentVolumeClaim, StorageClass and what CSI drivers tell of themselves.
 */
import type { Condition, KubeObject, LabelSelector, ObjectReference, Quantity, ResourceList, StringMap } from './meta.ts';
import type { NodeSelector } from './pod.ts';

export interface TypedLocalObjectReference {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly string[];
  readonly selector?: LabelSelector;
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList };
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly dataSource?: TypedLocalObjectReference;
  readonly dataSourceRef?: TypedLocalObjectReference;
  readonly volumeAttributesClassName?: string;
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly kind: 'PersistentVolumeClaim';
  readonly spec: PersistentVolumeClaimSpec;
  readonly status?: {
    readonly phase?: 'Pending' | 'Bound' | 'Lost';
    readonly accessModes?: readonly string[];
    readonly capacity?: ResourceList;
    readonly conditions?: readonly Condition[];
    readonly allocatedResources?: ResourceList;
    readonly currentVolumeAttributesClassName?: string;
    readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
  };
}

export interface PersistentVolumeSpec {
  readonly capacity?: ResourceList;
  readonly accessModes?: readonly string[];
  readonly claimRef?: ObjectReference;
  readonly persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle';
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly volumeAttributesClassName?: string;
  readonly mountOptions?: readonly string[];
  readonly nodeAffinity?: { readonly required?: NodeSelector };
  readonly csi?: { readonly driver: string; readonly volumeHandle: string; readonly [field: string]: unknown };
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly local?: { readonly path: string };
  readonly nfs?: { readonly server: string; readonly path: string };
  readonly gcePersistentDisk?: { readonly pdName: string; readonly [field: string]: unknown };
  readonly awsElasticBlockStore?: { readonly volumeID: string; readonly [field: string]: unknown };
  readonly azureDisk?: { readonly diskName: string; readonly [field: string]: unknown };
  readonly azureFile?: { readonly [field: string]: unknown };
  readonly cinder?: { readonly volumeID: string; readonly [field: string]: unknown };
  readonly vsphereVolume?: { readonly volumePath: string; readonly [field: string]: unknown };
  readonly portworxVolume?: { readonly volumeID: string; readonly [field: string]: unknown };
  readonly iscsi?: { readonly [field: string]: unknown };
  readonly rbd?: { readonly [field: string]: unknown };
}

export interface PersistentVolume extends KubeObject {
  readonly kind: 'PersistentVolume';
  readonly spec: PersistentVolumeSpec;
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastPhaseTransitionTime?: string;
  };
}

export interface StorageClass extends KubeObject {
  readonly kind: 'StorageClass';
  readonly provisioner: string;
  readonly parameters?: StringMap;
  readonly reclaimPolicy?: string;
  readonly mountOptions?: readonly string[];
  readonly allowVolumeExpansion?: boolean;
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowedTopologies?: readonly {
    readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
  }[];
}

export interface CSINode extends KubeObject {
  readonly kind: 'CSINode';
  readonly spec: {
    readonly drivers: readonly {
      readonly name: string;
      readonly nodeID: string;
      readonly topologyKeys?: readonly string[];
      readonly allocatable?: { readonly count?: number };
    }[];
  };
}

export interface CSIDriver extends KubeObject {
  readonly kind: 'CSIDriver';
  readonly spec: { readonly storageCapacity?: boolean; readonly attachRequired?: boolean; readonly [field: string]: unknown };
}

export interface CSIStorageCapacity extends KubeObject {
  readonly kind: 'CSIStorageCapacity';
  readonly nodeTopology?: LabelSelector;
  readonly storageClassName: string;
  readonly capacity?: Quantity;
  readonly maximumVolumeSize?: Quantity;
}

export interface VolumeAttachment extends KubeObject {
  readonly kind: 'VolumeAttachment';
  readonly spec: {
    readonly attacher: string;
    readonly nodeName: string;
    readonly source: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: PersistentVolumeSpec };
  };
  readonly status?: { readonly attached?: boolean; readonly [field: string]: unknown };
}

/** The name of the attachment of that volume to that node; upstream hashes the same parts, and the driver's name, into one. */
export function attachmentName(volumeName: string, nodeName: string): string {
  return `csi-${volumeName}-${nodeName}`;
}

/** How nodes name a volume that is attached (GetUniqueVolumeNameFromSpec of pkg/volume/util, for CSI); empty for one that never is. */
export function attachableVolumeName({ spec: { csi } }: PersistentVolume): string {
  return csi === undefined ? '' : `kubernetes.io/csi/${csi.driver}^${csi.volumeHandle}`;
}
