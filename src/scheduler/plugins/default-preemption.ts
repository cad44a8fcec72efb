/**
 * Makes room for a pod that fits nowhere by evicting lesser ones: which node, which victims, in which words.
 *
 * Models plugins/defaultpreemption and pkg/scheduler/framework/preemption/preemption.go. It only decides; the component deletes
 * the victims (spec 7.8), and keeps the pod gated here until it has.
 */
import { type Pod, podCondition } from '../../model/pod.ts';
import { countReasons, fitMessage } from '../diagnosis.ts';
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
import { type CandidateQuestion, type FoundCandidates, findCandidates } from '../preemption/candidate-search.ts';
import { DEFAULT_PREEMPTION } from '../preemption/victims.ts';
import type { Profile } from '../profile.ts';

const NEVER = unschedulable(DEFAULT_PREEMPTION, 'preemption: not eligible due to preemptionPolicy=Never.');
const WAITING = unschedulable(DEFAULT_PREEMPTION, 'preemption: not eligible due to a terminating pod on the nominated node.');
const GATED = unresolvable(DEFAULT_PREEMPTION, 'waiting for the preemption for this pod to be finished');
const NOT_HELPFUL = unresolvable('', 'Preemption is not helpful for scheduling');

/** Finds what findCandidates finds; undefined when it cannot tell, before it has drawn anything. */
export interface QuickSearch {
  search(question: CandidateQuestion): FoundCandidates | undefined;
}

/** Whether the deletions for a pod are still under way (preemption/executor.ts). */
export interface PreemptionGate {
  isPreempting(uid: string): boolean;
}

export class DefaultPreemption implements PostFilterPlugin, PreEnqueuePlugin {
  readonly name = DEFAULT_PREEMPTION;
  readonly #handle: PluginHandle;
  /** Set right after the profile was made: dry runs go through all of its filters. */
  profile: Profile | undefined;
  gate: PreemptionGate | undefined;
  /** Draws where the search for candidates begins: below its argument. */
  drawOffset: (count: number) => number = () => 0;
  /** Of the last call of postFilter. */
  plan: FoundCandidates | undefined;
  /** Reads the same from columns; absent when every search is to go the obvious way. */
  fast: QuickSearch | undefined;

  constructor(handle: PluginHandle) {
    this.#handle = handle;
  }

  preEnqueue(pod: Pod): Status | undefined {
    return this.gate?.isPreempting(pod.metadata.uid ?? '') === true ? GATED : undefined;
  }

  forgetPlan(): void {
    this.plan = undefined;
  }

  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterOutcome {
    this.forgetPlan();
    const refused = this.#refusal(pod, statuses);
    if (refused !== undefined) return { status: refused, nomination: 'keep' };

    const found = this.#search(state, pod, statuses);
    this.plan = found;
    if (found.chosen !== undefined) return { status: undefined, nomination: 'set', nominatedNode: found.chosen.nodeName };

    for (const status of found.rejectedCounts.keys()) {
      if (status.code === 'Error') return { status: errorStatus(DEFAULT_PREEMPTION, status.reasons.join(', ')), nomination: 'keep' };
    }
    const nodeCount = this.#handle.snapshot.nodes.length;
    const counts = new Map(found.rejectedCounts);
    let triedCount = 0;
    for (const times of counts.values()) triedCount += times;
    if (triedCount < nodeCount) counts.set(NOT_HELPFUL, nodeCount - triedCount);
    const message = `preemption: ${fitMessage(nodeCount, { preFilterMessage: '', reasonCounts: () => countReasons(counts) })}`;
    return { status: unschedulable(DEFAULT_PREEMPTION, message), nomination: 'clear' };
  }

  #search(state: CycleState, pod: PodInfo, statuses: NodeStatuses): FoundCandidates {
    const budgets = [...this.#handle.listers.podDisruptionBudgets.values()];
    const question = { state, pod, statuses, budgets, drawOffset: this.drawOffset, nowUs: this.#handle.nowUs() };
    return this.fast?.search(question) ?? findCandidates(this.profile!, question);
  }

  #refusal(pod: PodInfo, statuses: NodeStatuses): Status | undefined {
    if (pod.pod.spec.preemptionPolicy === 'Never') return NEVER;
    const { nominatedNodeName } = pod;
    if (nominatedNodeName === '' || statuses.get(nominatedNodeName).code === 'UnschedulableAndUnresolvable') return undefined;
    const nominated = this.#handle.snapshot.get(nominatedNodeName);
    const isWaiting = nominated?.pods.some((other) => other.priority < pod.priority && isTerminatingByPreemption(other)) === true;
    return isWaiting ? WAITING : undefined;
  }
}

function isTerminatingByPreemption({ pod }: PodInfo): boolean {
  if (pod.metadata.deletionTimestamp === undefined) return false;
  const condition = podCondition(pod, 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === 'PreemptionByScheduler';
}
