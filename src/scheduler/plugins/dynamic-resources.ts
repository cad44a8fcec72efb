/**
 * Dynamic resource allocation, which Orrery leaves out: a pod with resource claims is refused, in words that say so.
 *
 * The plugin keeps its place, for what other pods see of it: a Score of 0 for every node, and a PostFilter that comes before
 * preemption and has nothing to deallocate.
 */
import {
  type CycleState,
  errorStatus,
  type FilterPlugin,
  type PostFilterOutcome,
  type PostFilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type ReservePlugin,
  type ScorePlugin,
  type Status,
  skip,
  unresolvable,
  unschedulable,
} from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';

const NAME = 'DynamicResources';
const SKIP: PreFilterResult = { status: skip(NAME) };
const LEFT_OUT: PreFilterResult = {
  status: unresolvable(NAME, 'resource claims are not simulated: Orrery leaves dynamic resource allocation out'),
};
const NO_CLAIMS = unschedulable(NAME, 'no new claims to deallocate');
const NO_STATE = errorStatus(NAME, 'not found');
const RAN = 'DynamicResources/ran';

export class DynamicResources implements PreFilterPlugin, FilterPlugin, PostFilterPlugin, ScorePlugin, ReservePlugin {
  readonly name = NAME;

  preFilter(state: CycleState, pod: PodInfo): PreFilterResult {
    state.write(RAN, true);
    return (pod.pod.spec.resourceClaims ?? []).length === 0 ? SKIP : LEFT_OUT;
  }

  filter(): Status | undefined {
    return PRE_FILTER_SUCCESS.status;
  }

  /** After a PreFilter that stopped the cycle before this plugin there is no state, and upstream fails (spec 1.3). */
  postFilter(state: CycleState): PostFilterOutcome {
    if (state.read(RAN) !== true) return { status: NO_STATE, nomination: 'keep' };
    return { status: NO_CLAIMS, nomination: 'keep' };
  }

  score(): number {
    return 0;
  }

  reserve(): Status | undefined {
    return undefined;
  }

  unreserve(): void {}
}
