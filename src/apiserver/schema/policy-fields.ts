/**
 * Fields of the API, as data: PodDisruptionBudgets and evictions.
 *
 * Facts about staging/src/k8s.io/api/policy/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const POLICY_FIELDS: { readonly [struct: string]: string } = {
  'policy.Eviction': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; deleteOptions? *meta.DeleteOptions',
  'policy.PodDisruptionBudget':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? policy.PodDisruptionBudgetSpec; status? policy.PodDisruptionBudgetStatus',
  'policy.PodDisruptionBudgetSpec':
    'minAvailable? *intOrString; selector? *meta.LabelSelector patch=replace; maxUnavailable? *intOrString; unhealthyPodEvictionPolicy? *v1.UnhealthyPodEvictionPolicyType=string',
  'policy.PodDisruptionBudgetStatus':
    'observedGeneration? int64; disruptedPods? map[string]time; disruptionsAllowed int32; currentHealthy int32; desiredHealthy int32; expectedPods int32; conditions? []meta.Condition patch=merge key=type list=type',
};
