/**
 * The taints a node's conditions bring about. Models nodeConditionToTaintKeyStatusMap of node_lifecycle_controller.go.
 */
import type { Node, Taint } from '../../model/node.ts';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const BY_CONDITION: { readonly [type: string]: { readonly [status: string]: string } } = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const MANAGED: ReadonlySet<string> = new Set([
  ...Object.values(BY_CONDITION).flatMap((statuses) => Object.values(statuses)),
  UNSCHEDULABLE,
]);

/** The whole list of taints the node is to have, or undefined when its NoSchedule taints are right already. */
export function noScheduleTaints(node: Node, nowText: string): readonly Taint[] | undefined {
  const wanted: string[] = [];
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = BY_CONDITION[type]?.[status];
    if (key !== undefined) wanted.push(key);
  }
  if (node.spec?.unschedulable === true) wanted.push(UNSCHEDULABLE);
  const present = node.spec?.taints ?? [];
  const kept = present.filter((taint) => taint.effect !== 'NoSchedule' || !MANAGED.has(taint.key) || wanted.includes(taint.key));
  const added = wanted.filter((key) => !present.some((taint) => taint.effect === 'NoSchedule' && taint.key === key));
  if (added.length === 0 && kept.length === present.length) return undefined;
  return [...kept, ...added.map((key): Taint => ({ key, effect: 'NoSchedule', timeAdded: nowText }))];
}

export function hasNoExecute(node: Node, key: string): boolean {
  return node.spec?.taints?.some((taint) => taint.effect === 'NoExecute' && taint.key === key) === true;
}

/** The list with `add` in place of `remove`, both with effect NoExecute; undefined when nothing changes. */
export function swappedNoExecute(
  node: Node,
  add: string | undefined,
  remove: readonly string[],
  nowText: string,
): readonly Taint[] | undefined {
  const present = node.spec?.taints ?? [];
  const kept = present.filter((taint) => taint.effect !== 'NoExecute' || !remove.includes(taint.key));
  const isThere = add === undefined || hasNoExecute(node, add);
  if (isThere && kept.length === present.length) return undefined;
  return isThere ? kept : [...kept, { key: add, effect: 'NoExecute', timeAdded: nowText }];
}
