/**
 * Whether a node takes a pod that was bound to it: room, labels, ports, taints, pressure, shutdown.
 *
 * Models lifecycle/predicate.go and the handlers of kubelet.go's canAdmitPod. The first reason in upstream's order is the
 * one that is told; a refused pod stays in the API as Failed.
 */
import type { Node } from '../model/node.ts';
import { matchesRequiredNodeAffinity } from '../model/node-selector.ts';
import type { Pod } from '../model/pod.ts';
import { podRequest } from '../model/pod-requests.ts';
import { quantityMilli, quantityUnits } from '../model/quantity.ts';
import { isTolerated } from '../model/toleration.ts';
import type { Shortage } from './critical-preemption.ts';
import type { NodeState } from './node-state.ts';
import { qosOf } from './qos.ts';

export interface Refusal {
  readonly reason: string;
  /** As the Event says it; the status puts `Pod was rejected: ` before it. */
  readonly message: string;
  /** What is short, when room is all that is missing: a critical pod may have it made. */
  readonly shortages?: readonly Shortage[];
}

export interface PodRoom {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
}

/** What the pod takes of its node. Plain pods are added up here, the rest by the exact rules. */
export function roomOf(pod: Pod): PodRoom {
  const { spec } = pod;
  if (spec.initContainers !== undefined || spec.overhead !== undefined || spec.resources !== undefined) {
    const request = podRequest(pod, true);
    return { cpuMilli: request.milliCpu, memoryBytes: request.memory, ephemeralBytes: request.ephemeralStorage };
  }
  let cpuMilli = 0;
  let memoryBytes = 0;
  let ephemeralBytes = 0;
  for (const { resources } of spec.containers) {
    const requests = resources?.requests;
    if (requests === undefined) continue;
    cpuMilli += quantityMilli(requests.cpu);
    memoryBytes += quantityUnits(requests.memory);
    ephemeralBytes += quantityUnits(requests['ephemeral-storage']);
  }
  return { cpuMilli, memoryBytes, ephemeralBytes };
}

/** Why the node will not have the pod; undefined when it takes it. */
export function refusal(node: NodeState, pod: Pod, room: PodRoom, object: Node | undefined, others: Iterable<Pod>): Refusal | undefined {
  const underPressure = pressureRefusal(node, pod);
  if (underPressure !== undefined) return underPressure;
  // The predicates are all asked, and the first that fails is told; its being the only sort matters for critical pods.
  const short = roomRefusals(node, pod, room, others);
  const elsewhere = placeRefusal(pod, object) ?? portRefusal(pod, others) ?? taintRefusal(pod, object);
  const [first] = short;
  if (first !== undefined) {
    const shortages = short.flatMap((one) => one.shortages ?? []);
    if (elsewhere !== undefined || shortages.length < short.length) return { reason: first.reason, message: first.message };
    return { ...first, shortages };
  }
  if (elsewhere !== undefined) return elsewhere;
  return node.isShuttingDown ? { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' } : undefined;
}

export function isCritical(pod: Pod): boolean {
  // SystemCriticalPriority of pkg/apis/scheduling; static pods are always so.
  return (pod.spec.priority ?? 0) >= 2_000_000_000 || pod.metadata.annotations?.['kubernetes.io/config.source'] !== undefined;
}

function pressureRefusal(node: NodeState, pod: Pod): Refusal | undefined {
  if ((!node.hasMemoryPressure && !node.hasDiskPressure) || isCritical(pod)) return undefined;
  if (!node.hasDiskPressure) {
    const isTolerant = isTolerated(pod.spec.tolerations, { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' });
    if (qosOf(pod) !== 'BestEffort' || isTolerant) return undefined;
  }
  const conditions = [node.hasMemoryPressure ? 'MemoryPressure' : '', node.hasDiskPressure ? 'DiskPressure' : ''].filter(
    (one) => one !== '',
  );
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}

/** Every resource that is short, in upstream's order. */
function roomRefusals(node: NodeState, pod: Pod, room: PodRoom, others: Iterable<Pod>): Refusal[] {
  const { spec, config } = node;
  const refusals: Refusal[] = [];
  const check = (resource: Shortage['resource'], requested: number, used: number, capacity: number) => {
    if (requested <= 0 || used + requested <= capacity) return;
    refusals.push({ ...outOf(resource, requested, used, capacity), shortages: [{ resource, quantity: used + requested - capacity }] });
  };
  check('pods', 1, node.admittedPods, config.maxPods);
  check('cpu', room.cpuMilli, node.usedCpuMilli, node.allocatableCpuMilli);
  check('memory', room.memoryBytes, node.usedMemoryBytes, node.allocatableMemoryBytes);
  const disk = quantityUnits(spec.capacity['ephemeral-storage']);
  if (disk > 0) check('ephemeral-storage', room.ephemeralBytes, node.usedEphemeralBytes, disk);
  const extended = extendedRefusal(node, pod, others);
  if (extended !== undefined) refusals.push(extended);
  return refusals;
}

/** The resources the pod asks for that a device plugin on its node hands out. */
export function devicesOf(pod: Pod): string[] {
  return pod.spec.containers.flatMap(({ resources }) => Object.keys(resources?.requests ?? {}).filter((name) => name.includes('/')));
}

/** Extended resources are rare, so nobody keeps their sums: they are added up when a pod asks for one. */
function extendedRefusal(node: NodeState, pod: Pod, others: Iterable<Pod>): Refusal | undefined {
  if (devicesOf(pod).length === 0) return undefined;
  for (const [name, requested] of podRequest(pod, true).scalars) {
    // One the node knows nothing of belongs to the cluster: somebody else hands it out (removeMissingExtendedResources).
    if (node.spec.capacity[name] === undefined) continue;
    let used = 0;
    for (const other of others) used += podRequest(other, true).scalars.get(name) ?? 0;
    const capacity = quantityUnits(node.spec.capacity[name]);
    if (used + requested > capacity) return outOf(name, requested, used, capacity);
  }
  return undefined;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Refusal {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

function placeRefusal(pod: Pod, node: Node | undefined): Refusal | undefined {
  if (node === undefined || matchesRequiredNodeAffinity(pod.spec, node)) return undefined;
  return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
}

function portRefusal(pod: Pod, others: Iterable<Pod>): Refusal | undefined {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return undefined;
  for (const other of others) {
    for (const port of hostPorts(other)) {
      if (wanted.includes(port)) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
    }
  }
  return undefined;
}

function hostPorts(pod: Pod): string[] {
  const ports: string[] = [];
  for (const container of pod.spec.containers) {
    for (const { hostPort, protocol } of container.ports ?? []) if (hostPort) ports.push(`${protocol ?? 'TCP'}/${hostPort}`);
  }
  return ports;
}

/** Of a static pod taints are not asked: it runs whatever becomes of the node. */
function taintRefusal(pod: Pod, node: Node | undefined): Refusal | undefined {
  if (pod.metadata.annotations?.['kubernetes.io/config.source'] !== undefined) return undefined;
  for (const taint of node?.spec?.taints ?? []) {
    if (taint.effect === 'NoExecute' && !isTolerated(pod.spec.tolerations, taint)) {
      return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
    }
  }
  return undefined;
}

function predicate(name: string, description: string): Refusal {
  return { reason: name, message: `Predicate ${name} failed: ${description}` };
}
