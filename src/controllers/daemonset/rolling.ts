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
export function budgetOf({ spec }: Pick<DaemonSet, 'spec'>, desired: number): Budget {
  const { maxSurge, maxUnavailable = 1 } = spec.updateStrategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, desired, true);
  const unavailable = scaledValue(maxUnavailable, desired, true);
  return { maxSurge: surge, maxUnavailable: desired > 0 && surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function allowsSurge({ spec }: Pick<DaemonSet, 'spec'>): boolean {
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

/**
 * What a rolling update makes of one node. Held: it counts against the budget, or as a surge. AtOnce: its old pod is not available, and is
 * replaced whatever the budget. Next: its old pod is replaced when the budget allows. Superseded: a surge has brought its new pod up.
 */
export type Turn = 'None' | 'Held' | 'AtOnce' | 'Next' | 'Superseded';

export function turnOf(node: NodePods, surges: boolean, rolling: Omit<Rolling, 'budget'>): Turn {
  return surges ? turnWithSurge(node, rolling) : turnWithoutSurge(node, rolling);
}

function turnWithoutSurge({ pods }: NodePods, rolling: Omit<Rolling, 'budget'>): Turn {
  const { minReadySeconds, nowUs } = rolling;
  const pair = updatedPods(pods, rolling);
  if (pair === undefined || (pair.oldPod === undefined) === (pair.newPod === undefined)) return 'Held';
  if (pair.newPod !== undefined) return isPodAvailable(pair.newPod, minReadySeconds, nowUs) ? 'None' : 'Held';
  return isPodAvailable(pair.oldPod!, minReadySeconds, nowUs) ? 'Next' : 'AtOnce';
}

function turnWithSurge({ pods, shouldRun }: NodePods, rolling: Omit<Rolling, 'budget'>): Turn {
  const { minReadySeconds, nowUs } = rolling;
  const pair = updatedPods(pods, rolling);
  if (pair === undefined) return 'Held';
  if (pair.oldPod === undefined) return 'None';
  if (pair.newPod !== undefined) return isPodAvailable(pair.newPod, minReadySeconds, nowUs) ? 'Superseded' : 'Held';
  if (!shouldRun) return 'None';
  return isPodAvailable(pair.oldPod, minReadySeconds, nowUs) ? 'Next' : 'AtOnce';
}

/** The nodes by their turn, each list in the order of nodes. */
export interface Turns {
  readonly held: number;
  readonly atOnce: readonly NodePods[];
  /** The first so many of those that wait for the budget. */
  readonly next: (limit: number) => readonly NodePods[];
  readonly superseded: readonly NodePods[];
}

export function replacementOf({ held, atOnce, next, superseded }: Turns, rolling: Rolling): Replacement {
  const { maxSurge, maxUnavailable } = rolling.budget;
  const oldPod = ({ pods }: NodePods) => updatedPods(pods, rolling)!.oldPod!;
  if (maxSurge === 0) {
    const left = Math.max(0, maxUnavailable - held - atOnce.length);
    return { remove: [...atOnce, ...next(left)].map(oldPod), createOn: [] };
  }
  const left = Math.max(0, maxSurge - held);
  return { remove: superseded.map(oldPod), createOn: [...atOnce, ...next(left)].map(({ node }) => node) };
}

/** The slow twin of what NodeTable keeps: asks every node. */
export function rollingStep(nodes: readonly NodePods[], rolling: Rolling): Replacement {
  const byTurn: { readonly [turn in Turn]: NodePods[] } = { None: [], Held: [], AtOnce: [], Next: [], Superseded: [] };
  for (const node of nodes) byTurn[turnOf(node, rolling.budget.maxSurge > 0, rolling)].push(node);
  const { Held, AtOnce, Next, Superseded } = byTurn;
  return replacementOf({ held: Held.length, atOnce: AtOnce, next: (limit) => Next.slice(0, limit), superseded: Superseded }, rolling);
}

/** The node's pod of either kind; undefined when there are two of one kind, which the next pass puts in order. */
function updatedPods(
  pods: readonly Pod[],
  { isUpdated }: Pick<Rolling, 'isUpdated'>,
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
export function excessPods(
  running: readonly Pod[],
  surge: boolean,
  { minReadySeconds, nowUs }: Omit<Rolling, 'budget'>,
  hash: string,
): Pod[] {
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
