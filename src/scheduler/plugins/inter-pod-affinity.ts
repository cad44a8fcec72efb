/**
 * Brings pods near those they want to be near, and keeps them from those they do not. Models plugins/interpodaffinity.
 *
 * "Near" is a topology domain: nodes with the same value of a label. Everything is counted by (topology key, value) before
 * the first node is looked at, so that a node is judged by a few look-ups.
 */
import { namespaceLabels, type OwnTerm, ownTerm, selectsIncoming, selectsPlaced } from '../affinity-matching.ts';
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
import type { AffinityTerm, LabelTraits, PeerTraits } from '../pod-traits.ts';
import type { PluginArgs } from '../profile-spec.ts';
import type { Snapshot } from '../snapshot.ts';
import { MAX_NODE_SCORE } from './default-normalize.ts';
import { DomainCounts } from './domain-counts.ts';

const NAME = 'InterPodAffinity';
const SKIP = skip(NAME);
export const AFFINITY_UNMET = unresolvable(NAME, "node(s) didn't match pod affinity rules");
export const ANTI_AFFINITY_UNMET = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules");
export const EXISTING_ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

const FILTER_STATE = 'InterPodAffinity/filter';
const SCORE_STATE = 'InterPodAffinity/score';

/** What PreFilter counted. AddPod and RemovePod keep it true while pods come and go in a dry run. */
class FilterState {
  readonly labelsOfNamespace: Readonly<Record<string, string>>;
  readonly affinityTerms: readonly OwnTerm[];
  readonly antiAffinityTerms: readonly OwnTerm[];
  /** Existing pods' required anti-affinity against the incoming pod. */
  readonly existingAnti: DomainCounts;
  /** Pods that all of the incoming pod's affinity terms select. */
  readonly affinity: DomainCounts;
  readonly anti: DomainCounts;

  constructor(terms: Pick<FilterState, 'labelsOfNamespace' | 'affinityTerms' | 'antiAffinityTerms'>, from?: FilterState) {
    this.labelsOfNamespace = terms.labelsOfNamespace;
    this.affinityTerms = terms.affinityTerms;
    this.antiAffinityTerms = terms.antiAffinityTerms;
    this.existingAnti = from?.existingAnti.clone() ?? new DomainCounts();
    this.affinity = from?.affinity.clone() ?? new DomainCounts();
    this.anti = from?.anti.clone() ?? new DomainCounts();
  }

  clone(): FilterState {
    return new FilterState(this, this);
  }

  countExistingAnti(incoming: LabelTraits, existing: PodInfo, node: NodeInfo, amount: number): void {
    for (const term of existing.peer.requiredAntiAffinity) {
      if (selectsIncoming(term, incoming, this.labelsOfNamespace)) this.existingAnti.add(term.topologyKey, node.labels, amount);
    }
  }

  countOwn(existing: PodInfo, node: NodeInfo, amount: number): void {
    const { names } = existing.peer;
    if (selectedByAll(this.affinityTerms, names)) {
      for (const { topologyKey } of this.affinityTerms) this.affinity.add(topologyKey, node.labels, amount);
    }
    for (const own of this.antiAffinityTerms) {
      if (selectsPlaced(own, names)) this.anti.add(own.topologyKey, node.labels, amount);
    }
  }
}

