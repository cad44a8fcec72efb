/**
 * Fields of the API, as data: scale, and HorizontalPodAutoscaler as version 1 knows it.
 *
 * Facts about staging/src/k8s.io/api/autoscaling/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const AUTOSCALING_FIELDS: { readonly [struct: string]: string } = {
  'autoscaling.CrossVersionObjectReference': 'kind string; name string; apiVersion? string; !atomic',
  'autoscaling.HorizontalPodAutoscaler':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? autoscaling.HorizontalPodAutoscalerSpec; status? autoscaling.HorizontalPodAutoscalerStatus',
  'autoscaling.HorizontalPodAutoscalerSpec':
    'scaleTargetRef autoscaling.CrossVersionObjectReference; minReplicas? *int32; maxReplicas int32; targetCPUUtilizationPercentage? *int32',
  'autoscaling.HorizontalPodAutoscalerStatus':
    'observedGeneration? *int64; lastScaleTime? *time; currentReplicas int32; desiredReplicas int32; currentCPUUtilizationPercentage? *int32',
  'autoscaling.Scale': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? autoscaling.ScaleSpec; status? autoscaling.ScaleStatus',
  'autoscaling.ScaleSpec': 'replicas? int32',
  'autoscaling.ScaleStatus': 'replicas int32; selector? string',
};
