/**
 * Fields of the API, as data: nodes, Services, Secrets and the other kinds of the core group.
 *
 * Facts about staging/src/k8s.io/api/core/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const CORE_FIELDS: { readonly [struct: string]: string } = {
  'core.AttachedVolume': 'name v1.UniqueVolumeName=string; devicePath string',
  'core.Binding': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; target core.ObjectReference',
  'core.ClientIPConfig': 'timeoutSeconds? *int32',
  'core.ComponentCondition': 'type v1.ComponentConditionType=string; status v1.ConditionStatus=string; message? string; error? string',
  'core.ComponentStatus':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; conditions? []core.ComponentCondition patch=merge key=type list=type',
  'core.ConfigMap':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; immutable? *bool; data? map[string]string; binaryData? map[string]bytes',
  'core.ConfigMapNodeConfigSource':
    'namespace string; name string; uid? types.UID=string; resourceVersion? string; kubeletConfigKey string',
  'core.ContainerExtendedResourceRequest': 'containerName string; resourceName string; requestName string',
  'core.ContainerImage': 'names []string; sizeBytes? int64',
  'core.ContainerState':
    'waiting? *core.ContainerStateWaiting; running? *core.ContainerStateRunning; terminated? *core.ContainerStateTerminated',
  'core.ContainerStateRunning': 'startedAt? time',
  'core.ContainerStateTerminated':
    'exitCode int32; signal? int32; reason? string; message? string; startedAt? time; finishedAt? time; containerID? string',
  'core.ContainerStateWaiting': 'reason? string; message? string',
  'core.ContainerStatus':
    'name string; state? core.ContainerState; lastState? core.ContainerState; ready bool; restartCount int32; image string; imageID string; containerID? string; started? *bool; allocatedResources? v1.ResourceList=map[v1.ResourceName=string]quantity; resources? *core.ResourceRequirements; volumeMounts? []core.VolumeMountStatus patch=merge key=mountPath list=mountPath; user? *core.ContainerUser; allocatedResourcesStatus? []core.ResourceStatus patch=merge key=name list=name; stopSignal? *v1.Signal=string',
  'core.ContainerUser': 'linux? *core.LinuxContainerUser',
  'core.DaemonEndpoint': 'Port int32',
  'core.EndpointAddress': 'ip string; hostname? string; nodeName? *string; targetRef? *core.ObjectReference; !atomic',
  'core.EndpointPort': 'name? string; port int32; protocol? v1.Protocol=string; appProtocol? *string; !atomic',
  'core.EndpointSubset': 'addresses? []core.EndpointAddress; notReadyAddresses? []core.EndpointAddress; ports? []core.EndpointPort',
  'core.Endpoints': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; subsets? []core.EndpointSubset',
  'core.Event':
    '.TypeMeta meta.TypeMeta; metadata meta.ObjectMeta; involvedObject core.ObjectReference; reason? string; message? string; source? core.EventSource; firstTimestamp? time; lastTimestamp? time; count? int32; type? string; eventTime? microTime; series? *core.EventSeries; action? string; related? *core.ObjectReference; reportingComponent string; reportingInstance string',
  'core.EventSeries': 'count? int32; lastObservedTime? microTime',
  'core.EventSource': 'component? string; host? string',
  'core.HostIP': 'ip string',
  'core.ImageVolumeStatus': 'imageRef? string',
  'core.LimitRange': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.LimitRangeSpec',
  'core.LimitRangeItem':
    'type v1.LimitType=string; max? v1.ResourceList=map[v1.ResourceName=string]quantity; min? v1.ResourceList=map[v1.ResourceName=string]quantity; default? v1.ResourceList=map[v1.ResourceName=string]quantity; defaultRequest? v1.ResourceList=map[v1.ResourceName=string]quantity; maxLimitRequestRatio? v1.ResourceList=map[v1.ResourceName=string]quantity',
  'core.LimitRangeSpec': 'limits []core.LimitRangeItem',
  'core.LinuxContainerUser': 'uid int64; gid int64; supplementalGroups? []int64',
  'core.LoadBalancerIngress': 'ip? string; hostname? string; ipMode? *v1.LoadBalancerIPMode=string; ports? []core.PortStatus',
  'core.LoadBalancerStatus': 'ingress? []core.LoadBalancerIngress',
  'core.LocalVolumeSource': 'path string; fsType? *string',
  'core.ModifyVolumeStatus': 'targetVolumeAttributesClassName? string; status v1.PersistentVolumeClaimModifyVolumeStatus=string',
  'core.Namespace': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.NamespaceSpec; status? core.NamespaceStatus',
  'core.NamespaceCondition':
    'type v1.NamespaceConditionType=string; status v1.ConditionStatus=string; lastTransitionTime? time; reason? string; message? string',
  'core.NamespaceSpec': 'finalizers? []v1.FinalizerName=string',
  'core.NamespaceStatus': 'phase? v1.NamespacePhase=string; conditions? []core.NamespaceCondition patch=merge key=type list=type',
  'core.Node': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.NodeSpec; status? core.NodeStatus',
  'core.NodeAddress': 'type v1.NodeAddressType=string; address string',
  'core.NodeAllocatableResourceClaimStatus':
    'resourceClaimName string; containers? []string list=set; resources map[v1.ResourceName=string]quantity',
  'core.NodeCondition':
    'type v1.NodeConditionType=string; status v1.ConditionStatus=string; lastHeartbeatTime? time; lastTransitionTime? time; reason? string; message? string',
  'core.NodeConfigSource': 'configMap? *core.ConfigMapNodeConfigSource',
  'core.NodeConfigStatus':
    'assigned? *core.NodeConfigSource; active? *core.NodeConfigSource; lastKnownGood? *core.NodeConfigSource; error? string',
  'core.NodeDaemonEndpoints': 'kubeletEndpoint? core.DaemonEndpoint',
  'core.NodeFeatures': 'supplementalGroupsPolicy? *bool',
  'core.NodeRuntimeHandler': 'name string; features? *core.NodeRuntimeHandlerFeatures',
  'core.NodeRuntimeHandlerFeatures': 'recursiveReadOnlyMounts? *bool; userNamespaces? *bool',
  'core.NodeSpec':
    'podCIDR? string; podCIDRs? []string patch=merge list=set; providerID? string; unschedulable? bool; taints? []core.Taint; configSource? *core.NodeConfigSource; externalID? string',
  'core.NodeStatus':
    'capacity? v1.ResourceList=map[v1.ResourceName=string]quantity; allocatable? v1.ResourceList=map[v1.ResourceName=string]quantity; phase? v1.NodePhase=string; conditions? []core.NodeCondition patch=merge key=type list=type; addresses? []core.NodeAddress patch=merge key=type list=type; daemonEndpoints? core.NodeDaemonEndpoints; nodeInfo? core.NodeSystemInfo; images? []core.ContainerImage; volumesInUse? []v1.UniqueVolumeName=string; volumesAttached? []core.AttachedVolume; config? *core.NodeConfigStatus; runtimeHandlers? []core.NodeRuntimeHandler; features? *core.NodeFeatures; declaredFeatures? []string',
  'core.NodeSwapStatus': 'capacity? *int64',
  'core.NodeSystemInfo':
    'machineID string; systemUUID string; bootID string; kernelVersion string; osImage string; containerRuntimeVersion string; kubeletVersion string; kubeProxyVersion string; operatingSystem string; architecture string; swap? *core.NodeSwapStatus',
  'core.ObjectReference':
    'kind? string; namespace? string; name? string; uid? types.UID=string; apiVersion? string; resourceVersion? string; fieldPath? string; !atomic',
  'core.Pod': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.PodSpec; status? core.PodStatus',
  'core.PodCondition':
    'type v1.PodConditionType=string; observedGeneration? int64; status v1.ConditionStatus=string; lastProbeTime? time; lastTransitionTime? time; reason? string; message? string',
  'core.PodExtendedResourceClaimStatus': 'requestMappings []core.ContainerExtendedResourceRequest; resourceClaimName string',
  'core.PodIP': 'ip string',
  'core.PodResourceClaimStatus': 'name string; resourceClaimName? *string',
  'core.PodStatus':
    'observedGeneration? int64; phase? v1.PodPhase=string; conditions? []core.PodCondition patch=merge key=type list=type; message? string; reason? string; nominatedNodeName? string; hostIP? string; hostIPs? []core.HostIP patch=merge key=ip; podIP? string; podIPs? []core.PodIP patch=merge key=ip list=ip; startTime? *time; initContainerStatuses? []core.ContainerStatus; containerStatuses? []core.ContainerStatus; qosClass? v1.PodQOSClass=string; ephemeralContainerStatuses? []core.ContainerStatus; resize? v1.PodResizeStatus=string; resourceClaimStatuses? []core.PodResourceClaimStatus patch=merge,retainKeys key=name list=name; extendedResourceClaimStatus? *core.PodExtendedResourceClaimStatus; allocatedResources? v1.ResourceList=map[v1.ResourceName=string]quantity; resources? *core.ResourceRequirements; nodeAllocatableResourceClaimStatuses? []core.NodeAllocatableResourceClaimStatus',
  'core.PodTemplate': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; template? core.PodTemplateSpec',
  'core.PortStatus': 'port int32; protocol v1.Protocol=string; error? *string',
  'core.ReplicationController':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.ReplicationControllerSpec; status? core.ReplicationControllerStatus',
  'core.ReplicationControllerCondition':
    'type v1.ReplicationControllerConditionType=string; status v1.ConditionStatus=string; lastTransitionTime? time; reason? string; message? string',
  'core.ReplicationControllerSpec':
    'replicas? *int32; minReadySeconds? int32; selector? map[string]string atomic; template? *core.PodTemplateSpec',
  'core.ReplicationControllerStatus':
    'replicas int32; fullyLabeledReplicas? int32; readyReplicas? int32; availableReplicas? int32; observedGeneration? int64; conditions? []core.ReplicationControllerCondition patch=merge key=type list=type',
  'core.ResourceHealth': 'resourceID v1.ResourceID=string; health? v1.ResourceHealthStatus=string; message? *string',
  'core.ResourceQuota':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.ResourceQuotaSpec; status? core.ResourceQuotaStatus',
  'core.ResourceQuotaSpec':
    'hard? v1.ResourceList=map[v1.ResourceName=string]quantity; scopes? []v1.ResourceQuotaScope=string; scopeSelector? *core.ScopeSelector',
  'core.ResourceQuotaStatus':
    'hard? v1.ResourceList=map[v1.ResourceName=string]quantity; used? v1.ResourceList=map[v1.ResourceName=string]quantity',
  'core.ResourceStatus': 'name v1.ResourceName=string; resources? []core.ResourceHealth list=resourceID',
  'core.ScopeSelector': 'matchExpressions? []core.ScopedResourceSelectorRequirement; !atomic',
  'core.ScopedResourceSelectorRequirement':
    'scopeName v1.ResourceQuotaScope=string; operator v1.ScopeSelectorOperator=string; values? []string',
  'core.Secret':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; immutable? *bool; data? map[string]bytes; stringData? map[string]string; type? v1.SecretType=string',
  'core.SecretReference': 'name? string; namespace? string; !atomic',
  'core.Service': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? core.ServiceSpec; status? core.ServiceStatus',
  'core.ServiceAccount':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; secrets? []core.ObjectReference patch=merge key=name list=name; imagePullSecrets? []core.LocalObjectReference; automountServiceAccountToken? *bool',
  'core.ServicePort':
    'name? string; protocol? v1.Protocol=string; appProtocol? *string; port int32; targetPort? intOrString; nodePort? int32',
  'core.ServiceSpec':
    'ports? []core.ServicePort patch=merge key=port list=port,protocol; selector? map[string]string atomic; clusterIP? string; clusterIPs? []string; type? v1.ServiceType=string; externalIPs? []string; sessionAffinity? v1.ServiceAffinity=string; loadBalancerIP? string; loadBalancerSourceRanges? []string; externalName? string; externalTrafficPolicy? v1.ServiceExternalTrafficPolicy=string; healthCheckNodePort? int32; publishNotReadyAddresses? bool; sessionAffinityConfig? *core.SessionAffinityConfig; ipFamilies? []v1.IPFamily=string; ipFamilyPolicy? *v1.IPFamilyPolicy=string; allocateLoadBalancerNodePorts? *bool; loadBalancerClass? *string; internalTrafficPolicy? *v1.ServiceInternalTrafficPolicy=string; trafficDistribution? *string',
  'core.ServiceStatus': 'loadBalancer? core.LoadBalancerStatus; conditions? []meta.Condition patch=merge key=type list=type',
  'core.SessionAffinityConfig': 'clientIP? *core.ClientIPConfig',
  'core.Taint': 'key string; value? string; effect v1.TaintEffect=string; timeAdded? *time',
  'core.TopologySelectorLabelRequirement': 'key string; values []string',
  'core.TopologySelectorTerm': 'matchLabelExpressions? []core.TopologySelectorLabelRequirement; !atomic',
  'core.VolumeMountStatus':
    'name string; mountPath string; readOnly? bool; recursiveReadOnly? *v1.RecursiveReadOnlyMode=string; volumeStatus? *core.VolumeStatus',
  'core.VolumeNodeAffinity': 'required? *core.NodeSelector',
  'core.VolumeStatus': 'image? *core.ImageVolumeStatus',
};
