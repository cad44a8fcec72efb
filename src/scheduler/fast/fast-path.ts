/**
 * The fast path: a decision read from columns and counts instead of running every plugin on every node.
 *
 * It decides exactly as schedule-pod.ts does. What a template's pods find on a node by themselves is kept in columns and worked out
 * again, by the plugins, when the node changes (local-columns.ts); how they relate to other pods is read from tables that are kept as
 * pods come and go (pod-counts.ts). Whatever it cannot be sure of it declines (undefined), and the obvious way decides: volumes and
 * claims, plugins it does not know, promised nodes while other pods have a say.
 */
import { feasibleNodesToFind } from '../find-nodes.ts';
import { CycleState, type Status, unresolvable } from '../framework.ts';
import type { DefaultPreemption } from '../plugins/default-preemption.ts';
import { inferredFeatures } from '../plugins/node-declared-features.ts';
import type { PodInfo } from '../pod-info.ts';
import type { SpecTraits } from '../pod-traits.ts';
import type { Profile } from '../profile.ts';
import type { Chosen, SearchPosition, Unfit } from '../schedule-pod.ts';
import { type AffinityPlan, affinityPlanOf, isCurrent } from './affinity-plan.ts';
import { BlockWalk } from './block-walk.ts';
import { ColumnDiagnosis } from './column-diagnosis.ts';
import { isWithinReach, type KnownProfile, knownProfileOf } from './known-profile.ts';
import { LocalColumns, STALE } from './local-columns.ts';
import { NarrowSearch } from './narrow-search.ts';
import { PEER_STATUSES, PeerFilters } from './peer-filters.ts';
import { addAffinityScores, addNormalized, addSpreadScores, ScoreField } from './peer-scores.ts';
import type { PodCounts } from './pod-counts.ts';
import { firstMaximum } from './pre-order.ts';
import { PreemptionSearch } from './preemption-search.ts';
import { areCurrent, type SpreadPlan, spreadPlanOf } from './spread-plan.ts';

// Numbers a template holds for each row: value, scores, reason, generation, and raw scores.
const NUMBERS_PER_ROW = 8;
const NOT_EXAMINED = unresolvable('');

/** A template at one priority: pods promised to a node count for those of lower or equal priority. */
type TemplateKey = number;

interface PeerPlan {
  readonly epoch: number;
  spread: SpreadPlan;
  affinity: AffinityPlan;
}

export class FastPath {
  readonly #profile: Profile;
  readonly #counts: PodCounts;
  readonly #known: KnownProfile | undefined;
  readonly #narrow: NarrowSearch | undefined;
  /** Undefined for templates left to the obvious way. */
  readonly #templates = new Map<SpecTraits, Map<TemplateKey, LocalColumns> | undefined>();
  #rowsRemembered = 0;
  readonly #plans = new Map<number, PeerPlan>();
  readonly #peers = new PeerFilters();
  readonly #field = new ScoreField();
  readonly #blockWalk = new BlockWalk();
  /** Of the walk under way. */
  #foundCount = 0;
  /** Local plugins keep nothing in it. */
  readonly #state = new CycleState();
  /** Why each row was rejected by peers, in the walk under way; 0 where it was not. */
  #peerVerdicts = new Uint8Array(0);

  constructor(profile: Profile, counts: PodCounts) {
    this.#profile = profile;
    this.#counts = counts;
    this.#known = knownProfileOf(profile);
    this.#narrow = this.#known === undefined ? undefined : new NarrowSearch(profile, counts, this.#known);
    const preemption = profile.plugin<DefaultPreemption>('DefaultPreemption');
    if (preemption !== undefined) preemption.fast = new PreemptionSearch(profile, counts);
  }

