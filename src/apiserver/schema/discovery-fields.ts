/**
 * Fields of the API, as data: endpointSlices.
 *
 * Facts about staging/src/k8s.io/api/discovery/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const DISCOVERY_FIELDS: { readonly [struct: string]: string } = {
  'discovery.Endpoint':
    'addresses []string list=set; conditions? discovery.EndpointConditions; hostname? *string; targetRef? *core.ObjectReference; deprecatedTopology? map[string]string; nodeName? *string; zone? *string; hints? *discovery.EndpointHints',
  'discovery.EndpointConditions': 'ready? *bool; serving? *bool; terminating? *bool',
  'discovery.EndpointHints': 'forZones? []discovery.ForZone; forNodes? []discovery.ForNode',
  'discovery.EndpointPort': 'name? *string; protocol? *v1.Protocol=string; port? *int32; appProtocol? *string; !atomic',
  'discovery.EndpointSlice':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; addressType v1.AddressType=string; endpoints []discovery.Endpoint; ports []discovery.EndpointPort',
  'discovery.ForNode': 'name string',
  'discovery.ForZone': 'name string',
};
