/**
 * Fields of the API, as data: volumes, PersistentVolumes and their claims.
 *
 * Facts about staging/src/k8s.io/api/core/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const CORE_VOLUME_FIELDS: { readonly [struct: string]: string } = {
  'core.AWSElasticBlockStoreVolumeSource': 'volumeID string; fsType? string; partition? int32; readOnly? bool',
  'core.AzureDiskVolumeSource':
    'diskName string; diskURI string; cachingMode? *v1.AzureDataDiskCachingMode=string; fsType? *string; readOnly? *bool; kind? *v1.AzureDataDiskKind=string',
  'core.AzureFilePersistentVolumeSource': 'secretName string; shareName string; readOnly? bool; secretNamespace *string',
  'core.AzureFileVolumeSource': 'secretName string; shareName string; readOnly? bool',
  'core.CSIPersistentVolumeSource':
    'driver string; volumeHandle string; readOnly? bool; fsType? string; volumeAttributes? map[string]string; controllerPublishSecretRef? *core.SecretReference; nodeStageSecretRef? *core.SecretReference; nodePublishSecretRef? *core.SecretReference; controllerExpandSecretRef? *core.SecretReference; nodeExpandSecretRef? *core.SecretReference',
  'core.CSIVolumeSource':
    'driver string; readOnly? *bool; fsType? *string; volumeAttributes? map[string]string; nodePublishSecretRef? *core.LocalObjectReference',
  'core.CephFSPersistentVolumeSource':
    'monitors []string; path? string; user? string; secretFile? string; secretRef? *core.SecretReference; readOnly? bool',
  'core.CephFSVolumeSource':
    'monitors []string; path? string; user? string; secretFile? string; secretRef? *core.LocalObjectReference; readOnly? bool',
  'core.CinderPersistentVolumeSource': 'volumeID string; fsType? string; readOnly? bool; secretRef? *core.SecretReference',
  'core.CinderVolumeSource': 'volumeID string; fsType? string; readOnly? bool; secretRef? *core.LocalObjectReference',
  'core.ClusterTrustBundleProjection':
    'name? *string; signerName? *string; labelSelector? *meta.LabelSelector; optional? *bool; path string',
  'core.ConfigMapProjection': '.LocalObjectReference core.LocalObjectReference; items? []core.KeyToPath; optional? *bool',
  'core.ConfigMapVolumeSource':
    '.LocalObjectReference core.LocalObjectReference; items? []core.KeyToPath; defaultMode? *int32; optional? *bool',
  'core.DownwardAPIProjection': 'items? []core.DownwardAPIVolumeFile',
  'core.DownwardAPIVolumeSource': 'items? []core.DownwardAPIVolumeFile; defaultMode? *int32',
  'core.EmptyDirVolumeSource': 'medium? v1.StorageMedium=string; sizeLimit? *quantity',
  'core.EphemeralVolumeSource': 'volumeClaimTemplate? *core.PersistentVolumeClaimTemplate',
  'core.FCVolumeSource': 'targetWWNs? []string; lun? *int32; fsType? string; readOnly? bool; wwids? []string',
  'core.FlexPersistentVolumeSource':
    'driver string; fsType? string; secretRef? *core.SecretReference; readOnly? bool; options? map[string]string',
  'core.FlexVolumeSource':
    'driver string; fsType? string; secretRef? *core.LocalObjectReference; readOnly? bool; options? map[string]string',
  'core.FlockerVolumeSource': 'datasetName? string; datasetUUID? string',
  'core.GCEPersistentDiskVolumeSource': 'pdName string; fsType? string; partition? int32; readOnly? bool',
  'core.GitRepoVolumeSource': 'repository string; revision? string; directory? string',
  'core.GlusterfsPersistentVolumeSource': 'endpoints string; path string; readOnly? bool; endpointsNamespace? *string',
  'core.GlusterfsVolumeSource': 'endpoints string; path string; readOnly? bool',
  'core.HostPathVolumeSource': 'path string; type? *v1.HostPathType=string',
  'core.ISCSIPersistentVolumeSource':
    'targetPortal string; iqn string; lun int32; iscsiInterface? string; fsType? string; readOnly? bool; portals? []string; chapAuthDiscovery? bool; chapAuthSession? bool; secretRef? *core.SecretReference; initiatorName? *string',
  'core.ISCSIVolumeSource':
    'targetPortal string; iqn string; lun int32; iscsiInterface? string; fsType? string; readOnly? bool; portals? []string; chapAuthDiscovery? bool; chapAuthSession? bool; secretRef? *core.LocalObjectReference; initiatorName? *string',
  'core.ImageVolumeSource': 'reference? string; pullPolicy? v1.PullPolicy=string',
  'core.KeyToPath': 'key string; path string; mode? *int32',
  'core.NFSVolumeSource': 'server string; path string; readOnly? bool',
  'core.PersistentVolume':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.PersistentVolumeSpec; status? core.PersistentVolumeStatus',
  'core.PersistentVolumeClaim':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.PersistentVolumeClaimSpec; status? core.PersistentVolumeClaimStatus',
  'core.PersistentVolumeClaimCondition':
    'type v1.PersistentVolumeClaimConditionType=string; status v1.ConditionStatus=string; lastProbeTime? time; lastTransitionTime? time; reason? string; message? string',
  'core.PersistentVolumeClaimSpec':
    'accessModes? []v1.PersistentVolumeAccessMode=string; selector? *meta.LabelSelector; resources? core.VolumeResourceRequirements; volumeName? string; storageClassName? *string; volumeMode? *v1.PersistentVolumeMode=string; dataSource? *core.TypedLocalObjectReference; dataSourceRef? *core.TypedObjectReference; volumeAttributesClassName? *string',
  'core.PersistentVolumeClaimStatus':
    'phase? v1.PersistentVolumeClaimPhase=string; accessModes? []v1.PersistentVolumeAccessMode=string; capacity? v1.ResourceList=map[v1.ResourceName=string]quantity; conditions? []core.PersistentVolumeClaimCondition patch=merge key=type list=type; allocatedResources? v1.ResourceList=map[v1.ResourceName=string]quantity; allocatedResourceStatuses? map[v1.ResourceName=string]v1.ClaimResourceStatus=string; currentVolumeAttributesClassName? *string; modifyVolumeStatus? *core.ModifyVolumeStatus',
  'core.PersistentVolumeClaimTemplate': 'metadata? meta.ObjectMeta; spec core.PersistentVolumeClaimSpec',
  'core.PersistentVolumeClaimVolumeSource': 'claimName string; readOnly? bool',
  'core.PersistentVolumeSource':
    'gcePersistentDisk? *core.GCEPersistentDiskVolumeSource; awsElasticBlockStore? *core.AWSElasticBlockStoreVolumeSource; hostPath? *core.HostPathVolumeSource; glusterfs? *core.GlusterfsPersistentVolumeSource; nfs? *core.NFSVolumeSource; rbd? *core.RBDPersistentVolumeSource; iscsi? *core.ISCSIPersistentVolumeSource; cinder? *core.CinderPersistentVolumeSource; cephfs? *core.CephFSPersistentVolumeSource; fc? *core.FCVolumeSource; flocker? *core.FlockerVolumeSource; flexVolume? *core.FlexPersistentVolumeSource; azureFile? *core.AzureFilePersistentVolumeSource; vsphereVolume? *core.VsphereVirtualDiskVolumeSource; quobyte? *core.QuobyteVolumeSource; azureDisk? *core.AzureDiskVolumeSource; photonPersistentDisk? *core.PhotonPersistentDiskVolumeSource; portworxVolume? *core.PortworxVolumeSource; scaleIO? *core.ScaleIOPersistentVolumeSource; local? *core.LocalVolumeSource; storageos? *core.StorageOSPersistentVolumeSource; csi? *core.CSIPersistentVolumeSource',
  'core.PersistentVolumeSpec':
    'capacity? v1.ResourceList=map[v1.ResourceName=string]quantity; .PersistentVolumeSource core.PersistentVolumeSource; accessModes? []v1.PersistentVolumeAccessMode=string; claimRef? *core.ObjectReference; persistentVolumeReclaimPolicy? v1.PersistentVolumeReclaimPolicy=string; storageClassName? string; mountOptions? []string; volumeMode? *v1.PersistentVolumeMode=string; nodeAffinity? *core.VolumeNodeAffinity; volumeAttributesClassName? *string',
  'core.PersistentVolumeStatus': 'phase? v1.PersistentVolumePhase=string; message? string; reason? string; lastPhaseTransitionTime? *time',
  'core.PhotonPersistentDiskVolumeSource': 'pdID string; fsType? string',
  'core.PodCertificateProjection':
    'signerName? string; keyType? string; maxExpirationSeconds? *int32; credentialBundlePath? string; keyPath? string; certificateChainPath? string; userAnnotations? map[string]string',
  'core.PortworxVolumeSource': 'volumeID string; fsType? string; readOnly? bool',
  'core.ProjectedVolumeSource': 'sources []core.VolumeProjection; defaultMode? *int32',
  'core.QuobyteVolumeSource': 'registry string; volume string; readOnly? bool; user? string; group? string; tenant? string',
  'core.RBDPersistentVolumeSource':
    'monitors []string; image string; fsType? string; pool? string; user? string; keyring? string; secretRef? *core.SecretReference; readOnly? bool',
  'core.RBDVolumeSource':
    'monitors []string; image string; fsType? string; pool? string; user? string; keyring? string; secretRef? *core.LocalObjectReference; readOnly? bool',
  'core.ScaleIOPersistentVolumeSource':
    'gateway string; system string; secretRef *core.SecretReference; sslEnabled? bool; protectionDomain? string; storagePool? string; storageMode? string; volumeName? string; fsType? string; readOnly? bool',
  'core.ScaleIOVolumeSource':
    'gateway string; system string; secretRef *core.LocalObjectReference; sslEnabled? bool; protectionDomain? string; storagePool? string; storageMode? string; volumeName? string; fsType? string; readOnly? bool',
  'core.SecretProjection': '.LocalObjectReference core.LocalObjectReference; items? []core.KeyToPath; optional? *bool',
  'core.SecretVolumeSource': 'secretName? string; items? []core.KeyToPath; defaultMode? *int32; optional? *bool',
  'core.ServiceAccountTokenProjection': 'audience? string; expirationSeconds? *int64; path string',
  'core.StorageOSPersistentVolumeSource':
    'volumeName? string; volumeNamespace? string; fsType? string; readOnly? bool; secretRef? *core.ObjectReference',
  'core.StorageOSVolumeSource':
    'volumeName? string; volumeNamespace? string; fsType? string; readOnly? bool; secretRef? *core.LocalObjectReference',
  'core.VolumeProjection':
    'secret? *core.SecretProjection; downwardAPI? *core.DownwardAPIProjection; configMap? *core.ConfigMapProjection; serviceAccountToken? *core.ServiceAccountTokenProjection; clusterTrustBundle? *core.ClusterTrustBundleProjection; podCertificate? *core.PodCertificateProjection',
  'core.VolumeSource':
    'hostPath? *core.HostPathVolumeSource; emptyDir? *core.EmptyDirVolumeSource; gcePersistentDisk? *core.GCEPersistentDiskVolumeSource; awsElasticBlockStore? *core.AWSElasticBlockStoreVolumeSource; gitRepo? *core.GitRepoVolumeSource; secret? *core.SecretVolumeSource; nfs? *core.NFSVolumeSource; iscsi? *core.ISCSIVolumeSource; glusterfs? *core.GlusterfsVolumeSource; persistentVolumeClaim? *core.PersistentVolumeClaimVolumeSource; rbd? *core.RBDVolumeSource; flexVolume? *core.FlexVolumeSource; cinder? *core.CinderVolumeSource; cephfs? *core.CephFSVolumeSource; flocker? *core.FlockerVolumeSource; downwardAPI? *core.DownwardAPIVolumeSource; fc? *core.FCVolumeSource; azureFile? *core.AzureFileVolumeSource; configMap? *core.ConfigMapVolumeSource; vsphereVolume? *core.VsphereVirtualDiskVolumeSource; quobyte? *core.QuobyteVolumeSource; azureDisk? *core.AzureDiskVolumeSource; photonPersistentDisk? *core.PhotonPersistentDiskVolumeSource; projected? *core.ProjectedVolumeSource; portworxVolume? *core.PortworxVolumeSource; scaleIO? *core.ScaleIOVolumeSource; storageos? *core.StorageOSVolumeSource; csi? *core.CSIVolumeSource; ephemeral? *core.EphemeralVolumeSource; image? *core.ImageVolumeSource',
  'core.VsphereVirtualDiskVolumeSource': 'volumePath string; fsType? string; storagePolicyName? string; storagePolicyID? string',
};