  /** What schedulePod would decide, moving the position as it would; undefined, and nothing moved, when unsure. */
  decide(pod: PodInfo, position: SearchPosition, percentageOfNodesToScore: number): Chosen | Unfit | undefined {
    const { snapshot, nominated } = this.#profile.handle;
    const known = this.#known;
    this.#counts.sync();
    if (known === undefined || snapshot.nodes.length === 0 || !isWithinReach(pod)) return undefined;
    if (inferredFeatures(pod).length > 0) return undefined;
    if (namesNodes(pod)) return this.#narrow?.decide(pod, position);
    const columns = this.#columnsOf(pod, known);
    if (columns === undefined) return undefined;
    const plan = this.#planOf(pod, known);
    this.#peers.prepare(plan.spread, plan.affinity, this.#counts);
    columns.catchUp(pod);
    // A pod is not in its own way: on the node it is promised itself, the row is worked out for it alone.
    const ownRow = nominated.isEmpty ? -1 : (snapshot.get(nominated.nodeOf(pod.uid) ?? '')?.row ?? -1);
    if (ownRow !== -1) {
      columns.forget(ownRow);
      columns.refresh(ownRow, pod, pod);
    }
    const isContested = !this.#peers.isSilent && !nominated.isEmpty && this.#isAnyOpenPromised(pod, columns);
    const decision = isContested ? undefined : this.#search(pod, columns, plan, known, position, percentageOfNodesToScore);
    // Worked out anew for the next pod, but not before the diagnosis was read.
    if (ownRow !== -1) snapshot.log.push(ownRow);
    return decision;
  }

