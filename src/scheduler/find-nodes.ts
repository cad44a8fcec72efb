/**
 * How many nodes are looked at, which ones, and where the next search begins.
 *
 * Models numFeasibleNodesToFind and findNodesThatPassFilters of pkg/scheduler/schedule_one.go with a parallelism of 1: nodes are
 * examined strictly in order, and the search stops only when one feasible node more than wanted has been seen.
 */
import type { Diagnosis } from './diagnosis.ts';
import { type CycleState, isRejected, type Status } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { Profile } from './profile.ts';

// minFeasibleNodesToFind and minFeasibleNodesPercentageToFind of schedule_one.go.
const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/** Feasible nodes to look for among `count`; a percentage of 0 adapts to the size of the cluster. */
export function feasibleNodesToFind(count: number, percentage: number): number {
  if (count < MIN_FEASIBLE_NODES) return count;
  const share = percentage === 0 ? Math.max(MIN_PERCENTAGE, 50 - Math.floor(count / 125)) : percentage;
  return Math.max(MIN_FEASIBLE_NODES, Math.floor((count * share) / 100));
}

export interface Search {
  readonly nodes: readonly NodeInfo[];
  readonly start: number;
  readonly wanted: number;
}

/** The feasible nodes in the order they were met; the others go into the diagnosis. An error ends the search. */
export function findFeasibleNodes(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  { nodes, start, wanted }: Search,
  diagnosis: Diagnosis,
): { readonly feasible: readonly NodeInfo[]; readonly error: Status | undefined } {
  const feasible: NodeInfo[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(start + i) % nodes.length]!;
    if (profile.filter.length === 0) {
      if (feasible.length === wanted) break;
      feasible.push(node);
      continue;
    }
    const status = profile.runFiltersWithNominated(state, pod, node);
    if (status === undefined) {
      if (feasible.length === wanted) break;
      feasible.push(node);
    } else if (isRejected(status)) {
      diagnosis.reject(node.name, status);
    } else {
      return { feasible, error: status };
    }
  }
  return { feasible, error: undefined };
}
