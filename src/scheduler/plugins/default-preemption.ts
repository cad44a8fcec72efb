/**
 * Makes room for a pod that fits nowhere by evicting lesser ones: which node, which victims, in which words.
 *
 * Models plugins/defaultpreemption and pkg/scheduler/framework/preemption/preemption.go. It only decides; the component deletes
 * the victims (spec 7.8), and keeps the pod gated here until it has.
 */
import { type Pod, podCondition } from '../../model/pod.ts';
import { Diagnosis, fitMessage } from '../diagnosis.ts';
import {
  type CycleState,
  errorStatus,
  type NodeStatuses,
  type PostFilterOutcome,
  type PostFilterPlugin,
  type PreEnqueuePlugin,
  type Status,
  unresolvable,
  unschedulable,
} from '../framework.ts';
import type { PluginHandle } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import { leastHarmful } from '../preemption/pick-candidate.ts';
import { type Candidate, DEFAULT_PREEMPTION, dryRun } from '../preemption/victims.ts';
import type { Profile } from '../profile.ts';
import type { PluginArgs } from '../profile-spec.ts';

const NEVER = unschedulable(DEFAULT_PREEMPTION, 'preemption: not eligible due to preemptionPolicy=Never.');
const WAITING = unschedulable(DEFAULT_PREEMPTION, 'preemption: not eligible due to a terminating pod on the nominated node.');
const GATED = unresolvable(DEFAULT_PREEMPTION, 'waiting for the preemption for this pod to be finished');
const NOT_HELPFUL = unresolvable('', 'Preemption is not helpful for scheduling');

/** What was found, for whoever carries it out or wants to know. */
export interface PreemptionPlan {
  readonly chosen: Candidate | undefined;
  /** The chosen one and all that are as good. */
  readonly best: readonly Candidate[];
  readonly candidates: readonly Candidate[];
  readonly rejected: ReadonlyMap<string, Status>;
}

/** Whether the deletions for a pod are still under way (preemption/executor.ts). */
export interface PreemptionGate {
  isPreempting(uid: string): boolean;
}

export class DefaultPreemption implements PostFilterPlugin, PreEnqueuePlugin {
  readonly name = DEFAULT_PREEMPTION;
  readonly #handle: PluginHandle;
  readonly #args: PluginArgs['DefaultPreemption'];
  /** Set right after the profile was made: dry runs go through all of its filters. */
  profile: Profile | undefined;
  gate: PreemptionGate | undefined;
  /** Draws where the search for candidates begins: below its argument. */
  drawOffset: (count: number) => number = () => 0;
  /** Of the last call of postFilter. */
  plan: PreemptionPlan | undefined;

  constructor(handle: PluginHandle, args: PluginArgs['DefaultPreemption']) {
    this.#handle = handle;
    this.#args = args;
  }

  preEnqueue(pod: Pod): Status | undefined {
    return this.gate?.isPreempting(pod.metadata.uid ?? '') === true ? GATED : undefined;
  }

  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterOutcome {
    this.plan = undefined;
    const refused = this.#refusal(pod, statuses);
    if (refused !== undefined) return { status: refused, nomination: 'keep' };

    const { candidates, rejected } = this.findCandidates(state, pod, statuses);
    const best = leastHarmful(candidates, this.#handle.nowUs());
    this.plan = { chosen: best[0], best, candidates, rejected };
    if (best.length > 0) return { status: undefined, nomination: 'set', nominatedNode: best[0]!.nodeName };

    const failed = [...rejected.values()].find((status) => status.code === 'Error');
    if (failed !== undefined) return { status: errorStatus(DEFAULT_PREEMPTION, failed.reasons.join(', ')), nomination: 'keep' };
    const diagnosis = new Diagnosis();
    diagnosis.absent = NOT_HELPFUL;
    for (const [name, status] of rejected) diagnosis.explicit.set(name, status);
    const message = `preemption: ${fitMessage(this.#handle.snapshot.nodes.length, diagnosis)}`;
    return { status: unschedulable(DEFAULT_PREEMPTION, message), nomination: 'clear' };
  }

  #refusal(pod: PodInfo, statuses: NodeStatuses): Status | undefined {
    if (pod.pod.spec.preemptionPolicy === 'Never') return NEVER;
    const { nominatedNodeName } = pod;
    if (nominatedNodeName === '' || statuses.get(nominatedNodeName).code === 'UnschedulableAndUnresolvable') return undefined;
    const nominated = this.#handle.snapshot.get(nominatedNodeName);
    const isWaiting = nominated?.pods.some((other) => other.priority < pod.priority && isTerminatingByPreemption(other)) === true;
    return isWaiting ? WAITING : undefined;
  }

  /** Tries nodes whose verdict evictions may change, until there are enough candidates. */
  findCandidates(
    state: CycleState,
    pod: PodInfo,
    statuses: NodeStatuses,
  ): { readonly candidates: readonly Candidate[]; readonly rejected: ReadonlyMap<string, Status> } {
    const potential = this.#handle.snapshot.nodes.filter((node) => statuses.get(node.name).code === 'Unschedulable');
    const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = this.#args;
    const count = potential.length;
    const wanted = Math.min(count, Math.max(Math.floor((count * minCandidateNodesPercentage) / 100), minCandidateNodesAbsolute));
    const offset = count === 0 ? 0 : this.drawOffset(count);
    const budgets = [...this.#handle.listers.podDisruptionBudgets.values()];
    const harmless: Candidate[] = [];
    const violating: Candidate[] = [];
    const rejected = new Map<string, Status>();
    for (let i = 0; i < count; i++) {
      const node = potential[(offset + i) % count]!;
      const result = dryRun(this.profile!, state, pod, node, budgets, this.#handle.nowUs());
      if ('code' in result) {
        rejected.set(node.name, result);
        continue;
      }
      const list = result.pdbViolations === 0 ? harmless : violating;
      if (list.length < wanted) list.push(result);
      if (harmless.length > 0 && harmless.length + violating.length >= wanted) break;
    }
    return { candidates: [...harmless, ...violating], rejected };
  }
}

function isTerminatingByPreemption({ pod }: PodInfo): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false;
  const condition = podCondition(pod, 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}
