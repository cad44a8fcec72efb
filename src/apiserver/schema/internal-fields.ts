/**
 * Fields of the server's internal structs, as data: those of every group but the core one.
 *
 * Facts about pkg/apis/<group>/types.go of Kubernetes 1.36. The notation is explained in internal-view.ts.
 */
export const INTERNAL_FIELDS: { readonly [struct: string]: string } = {
  'apps.ControllerRevision': '.ObjectMeta; Data ext; Revision int64',
  'apps.DaemonSetSpec':
    'Selector *ext; Template core.PodTemplateSpec; UpdateStrategy apps.DaemonSetUpdateStrategy; MinReadySeconds int32; TemplateGeneration/? int64; RevisionHistoryLimit *int32',
  'apps.DaemonSetUpdateStrategy': 'Type; RollingUpdate *apps.RollingUpdateDaemonSet',
  'apps.DeploymentSpec':
    'Replicas int32; Selector *ext; Template core.PodTemplateSpec; Strategy apps.DeploymentStrategy; MinReadySeconds int32; RevisionHistoryLimit *int32; Paused bool; RollbackTo/? *apps.RollbackConfig; ProgressDeadlineSeconds *int32',
  'apps.DeploymentStrategy': 'Type; RollingUpdate *apps.RollingUpdateDeployment',
  'apps.ReplicaSetSpec': 'Replicas int32; MinReadySeconds int32; Selector *ext; Template core.PodTemplateSpec',
  'apps.RollbackConfig': 'Revision/? int64',
  'apps.RollingUpdateDaemonSet': 'MaxUnavailable intOrString; MaxSurge intOrString',
  'apps.RollingUpdateDeployment': 'MaxUnavailable intOrString; MaxSurge intOrString',
  'apps.RollingUpdateStatefulSetStrategy': 'Partition int32; MaxUnavailable *intOrString',
  'apps.StatefulSetOrdinals': 'Start int32',
  'apps.StatefulSetPersistentVolumeClaimRetentionPolicy': 'WhenDeleted; WhenScaled',
  'apps.StatefulSetSpec':
    'Replicas int32; Selector *ext; Template core.PodTemplateSpec; VolumeClaimTemplates []core.PersistentVolumeClaim; ServiceName; PodManagementPolicy; UpdateStrategy apps.StatefulSetUpdateStrategy; RevisionHistoryLimit *int32; MinReadySeconds int32; PersistentVolumeClaimRetentionPolicy *apps.StatefulSetPersistentVolumeClaimRetentionPolicy; Ordinals *apps.StatefulSetOrdinals',
  'apps.StatefulSetUpdateStrategy': 'Type; RollingUpdate *apps.RollingUpdateStatefulSetStrategy',
  'autoscaling.ContainerResourceMetricSource': 'Name; Container; Target autoscaling.MetricTarget',
  'autoscaling.CrossVersionObjectReference': 'Kind; Name; APIVersion/apiVersion',
  'autoscaling.ExternalMetricSource': 'Metric autoscaling.MetricIdentifier; Target autoscaling.MetricTarget',
  'autoscaling.HPAScalingPolicy': 'Type; Value int32; PeriodSeconds int32',
  'autoscaling.HPAScalingRules':
    'StabilizationWindowSeconds *int32; SelectPolicy *string; Policies []autoscaling.HPAScalingPolicy; Tolerance *quantity',
  'autoscaling.HorizontalPodAutoscalerBehavior': 'ScaleUp *autoscaling.HPAScalingRules; ScaleDown *autoscaling.HPAScalingRules',
  'autoscaling.HorizontalPodAutoscalerSpec':
    'ScaleTargetRef autoscaling.CrossVersionObjectReference; MinReplicas *int32; MaxReplicas int32; Metrics []autoscaling.MetricSpec; Behavior *autoscaling.HorizontalPodAutoscalerBehavior',
  'autoscaling.MetricIdentifier': 'Name; Selector *ext',
  'autoscaling.MetricSpec':
    'Type; Object *autoscaling.ObjectMetricSource; Pods *autoscaling.PodsMetricSource; Resource *autoscaling.ResourceMetricSource; ContainerResource *autoscaling.ContainerResourceMetricSource; External *autoscaling.ExternalMetricSource',
  'autoscaling.MetricTarget': 'Type; Value *quantity; AverageValue *quantity; AverageUtilization *int32',
  'autoscaling.ObjectMetricSource':
    'DescribedObject autoscaling.CrossVersionObjectReference; Target autoscaling.MetricTarget; Metric autoscaling.MetricIdentifier',
  'autoscaling.PodsMetricSource': 'Metric autoscaling.MetricIdentifier; Target autoscaling.MetricTarget',
  'autoscaling.ResourceMetricSource': 'Name; Target autoscaling.MetricTarget',
  'batch.CronJobSpec':
    'Schedule; TimeZone *string; StartingDeadlineSeconds *int64; ConcurrencyPolicy; Suspend *bool; JobTemplate batch.JobTemplateSpec; SuccessfulJobsHistoryLimit *int32; FailedJobsHistoryLimit *int32',
  'batch.JobSpec':
    'Parallelism *int32; Completions *int32; PodFailurePolicy *batch.PodFailurePolicy; SuccessPolicy *batch.SuccessPolicy; ActiveDeadlineSeconds *int64; BackoffLimit *int32; BackoffLimitPerIndex *int32; MaxFailedIndexes *int32; Selector *ext; ManualSelector *bool; Template core.PodTemplateSpec; TTLSecondsAfterFinished/ttlSecondsAfterFinished *int32; CompletionMode *string; Suspend *bool; PodReplacementPolicy *string; ManagedBy *string',
  'batch.JobTemplateSpec': '.ObjectMeta; Spec batch.JobSpec',
  'batch.PodFailurePolicy': 'Rules []batch.PodFailurePolicyRule',
  'batch.PodFailurePolicyOnExitCodesRequirement': 'ContainerName *string; Operator; Values []int32',
  'batch.PodFailurePolicyOnPodConditionsPattern': 'Type; Status',
  'batch.PodFailurePolicyRule':
    'Action; OnExitCodes *batch.PodFailurePolicyOnExitCodesRequirement; OnPodConditions []batch.PodFailurePolicyOnPodConditionsPattern',
  'batch.SuccessPolicy': 'Rules []batch.SuccessPolicyRule',
  'batch.SuccessPolicyRule': 'SucceededIndexes *string; SucceededCount *int32',
  'coordination.LeaseSpec':
    'HolderIdentity *string; LeaseDurationSeconds *int32; AcquireTime *time; RenewTime *time; LeaseTransitions *int32; Strategy *string; PreferredHolder *string',
  'discovery.Endpoint':
    'Addresses []string; Conditions discovery.EndpointConditions; Hostname *string; TargetRef *core.ObjectReference; DeprecatedTopology map:string; NodeName *string; Zone *string; Hints *discovery.EndpointHints',
  'discovery.EndpointConditions': 'Ready *bool; Serving *bool; Terminating *bool',
  'discovery.EndpointHints': 'ForZones []discovery.ForZone; ForNodes []discovery.ForNode',
  'discovery.EndpointPort': 'Name *string; Protocol *string; Port *int32; AppProtocol *string',
  'discovery.EndpointSlice': '.ObjectMeta; AddressType; Endpoints []discovery.Endpoint; Ports []discovery.EndpointPort',
  'discovery.ForNode': 'Name',
  'discovery.ForZone': 'Name',
  'networking.HTTPIngressPath': 'Path; PathType *string; Backend networking.IngressBackend',
  'networking.HTTPIngressRuleValue': 'Paths []networking.HTTPIngressPath',
  'networking.IPBlock': 'CIDR/cidr; Except []string',
  'networking.IngressBackend': 'Service *networking.IngressServiceBackend; Resource *core.TypedLocalObjectReference',
  'networking.IngressClassParametersReference': 'APIGroup/apiGroup *string; Kind; Name; Scope *string; Namespace *string',
  'networking.IngressClassSpec': 'Controller; Parameters *networking.IngressClassParametersReference',
  'networking.IngressRule': 'Host; .IngressRuleValue networking.IngressRuleValue',
  'networking.IngressRuleValue': 'HTTP/http *networking.HTTPIngressRuleValue',
  'networking.IngressServiceBackend': 'Name; Port networking.ServiceBackendPort',
  'networking.IngressSpec':
    'IngressClassName *string; DefaultBackend *networking.IngressBackend; TLS/tls []networking.IngressTLS; Rules []networking.IngressRule',
  'networking.IngressTLS': 'Hosts []string; SecretName',
  'networking.NetworkPolicyEgressRule': 'Ports []networking.NetworkPolicyPort; To []networking.NetworkPolicyPeer',
  'networking.NetworkPolicyIngressRule': 'Ports []networking.NetworkPolicyPort; From []networking.NetworkPolicyPeer',
  'networking.NetworkPolicyPeer': 'PodSelector *ext; NamespaceSelector *ext; IPBlock/ipBlock *networking.IPBlock',
  'networking.NetworkPolicyPort': 'Protocol *string; Port *intOrString; EndPort *int32',
  'networking.NetworkPolicySpec':
    'PodSelector ext; Ingress []networking.NetworkPolicyIngressRule; Egress []networking.NetworkPolicyEgressRule; PolicyTypes []string',
  'networking.ServiceBackendPort': 'Name; Number int32',
  'node.Overhead': 'PodFixed map:quantity',
  'node.RuntimeClass': '.ObjectMeta; Handler; Overhead *node.Overhead; Scheduling *node.Scheduling',
  'node.Scheduling': 'NodeSelector map:string; Tolerations []core.Toleration',
  'policy.PodDisruptionBudgetSpec':
    'MinAvailable *intOrString; Selector *ext; MaxUnavailable *intOrString; UnhealthyPodEvictionPolicy *string',
  'rbac.AggregationRule': 'ClusterRoleSelectors []ext',
  'rbac.ClusterRole': '.ObjectMeta; Rules []rbac.PolicyRule; AggregationRule *rbac.AggregationRule',
  'rbac.ClusterRoleBinding': '.ObjectMeta; Subjects []rbac.Subject; RoleRef rbac.RoleRef',
  'rbac.PolicyRule': 'Verbs []string; APIGroups/apiGroups []string; Resources []string; ResourceNames []string; NonResourceURLs []string',
  'rbac.Role': '.ObjectMeta; Rules []rbac.PolicyRule',
  'rbac.RoleBinding': '.ObjectMeta; Subjects []rbac.Subject; RoleRef rbac.RoleRef',
  'rbac.RoleRef': 'APIGroup/apiGroup; Kind; Name',
  'rbac.Subject': 'Kind; APIGroup/apiGroup; Name; Namespace',
  'scheduling.PriorityClass': '.ObjectMeta; Value int32; GlobalDefault bool; Description; PreemptionPolicy *string',
  'storage.CSIDriverSpec':
    'AttachRequired *bool; FSGroupPolicy/fsGroupPolicy *string; PodInfoOnMount *bool; VolumeLifecycleModes []string; StorageCapacity *bool; TokenRequests []storage.TokenRequest; RequiresRepublish *bool; SELinuxMount/seLinuxMount *bool; NodeAllocatableUpdatePeriodSeconds *int64; ServiceAccountTokenInSecrets *bool; PreventPodSchedulingIfMissing *bool',
  'storage.CSINodeDriver': 'Name; NodeID; TopologyKeys []string; Allocatable *storage.VolumeNodeResources',
  'storage.CSINodeSpec': 'Drivers []storage.CSINodeDriver',
  'storage.CSIStorageCapacity': '.ObjectMeta; NodeTopology *ext; StorageClassName; Capacity *quantity; MaximumVolumeSize *quantity',
  'storage.StorageClass':
    '.ObjectMeta; Provisioner; Parameters map:string; ReclaimPolicy *string; MountOptions []string; AllowVolumeExpansion *bool; VolumeBindingMode *string; AllowedTopologies []core.TopologySelectorTerm',
  'storage.TokenRequest': 'Audience; ExpirationSeconds *int64',
  'storage.VolumeAttachmentSource': 'PersistentVolumeName *string; InlineVolumeSpec *core.PersistentVolumeSpec',
  'storage.VolumeAttachmentSpec': 'Attacher; Source storage.VolumeAttachmentSource; NodeName',
  'storage.VolumeNodeResources': 'Count *int32',
};
