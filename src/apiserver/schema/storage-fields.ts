/**
 * Fields of the API, as data: storageClasses and what CSI drivers keep.
 *
 * Facts about staging/src/k8s.io/api/storage/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const STORAGE_FIELDS: { readonly [struct: string]: string } = {
  'storage.CSIDriver': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec storage.CSIDriverSpec',
  'storage.CSIDriverSpec':
    'attachRequired? *bool; podInfoOnMount? *bool; volumeLifecycleModes? []v1.VolumeLifecycleMode=string list=set; storageCapacity? *bool; fsGroupPolicy? *v1.FSGroupPolicy=string; tokenRequests? []storage.TokenRequest; requiresRepublish? *bool; seLinuxMount? *bool; nodeAllocatableUpdatePeriodSeconds? *int64; serviceAccountTokenInSecrets? *bool; preventPodSchedulingIfMissing? *bool',
  'storage.CSINode': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec storage.CSINodeSpec',
  'storage.CSINodeDriver': 'name string; nodeID string; topologyKeys []string; allocatable? *storage.VolumeNodeResources',
  'storage.CSINodeSpec': 'drivers []storage.CSINodeDriver patch=merge key=name list=name',
  'storage.CSIStorageCapacity':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; nodeTopology? *meta.LabelSelector; storageClassName string; capacity? *quantity; maximumVolumeSize? *quantity',
  'storage.StorageClass':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; provisioner string; parameters? map[string]string; reclaimPolicy? *v1.PersistentVolumeReclaimPolicy=string; mountOptions? []string; allowVolumeExpansion? *bool; volumeBindingMode? *v1.VolumeBindingMode=string; allowedTopologies? []core.TopologySelectorTerm',
  'storage.TokenRequest': 'audience string; expirationSeconds? *int64',
  'storage.VolumeAttachment':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec storage.VolumeAttachmentSpec; status? storage.VolumeAttachmentStatus',
  'storage.VolumeAttachmentSource': 'persistentVolumeName? *string; inlineVolumeSpec? *core.PersistentVolumeSpec',
  'storage.VolumeAttachmentSpec': 'attacher string; source storage.VolumeAttachmentSource; nodeName string',
  'storage.VolumeAttachmentStatus':
    'attached bool; attachmentMetadata? map[string]string; attachError? *storage.VolumeError; detachError? *storage.VolumeError',
  'storage.VolumeError': 'time? time; message? string; errorCode? *int32',
  'storage.VolumeNodeResources': 'count? *int32',
};