  #search(
    pod: PodInfo,
    columns: LocalColumns,
    plan: PeerPlan,
    known: KnownProfile,
    position: SearchPosition,
    percentageOfNodesToScore: number,
  ): Chosen | Unfit | undefined {
    const { nodes } = this.#profile.handle.snapshot;
    const count = nodes.length;
    const { nominatedNodeName } = pod;
    const promised = nominatedNodeName === '' ? -1 : (this.#profile.handle.snapshot.get(nominatedNodeName)?.row ?? -1);
    if (promised !== -1 && this.#isFeasible(columns, promised, pod)) {
      return { kind: 'chosen', node: nodes[promised]!, state: new CycleState(), evaluated: 1, feasibleCount: 1 };
    }
    this.#field.fit(count);
    const wanted = feasibleNodesToFind(count, this.#profile.spec.percentageOfNodesToScore ?? percentageOfNodesToScore);
    const start = position.next % count;
    if (columns.staleCount === 0 && columns.feasibleCount === 0) return this.#unfit(pod, columns, position);
    const walk = this.#blockWalk;
    const isAlone = this.#peers.isSilent && plan.affinity.scored.length === 0 && plan.spread.soft.length === 0;
    if (isAlone && columns.isDirect) walk.run(columns, pod, start, wanted);
    let { seen, found, winner } = walk;
    // A row met on the way may be the first with a score that is normalized: then the rows found have to be looked at together.
    if (!isAlone || !columns.isDirect) {
      seen = this.#peers.isSilent ? this.#walk(columns, pod, start, wanted) : this.#walkWithPeers(columns, pod, start, wanted);
      found = this.#foundCount;
      if (found > 1 && !this.#addScores(columns, pod, plan, known, found)) return undefined;
      winner = found === 0 ? -1 : this.#field.found[firstMaximum(this.#field.totals, found)]!;
    }
    if (winner === -1) return this.#unfit(pod, columns, position);

    // The promised node was looked at first; unless the walk came by it again, it is one more.
    const isExtra = promised !== -1 && (promised - start + count) % count >= seen;
    const evaluated = seen + (isExtra ? 1 : 0);
    position.next = (position.next + evaluated) % count;
    return { kind: 'chosen', node: nodes[winner]!, state: new CycleState(), evaluated, feasibleCount: found };
  }

  /** Fills the field with feasible rows from `start` on, until one more than wanted is met; returns how many rows were passed. */
  #walk(columns: LocalColumns, pod: PodInfo, start: number, wanted: number): number {
    const { values } = columns;
    const { found, totals } = this.#field;
    const count = values.length;
    let foundCount = 0;
    let row = start;
    let seen = 0;
    for (; seen < count; seen++) {
      let value = values[row]!;
      if (value === STALE) value = columns.refresh(row, pod, undefined);
      if (value >= 0) {
        if (foundCount === wanted) break;
        found[foundCount] = row;
        totals[foundCount++] = value;
      }
      row = row + 1 === count ? 0 : row + 1;
    }
    this.#foundCount = foundCount;
    return seen;
  }

  #walkWithPeers(columns: LocalColumns, pod: PodInfo, start: number, wanted: number): number {
    const { values } = columns;
    const { found, totals } = this.#field;
    const peers = this.#peers;
    const count = values.length;
    if (this.#peerVerdicts.length < count) this.#peerVerdicts = new Uint8Array(count);
    const verdicts = this.#peerVerdicts;
    let foundCount = 0;
    let row = start;
    let seen = 0;
    for (; seen < count; seen++) {
      let value = values[row]!;
      if (value === STALE) value = columns.refresh(row, pod, undefined);
      if (value >= 0) {
        const verdict = peers.verdict(row);
        verdicts[row] = verdict;
        if (verdict === 0) {
          if (foundCount === wanted) break;
          found[foundCount] = row;
          totals[foundCount++] = value;
        }
      }
      row = row + 1 === count ? 0 : row + 1;
    }
    this.#foundCount = foundCount;
    return seen;
  }

  #isFeasible(columns: LocalColumns, row: number, pod: PodInfo): boolean {
    let value = columns.values[row]!;
    if (value === STALE) value = columns.refresh(row, pod, undefined);
    return value >= 0 && (this.#peers.isSilent || this.#peers.verdict(row) === 0);
  }

  /** False when the obvious way has to score. */
  #addScores(columns: LocalColumns, pod: PodInfo, plan: PeerPlan, known: KnownProfile, found: number): boolean {
    const field = this.#field;
    for (const { scorer, raw } of columns.normalized) {
      if (raw !== undefined) addNormalized(scorer, raw, field, found, pod, this.#state);
    }
    if (plan.affinity.scored.length > 0) addAffinityScores(plan.affinity.scored, field, found, known.affinityWeight, this.#counts);
    return plan.spread.soft.length === 0 || addSpreadScores(plan.spread, field, found, known.spreadWeight, this.#counts);
  }

  #unfit(pod: PodInfo, columns: LocalColumns, position: SearchPosition): Unfit {
    const { snapshot } = this.#profile.handle;
    const count = snapshot.nodes.length;
    const statuses = new Map<Status, number>();
    columns.countRejected(statuses);
    const { values } = columns;
    const isSilent = this.#peers.isSilent;
    const verdicts = this.#peerVerdicts;
    if (!isSilent && columns.feasibleCount > 0) {
      const times = new Array<number>(PEER_STATUSES.length).fill(0);
      for (let row = 0; row < count; row++) if (values[row]! >= 0) times[verdicts[row]!]!++;
      PEER_STATUSES.forEach((status, i) => {
        if (times[i]! > 0) statuses.set(status!, times[i]!);
      });
    }
    const statusOf = (row: number) => (values[row]! >= 0 ? PEER_STATUSES[verdicts[row]!]! : columns.statusOf(row));
    const state = this.#stateFor(pod);
    const diagnosis = new ColumnDiagnosis({
      snapshot,
      columns,
      absent: NOT_EXAMINED,
      counts: statuses,
      statusOf,
      hasPeers: !isSilent,
      completeState: () => void this.#profile.runPreFilter(state, pod),
    });
    position.next = (position.next + count) % count;
    return { kind: 'unfit', diagnosis, state, evaluated: count };
  }

  /** What PreFilter would have left behind, but for the two plugins that count other pods: they are asked only when need be. */
  #stateFor(pod: PodInfo): CycleState {
    const state = new CycleState();
    const skipped = new Set<string>();
    state.skippedFilter = skipped;
    for (const plugin of this.#profile.preFilter) {
      const isPeer = plugin.name === 'PodTopologySpread' || plugin.name === 'InterPodAffinity';
      if (isPeer || plugin.preFilter(state, pod, this.#profile.handle.snapshot).status?.code === 'Skip') skipped.add(plugin.name);
    }
    return state;
  }

  #planOf(pod: PodInfo, known: KnownProfile): PeerPlan {
    const { handle, spec } = this.#profile;
    const key = pod.peer.id * 2 ** 26 + pod.spec.id;
    const { epoch } = this.#counts;
    let plan = this.#plans.get(key);
    if (plan === undefined || plan.epoch !== epoch) {
      if (this.#plans.size >= this.#counts.memory.plans) this.#plans.clear();
      const spread = spreadPlanOf(pod, handle, spec.args.PodTopologySpread, this.#counts, known.spread);
      const affinity = affinityPlanOf(pod, handle.listers, spec.args.InterPodAffinity, this.#counts, known.affinity);
      plan = { epoch, spread, affinity };
      this.#plans.set(key, plan);
      return plan;
    }
    if (!areCurrent(plan.spread.sources, pod, handle.listers)) {
      plan.spread = spreadPlanOf(pod, handle, spec.args.PodTopologySpread, this.#counts, known.spread);
    }
    if (!isCurrent(plan.affinity.sources, pod, handle.listers, this.#counts)) {
      plan.affinity = affinityPlanOf(pod, handle.listers, spec.args.InterPodAffinity, this.#counts, known.affinity);
    }
    return plan;
  }

  /**
   * Is any node promised to another pod that this one has to respect, and has room for both? Only there is what other pods have to say to
   * be asked twice.
   */
  #isAnyOpenPromised(pod: PodInfo, columns: LocalColumns): boolean {
    const { nominated, snapshot } = this.#profile.handle;
    for (const name of nominated.nodeNames()) {
      if (!nominated.onNode(name).some((other) => other.priority >= pod.priority && other.uid !== pod.uid)) continue;
      const row = snapshot.get(name)?.row ?? -1;
      if (row === -1) continue;
      const value = columns.values[row]!;
      if ((value === STALE ? columns.refresh(row, pod, undefined) : value) >= 0) return true;
    }
    return false;
  }

  #columnsOf(pod: PodInfo, known: KnownProfile): LocalColumns | undefined {
    const { snapshot } = this.#profile.handle;
    let byPriority = this.#templates.get(pod.spec);
    const present = byPriority?.get(pod.priority);
    if (present?.listVersion === snapshot.listVersion) return present;
    if (present?.listVersion === snapshot.listVersion - 1) {
      present.move();
      return present;
    }
    if (byPriority === undefined) {
      if (this.#templates.has(pod.spec)) return undefined;
      if (!this.#hasSoundPreferences(pod)) {
        this.#templates.set(pod.spec, undefined);
        return undefined;
      }
      byPriority = new Map();
      this.#templates.set(pod.spec, byPriority);
    }
    if (present === undefined) this.#makeRoom(snapshot.nodes.length);
    const columns = new LocalColumns(this.#profile, this.#pluginsFor(pod, known), pod);
    // Making room may have forgotten this very template; it is as good as new.
    this.#templates.set(pod.spec, byPriority.set(pod.priority, columns));
    return columns;
  }

  /** A malformed preference ends the cycle, and the obvious way tells how. */
  #hasSoundPreferences(pod: PodInfo): boolean {
    return this.#profile.preScore.every((plugin) => {
      if (!this.#known!.skipping.has(plugin.name)) return true;
      const status = plugin.preScore(this.#state, pod, [], this.#profile.handle.snapshot);
      return status === undefined || status.code === 'Skip';
    });
  }

  /** The local plugins but those whose PreFilter or PreScore has nothing to say of this template. */
  #pluginsFor(pod: PodInfo, { local, skipping }: KnownProfile): KnownProfile['local'] {
    const { snapshot } = this.#profile.handle;
    const skipped = new Set<string>();
    for (const plugin of this.#profile.preScore) {
      if (!skipping.has(plugin.name)) continue;
      if (plugin.preScore(this.#state, pod, [], snapshot)?.code === 'Skip') skipped.add(plugin.name);
    }
    const silent = new Set<string>();
    for (const plugin of this.#profile.preFilter) {
      const isLocal =
        local.ownFilters.some(({ name }) => name === plugin.name) || local.crowdFilters.some(({ name }) => name === plugin.name);
      if (isLocal && plugin.preFilter(this.#state, pod, snapshot).status?.code === 'Skip') silent.add(plugin.name);
    }
    const heard = (filters: KnownProfile['local']['ownFilters']) => filters.filter(({ name }) => !silent.has(name));
    const left = (scorers: KnownProfile['local']['ownScorers']) => scorers.filter(({ plugin }) => !skipped.has(plugin.name));
    return {
      ownFilters: heard(local.ownFilters),
      crowdFilters: heard(local.crowdFilters),
      ownScorers: left(local.ownScorers),
      crowdScorers: left(local.crowdScorers),
      normalizedScorers: left(local.normalizedScorers),
    };
  }

  #makeRoom(rowCount: number): void {
    this.#rowsRemembered += rowCount;
    const { numbers, plans } = this.#counts.memory;
    if (this.#rowsRemembered * NUMBERS_PER_ROW <= numbers && this.#templates.size < plans) return;
    // The oldest half goes: a Map keeps the order in which they came.
    let left = this.#templates.size >> 1;
    for (const template of this.#templates.keys()) {
      if (left-- <= 0) break;
      this.#templates.delete(template);
    }
    this.#rowsRemembered = rowCount;
    for (const byPriority of this.#templates.values()) this.#rowsRemembered += (byPriority?.size ?? 0) * rowCount;
  }
}

/** Terms on the node's name make PreFilter narrow the search. */
function namesNodes({ pod }: PodInfo): boolean {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms?.some((term) => (term.matchFields ?? []).length > 0) === true;
}
