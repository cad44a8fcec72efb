/**
 * Fields of the API, as data: the pod template and all it holds but volumes.
 *
 * Facts about staging/src/k8s.io/api/core/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const CORE_POD_FIELDS: { readonly [struct: string]: string } = {
  'core.Affinity': 'nodeAffinity? *core.NodeAffinity; podAffinity? *core.PodAffinity; podAntiAffinity? *core.PodAntiAffinity',
  'core.AppArmorProfile': 'type v1.AppArmorProfileType=string; localhostProfile? *string',
  'core.Capabilities': 'add? []v1.Capability=string; drop? []v1.Capability=string',
  'core.ConfigMapEnvSource': '.LocalObjectReference core.LocalObjectReference; optional? *bool',
  'core.ConfigMapKeySelector': '.LocalObjectReference core.LocalObjectReference; key string; optional? *bool; !atomic',
  'core.Container':
    'name string; image? string; command? []string; args? []string; workingDir? string; ports? []core.ContainerPort patch=merge key=containerPort list=containerPort,protocol; envFrom? []core.EnvFromSource; env? []core.EnvVar patch=merge key=name list=name; resources? core.ResourceRequirements; resizePolicy? []core.ContainerResizePolicy; restartPolicy? *v1.ContainerRestartPolicy=string; restartPolicyRules? []core.ContainerRestartRule; volumeMounts? []core.VolumeMount patch=merge key=mountPath list=mountPath; volumeDevices? []core.VolumeDevice patch=merge key=devicePath list=devicePath; livenessProbe? *core.Probe; readinessProbe? *core.Probe; startupProbe? *core.Probe; lifecycle? *core.Lifecycle; terminationMessagePath? string; terminationMessagePolicy? v1.TerminationMessagePolicy=string; imagePullPolicy? v1.PullPolicy=string; securityContext? *core.SecurityContext; stdin? bool; stdinOnce? bool; tty? bool',
  'core.ContainerPort': 'name? string; hostPort? int32; containerPort int32; protocol? v1.Protocol=string; hostIP? string',
  'core.ContainerResizePolicy': 'resourceName v1.ResourceName=string; restartPolicy v1.ResourceResizeRestartPolicy=string',
  'core.ContainerRestartRule': 'action? v1.ContainerRestartRuleAction=string; exitCodes? *core.ContainerRestartRuleOnExitCodes',
  'core.ContainerRestartRuleOnExitCodes': 'operator? v1.ContainerRestartRuleOnExitCodesOperator=string; values? []int32 list=set',
  'core.DownwardAPIVolumeFile':
    'path string; fieldRef? *core.ObjectFieldSelector; resourceFieldRef? *core.ResourceFieldSelector; mode? *int32',
  'core.EnvFromSource': 'prefix? string; configMapRef? *core.ConfigMapEnvSource; secretRef? *core.SecretEnvSource',
  'core.EnvVar': 'name string; value? string; valueFrom? *core.EnvVarSource',
  'core.EnvVarSource':
    'fieldRef? *core.ObjectFieldSelector; resourceFieldRef? *core.ResourceFieldSelector; configMapKeyRef? *core.ConfigMapKeySelector; secretKeyRef? *core.SecretKeySelector; fileKeyRef? *core.FileKeySelector',
  'core.EphemeralContainer': '.EphemeralContainerCommon core.EphemeralContainerCommon; targetContainerName? string',
  'core.EphemeralContainerCommon':
    'name string; image? string; command? []string; args? []string; workingDir? string; ports? []core.ContainerPort patch=merge key=containerPort list=containerPort,protocol; envFrom? []core.EnvFromSource; env? []core.EnvVar patch=merge key=name list=name; resources? core.ResourceRequirements; resizePolicy? []core.ContainerResizePolicy; restartPolicy? *v1.ContainerRestartPolicy=string; restartPolicyRules? []core.ContainerRestartRule; volumeMounts? []core.VolumeMount patch=merge key=mountPath list=mountPath; volumeDevices? []core.VolumeDevice patch=merge key=devicePath list=devicePath; livenessProbe? *core.Probe; readinessProbe? *core.Probe; startupProbe? *core.Probe; lifecycle? *core.Lifecycle; terminationMessagePath? string; terminationMessagePolicy? v1.TerminationMessagePolicy=string; imagePullPolicy? v1.PullPolicy=string; securityContext? *core.SecurityContext; stdin? bool; stdinOnce? bool; tty? bool',
  'core.ExecAction': 'command? []string',
  'core.FileKeySelector': 'volumeName string; path string; key string; optional? *bool; !atomic',
  'core.GRPCAction': 'port int32; service *string',
  'core.HTTPGetAction': 'path? string; port intOrString; host? string; scheme? v1.URIScheme=string; httpHeaders? []core.HTTPHeader',
  'core.HTTPHeader': 'name string; value string',
  'core.HostAlias': 'ip string; hostnames? []string',
  'core.Lifecycle': 'postStart? *core.LifecycleHandler; preStop? *core.LifecycleHandler; stopSignal? *v1.Signal=string',
  'core.LifecycleHandler':
    'exec? *core.ExecAction; httpGet? *core.HTTPGetAction; tcpSocket? *core.TCPSocketAction; sleep? *core.SleepAction',
  'core.LocalObjectReference': 'name? string; !atomic',
  'core.NodeAffinity':
    'requiredDuringSchedulingIgnoredDuringExecution? *core.NodeSelector; preferredDuringSchedulingIgnoredDuringExecution? []core.PreferredSchedulingTerm',
  'core.NodeSelector': 'nodeSelectorTerms []core.NodeSelectorTerm; !atomic',
  'core.NodeSelectorRequirement': 'key string; operator v1.NodeSelectorOperator=string; values? []string',
  'core.NodeSelectorTerm': 'matchExpressions? []core.NodeSelectorRequirement; matchFields? []core.NodeSelectorRequirement; !atomic',
  'core.ObjectFieldSelector': 'apiVersion? string; fieldPath string; !atomic',
  'core.PodAffinity':
    'requiredDuringSchedulingIgnoredDuringExecution? []core.PodAffinityTerm; preferredDuringSchedulingIgnoredDuringExecution? []core.WeightedPodAffinityTerm',
  'core.PodAffinityTerm':
    'labelSelector? *meta.LabelSelector; namespaces? []string; topologyKey string; namespaceSelector? *meta.LabelSelector; matchLabelKeys? []string; mismatchLabelKeys? []string',
  'core.PodAntiAffinity':
    'requiredDuringSchedulingIgnoredDuringExecution? []core.PodAffinityTerm; preferredDuringSchedulingIgnoredDuringExecution? []core.WeightedPodAffinityTerm',
  'core.PodDNSConfig': 'nameservers? []string; searches? []string; options? []core.PodDNSConfigOption',
  'core.PodDNSConfigOption': 'name? string; value? *string',
  'core.PodOS': 'name v1.OSName=string',
  'core.PodReadinessGate': 'conditionType v1.PodConditionType=string',
  'core.PodResourceClaim': 'name string; resourceClaimName? *string; resourceClaimTemplateName? *string',
  'core.PodSchedulingGate': 'name string',
  'core.PodSchedulingGroup': 'podGroupName? *string',
  'core.PodSecurityContext':
    'seLinuxOptions? *core.SELinuxOptions; windowsOptions? *core.WindowsSecurityContextOptions; runAsUser? *int64; runAsGroup? *int64; runAsNonRoot? *bool; supplementalGroups? []int64; supplementalGroupsPolicy? *v1.SupplementalGroupsPolicy=string; fsGroup? *int64; sysctls? []core.Sysctl; fsGroupChangePolicy? *v1.PodFSGroupChangePolicy=string; seccompProfile? *core.SeccompProfile; appArmorProfile? *core.AppArmorProfile; seLinuxChangePolicy? *v1.PodSELinuxChangePolicy=string',
  'core.PodSpec':
    'volumes? []core.Volume patch=merge,retainKeys key=name list=name; initContainers? []core.Container patch=merge key=name list=name; containers []core.Container patch=merge key=name list=name; ephemeralContainers? []core.EphemeralContainer patch=merge key=name list=name; restartPolicy? v1.RestartPolicy=string; terminationGracePeriodSeconds? *int64; activeDeadlineSeconds? *int64; dnsPolicy? v1.DNSPolicy=string; nodeSelector? map[string]string atomic; serviceAccountName? string; serviceAccount? string; automountServiceAccountToken? *bool; nodeName? string; hostNetwork? bool; hostPID? bool; hostIPC? bool; shareProcessNamespace? *bool; securityContext? *core.PodSecurityContext; imagePullSecrets? []core.LocalObjectReference patch=merge key=name list=name; hostname? string; subdomain? string; affinity? *core.Affinity; schedulerName? string; tolerations? []core.Toleration; hostAliases? []core.HostAlias patch=merge key=ip list=ip; priorityClassName? string; priority? *int32; dnsConfig? *core.PodDNSConfig; readinessGates? []core.PodReadinessGate; runtimeClassName? *string; enableServiceLinks? *bool; preemptionPolicy? *v1.PreemptionPolicy=string; overhead? v1.ResourceList=map[v1.ResourceName=string]quantity; topologySpreadConstraints? []core.TopologySpreadConstraint patch=merge key=topologyKey list=topologyKey,whenUnsatisfiable; setHostnameAsFQDN? *bool; os? *core.PodOS; hostUsers? *bool; schedulingGates? []core.PodSchedulingGate patch=merge key=name list=name; resourceClaims? []core.PodResourceClaim patch=merge,retainKeys key=name list=name; resources? *core.ResourceRequirements; hostnameOverride? *string; schedulingGroup? *core.PodSchedulingGroup',
  'core.PodTemplateSpec': 'metadata? meta.ObjectMeta; spec? core.PodSpec',
  'core.PreferredSchedulingTerm': 'weight int32; preference core.NodeSelectorTerm',
  'core.Probe':
    '.ProbeHandler core.ProbeHandler; initialDelaySeconds? int32; timeoutSeconds? int32; periodSeconds? int32; successThreshold? int32; failureThreshold? int32; terminationGracePeriodSeconds? *int64',
  'core.ProbeHandler': 'exec? *core.ExecAction; httpGet? *core.HTTPGetAction; tcpSocket? *core.TCPSocketAction; grpc? *core.GRPCAction',
  'core.ResourceClaim': 'name string; request? string',
  'core.ResourceFieldSelector': 'containerName? string; resource string; divisor? quantity; !atomic',
  'core.ResourceRequirements':
    'limits? v1.ResourceList=map[v1.ResourceName=string]quantity; requests? v1.ResourceList=map[v1.ResourceName=string]quantity; claims? []core.ResourceClaim list=name',
  'core.SELinuxOptions': 'user? string; role? string; type? string; level? string',
  'core.SeccompProfile': 'type v1.SeccompProfileType=string; localhostProfile? *string',
  'core.SecretEnvSource': '.LocalObjectReference core.LocalObjectReference; optional? *bool',
  'core.SecretKeySelector': '.LocalObjectReference core.LocalObjectReference; key string; optional? *bool; !atomic',
  'core.SecurityContext':
    'capabilities? *core.Capabilities; privileged? *bool; seLinuxOptions? *core.SELinuxOptions; windowsOptions? *core.WindowsSecurityContextOptions; runAsUser? *int64; runAsGroup? *int64; runAsNonRoot? *bool; readOnlyRootFilesystem? *bool; allowPrivilegeEscalation? *bool; procMount? *v1.ProcMountType=string; seccompProfile? *core.SeccompProfile; appArmorProfile? *core.AppArmorProfile',
  'core.SleepAction': 'seconds int64',
  'core.Sysctl': 'name string; value string',
  'core.TCPSocketAction': 'port intOrString; host? string',
  'core.Toleration':
    'key? string; operator? v1.TolerationOperator=string; value? string; effect? v1.TaintEffect=string; tolerationSeconds? *int64',
  'core.TopologySpreadConstraint':
    'maxSkew int32; topologyKey string; whenUnsatisfiable v1.UnsatisfiableConstraintAction=string; labelSelector? *meta.LabelSelector; minDomains? *int32; nodeAffinityPolicy? *v1.NodeInclusionPolicy=string; nodeTaintsPolicy? *v1.NodeInclusionPolicy=string; matchLabelKeys? []string',
  'core.TypedLocalObjectReference': 'apiGroup *string; kind string; name string; !atomic',
  'core.TypedObjectReference': 'apiGroup *string; kind string; name string; namespace? *string',
  'core.Volume': 'name string; .VolumeSource core.VolumeSource',
  'core.VolumeDevice': 'name string; devicePath string',
  'core.VolumeMount':
    'name string; readOnly? bool; recursiveReadOnly? *v1.RecursiveReadOnlyMode=string; mountPath string; subPath? string; mountPropagation? *v1.MountPropagationMode=string; subPathExpr? string',
  'core.VolumeResourceRequirements':
    'limits? v1.ResourceList=map[v1.ResourceName=string]quantity; requests? v1.ResourceList=map[v1.ResourceName=string]quantity',
  'core.WeightedPodAffinityTerm': 'weight int32; podAffinityTerm core.PodAffinityTerm',
  'core.WindowsSecurityContextOptions':
    'gmsaCredentialSpecName? *string; gmsaCredentialSpec? *string; runAsUserName? *string; hostProcess? *bool',
};
