/**
 * What is in a cluster before anybody has asked for anything: the system's priority classes, the Service of the API server,
 * and in each namespace the service account and the certificate bundle that its controllers would have made long ago.
 *
 * Models pkg/registry/scheduling/rest/storage_scheduling.go, pkg/controlplane/controller/kubernetesservice and the steady state of the
 * serviceaccount and root-ca-cert-publisher controllers.
 */
import { ApiError } from '../apiserver/api-error.ts';
import type { ApiServer } from '../apiserver/api-server.ts';
import { rootCaConfigMap } from '../controllers/root-ca-cert-publisher/root-ca-cert-publisher.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';

const AUTHOR = { author: 'kube-apiserver' };

export function bootstrap(api: ApiServer, objects: readonly KubeObject[]): void {
  for (const [name, value] of [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ] as const) {
    const description = `Used for system critical pods that must run in the cluster${name === 'system-node-critical' ? ', but can be moved' : ''}.`;
    create(api, { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description } as KubeObject);
  }
  create(api, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
  } as KubeObject);
  // Those that are there from the beginning first, since a pod needs its account; then those of the namespaces among the objects.
  equipNamespaces(api);
  for (const object of objects) {
    create(api, object);
    if (object.kind === 'Namespace') equipNamespaces(api);
  }
}

function equipNamespaces(api: ApiServer): void {
  for (const namespace of api.list('Namespace', {}).items) {
    const { name } = namespace.metadata;
    create(api, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
    create(api, rootCaConfigMap(name));
  }
}

/** Creates what is not there yet. */
function create(api: ApiServer, object: KubeObject): void {
  try {
    const kind = object.kind as Kind;
    api.create(kind, object as KindMap[Kind], AUTHOR);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
  }
}
