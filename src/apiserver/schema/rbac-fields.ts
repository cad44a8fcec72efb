/**
 * Fields of the API, as data: roles and their bindings.
 *
 * Facts about staging/src/k8s.io/api/rbac/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const RBAC_FIELDS: { readonly [struct: string]: string } = {
  'rbac.AggregationRule': 'clusterRoleSelectors? []meta.LabelSelector',
  'rbac.ClusterRole': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; rules []rbac.PolicyRule; aggregationRule? *rbac.AggregationRule',
  'rbac.ClusterRoleBinding': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; subjects? []rbac.Subject; roleRef rbac.RoleRef',
  'rbac.PolicyRule': 'verbs []string; apiGroups? []string; resources? []string; resourceNames? []string; nonResourceURLs? []string',
  'rbac.Role': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; rules []rbac.PolicyRule',
  'rbac.RoleBinding': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; subjects? []rbac.Subject; roleRef rbac.RoleRef',
  'rbac.RoleRef': 'apiGroup string; kind string; name string; !atomic',
  'rbac.Subject': 'kind string; apiGroup? string; name string; namespace? string; !atomic',
};
