/**
 * The local distributions: what machine each gives a newcomer, and which pods are on it before anybody has asked for one.
 *
 * One node that is control plane and worker at once, untainted, with the processors and memory of its default virtual machine.
 * Requests and limits are those of the manifests the distributions ship (kubeadm's static pods, CoreDNS, kindnet, …).
 */
import type { NodeSpec } from '../kubelet/node-spec.ts';
import type { Pod } from '../model/pod.ts';

export const PRESETS = ['microk8s', 'minikube', 'kind', 'docker-desktop'] as const;
export type Preset = (typeof PRESETS)[number];

export const ADD_ONS = ['dns', 'storage', 'metrics-server', 'dashboard', 'registry'] as const;
export type AddOn = (typeof ADD_ONS)[number];

export interface PresetSpec {
  readonly node: NodeSpec;
  /** What runs unless the scenario says otherwise. */
  readonly addOns: readonly AddOn[];
  /** CoreDNS pods. */
  readonly dnsReplicas: number;
  /** The class that claims without one get, and who makes its volumes. */
  readonly storage: { readonly className: string; readonly provisioner: string };
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** kubeadm's static pods (cmd/kubeadm/app/phases), whose requests the node's room is less by. */
const STATIC_PODS: readonly Pod[] = [
  staticPod('etcd', 'registry.k8s.io/etcd:3.6.6-0', { cpu: '100m', memory: '100Mi' }),
  staticPod('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.36.3', { cpu: '250m' }),
  staticPod('kube-controller-manager', 'registry.k8s.io/kube-controller-manager:v1.36.3', { cpu: '200m' }),
  staticPod('kube-scheduler', 'registry.k8s.io/kube-scheduler:v1.36.3', { cpu: '100m' }),
];

export const PRESET_SPECS: { readonly [P in Preset]: PresetSpec } = {
  // `microk8s install` makes a virtual machine of 2 processors, 4 GB and 50 GB. Its control plane is no pods but one process, kubelite;
  // the add-ons are those of the walk-through: `microk8s enable dns dashboard registry`, which brings storage along.
  microk8s: {
    node: presetNode('microk8s-vm', { cpu: 2, memory: '4Gi', 'ephemeral-storage': '50Gi' }, { 'microk8s.io/cluster': 'true' }, []),
    addOns: ['dns', 'storage', 'metrics-server', 'dashboard', 'registry'],
    dnsReplicas: 1,
    storage: { className: 'microk8s-hostpath', provisioner: 'microk8s.io/hostpath' },
  },
  // `minikube start` with the docker driver, on a machine that can spare it.
  minikube: {
    node: presetNode(
      'minikube',
      { cpu: 2, memory: '4Gi', 'ephemeral-storage': '20Gi' },
      { 'minikube.k8s.io/primary': 'true' },
      STATIC_PODS,
    ),
    addOns: ['dns', 'storage'],
    dnsReplicas: 1,
    storage: { className: 'standard', provisioner: 'k8s.io/minikube-hostpath' },
  },
  // kind shows the host's own processors and memory; a middling laptop.
  kind: {
    node: presetNode('kind-control-plane', { cpu: 8, memory: '16Gi', 'ephemeral-storage': '100Gi' }, {}, STATIC_PODS),
    addOns: ['dns', 'storage'],
    dnsReplicas: 2,
    storage: { className: 'standard', provisioner: 'rancher.io/local-path' },
  },
  'docker-desktop': {
    node: presetNode('docker-desktop', { cpu: 4, memory: '8Gi', 'ephemeral-storage': '60Gi' }, {}, STATIC_PODS),
    addOns: ['dns', 'storage'],
    dnsReplicas: 2,
    storage: { className: 'hostpath', provisioner: 'docker.io/hostpath' },
  },
};

function presetNode(name: string, capacity: NodeSpec['capacity'], labels: NodeSpec['labels'], staticPods: readonly Pod[]): NodeSpec {
  return { name, capacity, labels: { ...labels, [CONTROL_PLANE]: '' }, ...(staticPods.length === 0 ? {} : { staticPods }) };
}

function staticPod(name: string, image: string, requests: { readonly [resource: string]: string }): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: {
      containers: [{ name, image, imagePullPolicy: 'IfNotPresent', resources: { requests } }],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
    },
  };
}
