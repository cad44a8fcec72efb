/**
 * Fields of the server's internal structs, as data: those of the core group.
 *
 * Facts about pkg/apis/core/types.go of Kubernetes 1.36. The notation is explained in internal-view.ts.
 */
export const INTERNAL_CORE_FIELDS: { readonly [struct: string]: string } = {
  'core.AWSElasticBlockStoreVolumeSource': 'VolumeID; FSType/fsType; Partition int32; ReadOnly bool',
  'core.Affinity': 'NodeAffinity *core.NodeAffinity; PodAffinity *core.PodAffinity; PodAntiAffinity *core.PodAntiAffinity',
  'core.AppArmorProfile': 'Type; LocalhostProfile *string',
  'core.AzureDiskVolumeSource': 'DiskName; DataDiskURI/diskURI; CachingMode *string; FSType/fsType *string; ReadOnly *bool; Kind *string',
  'core.AzureFilePersistentVolumeSource': 'SecretName; ShareName; ReadOnly bool; SecretNamespace *string',
  'core.AzureFileVolumeSource': 'SecretName; ShareName; ReadOnly bool',
  'core.CSIPersistentVolumeSource':
    'Driver; VolumeHandle; ReadOnly bool; FSType/fsType; VolumeAttributes map:string; ControllerPublishSecretRef *core.SecretReference; NodeStageSecretRef *core.SecretReference; NodePublishSecretRef *core.SecretReference; ControllerExpandSecretRef *core.SecretReference; NodeExpandSecretRef *core.SecretReference',
  'core.CSIVolumeSource':
    'Driver; ReadOnly *bool; FSType/fsType *string; VolumeAttributes map:string; NodePublishSecretRef *core.LocalObjectReference',
  'core.Capabilities': 'Add []string; Drop []string',
  'core.CephFSPersistentVolumeSource': 'Monitors []string; Path; User; SecretFile; SecretRef *core.SecretReference; ReadOnly bool',
  'core.CephFSVolumeSource': 'Monitors []string; Path; User; SecretFile; SecretRef *core.LocalObjectReference; ReadOnly bool',
  'core.CinderPersistentVolumeSource': 'VolumeID; FSType/fsType; ReadOnly bool; SecretRef *core.SecretReference',
  'core.CinderVolumeSource': 'VolumeID; FSType/fsType; ReadOnly bool; SecretRef *core.LocalObjectReference',
  'core.ClientIPConfig': 'TimeoutSeconds *int32',
  'core.ClusterTrustBundleProjection': 'Name *string; SignerName *string; LabelSelector *ext; Optional *bool; Path',
  'core.ConfigMap': '.ObjectMeta; Immutable *bool; Data map:string; BinaryData map:bytes',
  'core.ConfigMapEnvSource': '.LocalObjectReference core.LocalObjectReference; Optional *bool',
  'core.ConfigMapKeySelector': '.LocalObjectReference core.LocalObjectReference; Key; Optional *bool',
  'core.ConfigMapNodeConfigSource': 'Namespace; Name; UID/uid; ResourceVersion; KubeletConfigKey',
  'core.ConfigMapProjection': '.LocalObjectReference core.LocalObjectReference; Items []core.KeyToPath; Optional *bool',
  'core.ConfigMapVolumeSource':
    '.LocalObjectReference core.LocalObjectReference; Items []core.KeyToPath; DefaultMode *int32; Optional *bool',
  'core.Container':
    'Name; Image; Command []string; Args []string; WorkingDir; Ports []core.ContainerPort; EnvFrom []core.EnvFromSource; Env []core.EnvVar; Resources core.ResourceRequirements; ResizePolicy []core.ContainerResizePolicy; RestartPolicy *string; RestartPolicyRules []core.ContainerRestartRule; VolumeMounts []core.VolumeMount; VolumeDevices []core.VolumeDevice; LivenessProbe *core.Probe; ReadinessProbe *core.Probe; StartupProbe *core.Probe; Lifecycle *core.Lifecycle; TerminationMessagePath; TerminationMessagePolicy; ImagePullPolicy; SecurityContext *core.SecurityContext; Stdin bool; StdinOnce bool; TTY/tty bool',
  'core.ContainerPort': 'Name; HostPort int32; ContainerPort int32; Protocol; HostIP',
  'core.ContainerResizePolicy': 'ResourceName; RestartPolicy',
  'core.ContainerRestartRule': 'Action; ExitCodes *core.ContainerRestartRuleOnExitCodes',
  'core.ContainerRestartRuleOnExitCodes': 'Operator; Values []int32',
  'core.DownwardAPIProjection': 'Items []core.DownwardAPIVolumeFile',
  'core.DownwardAPIVolumeFile': 'Path; FieldRef *core.ObjectFieldSelector; ResourceFieldRef *core.ResourceFieldSelector; Mode *int32',
  'core.DownwardAPIVolumeSource': 'Items []core.DownwardAPIVolumeFile; DefaultMode *int32',
  'core.EmptyDirVolumeSource': 'Medium; SizeLimit *quantity',
  'core.EndpointAddress': 'IP/ip; Hostname; NodeName *string; TargetRef *core.ObjectReference',
  'core.EndpointPort': 'Name; Port int32; Protocol; AppProtocol *string',
  'core.EndpointSubset': 'Addresses []core.EndpointAddress; NotReadyAddresses []core.EndpointAddress; Ports []core.EndpointPort',
  'core.Endpoints': '.ObjectMeta; Subsets []core.EndpointSubset',
  'core.EnvFromSource': 'Prefix; ConfigMapRef *core.ConfigMapEnvSource; SecretRef *core.SecretEnvSource',
  'core.EnvVar': 'Name; Value; ValueFrom *core.EnvVarSource',
  'core.EnvVarSource':
    'FieldRef *core.ObjectFieldSelector; ResourceFieldRef *core.ResourceFieldSelector; ConfigMapKeyRef *core.ConfigMapKeySelector; SecretKeyRef *core.SecretKeySelector; FileKeyRef *core.FileKeySelector',
  'core.EphemeralContainer': '.EphemeralContainerCommon core.EphemeralContainerCommon; TargetContainerName',
  'core.EphemeralContainerCommon':
    'Name; Image; Command []string; Args []string; WorkingDir; Ports []core.ContainerPort; EnvFrom []core.EnvFromSource; Env []core.EnvVar; Resources core.ResourceRequirements; ResizePolicy []core.ContainerResizePolicy; RestartPolicy *string; RestartPolicyRules []core.ContainerRestartRule; VolumeMounts []core.VolumeMount; VolumeDevices []core.VolumeDevice; LivenessProbe *core.Probe; ReadinessProbe *core.Probe; StartupProbe *core.Probe; Lifecycle *core.Lifecycle; TerminationMessagePath; TerminationMessagePolicy; ImagePullPolicy; SecurityContext *core.SecurityContext; Stdin bool; StdinOnce bool; TTY/tty bool',
  'core.EphemeralVolumeSource': 'VolumeClaimTemplate *core.PersistentVolumeClaimTemplate',
  'core.Event':
    '.ObjectMeta; InvolvedObject core.ObjectReference; Reason; Message; Source core.EventSource; FirstTimestamp time; LastTimestamp time; Count int32; Type; EventTime time; Series *core.EventSeries; Action; Related *core.ObjectReference; ReportingController/reportingComponent; ReportingInstance',
  'core.EventSeries': 'Count int32; LastObservedTime time',
  'core.EventSource': 'Component; Host',
  'core.ExecAction': 'Command []string',
  'core.FCVolumeSource': 'TargetWWNs []string; Lun *int32; FSType/fsType; ReadOnly bool; WWIDs/wwids []string',
  'core.FileKeySelector': 'VolumeName; Path; Key; Optional *bool',
  'core.FlexPersistentVolumeSource': 'Driver; FSType/fsType; SecretRef *core.SecretReference; ReadOnly bool; Options map:string',
  'core.FlexVolumeSource': 'Driver; FSType/fsType; SecretRef *core.LocalObjectReference; ReadOnly bool; Options map:string',
  'core.FlockerVolumeSource': 'DatasetName; DatasetUUID',
  'core.GCEPersistentDiskVolumeSource': 'PDName/pdName; FSType/fsType; Partition int32; ReadOnly bool',
  'core.GRPCAction': 'Port int32; Service *string',
  'core.GitRepoVolumeSource': 'Repository; Revision; Directory',
  'core.GlusterfsPersistentVolumeSource': 'EndpointsName/endpoints; Path; ReadOnly bool; EndpointsNamespace *string',
  'core.GlusterfsVolumeSource': 'EndpointsName/endpoints; Path; ReadOnly bool',
  'core.HTTPGetAction': 'Path; Port intOrString; Host; Scheme; HTTPHeaders/httpHeaders []core.HTTPHeader',
  'core.HTTPHeader': 'Name; Value',
  'core.HostAlias': 'IP/ip; Hostnames []string',
  'core.HostPathVolumeSource': 'Path; Type *string',
  'core.ISCSIPersistentVolumeSource':
    'TargetPortal; IQN/iqn; Lun int32; ISCSIInterface/iscsiInterface; FSType/fsType; ReadOnly bool; Portals []string; DiscoveryCHAPAuth/chapAuthDiscovery bool; SessionCHAPAuth/chapAuthSession bool; SecretRef *core.SecretReference; InitiatorName *string',
  'core.ISCSIVolumeSource':
    'TargetPortal; IQN/iqn; Lun int32; ISCSIInterface/iscsiInterface; FSType/fsType; ReadOnly bool; Portals []string; DiscoveryCHAPAuth/chapAuthDiscovery bool; SessionCHAPAuth/chapAuthSession bool; SecretRef *core.LocalObjectReference; InitiatorName *string',
  'core.ImageVolumeSource': 'Reference; PullPolicy',
  'core.KeyToPath': 'Key; Path; Mode *int32',
  'core.Lifecycle': 'PostStart *core.LifecycleHandler; PreStop *core.LifecycleHandler; StopSignal *string',
  'core.LifecycleHandler':
    'Exec *core.ExecAction; HTTPGet/httpGet *core.HTTPGetAction; TCPSocket/tcpSocket *core.TCPSocketAction; Sleep *core.SleepAction',
  'core.LimitRangeItem':
    'Type; Max map:quantity; Min map:quantity; Default map:quantity; DefaultRequest map:quantity; MaxLimitRequestRatio map:quantity',
  'core.LimitRangeSpec': 'Limits []core.LimitRangeItem',
  'core.LocalObjectReference': 'Name',
  'core.LocalVolumeSource': 'Path; FSType/fsType *string',
  'core.NFSVolumeSource': 'Server; Path; ReadOnly bool',
  'core.NamespaceSpec': 'Finalizers []string',
  'core.NodeAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution *core.NodeSelector; PreferredDuringSchedulingIgnoredDuringExecution []core.PreferredSchedulingTerm',
  'core.NodeConfigSource': 'ConfigMap *core.ConfigMapNodeConfigSource',
  'core.NodeSelector': 'NodeSelectorTerms []core.NodeSelectorTerm',
  'core.NodeSelectorRequirement': 'Key; Operator; Values []string',
  'core.NodeSelectorTerm': 'MatchExpressions []core.NodeSelectorRequirement; MatchFields []core.NodeSelectorRequirement',
  'core.NodeSpec':
    'PodCIDRs []string; ProviderID; Unschedulable bool; Taints []core.Taint; ConfigSource *core.NodeConfigSource; DoNotUseExternalID/externalID',
  'core.ObjectFieldSelector': 'APIVersion/apiVersion; FieldPath',
  'core.ObjectReference': 'Kind; Namespace; Name; UID/uid; APIVersion/apiVersion; ResourceVersion; FieldPath',
  'core.PersistentVolumeClaim': '.ObjectMeta; Spec core.PersistentVolumeClaimSpec',
  'core.PersistentVolumeClaimSpec':
    'AccessModes []string; Selector *ext; Resources core.VolumeResourceRequirements; VolumeName; StorageClassName *string; VolumeMode *string; DataSource *core.TypedLocalObjectReference; DataSourceRef *core.TypedObjectReference; VolumeAttributesClassName *string',
  'core.PersistentVolumeClaimVolumeSource': 'ClaimName; ReadOnly bool',
  'core.PersistentVolumeSource':
    'GCEPersistentDisk/gcePersistentDisk *core.GCEPersistentDiskVolumeSource; AWSElasticBlockStore/awsElasticBlockStore *core.AWSElasticBlockStoreVolumeSource; HostPath *core.HostPathVolumeSource; Glusterfs *core.GlusterfsPersistentVolumeSource; NFS/nfs *core.NFSVolumeSource; RBD/rbd *core.RBDPersistentVolumeSource; Quobyte *core.QuobyteVolumeSource; ISCSI/iscsi *core.ISCSIPersistentVolumeSource; FlexVolume *core.FlexPersistentVolumeSource; Cinder *core.CinderPersistentVolumeSource; CephFS/cephfs *core.CephFSPersistentVolumeSource; FC/fc *core.FCVolumeSource; Flocker *core.FlockerVolumeSource; AzureFile *core.AzureFilePersistentVolumeSource; VsphereVolume *core.VsphereVirtualDiskVolumeSource; AzureDisk *core.AzureDiskVolumeSource; PhotonPersistentDisk *core.PhotonPersistentDiskVolumeSource; PortworxVolume *core.PortworxVolumeSource; ScaleIO *core.ScaleIOPersistentVolumeSource; Local *core.LocalVolumeSource; StorageOS/storageos *core.StorageOSPersistentVolumeSource; CSI/csi *core.CSIPersistentVolumeSource',
  'core.PersistentVolumeSpec':
    'Capacity map:quantity; .PersistentVolumeSource core.PersistentVolumeSource; AccessModes []string; ClaimRef *core.ObjectReference; PersistentVolumeReclaimPolicy; StorageClassName; MountOptions []string; VolumeMode *string; NodeAffinity *core.VolumeNodeAffinity; VolumeAttributesClassName *string',
  'core.PhotonPersistentDiskVolumeSource': 'PdID; FSType/fsType',
  'core.PodAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution []core.PodAffinityTerm; PreferredDuringSchedulingIgnoredDuringExecution []core.WeightedPodAffinityTerm',
  'core.PodAffinityTerm':
    'LabelSelector *ext; Namespaces []string; TopologyKey; NamespaceSelector *ext; MatchLabelKeys []string; MismatchLabelKeys []string',
  'core.PodAntiAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution []core.PodAffinityTerm; PreferredDuringSchedulingIgnoredDuringExecution []core.WeightedPodAffinityTerm',
  'core.PodCertificateProjection':
    'SignerName; KeyType; MaxExpirationSeconds *int32; CredentialBundlePath; KeyPath; CertificateChainPath; UserAnnotations map:string',
  'core.PodDNSConfig': 'Nameservers []string; Searches []string; Options []core.PodDNSConfigOption',
  'core.PodDNSConfigOption': 'Name; Value *string',
  'core.PodOS': 'Name',
  'core.PodReadinessGate': 'ConditionType',
  'core.PodResourceClaim': 'Name; ResourceClaimName *string; ResourceClaimTemplateName *string',
  'core.PodSchedulingGate': 'Name',
  'core.PodSchedulingGroup': 'PodGroupName *string',
  'core.PodSecurityContext':
    'HostNetwork/? bool; HostPID/? bool; HostIPC/? bool; ShareProcessNamespace/? *bool; HostUsers/? *bool; SELinuxOptions/seLinuxOptions *core.SELinuxOptions; WindowsOptions *core.WindowsSecurityContextOptions; RunAsUser *int64; RunAsGroup *int64; RunAsNonRoot *bool; SupplementalGroups []int64; SupplementalGroupsPolicy *string; FSGroup/fsGroup *int64; FSGroupChangePolicy/fsGroupChangePolicy *string; Sysctls []core.Sysctl; SeccompProfile *core.SeccompProfile; AppArmorProfile *core.AppArmorProfile; SELinuxChangePolicy/seLinuxChangePolicy *string',
  'core.PodSpec':
    'Volumes []core.Volume; InitContainers []core.Container; Containers []core.Container; EphemeralContainers []core.EphemeralContainer; RestartPolicy; TerminationGracePeriodSeconds *int64; ActiveDeadlineSeconds *int64; DNSPolicy/dnsPolicy; NodeSelector map:string; ServiceAccountName; AutomountServiceAccountToken *bool; NodeName; SecurityContext *core.PodSecurityContext; ImagePullSecrets []core.LocalObjectReference; Hostname; Subdomain; SetHostnameAsFQDN *bool; Affinity *core.Affinity; SchedulerName; Tolerations []core.Toleration; HostAliases []core.HostAlias; PriorityClassName; Priority *int32; PreemptionPolicy *string; DNSConfig/dnsConfig *core.PodDNSConfig; ReadinessGates []core.PodReadinessGate; RuntimeClassName *string; Overhead map:quantity; EnableServiceLinks *bool; TopologySpreadConstraints []core.TopologySpreadConstraint; OS/os *core.PodOS; SchedulingGates []core.PodSchedulingGate; ResourceClaims []core.PodResourceClaim; Resources *core.ResourceRequirements; HostnameOverride *string; SchedulingGroup *core.PodSchedulingGroup',
  'core.PodTemplate': '.ObjectMeta; Template core.PodTemplateSpec',
  'core.PodTemplateSpec': '.ObjectMeta; Spec core.PodSpec',
  'core.PortworxVolumeSource': 'VolumeID; FSType/fsType; ReadOnly bool',
  'core.PreferredSchedulingTerm': 'Weight int32; Preference core.NodeSelectorTerm',
  'core.Probe':
    '.ProbeHandler core.ProbeHandler; InitialDelaySeconds int32; TimeoutSeconds int32; PeriodSeconds int32; SuccessThreshold int32; FailureThreshold int32; TerminationGracePeriodSeconds *int64',
  'core.ProbeHandler':
    'Exec *core.ExecAction; HTTPGet/httpGet *core.HTTPGetAction; TCPSocket/tcpSocket *core.TCPSocketAction; GRPC/grpc *core.GRPCAction',
  'core.ProjectedVolumeSource': 'Sources []core.VolumeProjection; DefaultMode *int32',
  'core.QuobyteVolumeSource': 'Registry; Volume; ReadOnly bool; User; Group; Tenant',
  'core.RBDPersistentVolumeSource':
    'CephMonitors/monitors []string; RBDImage/image; FSType/fsType; RBDPool/pool; RadosUser/user; Keyring; SecretRef *core.SecretReference; ReadOnly bool',
  'core.RBDVolumeSource':
    'CephMonitors/monitors []string; RBDImage/image; FSType/fsType; RBDPool/pool; RadosUser/user; Keyring; SecretRef *core.LocalObjectReference; ReadOnly bool',
  'core.ReplicationControllerSpec': 'Replicas *int32; MinReadySeconds int32; Selector map:string; Template *core.PodTemplateSpec',
  'core.ResourceClaim': 'Name; Request',
  'core.ResourceFieldSelector': 'ContainerName; Resource; Divisor quantity',
  'core.ResourceQuotaSpec': 'Hard map:quantity; Scopes []string; ScopeSelector *core.ScopeSelector',
  'core.ResourceRequirements': 'Limits map:quantity; Requests map:quantity; Claims []core.ResourceClaim',
  'core.SELinuxOptions': 'User; Role; Type; Level',
  'core.ScaleIOPersistentVolumeSource':
    'Gateway; System; SecretRef *core.SecretReference; SSLEnabled/sslEnabled bool; ProtectionDomain; StoragePool; StorageMode; VolumeName; FSType/fsType; ReadOnly bool',
  'core.ScaleIOVolumeSource':
    'Gateway; System; SecretRef *core.LocalObjectReference; SSLEnabled/sslEnabled bool; ProtectionDomain; StoragePool; StorageMode; VolumeName; FSType/fsType; ReadOnly bool',
  'core.ScopeSelector': 'MatchExpressions []core.ScopedResourceSelectorRequirement',
  'core.ScopedResourceSelectorRequirement': 'ScopeName; Operator; Values []string',
  'core.SeccompProfile': 'Type; LocalhostProfile *string',
  'core.Secret': '.ObjectMeta; Immutable *bool; Data map:bytes; Type',
  'core.SecretEnvSource': '.LocalObjectReference core.LocalObjectReference; Optional *bool',
  'core.SecretKeySelector': '.LocalObjectReference core.LocalObjectReference; Key; Optional *bool',
  'core.SecretProjection': '.LocalObjectReference core.LocalObjectReference; Items []core.KeyToPath; Optional *bool',
  'core.SecretReference': 'Name; Namespace',
  'core.SecretVolumeSource': 'SecretName; Items []core.KeyToPath; DefaultMode *int32; Optional *bool',
  'core.SecurityContext':
    'Capabilities *core.Capabilities; Privileged *bool; SELinuxOptions/seLinuxOptions *core.SELinuxOptions; WindowsOptions *core.WindowsSecurityContextOptions; RunAsUser *int64; RunAsGroup *int64; RunAsNonRoot *bool; ReadOnlyRootFilesystem *bool; AllowPrivilegeEscalation *bool; ProcMount *string; SeccompProfile *core.SeccompProfile; AppArmorProfile *core.AppArmorProfile',
  'core.ServiceAccount':
    '.ObjectMeta; Secrets []core.ObjectReference; ImagePullSecrets []core.LocalObjectReference; AutomountServiceAccountToken *bool',
  'core.ServiceAccountTokenProjection': 'Audience; ExpirationSeconds int64; Path',
  'core.ServicePort': 'Name; Protocol; AppProtocol *string; Port int32; TargetPort intOrString; NodePort int32',
  'core.ServiceSpec':
    'Type; Ports []core.ServicePort; Selector map:string; ClusterIP; ClusterIPs []string; IPFamilies/ipFamilies []string; IPFamilyPolicy/ipFamilyPolicy *string; ExternalName; ExternalIPs []string; LoadBalancerIP; SessionAffinity; SessionAffinityConfig *core.SessionAffinityConfig; LoadBalancerSourceRanges []string; ExternalTrafficPolicy; HealthCheckNodePort int32; PublishNotReadyAddresses bool; AllocateLoadBalancerNodePorts *bool; LoadBalancerClass *string; InternalTrafficPolicy *string; TrafficDistribution *string',
  'core.SessionAffinityConfig': 'ClientIP *core.ClientIPConfig',
  'core.SleepAction': 'Seconds int64',
  'core.StorageOSPersistentVolumeSource': 'VolumeName; VolumeNamespace; FSType/fsType; ReadOnly bool; SecretRef *core.ObjectReference',
  'core.StorageOSVolumeSource': 'VolumeName; VolumeNamespace; FSType/fsType; ReadOnly bool; SecretRef *core.LocalObjectReference',
  'core.Sysctl': 'Name; Value',
  'core.TCPSocketAction': 'Port intOrString; Host',
  'core.Taint': 'Key; Value; Effect; TimeAdded *time',
  'core.Toleration': 'Key; Operator; Value; Effect; TolerationSeconds *int64',
  'core.TopologySelectorLabelRequirement': 'Key; Values []string',
  'core.TopologySelectorTerm': 'MatchLabelExpressions []core.TopologySelectorLabelRequirement',
  'core.TopologySpreadConstraint':
    'MaxSkew int32; TopologyKey; WhenUnsatisfiable; LabelSelector *ext; MinDomains *int32; NodeAffinityPolicy *string; NodeTaintsPolicy *string; MatchLabelKeys []string',
  'core.TypedLocalObjectReference': 'APIGroup/apiGroup *string; Kind; Name',
  'core.TypedObjectReference': 'APIGroup/apiGroup *string; Kind; Name; Namespace *string',
  'core.Volume': 'Name; .VolumeSource core.VolumeSource',
  'core.VolumeDevice': 'Name; DevicePath',
  'core.VolumeMount': 'Name; ReadOnly bool; RecursiveReadOnly *string; MountPath; SubPath; MountPropagation *string; SubPathExpr',
  'core.VolumeNodeAffinity': 'Required *core.NodeSelector',
  'core.VolumeProjection':
    'Secret *core.SecretProjection; DownwardAPI *core.DownwardAPIProjection; ConfigMap *core.ConfigMapProjection; ServiceAccountToken *core.ServiceAccountTokenProjection; ClusterTrustBundle *core.ClusterTrustBundleProjection; PodCertificate *core.PodCertificateProjection',
  'core.VolumeResourceRequirements': 'Limits map:quantity; Requests map:quantity',
  'core.VolumeSource':
    'HostPath *core.HostPathVolumeSource; EmptyDir *core.EmptyDirVolumeSource; GCEPersistentDisk/gcePersistentDisk *core.GCEPersistentDiskVolumeSource; AWSElasticBlockStore/awsElasticBlockStore *core.AWSElasticBlockStoreVolumeSource; GitRepo *core.GitRepoVolumeSource; Secret *core.SecretVolumeSource; NFS/nfs *core.NFSVolumeSource; ISCSI/iscsi *core.ISCSIVolumeSource; Glusterfs *core.GlusterfsVolumeSource; PersistentVolumeClaim *core.PersistentVolumeClaimVolumeSource; RBD/rbd *core.RBDVolumeSource; Quobyte *core.QuobyteVolumeSource; FlexVolume *core.FlexVolumeSource; Cinder *core.CinderVolumeSource; CephFS/cephfs *core.CephFSVolumeSource; Flocker *core.FlockerVolumeSource; DownwardAPI *core.DownwardAPIVolumeSource; FC/fc *core.FCVolumeSource; AzureFile *core.AzureFileVolumeSource; ConfigMap *core.ConfigMapVolumeSource; VsphereVolume *core.VsphereVirtualDiskVolumeSource; AzureDisk *core.AzureDiskVolumeSource; PhotonPersistentDisk *core.PhotonPersistentDiskVolumeSource; Projected *core.ProjectedVolumeSource; PortworxVolume *core.PortworxVolumeSource; ScaleIO *core.ScaleIOVolumeSource; StorageOS/storageos *core.StorageOSVolumeSource; CSI/csi *core.CSIVolumeSource; Ephemeral *core.EphemeralVolumeSource; Image *core.ImageVolumeSource',
  'core.VsphereVirtualDiskVolumeSource': 'VolumePath; FSType/fsType; StoragePolicyName; StoragePolicyID',
  'core.WeightedPodAffinityTerm': 'Weight int32; PodAffinityTerm core.PodAffinityTerm',
  'core.WindowsSecurityContextOptions':
    'GMSACredentialSpecName/gmsaCredentialSpecName *string; GMSACredentialSpec/gmsaCredentialSpec *string; RunAsUserName *string; HostProcess *bool',
};
