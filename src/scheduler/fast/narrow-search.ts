/**
 * Decisions for pods that name their node, as a DaemonSet's pods do: the search is over before it has begun.
 *
 * PreFilter leaves only the nodes named, and where exactly one of them is feasible nothing is scored: the plugins judge those few nodes,
 * and what other pods have to say is read from tables. Anything else is left to the obvious way.
 */
import { CycleState } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import type { Chosen, SearchPosition } from '../schedule-pod.ts';
import { type AffinityPlan, affinityPlanOf, isCurrent } from './affinity-plan.ts';
import type { KnownProfile } from './known-profile.ts';
import { PeerFilters } from './peer-filters.ts';
import type { PodCounts } from './pod-counts.ts';
import type { SpreadPlan } from './spread-plan.ts';

// More named nodes than a DaemonSet pod ever has: below it, the search looks at all of them (minFeasibleNodesToFind is 100).
const MAX_NAMED = 32;
const NO_SPREAD: SpreadPlan = { hard: [], soft: [], needsAllKeys: false, sources: undefined };

export class NarrowSearch {
  readonly #profile: Profile;
  readonly #counts: PodCounts;
  readonly #known: KnownProfile;
  readonly #state = new CycleState();
  readonly #peers = new PeerFilters();
  readonly #plans = new Map<number, { readonly epoch: number; readonly plan: AffinityPlan }>();

  constructor(profile: Profile, counts: PodCounts, known: KnownProfile) {
    this.#profile = profile;
    this.#counts = counts;
    this.#known = known;
  }

  decide(pod: PodInfo, position: SearchPosition): Chosen | undefined {
    const { snapshot, nominated } = this.#profile.handle;
    const { defaultingType, defaultConstraints } = this.#profile.spec.args.PodTopologySpread;
    const isSpread = (pod.pod.spec.topologySpreadConstraints ?? []).length > 0;
    const isSpreadHard =
      defaultingType === 'List' && defaultConstraints.some(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
    if (isSpread || isSpreadHard || pod.nominatedNodeName !== '') return undefined;

    const named = this.#namedNodes(pod);
    if (named === undefined || !named.every(({ name }) => nominated.isEmpty || nominated.onNode(name).length === 0)) return undefined;
    this.#peers.prepare(NO_SPREAD, this.#planOf(pod), this.#counts);
    let feasible: NodeInfo | undefined;
    for (const node of named) {
      if (!this.#isFeasible(pod, node)) continue;
      if (feasible !== undefined) return undefined;
      feasible = node;
    }
    if (feasible === undefined) return undefined;
    position.next = (position.next + named.length) % snapshot.nodes.length;
    return { kind: 'chosen', node: feasible, state: new CycleState(), evaluated: named.length, feasibleCount: 1 };
  }

  /** Those that PreFilter leaves and that exist. */
  #namedNodes(pod: PodInfo): readonly NodeInfo[] | undefined {
    const { snapshot } = this.#profile.handle;
    const plugin = this.#profile.preFilter.find(({ name }) => name === 'NodeAffinity');
    const { status, nodeNames } = plugin?.preFilter(this.#state, pod, snapshot) ?? {};
    if (status !== undefined || nodeNames === undefined || nodeNames.size > MAX_NAMED) return undefined;
    return [...nodeNames].map((name) => snapshot.get(name)).filter((node) => node !== undefined);
  }

  #isFeasible(pod: PodInfo, node: NodeInfo): boolean {
    const { ownFilters, crowdFilters } = this.#known.local;
    for (const plugin of ownFilters) if (plugin.filter(this.#state, pod, node) !== undefined) return false;
    for (const plugin of crowdFilters) if (plugin.filter(this.#state, pod, node) !== undefined) return false;
    return this.#peers.isSilent || this.#peers.verdict(node.row) === 0;
  }

  /** A pod is never scored here, so that only terms that forbid count. */
  #planOf(pod: PodInfo): AffinityPlan {
    const { handle, spec } = this.#profile;
    const { epoch, memory } = this.#counts;
    const known = this.#plans.get(pod.peer.id);
    if (known !== undefined && known.epoch === epoch && isCurrent(known.plan.sources, pod, handle.listers, this.#counts)) return known.plan;
    const roles = { filters: this.#known.affinity.filters, scores: false };
    const plan = affinityPlanOf(pod, handle.listers, spec.args.InterPodAffinity, this.#counts, roles);
    if (this.#plans.size >= memory.plans) this.#plans.clear();
    this.#plans.set(pod.peer.id, { epoch, plan });
    return plan;
  }
}
