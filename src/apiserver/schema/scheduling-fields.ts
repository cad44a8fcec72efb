/**
 * Fields of the API, as data: priorityClasses.
 *
 * Facts about staging/src/k8s.io/api/scheduling/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const SCHEDULING_FIELDS: { readonly [struct: string]: string } = {
  'scheduling.PriorityClass':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; value int32; globalDefault? bool; description? string; preemptionPolicy? *v1.PreemptionPolicy=string',
};
