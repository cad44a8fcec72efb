/**
 * Which nodes are tried for preemption, in which order, and when there are enough of them.
 *
 * Models GetOffsetAndNumCandidates and DryRunPreemption of pkg/scheduler/framework/preemption/preemption.go and findCandidates: the
 * obvious way. What is found can also be read from columns (fast/preemption-search.ts).
 */
import type { PodDisruptionBudget } from '../../model/policy.ts';
import type { CycleState, NodeStatuses, Status } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import type { PluginArgs } from '../profile-spec.ts';
import { leastHarmful } from './pick-candidate.ts';
import { type Candidate, dryRun } from './victims.ts';

export interface CandidateQuestion {
  readonly state: CycleState;
  readonly pod: PodInfo;
  readonly statuses: NodeStatuses;
  readonly budgets: readonly PodDisruptionBudget[];
  /** Where the search begins among so many nodes. */
  readonly drawOffset: (count: number) => number;
  readonly nowUs: number;
}

export interface FoundCandidates {
  /** The least harmful; absent where there is none. */
  readonly chosen: Candidate | undefined;
  /** Those that violate no budget first. */
  readonly candidates: readonly Candidate[];
  /** Nodes tried in vain. */
  readonly rejected: ReadonlyMap<string, Status>;
  /** How many nodes were tried in vain, by what was found. */
  readonly rejectedCounts: ReadonlyMap<Status, number>;
}

/** How many candidates are enough. */
export function wantedCandidates(count: number, args: PluginArgs['DefaultPreemption']): number {
  return Math.min(count, Math.max(Math.floor((count * args.minCandidateNodesPercentage) / 100), args.minCandidateNodesAbsolute));
}

/** Tries nodes whose verdict evictions may change, until there are enough candidates. */
export function findCandidates(profile: Profile, question: CandidateQuestion): FoundCandidates {
  const { state, pod, statuses, budgets, nowUs } = question;
  const potential = profile.handle.snapshot.nodes.filter((node) => statuses.get(node.name).code === 'Unschedulable');
  const count = potential.length;
  const wanted = wantedCandidates(count, profile.spec.args.DefaultPreemption);
  const offset = count === 0 ? 0 : question.drawOffset(count);
  const harmless: Candidate[] = [];
  const violating: Candidate[] = [];
  const rejected = new Map<string, Status>();
  const rejectedCounts = new Map<Status, number>();
  for (let i = 0; i < count; i++) {
    const node = potential[(offset + i) % count]!;
    const result = dryRun(profile, state, pod, node, budgets, nowUs);
    if ('code' in result) {
      rejected.set(node.name, result);
      rejectedCounts.set(result, (rejectedCounts.get(result) ?? 0) + 1);
      continue;
    }
    const list = result.pdbViolations === 0 ? harmless : violating;
    if (list.length < wanted) list.push(result);
    if (harmless.length > 0 && harmless.length + violating.length >= wanted) break;
  }
  const candidates = [...harmless, ...violating];
  return { chosen: leastHarmful(candidates, nowUs)[0], candidates, rejected, rejectedCounts };
}
