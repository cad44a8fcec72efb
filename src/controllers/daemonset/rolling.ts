/**
 * Which daemon pods a rolling update replaces next. Models pkg/controller/daemon/update.go (rollingUpdate).
 *
 * Without surge an old pod is deleted and its node left empty for a while; with surge the new one comes first. Pods that are
 * not available anyway are replaced at once, whatever the budget.
 */
import { compareText } from '../../base/compare.ts';
import { isDeleting } from '../../model/meta.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import type { DaemonSet } from '../../model/workloads.ts';
import { scaledValue } from '../int-or-percent.ts';
import { isPodAvailable } from '../pod-availability.ts';

export interface Budget {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Percentages of the nodes that want a pod, both rounded up; never nothing at all. */
export function budgetOf({ spec }: DaemonSet, desired: number): Budget {
  const { maxSurge, maxUnavailable = 1 } = spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, desired, true);
  const unavailable = scaledValue(maxUnavailable, desired, true);
  return { maxSurge: surge, maxUnavailable: desired > 0 && surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function allowsSurge({ spec }: DaemonSet): boolean {
  const { maxSurge = 0 } = spec.updateStrategy?.rollingUpdate ?? {};
  return spec.updateStrategy?.type === 'RollingUpdate' && scaledValue(maxSurge, 100, true) > 0;
}

export interface NodePods {
  readonly node: string;
  readonly shouldRun: boolean;
  readonly pods: readonly Pod[];
}

export interface Replacement {
  readonly remove: readonly Pod[];
  readonly createOn: readonly string[];
}

export interface Rolling {
  readonly budget: Budget;
  readonly minReadySeconds: number;
  readonly nowUs: number;
  readonly isUpdated: (pod: Pod) => boolean;
}

export function rollingStep(nodes: readonly NodePods[], rolling: Rolling): Replacement {
  return rolling.budget.maxSurge === 0 ? withoutSurge(nodes, rolling) : withSurge(nodes, rolling);
}

function withoutSurge(nodes: readonly NodePods[], rolling: Rolling): Replacement {
  const { budget, minReadySeconds, nowUs } = rolling;
  let unavailable = 0;
  const replaced: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { pods } of nodes) {
    const pair = updatedPods(pods, rolling);
    if (pair === undefined || (pair.oldPod === undefined) === (pair.newPod === undefined)) unavailable++;
    else if (pair.newPod !== undefined) {
      if (!isPodAvailable(pair.newPod, minReadySeconds, nowUs)) unavailable++;
    } else if (!isPodAvailable(pair.oldPod!, minReadySeconds, nowUs)) {
      replaced.push(pair.oldPod!);
      unavailable++;
    } else if (unavailable < budget.maxUnavailable) candidates.push(pair.oldPod!);
  }
  const left = Math.max(0, budget.maxUnavailable - unavailable);
  return { remove: [...replaced, ...candidates.slice(0, left)], createOn: [] };
}

function withSurge(nodes: readonly NodePods[], rolling: Rolling): Replacement {
  const { budget, minReadySeconds, nowUs } = rolling;
  let surging = 0;
  const remove: Pod[] = [];
  const atOnce: string[] = [];
  const candidates: string[] = [];
  for (const { node, pods, shouldRun } of nodes) {
    const pair = updatedPods(pods, rolling);
    if (pair === undefined) surging++;
    else if (pair.oldPod === undefined) continue;
    else if (pair.newPod === undefined) {
      if (!shouldRun) continue;
      if (!isPodAvailable(pair.oldPod, minReadySeconds, nowUs)) atOnce.push(node);
      else if (surging < budget.maxSurge) candidates.push(node);
    } else if (!isPodAvailable(pair.newPod, minReadySeconds, nowUs)) surging++;
    else remove.push(pair.oldPod);
  }
  const left = Math.max(0, budget.maxSurge - surging);
  return { remove, createOn: [...atOnce, ...candidates.slice(0, left)] };
}

/** The node's pod of either kind; undefined when there are two of one kind, which the next pass puts in order. */
function updatedPods(
  pods: readonly Pod[],
  { isUpdated }: Rolling,
): { readonly newPod: Pod | undefined; readonly oldPod: Pod | undefined } | undefined {
  let newPod: Pod | undefined;
  let oldPod: Pod | undefined;
  for (const pod of pods) {
    if (isDeleting(pod)) continue;
    if (isUpdated(pod)) {
      if (newPod !== undefined) return undefined;
      newPod = pod;
    } else {
      if (oldPod !== undefined) return undefined;
      oldPod = pod;
    }
  }
  return { newPod, oldPod };
}

/** Running pods a node has too many of. With surge one of the old and one of the new revision may stand side by side. */
export function excessPods(running: readonly Pod[], surge: boolean, { minReadySeconds, nowUs }: Rolling, hash: string): Pod[] {
  if (running.length <= 1) return [];
  const sorted = [...running].sort(compareAge);
  if (!surge) return sorted.slice(1);
  const excess: Pod[] = [];
  let newest: Pod | undefined;
  let oldest: Pod | undefined;
  for (const pod of sorted) {
    if (pod.metadata.labels?.['controller-revision-hash'] === hash) {
      if (newest === undefined) newest = pod;
      else excess.push(pod);
    } else if (oldest === undefined) oldest = pod;
    else excess.push(pod);
  }
  if (newest !== undefined && oldest !== undefined) {
    if (!isPodReady(oldest) || isPodAvailable(newest, minReadySeconds, nowUs)) excess.push(oldest);
  }
  return excess;
}

/** Those on a node first, then the older, then by name. */
export function compareAge(a: Pod, b: Pod): number {
  return (
    Number((b.spec.nodeName ?? '') !== '') - Number((a.spec.nodeName ?? '') !== '') ||
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.metadata.name, b.metadata.name)
  );
}