export class InterPodAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = NAME;
  readonly #handle: PluginHandle;
  readonly args: PluginArgs['InterPodAffinity'];

  constructor(handle: PluginHandle, args: PluginArgs['InterPodAffinity']) {
    this.#handle = handle;
    this.args = args;
  }

  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult {
    const { namespaces } = this.#handle.listers;
    const { peer } = pod;
    const counted = new FilterState({
      labelsOfNamespace: namespaceLabels(namespaces, pod.namespace),
      affinityTerms: peer.requiredAffinity.map((term) => ownTerm(term, 0, namespaces)),
      antiAffinityTerms: peer.requiredAntiAffinity.map((term) => ownTerm(term, 0, namespaces)),
    });
    for (const node of snapshot.requiredAntiAffinityNodes) {
      for (const existing of node.pods) counted.countExistingAnti(peer.names, existing, node, 1);
    }
    const hasOwn = counted.affinityTerms.length + counted.antiAffinityTerms.length > 0;
    if (!hasOwn && counted.existingAnti.isEmpty) return { status: SKIP };
    if (hasOwn) for (const node of snapshot.nodes) for (const existing of node.pods) counted.countOwn(existing, node, 1);
    state.write(FILTER_STATE, counted);
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
    if (!meetsAffinity(counted, pod.peer, node)) return AFFINITY_UNMET;
    for (const { topologyKey } of counted.antiAffinityTerms) {
      if (counted.anti.get(topologyKey, node.labels) > 0) return ANTI_AFFINITY_UNMET;
    }
    return counted.existingAnti.hasAny(node.labels) ? EXISTING_ANTI_AFFINITY : undefined;
  }

  preScore(state: CycleState, pod: PodInfo, _feasible: readonly NodeInfo[], snapshot: Snapshot): Status | undefined {
    const { namespaces } = this.#handle.listers;
    const { peer } = pod;
    const hasPreferences = peer.preferredAffinity.length + peer.preferredAntiAffinity.length > 0;
    if (this.args.ignorePreferredTermsOfExistingPods && !hasPreferences) return SKIP;
    const own = [
      ...peer.preferredAffinity.map(({ term, weight }) => ownTerm(term, weight, namespaces)),
      ...peer.preferredAntiAffinity.map(({ term, weight }) => ownTerm(term, -weight, namespaces)),
    ];
    const labelsOfNamespace = namespaceLabels(namespaces, pod.namespace);
    const sums = new DomainCounts(true);
    const { hardPodAffinityWeight } = this.args;
    const scoreTerm = (term: AffinityTerm, weight: number, node: NodeInfo) => {
      if (selectsIncoming(term, peer.names, labelsOfNamespace)) sums.add(term.topologyKey, node.labels, weight);
    };
    for (const node of hasPreferences ? snapshot.nodes : snapshot.affinityNodes) {
      for (const existing of node.pods) {
        for (const one of own) if (selectsPlaced(one, existing.peer.names)) sums.add(one.topologyKey, node.labels, one.weight);
        if (!existing.peer.hasAffinity) continue;
        if (hardPodAffinityWeight > 0) for (const term of existing.peer.requiredAffinity) scoreTerm(term, hardPodAffinityWeight, node);
        for (const { term, weight } of existing.peer.preferredAffinity) scoreTerm(term, weight, node);
        for (const { term, weight } of existing.peer.preferredAntiAffinity) scoreTerm(term, -weight, node);
      }
    }
    if (sums.isEmpty) return SKIP;
    state.write(SCORE_STATE, sums);
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, node: NodeInfo): number {
    return state.read<DomainCounts>(SCORE_STATE)?.sum(node.labels) ?? 0;
  }

  normalize(_state: CycleState, _pod: PodInfo, _feasible: readonly NodeInfo[], scores: Float64Array): void {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const score of scores) {
      if (score < min) min = score;
      if (score > max) max = score;
    }
    for (let i = 0; i < scores.length; i++) scores[i] = normalizedAffinity(scores[i]!, min, max);
  }

  #adjust(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, amount: number): Status | undefined {
    const counted = state.read<FilterState>(FILTER_STATE);
    counted?.countExistingAnti(pod.peer.names, other, node, amount);
    counted?.countOwn(other, node, amount);
    return undefined;
  }
}

/** The division comes first: 29 of 100 becomes 28. */
export function normalizedAffinity(score: number, min: number, max: number): number {
  return max > min ? Math.trunc(MAX_NODE_SCORE * ((score - min) / (max - min))) : 0;
}

/** Of a pod with no affinity terms: false, since none selects anything. */
export function selectedByAll(terms: readonly OwnTerm[], names: LabelTraits): boolean {
  return terms.length > 0 && terms.every((own) => selectsPlaced(own, names));
}

/** The first pod of a group that wants to be together may go anywhere: there is nobody yet, and it matches itself. */
function meetsAffinity(counted: FilterState, peer: PeerTraits, node: NodeInfo): boolean {
  const { affinityTerms, affinity } = counted;
  if (affinityTerms.length === 0) return true;
  let found = true;
  for (const { topologyKey } of affinityTerms) {
    if (node.labels[topologyKey] === undefined) return false;
    if (affinity.get(topologyKey, node.labels) <= 0) found = false;
  }
  return found || (affinity.isEmpty && selectedByAll(affinityTerms, peer.names));
}
