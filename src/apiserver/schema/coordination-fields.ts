/**
 * Fields of the API, as data: leases.
 *
 * Facts about staging/src/k8s.io/api/coordination/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const COORDINATION_FIELDS: { readonly [struct: string]: string } = {
  'coordination.Lease': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? coordination.LeaseSpec',
  'coordination.LeaseSpec':
    'holderIdentity? *string; leaseDurationSeconds? *int32; acquireTime? *microTime; renewTime? *microTime; leaseTransitions? *int32; strategy? *v1.CoordinatedLeaseStrategy=string; preferredHolder? *string',
};
