/**
 * The add-ons of a cluster, as objects that are there before anything happens: names, images, requests and replicas of what the
 * distributions ship. Their pods are started by the same controllers as everybody's, in the run's first seconds.
 *
 * Left out: what they do, but for DNS, without which no name resolves (network/cluster-dns.ts), and the default storage class.
 */
import type { KubeObject, ResourceList, StringMap } from '../model/meta.ts';
import type { PodSpec } from '../model/pod.ts';
import type { AddOn, PresetSpec } from './presets.ts';

/** One piece of an add-on that runs. */
interface Piece {
  readonly name: string;
  readonly namespace?: string;
  readonly image: string;
  readonly replicas?: number;
  readonly labels: StringMap;
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
  readonly priorityClassName?: string;
  /** Of its Service, when it has one: port, and the node's port for it. */
  readonly service?: { readonly name: string; readonly port: number; readonly targetPort?: number; readonly nodePort?: number };
}

/** The size of an add-on's image, which is on the node from the start. */
export const ADD_ON_IMAGE_BYTES = 60_000_000;

export function addOnObjects(
  addOns: readonly AddOn[],
  { dnsReplicas, storage }: Pick<PresetSpec, 'dnsReplicas' | 'storage'>,
): KubeObject[] {
  const pieces = piecesOf(addOns, dnsReplicas);
  const namespaces = new Set(pieces.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace])));
  return [
    ...[...namespaces].map((name): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...(addOns.includes('storage') ? [storageClass(storage)] : []),
    ...pieces.flatMap(objectsOf),
  ];
}

/** Images of the add-ons, for the disks of the nodes. */
export function addOnImages(addOns: readonly AddOn[]): string[] {
  return [...new Set(piecesOf(addOns, 1).map(({ image }) => image))];
}

function piecesOf(addOns: readonly AddOn[], dnsReplicas: number): Piece[] {
  return addOns.flatMap((addOn): Piece[] => {
    switch (addOn) {
      case 'dns':
        return [
          {
            name: 'coredns',
            image: 'registry.k8s.io/coredns/coredns:v1.12.4',
            replicas: dnsReplicas,
            labels: { 'k8s-app': 'kube-dns' },
            requests: { cpu: '100m', memory: '70Mi' },
            limits: { memory: '170Mi' },
            priorityClassName: 'system-cluster-critical',
            service: { name: 'kube-dns', port: 53 },
          },
        ];
      case 'storage':
        return [
          { name: 'storage-provisioner', image: 'registry.k8s.io/storage-provisioner:v5', labels: { 'k8s-app': 'storage-provisioner' } },
        ];
      case 'metrics-server':
        return [
          {
            name: 'metrics-server',
            image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
            labels: { 'k8s-app': 'metrics-server' },
            requests: { cpu: '100m', memory: '200Mi' },
            priorityClassName: 'system-cluster-critical',
            service: { name: 'metrics-server', port: 443, targetPort: 10_250 },
          },
        ];
      case 'dashboard':
        return [
          {
            name: 'kubernetes-dashboard',
            image: 'docker.io/kubernetesui/dashboard:v2.7.0',
            labels: { 'k8s-app': 'kubernetes-dashboard' },
            service: { name: 'kubernetes-dashboard', port: 443, targetPort: 8443 },
          },
          {
            name: 'dashboard-metrics-scraper',
            image: 'docker.io/kubernetesui/metrics-scraper:v1.0.8',
            labels: { 'k8s-app': 'dashboard-metrics-scraper' },
            service: { name: 'dashboard-metrics-scraper', port: 8000 },
          },
        ];
      default:
        return [
          {
            name: 'registry',
            namespace: 'container-registry',
            image: 'docker.io/library/registry:2.8.1',
            labels: { app: 'registry' },
            // Where `docker push localhost:32000/...` goes.
            service: { name: 'registry', port: 5000, nodePort: 32_000 },
          },
        ];
    }
  });
}

function objectsOf({
  name,
  namespace = 'kube-system',
  image,
  replicas = 1,
  labels,
  requests,
  limits,
  priorityClassName,
  service,
}: Piece): KubeObject[] {
  const ports = service === undefined ? [] : [{ containerPort: service.targetPort ?? service.port }];
  const resources = { ...(requests === undefined ? {} : { requests }), ...(limits === undefined ? {} : { limits }) };
  const spec: PodSpec = {
    containers: [{ name, image, imagePullPolicy: 'IfNotPresent', ports, resources }],
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  } as KubeObject;
  if (service === undefined) return [deployment];
  const { name: serviceName, port, targetPort = port, nodePort } = service;
  const servicePort = { port, targetPort, protocol: 'TCP', ...(nodePort === undefined ? {} : { nodePort }) };
  return [
    deployment,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: serviceName, namespace, labels },
      spec: { type: nodePort === undefined ? 'ClusterIP' : 'NodePort', selector: labels, ports: [servicePort] },
    } as KubeObject,
  ];
}

function storageClass({ className, provisioner }: PresetSpec['storage']): KubeObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: className, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  } as KubeObject;
}
