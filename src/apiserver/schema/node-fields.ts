/**
 * Fields of the API, as data: runtimeClasses.
 *
 * Facts about staging/src/k8s.io/api/node/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const NODE_FIELDS: { readonly [struct: string]: string } = {
  'node.Overhead': 'podFixed? v1.ResourceList=map[v1.ResourceName=string]quantity',
  'node.RuntimeClass':
    '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; handler string; overhead? *node.Overhead; scheduling? *node.Scheduling',
  'node.Scheduling': 'nodeSelector? map[string]string atomic; tolerations? []core.Toleration',
};
