/**
 * The Node object a kubelet registers, and the status it posts: capacity, allocatable, addresses, images, conditions.
 *
 * Models kubelet_node_status.go and nodestatus/setters.go. Conditions of nodes that feel the same at the same second are one
 * object in memory.
 */
import type { Condition, ResourceList, StringMap } from '../model/meta.ts';
import type { Lease, Node, NodeStatus } from '../model/node.ts';
import { quantityMilli, quantityUnits } from '../model/quantity.ts';
import { microTimeText, timeText } from '../model/time.ts';
import type { NodeState } from './node-state.ts';
import { volumesInUse } from './volumes-in-use.ts';

/** As registered; without conditions it says nothing of its health yet. */
export function newNode(node: NodeState, conditions: readonly Condition[]): Node {
  const { spec } = node;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: labelsOf(node),
      annotations: spec.annotations ?? ANNOTATIONS,
    },
    spec: {
      ...(spec.providerId === undefined ? {} : { providerID: spec.providerId }),
      ...(spec.taints === undefined || spec.taints.length === 0 ? {} : { taints: spec.taints }),
    },
    status: statusOf(node, conditions),
  };
}

const ANNOTATIONS: StringMap = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };

export function statusOf(node: NodeState, conditions: readonly Condition[]): NodeStatus {
  const inUse = volumesInUse(node);
  return {
    ...resourcesOf(node),
    conditions,
    addresses: [
      { type: 'InternalIP', address: node.ip },
      { type: 'Hostname', address: node.name },
    ],
    images: node.images.list(),
    nodeInfo: NODE_INFO,
    ...(inUse.length === 0 ? {} : { volumesInUse: inUse }),
  };
}

const NODE_INFO = {
  architecture: 'amd64',
  operatingSystem: 'linux',
  containerRuntimeVersion: 'containerd://2.1.0',
  kubeletVersion: 'v1.36.3',
  kubeProxyVersion: '',
  osImage: 'Linux',
  kernelVersion: '6.12.0',
  machineID: '',
  systemUUID: '',
  bootID: '',
};

/** Nodes of one pool have equal resources: one pair of lists for all of them. */
const resources = new Map<string, { readonly capacity: ResourceList; readonly allocatable: ResourceList }>();

function resourcesOf(node: NodeState): { readonly capacity: ResourceList; readonly allocatable: ResourceList } {
  const { spec, config } = node;
  const key = JSON.stringify([
    spec.capacity,
    spec.kubeReserved,
    spec.systemReserved,
    config.maxPods,
    config.evictionMemoryAvailableBytes,
    config.evictionDiskAvailablePercent,
  ]);
  let pair = resources.get(key);
  if (pair === undefined) {
    if (resources.size > 10_000) resources.clear();
    pair = { capacity: { ...spec.capacity, pods: String(config.maxPods) }, allocatable: allocatableOf(node) };
    resources.set(key, pair);
  }
  return pair;
}

function allocatableOf(node: NodeState): ResourceList {
  const { spec, config } = node;
  const result: { [resource: string]: string | number } = { ...spec.capacity, pods: String(config.maxPods) };
  for (const reserved of [spec.kubeReserved, spec.systemReserved]) {
    for (const name in reserved) {
      if (name === 'cpu') result.cpu = `${quantityMilli(result.cpu) - quantityMilli(reserved.cpu)}m`;
      else result[name] = String(quantityUnits(result[name]) - quantityUnits(reserved[name]));
    }
  }
  if (spec.capacity.memory !== undefined) result.memory = String(quantityUnits(result.memory) - config.evictionMemoryAvailableBytes);
  const disk = spec.capacity['ephemeral-storage'];
  if (disk !== undefined) {
    result['ephemeral-storage'] = String(
      quantityUnits(result['ephemeral-storage']) - Math.floor((quantityUnits(disk) * config.evictionDiskAvailablePercent) / 100),
    );
  }
  return result;
}

function labelsOf(node: NodeState): StringMap {
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/os': 'linux',
    ...node.spec.labels,
    'kubernetes.io/hostname': node.spec.labels?.['kubernetes.io/hostname'] ?? node.name,
  };
}

/** The four conditions of a kubelet, with the instant of change kept where nothing has changed. */
export function conditionsOf(node: NodeState, nowUs: number, before: readonly Condition[] | undefined): readonly Condition[] {
  const now = timeText(nowUs);
  const isReady = node.isNetworkReady && !node.isShuttingDown;
  const own = [
    condition(before, 'MemoryPressure', node.hasMemoryPressure, MEMORY[node.hasMemoryPressure ? 1 : 0], now),
    condition(before, 'DiskPressure', node.hasDiskPressure, DISK[node.hasDiskPressure ? 1 : 0], now),
    condition(before, 'PIDPressure', false, PID, now),
    condition(before, 'Ready', isReady, isReady ? READY : node.isShuttingDown ? SHUTTING_DOWN : NOT_READY, now),
  ];
  const others = before?.filter((one) => !OWN.has(one.type)) ?? [];
  return others.length === 0 ? own : [...others, ...own];
}

const OWN = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']);

type Words = readonly [reason: string, message: string];
const MEMORY: readonly [Words, Words] = [
  ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
];
const DISK: readonly [Words, Words] = [
  ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
];
const PID: Words = ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'];
const READY: Words = ['KubeletReady', 'kubelet is posting ready status'];
const SHUTTING_DOWN: Words = ['KubeletNotReady', 'node is shutting down'];
const NOT_READY: Words = [
  'KubeletNotReady',
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
];

const shared = new Map<string, Condition>();

function condition(before: readonly Condition[] | undefined, type: string, isTrue: boolean, words: Words, now: string): Condition {
  const status = isTrue ? 'True' : 'False';
  const old = before?.find((one) => one.type === type);
  const since = old !== undefined && old.status === status ? (old.lastTransitionTime ?? now) : now;
  const key = `${type}|${status}|${words[0]}|${since}|${now}`;
  let made = shared.get(key);
  if (made === undefined) {
    if (shared.size > 50_000) shared.clear();
    made = { type, status, lastHeartbeatTime: now, lastTransitionTime: since, reason: words[0], message: words[1] };
    shared.set(key, made);
  }
  return made;
}

/** The node's lease, renewed at `nowUs`. */
export function newLease(node: NodeState, nowUs: number): Lease {
  const owner = node.node?.metadata.uid;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: node.name,
      namespace: 'kube-node-lease',
      ...(owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: owner }] }),
    },
    spec: { holderIdentity: node.name, leaseDurationSeconds: node.config.nodeLeaseDurationSeconds, renewTime: microTimeText(nowUs) },
  };
}

/** Hot: thirteen thousand a second in the largest clusters. Our own leases have these fields and no others. */
export function renewedLease(lease: Lease, nowUs: number): Lease {
  const { holderIdentity, leaseDurationSeconds } = lease.spec!;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease.metadata,
    spec: { holderIdentity: holderIdentity!, leaseDurationSeconds: leaseDurationSeconds!, renewTime: microTimeText(nowUs) },
  };
}
