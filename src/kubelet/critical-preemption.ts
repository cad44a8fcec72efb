/**
 * Whom a node gives up so that a critical pod fits: the pods that cost least, of the lowest quality of service first.
 *
 * Models pkg/kubelet/preemption/preemption.go. Best-effort pods go only as far as burstable and guaranteed ones that have to go
 * leave something missing, and so on; within a class the pod nearest to what is missing goes, of equals the smaller.
 */
import type { Pod } from '../model/pod.ts';
import { isCritical, type PodRoom, roomOf } from './pod-admission.ts';
import { type QosClass, qosOf } from './qos.ts';

/** How much of a resource the pod's arrival would take beyond what the node has: millicores, bytes, pods. */
export interface Shortage {
  readonly resource: 'cpu' | 'memory' | 'ephemeral-storage' | 'pods';
  readonly quantity: number;
}

/** The pods to be killed, or why no set of them would do. */
export function podsToPreempt(preemptor: Pod, pods: readonly Pod[], shortages: readonly Shortage[]): readonly Pod[] | string {
  const preemptable = pods.filter((pod) => isPreemptable(preemptor, pod));
  const of = (qos: QosClass) => preemptable.filter((pod) => qosOf(pod) === qos);
  const bestEffort = of('BestEffort');
  const burstable = of('Burstable');
  const missing = subtract(shortages, preemptable);
  if (missing.length > 0) return `no set of running pods found to reclaim resources: ${shortagesText(missing)}`;
  const guaranteedVictims = nearest(of('Guaranteed'), subtract(shortages, [...bestEffort, ...burstable]));
  const burstableVictims = nearest(burstable, subtract(shortages, [...bestEffort, ...guaranteedVictims]));
  const bestEffortVictims = nearest(bestEffort, subtract(shortages, [...burstableVictims, ...guaranteedVictims]));
  return [...bestEffortVictims, ...burstableVictims, ...guaranteedVictims];
}

/** Preemptable in pkg/kubelet/types/pod_update.go. */
function isPreemptable(preemptor: Pod, pod: Pod): boolean {
  if (isCritical(preemptor) && !isCritical(pod)) return true;
  return (preemptor.spec.priority ?? 0) > (pod.spec.priority ?? 0);
}

/** getPodsToPreemptByDistance: the nearest pod goes, and the rest is looked at again with what is still missing. */
function nearest(pods: readonly Pod[], shortages: readonly Shortage[]): Pod[] {
  const left = [...pods];
  const victims: Pod[] = [];
  let missing = shortages;
  while (missing.length > 0 && left.length > 0) {
    let best = 0;
    let bestDistance = missing.length + 1;
    for (const [at, pod] of left.entries()) {
      const its = distance(missing, pod);
      if (its < bestDistance || (its === bestDistance && isSmaller(pod, left[best]!))) {
        best = at;
        bestDistance = its;
      }
    }
    const [victim] = left.splice(best, 1);
    victims.push(victim!);
    missing = subtract(missing, [victim!]);
  }
  return victims;
}

/** The part of each shortage the pod does not cover, squared and added up. */
function distance(shortages: readonly Shortage[], pod: Pod): number {
  let sum = 0;
  for (const { resource, quantity } of shortages) {
    const rest = quantity - requestOf(pod, resource);
    if (rest > 0) sum += (rest / quantity) ** 2;
  }
  return sum;
}

/** By memory, then by CPU; equals count as smaller. */
function isSmaller(a: Pod, b: Pod): boolean {
  const [left, right] = [roomOf(a), roomOf(b)];
  if (left.memoryBytes !== right.memoryBytes) return left.memoryBytes < right.memoryBytes;
  return left.cpuMilli <= right.cpuMilli;
}

function subtract(shortages: readonly Shortage[], pods: readonly Pod[]): Shortage[] {
  return shortages
    .map(({ resource, quantity }) => ({ resource, quantity: pods.reduce((rest, pod) => rest - requestOf(pod, resource), quantity) }))
    .filter(({ quantity }) => quantity > 0);
}

const FIELDS = { cpu: 'cpuMilli', memory: 'memoryBytes', 'ephemeral-storage': 'ephemeralBytes' } as const satisfies {
  readonly [resource: string]: keyof PodRoom;
};

function requestOf(pod: Pod, resource: Shortage['resource']): number {
  return resource === 'pods' ? 1 : roomOf(pod)[FIELDS[resource]];
}

export function shortagesText(shortages: readonly Shortage[]): string {
  return `[${shortages.map(({ resource, quantity }) => `(res: ${resource}, q: ${quantity}), `).join('')}]`;
}
