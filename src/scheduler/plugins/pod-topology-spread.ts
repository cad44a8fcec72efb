/**
 * Spreads a group of pods evenly over topology domains. Models plugins/podtopologyspread.
 *
 * A hard constraint (DoNotSchedule) forbids nodes whose domain would lead the emptiest one by more than maxSkew; a soft one
 * (ScheduleAnyway) ranks nodes by how many of the group their domains hold already.
 */
import {
  type CycleState,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type PreScorePlugin,
  type ScorePlugin,
  type Status,
  skip,
  unresolvable,
  unschedulable,
} from '../framework.ts';
import type { PluginHandle } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { PluginArgs } from '../profile-spec.ts';
import type { Snapshot } from '../snapshot.ts';
import { countMatching, hasAllKeys, includesNode, type SpreadConstraint, selectsPod, spreadConstraintsOf } from '../spread-constraints.ts';
import { MAX_NODE_SCORE } from './default-normalize.ts';

const NAME = 'PodTopologySpread';
export const HOSTNAME = 'kubernetes.io/hostname';
const SKIP = skip(NAME);
export const SKEWED = unschedulable(NAME, "node(s) didn't match pod topology spread constraints");
export const LABEL_MISSING = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)");

const FILTER_STATE = 'PodTopologySpread/filter';
const SCORE_STATE = 'PodTopologySpread/score';

/** For each hard constraint, how many of the group each registered domain holds. */
class FilterState {
  readonly constraints: readonly SpreadConstraint[];
  readonly counts: readonly Map<string, number>[];
  readonly #minima: (number | undefined)[] = [];

  constructor(constraints: readonly SpreadConstraint[], counts: readonly Map<string, number>[]) {
    this.constraints = constraints;
    this.counts = counts;
  }

  clone(): FilterState {
    return new FilterState(
      this.constraints,
      this.counts.map((count) => new Map(count)),
    );
  }

  /** The emptiest domain; an imagined empty one as long as there are fewer than minDomains. */
  minimum(i: number): number {
    let min = this.#minima[i];
    if (min !== undefined) return min;
    const counts = this.counts[i]!;
    min = counts.size < this.constraints[i]!.minDomains ? 0 : smallest(counts.values());
    this.#minima[i] = min;
    return min;
  }

  add(i: number, value: string, amount: number): void {
    this.counts[i]!.set(value, (this.counts[i]!.get(value) ?? 0) + amount);
    this.#minima[i] = undefined;
  }
}

interface ScoreState {
  readonly constraints: readonly SpreadConstraint[];
  readonly ignored: ReadonlySet<NodeInfo>;
  readonly counts: readonly Map<string, number>[];
  readonly weights: readonly number[];
}

