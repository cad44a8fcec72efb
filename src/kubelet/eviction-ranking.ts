/**
 * Which pod a node gives up when it runs short of memory or disk, and what is said about it.
 *
 * Models eviction/helpers.go. Victims are those that use more than they asked for, then those of the lowest priority, then
 * those furthest over; critical and static pods are never given up.
 */
import { compareText } from '../base/compare.ts';
import { quantityUnits } from '../model/quantity.ts';
import { isCritical } from './pod-admission.ts';
import type { PodWorker, Verdict } from './pod-worker.ts';
import { ContainerRole, Run } from './runtime/container-record.ts';

export type Scarce = 'memory' | 'ephemeral-storage';

/** The pods that may go, the first to go first. */
export function rankForEviction(workers: Iterable<PodWorker>, scarce: Scarce, nowUs: number): PodWorker[] {
  const ranked: { readonly worker: PodWorker; readonly isOver: boolean; readonly priority: number; readonly over: number }[] = [];
  for (const worker of workers) {
    if (worker.isLeaving || !worker.isAdmitted || isCritical(worker.pod)) continue;
    const over = usedBytes(worker, scarce, nowUs) - (scarce === 'memory' ? worker.memoryBytes : worker.ephemeralBytes);
    ranked.push({ worker, isOver: over > 0, priority: worker.pod.spec.priority ?? 0, over });
  }
  ranked.sort(
    (a, b) =>
      Number(b.isOver) - Number(a.isOver) ||
      a.priority - b.priority ||
      b.over - a.over ||
      compareText(a.worker.namespace, b.worker.namespace) ||
      compareText(a.worker.name, b.worker.name),
  );
  return ranked.map(({ worker }) => worker);
}

export function usedBytes(worker: PodWorker, scarce: Scarce, nowUs: number): number {
  let bytes = 0;
  for (const record of worker.containers) {
    if (scarce === 'memory') bytes += record.run === Run.Running ? record.process!.memoryBytes(nowUs) : 0;
    else bytes += record.process?.behaviour.diskBytes ?? 0;
  }
  return bytes;
}

/** The end of an evicted pod, in the words of the eviction manager. */
export function evictionVerdict(worker: PodWorker, scarce: Scarce, threshold: string, availableBytes: number, nowUs: number): Verdict {
  let message = `The node was low on resource: ${scarce}. Threshold quantity: ${threshold}, available: ${kibibytesText(availableBytes)}. `;
  for (const record of worker.containers) {
    if (record.process === undefined) continue;
    const used = scarce === 'memory' ? record.process.memoryBytes(nowUs) : record.process.behaviour.diskBytes;
    const request = record.spec.resources?.requests?.[scarce] ?? 0;
    if (used <= quantityUnits(request)) continue;
    message += `Container ${record.spec.name} was using ${kibibytesText(used)}, request is ${request}, has larger consumption of ${scarce}. `;
  }
  return { reason: 'Evicted', message, disruption: { reason: 'TerminationByKubelet', message } };
}

/**
 * The end of a pod that has written more than its limits of ephemeral storage add up to, or one of whose containers has written more than
 * its own; undefined when none has. It is no disruption: the pod itself is to blame.
 */
export function storageLimitVerdict(worker: PodWorker): Verdict | undefined {
  const limit = podLimitBytes(worker);
  if (limit > 0 && usedBytes(worker, 'ephemeral-storage', 0) > limit) {
    const alone = worker.containers.find(({ spec }) => quantityUnits(spec.resources?.limits?.['ephemeral-storage']) === limit);
    // A sum is printed as the kubelet adds it up, a single limit as it was given.
    const text = alone?.spec.resources?.limits?.['ephemeral-storage'] ?? kibibytesText(limit);
    return { reason: 'Evicted', message: `Pod ephemeral local storage usage exceeds the total limit of containers ${text}. ` };
  }
  for (const { spec, process } of worker.containers) {
    const own = spec.resources?.limits?.['ephemeral-storage'];
    if (own === undefined || process === undefined || process.behaviour.diskBytes <= quantityUnits(own)) continue;
    return { reason: 'Evicted', message: `Container ${spec.name} exceeded its local ephemeral storage limit "${own}". ` };
  }
  return undefined;
}

/** PodLimits: what app containers and sidecars have together, or an init container more than they; 0 without any limit. */
function podLimitBytes({ containers }: PodWorker): number {
  let together = 0;
  let largestInit = 0;
  for (const { role, spec } of containers) {
    const limit = quantityUnits(spec.resources?.limits?.['ephemeral-storage']);
    if (role === ContainerRole.Init) largestInit = Math.max(largestInit, limit);
    else together += limit;
  }
  return Math.max(together, largestInit);
}

/** Bytes as the kubelet prints what it has measured: whole Ki, unless they are whole Mi or Gi. */
export function kibibytesText(bytes: number): string {
  let count = Math.max(0, Math.floor(bytes / 1024));
  for (const suffix of ['Ki', 'Mi', 'Gi']) {
    if (count === 0 || count % 1024 !== 0) return count === 0 ? '0' : `${count}${suffix}`;
    count /= 1024;
  }
  return `${count}Ti`;
}
