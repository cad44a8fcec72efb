/**
 * Sends pods to nodes whose labels they ask for. Models plugins/nodeaffinity.
 *
 * addedAffinity is the profile's own demand upon every pod; it is looked at first and has its own words.
 */
import type { Node } from '../../model/node.ts';
import {
  isEmptyTerm,
  matchesNodeSelector,
  matchesNodeSelectorTerm,
  matchesRequiredNodeAffinity,
  termErrors,
} from '../../model/node-selector.ts';
import type { NodeAffinity as NodeAffinitySpec, NodeSelector, NodeSelectorTerm } from '../../model/pod.ts';
import {
  type CycleState,
  errorStatus,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type PreScorePlugin,
  type ScorePlugin,
  type Status,
  skip,
  unresolvable,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { PluginArgs } from '../profile-spec.ts';
import { normalizeByMaximum } from './default-normalize.ts';

const NAME = 'NodeAffinity';
const SKIP = skip(NAME);
const NO_MATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector");
const ENFORCED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable(NAME, 'pod affinity terms conflict');

type PreferredTerms = NonNullable<NodeAffinitySpec['preferredDuringSchedulingIgnoredDuringExecution']>;

export class NodeAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = NAME;
  readonly #addedRequired: NodeSelector | undefined;
  readonly #addedPreferred: PreferredTerms | undefined;

  constructor(args: PluginArgs['NodeAffinity']) {
    this.#addedRequired = args.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    this.#addedPreferred = args.addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  }

  /** Whether the profile's own demand is met. */
  meetsAdded(node: Node): boolean {
    return this.#addedRequired === undefined || matchesNodeSelector(this.#addedRequired, node);
  }

  preFilter(_state: CycleState, pod: PodInfo): PreFilterResult {
    const { spec } = pod.pod;
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (required === undefined && spec.nodeSelector === undefined && this.#addedRequired === undefined) return { status: SKIP };
    if (required === undefined || (required.nodeSelectorTerms ?? []).length === 0) return PRE_FILTER_SUCCESS;

    // Only when every term names its nodes can the search be narrowed; this is how DaemonSet pods find theirs.
    const union = new Set<string>();
    for (const term of required.nodeSelectorTerms) {
      const names = namedNodes(term);
      if (names === undefined) return PRE_FILTER_SUCCESS;
      for (const name of names) union.add(name);
    }
    return union.size === 0 ? { status: CONFLICT } : { nodeNames: union };
  }

  filter(_state: CycleState, pod: PodInfo, { node }: NodeInfo): Status | undefined {
    if (node === undefined) return NO_MATCH;
    if (this.#addedRequired !== undefined && !matchesNodeSelector(this.#addedRequired, node)) return ENFORCED;
    return matchesRequiredNodeAffinity(pod.pod.spec, node) ? undefined : NO_MATCH;
  }

  preScore(_state: CycleState, pod: PodInfo): Status | undefined {
    const preferred = preferredTerms(pod);
    if (preferred === undefined) return this.#addedPreferred === undefined ? SKIP : undefined;
    const errors = new Set<string>();
    preferred.forEach(({ weight, preference = NO_TERM }, i) => {
      if (weight !== 0) for (const error of termErrors(preference)) errors.add(`[${i}].${error}`);
    });
    if (errors.size === 0) return undefined;
    const list = [...errors];
    return errorStatus(NAME, list.length === 1 ? list[0]! : `[${list.join(', ')}]`);
  }

  score(_state: CycleState, pod: PodInfo, { node }: NodeInfo): number {
    return weightOf(this.#addedPreferred, node) + weightOf(preferredTerms(pod), node);
  }

  normalize(_state: CycleState, _pod: PodInfo, _feasible: readonly NodeInfo[], scores: Float64Array): void {
    normalizeByMaximum(scores, false);
  }
}

/** What is left out is empty, as in Go. */
const NO_TERM: NodeSelectorTerm = {};

function preferredTerms(pod: PodInfo): PreferredTerms | undefined {
  return pod.pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
}

function weightOf(terms: PreferredTerms | undefined, node: Node | undefined): number {
  if (terms === undefined || node === undefined) return 0;
  let sum = 0;
  for (const { weight, preference = NO_TERM } of terms) {
    if (weight !== 0 && !isEmptyTerm(preference) && matchesNodeSelectorTerm(preference, node)) sum += weight;
  }
  return sum;
}

/** The nodes a term names with metadata.name In; undefined when it names none. */
function namedNodes(term: NodeSelectorTerm): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (const { key, operator, values = [] } of term.matchFields ?? []) {
    if (key !== 'metadata.name' || operator !== 'In') continue;
    const known = names;
    names = new Set(known === undefined ? values : values.filter((value) => known.has(value)));
  }
  return names;
}