export class PodTopologySpread implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = NAME;
  readonly #handle: PluginHandle;
  readonly args: PluginArgs['PodTopologySpread'];

  constructor(handle: PluginHandle, args: PluginArgs['PodTopologySpread']) {
    this.#handle = handle;
    this.args = args;
  }

  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult {
    const constraints = spreadConstraintsOf(pod, 'DoNotSchedule', this.#handle, this.args);
    if (constraints.length === 0) return { status: SKIP };
    const counts = constraints.map(() => new Map<string, number>());
    for (const node of snapshot.nodes) {
      if (!hasAllKeys(node, constraints)) continue;
      constraints.forEach((constraint, i) => {
        if (!includesNode(constraint, pod, node)) return;
        const value = node.labels[constraint.topologyKey]!;
        counts[i]!.set(value, (counts[i]!.get(value) ?? 0) + countMatching(node, constraint.selector, pod.namespace));
      });
    }
    state.write(FILTER_STATE, new FilterState(constraints, counts));
    return PRE_FILTER_SUCCESS;
  }

  addPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Status | undefined {
    return this.#adjust(state, pod, added, node, 1);
  }

  removePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Status | undefined {
    return this.#adjust(state, pod, removed, node, -1);
  }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const counted = state.read<FilterState>(FILTER_STATE);
    if (counted === undefined) return undefined;
    for (let i = 0; i < counted.constraints.length; i++) {
      const { topologyKey, selector, maxSkew } = counted.constraints[i]!;
      const value = node.labels[topologyKey];
      if (value === undefined) return LABEL_MISSING;
      const self = selectsPod(selector, pod.peer.names.labels) ? 1 : 0;
      if ((counted.counts[i]!.get(value) ?? 0) + self - counted.minimum(i) > maxSkew) return SKEWED;
    }
    return undefined;
  }

  preScore(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], snapshot: Snapshot): Status | undefined {
    const constraints = spreadConstraintsOf(pod, 'ScheduleAnyway', this.#handle, this.args);
    if (constraints.length === 0) return SKIP;
    const needsAllKeys = requiresAllKeys(pod, this.args);
    const ignored = new Set(needsAllKeys ? feasible.filter((node) => !hasAllKeys(node, constraints)) : []);
    // Only domains of nodes that are in the running are counted; under the system's defaults a node without the label is in one too.
    const counts = constraints.map(({ topologyKey }) => {
      const count = new Map<string, number>();
      if (topologyKey === HOSTNAME) return count;
      for (const node of feasible) if (!ignored.has(node)) count.set(node.labels[topologyKey] ?? '', 0);
      return count;
    });
    for (const node of snapshot.nodes) {
      if (needsAllKeys && !hasAllKeys(node, constraints)) continue;
      constraints.forEach((constraint, i) => {
        const value = node.labels[constraint.topologyKey] ?? '';
        const known = counts[i]!.get(value);
        if (known === undefined || !includesNode(constraint, pod, node)) return;
        counts[i]!.set(value, known + countMatching(node, constraint.selector, pod.namespace));
      });
    }
    const weights = constraints.map(({ topologyKey }, i) =>
      domainWeight(topologyKey === HOSTNAME ? feasible.length - ignored.size : counts[i]!.size),
    );
    state.write(SCORE_STATE, { constraints, ignored, counts, weights } satisfies ScoreState);
    return undefined;
  }

  score(state: CycleState, pod: PodInfo, node: NodeInfo): number {
    const { constraints, ignored, counts, weights } = state.read<ScoreState>(SCORE_STATE)!;
    if (ignored.has(node)) return 0;
    let score = 0;
    constraints.forEach(({ topologyKey, selector, maxSkew }, i) => {
      const value = node.labels[topologyKey];
      if (value === undefined) return;
      const count = topologyKey === HOSTNAME ? countMatching(node, selector, pod.namespace) : (counts[i]!.get(value) ?? 0);
      score += constraintScore(count, maxSkew, weights[i]!);
    });
    return Math.floor(score + 0.5);
  }

  normalize(state: CycleState, _pod: PodInfo, feasible: readonly NodeInfo[], scores: Float64Array): void {
    const { ignored } = state.read<ScoreState>(SCORE_STATE)!;
    let min = Number.POSITIVE_INFINITY;
    let max = 0;
    feasible.forEach((node, i) => {
      if (ignored.has(node)) return;
      min = Math.min(min, scores[i]!);
      max = Math.max(max, scores[i]!);
    });
    feasible.forEach((node, i) => {
      scores[i] = ignored.has(node) ? 0 : normalizedSpread(scores[i]!, min, max);
    });
  }

  #adjust(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, amount: number): Status | undefined {
    const counted = state.read<FilterState>(FILTER_STATE);
    if (counted === undefined || other.namespace !== pod.namespace || !hasAllKeys(node, counted.constraints)) return undefined;
    counted.constraints.forEach((constraint, i) => {
      if (!selectsPod(constraint.selector, other.peer.names.labels) || !includesNode(constraint, pod, node)) return;
      counted.add(i, node.labels[constraint.topologyKey]!, amount);
    });
    return undefined;
  }
}

/** Nodes lacking a key are out of the ranking, unless the constraints are only the system's defaults. */
export function requiresAllKeys(pod: PodInfo, args: PluginArgs['PodTopologySpread']): boolean {
  return (pod.pod.spec.topologySpreadConstraints ?? []).length > 0 || args.defaultingType !== 'System';
}

function smallest(values: Iterable<number>): number {
  let min = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < min) min = value;
  return min;
}

/** Many domains make each of them matter more. */
export function domainWeight(domains: number): number {
  return Math.log(domains + 2);
}

export function constraintScore(count: number, maxSkew: number, weight: number): number {
  return count * weight + (maxSkew - 1);
}

export function normalizedSpread(score: number, min: number, max: number): number {
  return max === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * (max + min - score)) / max);
}
