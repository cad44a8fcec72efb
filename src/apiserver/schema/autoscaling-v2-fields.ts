/**
 * Fields of the API, as data: horizontalPodAutoscaler.
 *
 * Facts about staging/src/k8s.io/api/autoscaling/v2/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const AUTOSCALING_V2_FIELDS: { readonly [struct: string]: string } = {
  'autoscalingv2.ContainerResourceMetricSource': 'name v1.ResourceName=string; target autoscalingv2.MetricTarget; container string',
  'autoscalingv2.ContainerResourceMetricStatus': 'name v1.ResourceName=string; current autoscalingv2.MetricValueStatus; container string',
  'autoscalingv2.CrossVersionObjectReference': 'kind string; name string; apiVersion? string',
  'autoscalingv2.ExternalMetricSource': 'metric autoscalingv2.MetricIdentifier; target autoscalingv2.MetricTarget',
  'autoscalingv2.ExternalMetricStatus': 'metric autoscalingv2.MetricIdentifier; current autoscalingv2.MetricValueStatus',
  'autoscalingv2.HPAScalingPolicy': 'type v2.HPAScalingPolicyType=string; value int32; periodSeconds int32',
  'autoscalingv2.HPAScalingRules':
    'stabilizationWindowSeconds? *int32; selectPolicy? *v2.ScalingPolicySelect=string; policies? []autoscalingv2.HPAScalingPolicy; tolerance? *quantity',
  'autoscalingv2.HorizontalPodAutoscaler':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? autoscalingv2.HorizontalPodAutoscalerSpec; status? autoscalingv2.HorizontalPodAutoscalerStatus',
  'autoscalingv2.HorizontalPodAutoscalerBehavior': 'scaleUp? *autoscalingv2.HPAScalingRules; scaleDown? *autoscalingv2.HPAScalingRules',
  'autoscalingv2.HorizontalPodAutoscalerCondition':
    'type v2.HorizontalPodAutoscalerConditionType=string; status v1.ConditionStatus=string; lastTransitionTime? time; reason? string; message? string',
  'autoscalingv2.HorizontalPodAutoscalerSpec':
    'scaleTargetRef autoscalingv2.CrossVersionObjectReference; minReplicas? *int32; maxReplicas int32; metrics? []autoscalingv2.MetricSpec; behavior? *autoscalingv2.HorizontalPodAutoscalerBehavior',
  'autoscalingv2.HorizontalPodAutoscalerStatus':
    'observedGeneration? *int64; lastScaleTime? *time; currentReplicas? int32; desiredReplicas int32; currentMetrics []autoscalingv2.MetricStatus; conditions? []autoscalingv2.HorizontalPodAutoscalerCondition patch=merge key=type list=type',
  'autoscalingv2.MetricIdentifier': 'name string; selector? *meta.LabelSelector',
  'autoscalingv2.MetricSpec':
    'type v2.MetricSourceType=string; object? *autoscalingv2.ObjectMetricSource; pods? *autoscalingv2.PodsMetricSource; resource? *autoscalingv2.ResourceMetricSource; containerResource? *autoscalingv2.ContainerResourceMetricSource; external? *autoscalingv2.ExternalMetricSource',
  'autoscalingv2.MetricStatus':
    'type v2.MetricSourceType=string; object? *autoscalingv2.ObjectMetricStatus; pods? *autoscalingv2.PodsMetricStatus; resource? *autoscalingv2.ResourceMetricStatus; containerResource? *autoscalingv2.ContainerResourceMetricStatus; external? *autoscalingv2.ExternalMetricStatus',
  'autoscalingv2.MetricTarget': 'type v2.MetricTargetType=string; value? *quantity; averageValue? *quantity; averageUtilization? *int32',
  'autoscalingv2.MetricValueStatus': 'value? *quantity; averageValue? *quantity; averageUtilization? *int32',
  'autoscalingv2.ObjectMetricSource':
    'describedObject autoscalingv2.CrossVersionObjectReference; target autoscalingv2.MetricTarget; metric autoscalingv2.MetricIdentifier',
  'autoscalingv2.ObjectMetricStatus':
    'metric autoscalingv2.MetricIdentifier; current autoscalingv2.MetricValueStatus; describedObject autoscalingv2.CrossVersionObjectReference',
  'autoscalingv2.PodsMetricSource': 'metric autoscalingv2.MetricIdentifier; target autoscalingv2.MetricTarget',
  'autoscalingv2.PodsMetricStatus': 'metric autoscalingv2.MetricIdentifier; current autoscalingv2.MetricValueStatus',
  'autoscalingv2.ResourceMetricSource': 'name v1.ResourceName=string; target autoscalingv2.MetricTarget',
  'autoscalingv2.ResourceMetricStatus': 'name v1.ResourceName=string; current autoscalingv2.MetricValueStatus',
};
