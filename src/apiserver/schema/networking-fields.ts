/**
 * Fields of the API, as data: ingresses and NetworkPolicies.
 *
 * Facts about staging/src/k8s.io/api/networking/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const NETWORKING_FIELDS: { readonly [struct: string]: string } = {
  'networking.HTTPIngressPath': 'path? string; pathType *v1.PathType=string; backend networking.IngressBackend',
  'networking.HTTPIngressRuleValue': 'paths []networking.HTTPIngressPath',
  'networking.IPBlock': 'cidr string; except? []string',
  'networking.Ingress':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? networking.IngressSpec; status? networking.IngressStatus',
  'networking.IngressBackend': 'service? *networking.IngressServiceBackend; resource? *core.TypedLocalObjectReference',
  'networkingv1beta1.HTTPIngressPath': 'path? string; pathType? *v1beta1.PathType=string; backend networkingv1beta1.IngressBackend',
  'networkingv1beta1.HTTPIngressRuleValue': 'paths []networkingv1beta1.HTTPIngressPath',
  'networkingv1beta1.Ingress':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? networkingv1beta1.IngressSpec; status? networking.IngressStatus',
  'networkingv1beta1.IngressBackend': 'serviceName? string; servicePort? intOrString; resource? *core.TypedLocalObjectReference',
  'networkingv1beta1.IngressRule': 'host? string; http? *networkingv1beta1.HTTPIngressRuleValue',
  'networkingv1beta1.IngressSpec':
    'ingressClassName? *string; backend? *networkingv1beta1.IngressBackend; tls? []networking.IngressTLS; rules? []networkingv1beta1.IngressRule',
  'networking.IngressClass': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? networking.IngressClassSpec',
  'networking.IngressClassParametersReference': 'apiGroup? *string; kind string; name string; scope *string; namespace? *string',
  'networking.IngressClassSpec': 'controller? string; parameters? *networking.IngressClassParametersReference',
  'networking.IngressLoadBalancerIngress': 'ip? string; hostname? string; ports? []networking.IngressPortStatus',
  'networking.IngressLoadBalancerStatus': 'ingress? []networking.IngressLoadBalancerIngress',
  'networking.IngressPortStatus': 'port int32; protocol v1.Protocol=string; error? *string',
  'networking.IngressRule': 'host? string; .IngressRuleValue networking.IngressRuleValue',
  'networking.IngressRuleValue': 'http? *networking.HTTPIngressRuleValue',
  'networking.IngressServiceBackend': 'name string; port? networking.ServiceBackendPort',
  'networking.IngressSpec':
    'ingressClassName? *string; defaultBackend? *networking.IngressBackend; tls? []networking.IngressTLS; rules? []networking.IngressRule',
  'networking.IngressStatus': 'loadBalancer? networking.IngressLoadBalancerStatus',
  'networking.IngressTLS': 'hosts? []string; secretName? string',
  'networking.NetworkPolicy': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? networking.NetworkPolicySpec',
  'networking.NetworkPolicyEgressRule': 'ports? []networking.NetworkPolicyPort; to? []networking.NetworkPolicyPeer',
  'networking.NetworkPolicyIngressRule': 'ports? []networking.NetworkPolicyPort; from? []networking.NetworkPolicyPeer',
  'networking.NetworkPolicyPeer': 'podSelector? *meta.LabelSelector; namespaceSelector? *meta.LabelSelector; ipBlock? *networking.IPBlock',
  'networking.NetworkPolicyPort': 'protocol? *v1.Protocol=string; port? *intOrString; endPort? *int32',
  'networking.NetworkPolicySpec':
    'podSelector meta.LabelSelector; ingress? []networking.NetworkPolicyIngressRule; egress? []networking.NetworkPolicyEgressRule; policyTypes? []v1.PolicyType=string',
  'networking.ServiceBackendPort': 'name? string; number? int32; !atomic',
};
