/**
 * One decision: which node for this pod, or why none.
 *
 * Models schedulePod, findNodesThatFitPod and prioritizeNodes of pkg/scheduler/schedule_one.go: the obvious way, every plugin on
 * every node looked at. The fast path (fast/) must decide the same; the tests hold one to the other.
 */
import { Diagnosis, type Verdicts } from './diagnosis.ts';
import type { FastPath } from './fast/fast-path.ts';
import { feasibleNodesToFind, findFeasibleNodes } from './find-nodes.ts';
import { CycleState, type Status, unresolvable } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { PluginScores, Profile } from './profile.ts';
import { selectHost } from './select-host.ts';

/** What lives on from one cycle to the next, across all profiles. */
export interface SearchPosition {
  /** nextStartNodeIndex. */
  next: number;
}

export interface Chosen {
  readonly kind: 'chosen';
  readonly node: NodeInfo;
  readonly state: CycleState;
  readonly evaluated: number;
  readonly feasibleCount: number;
}

/** No node fits. `state` is what PostFilter goes on with. */
export interface Unfit {
  readonly kind: 'unfit';
  readonly diagnosis: Verdicts;
  readonly state: CycleState;
  readonly evaluated: number;
}

export interface Failed {
  readonly kind: 'failed';
  readonly message: string;
  /** Counted as unschedulable by nobody: the pod is retried after a back-off. */
  readonly evaluated: number;
}

export type Decision = Chosen | Unfit | Failed;

export const NO_NODES = 'no nodes available to schedule pods';

/** Told of what a decision was made of, when somebody wants to know. */
export interface DecisionTrace {
  preFilterNodes?: ReadonlySet<string>;
  preFilterStatus?: Status;
  feasible?: readonly NodeInfo[];
  diagnosis?: Diagnosis;
  state?: CycleState;
  scores?: readonly PluginScores[];
  totals?: Float64Array;
  isViaNominated?: boolean;
}

export interface ScheduleOptions {
  /** The scheduler's percentageOfNodesToScore, where the profile has none of its own. */
  readonly percentageOfNodesToScore: number;
  readonly trace?: DecisionTrace;
  /** The profile's fast path; absent, or under a trace, every decision goes the obvious way. */
  readonly fast?: FastPath | undefined;
}

export function schedulePod(profile: Profile, pod: PodInfo, position: SearchPosition, options: ScheduleOptions): Decision {
  const { snapshot } = profile.handle;
  const { trace, fast } = options;
  const quick = trace === undefined ? fast?.decide(pod, position, options.percentageOfNodesToScore) : undefined;
  if (quick !== undefined) return quick;
  if (snapshot.nodes.length === 0) return { kind: 'failed', message: NO_NODES, evaluated: 0 };
  const state = new CycleState();
  const diagnosis = new Diagnosis();
  if (trace !== undefined) Object.assign(trace, { state, diagnosis });

  const found = findNodesThatFit(profile, state, pod, position, options, diagnosis);
  if (trace !== undefined) Object.assign(trace, { feasible: found.feasible });
  const { feasible } = found;
  const evaluated = feasible.length + diagnosis.explicit.size;
  if (found.error !== undefined) return { kind: 'failed', message: found.error.reasons.join(', '), evaluated };
  if (feasible.length === 0) return { kind: 'unfit', diagnosis, state, evaluated };
  if (feasible.length === 1) return { kind: 'chosen', node: feasible[0]!, state, evaluated, feasibleCount: 1 };

  const totals = scoreNodes(profile, state, pod, feasible, trace);
  if (!(totals instanceof Float64Array)) return { kind: 'failed', message: totals.reasons.join(', '), evaluated };
  return { kind: 'chosen', node: feasible[selectHost(totals)]!, state, evaluated, feasibleCount: feasible.length };
}

/** The sum of the weighted scores of each node, or the error that ends the cycle. */
export function scoreNodes(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  feasible: readonly NodeInfo[],
  trace?: DecisionTrace,
): Float64Array | Status {
  const totals = new Float64Array(feasible.length);
  if (profile.score.length === 0) return totals.fill(1);
  const scores = profile.runScores(state, pod, feasible);
  if ('code' in scores) return scores;
  for (const { normalized, weight } of scores) for (let i = 0; i < totals.length; i++) totals[i]! += normalized[i]! * weight;
  if (trace !== undefined) Object.assign(trace, { scores, totals });
  return totals;
}

interface Found {
  readonly feasible: readonly NodeInfo[];
  readonly error?: Status | undefined;
}

const NONE: Found = { feasible: [] };

function findNodesThatFit(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  position: SearchPosition,
  { percentageOfNodesToScore, trace }: ScheduleOptions,
  diagnosis: Diagnosis,
): Found {
  const { snapshot } = profile.handle;
  const { status, nodeNames, restricting } = profile.runPreFilter(state, pod);
  for (const name of restricting) diagnosis.unschedulablePlugins.add(name);
  if (trace !== undefined) Object.assign(trace, { preFilterNodes: nodeNames, preFilterStatus: status });
  if (status?.code === 'Error') return { feasible: [], error: status };
  if (status !== undefined) {
    diagnosis.absent = status;
    diagnosis.preFilterMessage = status.reasons.join(', ');
    diagnosis.blame(status);
    return NONE;
  }

  const nominated = snapshot.get(pod.nominatedNodeName);
  if (nominated !== undefined) {
    const { feasible } = findFeasibleNodes(profile, state, pod, { nodes: [nominated], start: 0, wanted: 1 }, diagnosis);
    if (feasible.length > 0) {
      if (trace !== undefined) trace.isViaNominated = true;
      return { feasible };
    }
  }

  let { nodes } = snapshot;
  if (nodeNames !== undefined) {
    // Upstream iterates over a set here, in random order; ours is the list's.
    nodes = [...nodeNames]
      .map((name) => snapshot.get(name))
      .filter((node) => node !== undefined)
      .sort((a, b) => a.row - b.row);
    const names = [...diagnosis.unschedulablePlugins].sort();
    diagnosis.absent = unresolvable('', `node(s) didn't satisfy plugin(s) [${names.join(' ')}]`);
  }
  const percentage = profile.spec.percentageOfNodesToScore ?? percentageOfNodesToScore;
  const wanted = profile.score.length === 0 ? 1 : feasibleNodesToFind(nodes.length, percentage);
  const start = nodes.length === 0 ? 0 : position.next % nodes.length;
  const { feasible, error } = findFeasibleNodes(profile, state, pod, { nodes, start, wanted }, diagnosis);
  // The whole snapshot's size, however few nodes PreFilter left (spec 2.2).
  position.next = (position.next + feasible.length + diagnosis.explicit.size) % snapshot.nodes.length;
  return { feasible, error };
}
