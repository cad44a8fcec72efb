/**
 * What one template's pods find on each row by themselves: a verdict and the scores that depend on the template and the node alone.
 *
 * A row is worked out by the plugins themselves, when a walk meets it after it has changed; what the node alone decides (taints,
 * labels, images) only after the node itself has changed. Pods promised to a node count as the filters count them.
 */
import { CycleState, type FilterPlugin, type Status } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile, WeightedScorer } from '../profile.ts';
import type { Snapshot } from '../snapshot.ts';
import { Blocks } from './block-walk.ts';
import { DryRuns } from './dry-runs.ts';
import { DOES_NOT_FIT, type ResourceKernel, resourceKernelFor, resourceScore } from './resource-kernel.ts';

/** In `values`: not worked out yet, or changed since. */
export const STALE = -1;
/** In `values`: rejected; `REJECTED - i` for the reason numbered i. Anything from 0 up is feasible, and the sum of direct scores. */
const REJECTED = -2;

/** A profile's plugins, by what their answers depend on. All in the profile's order. */
export interface LocalPlugins {
  /** On the template and the node alone. */
  readonly ownFilters: readonly FilterPlugin[];
  /** Also on the pods that stand there. */
  readonly crowdFilters: readonly FilterPlugin[];
  readonly ownScorers: readonly WeightedScorer[];
  readonly crowdScorers: readonly WeightedScorer[];
  /** Normalized over the nodes found; they depend on the node alone. */
  readonly normalizedScorers: readonly WeightedScorer[];
}

/** Raw scores of one plugin by row; made when the first score other than 0 is met: where all are 0, nothing is decided by them. */
export interface RawColumn {
  readonly scorer: WeightedScorer;
  raw: Int32Array | undefined;
}

export class LocalColumns {
  /** Of the rows the columns are for. */
  listVersion: number;
  /** Feasibility and direct score in one number, so that a walk reads one column. */
  values: Int32Array;
  blocks: Blocks;
  readonly normalized: readonly RawColumn[];
  feasibleCount = 0;
  staleCount: number;
  readonly statuses: Status[] = [];
  /** Rows by reason. */
  readonly #rejected: number[] = [];
  readonly #profile: Profile;
  readonly #plugins: LocalPlugins;
  readonly #snapshot: Snapshot;
  readonly #state = new CycleState();
  readonly #priority: number;
  /** In place of the crowd's filters and scorers, where nobody else is promised the node. */
  readonly #kernel: ResourceKernel | undefined;
  /** What the node alone decides: the generation it was worked out in, the reason (-1 for none) and the sum of its scores. */
  #ownGenerations: Float64Array;
  #ownReasons: Int16Array;
  #ownScores: Int32Array;
  /** Scores of images depend on how many nodes there are. */
  #hasOwnScores = false;
  #position: number;
  #dryRuns: DryRuns | undefined;

  constructor(profile: Profile, plugins: LocalPlugins, pod: PodInfo) {
    const { snapshot } = profile.handle;
    const count = snapshot.nodes.length;
    this.#profile = profile;
    this.#plugins = plugins;
    this.#snapshot = snapshot;
    this.#priority = pod.priority;
    this.#kernel = resourceKernelFor(pod, profile, plugins.crowdScorers);
    this.listVersion = snapshot.listVersion;
    this.values = new Int32Array(count).fill(STALE);
    this.blocks = new Blocks(count);
    this.staleCount = count;
    this.normalized = plugins.normalizedScorers.map((scorer) => ({ scorer, raw: undefined }));
    this.#ownGenerations = new Float64Array(count);
    this.#ownReasons = new Int16Array(count);
    this.#ownScores = new Int32Array(count);
    this.#position = snapshot.log.head;
  }

  /** Takes note of the rows changed since the last time. They are worked out when met, or at once where nothing else fits. */
  catchUp(pod: PodInfo): void {
    const { log } = this.#snapshot;
    if (log.head - this.#position > log.length) {
      this.values.fill(STALE);
      this.staleCount = this.values.length;
      this.feasibleCount = 0;
      this.#rejected.fill(0);
      this.blocks.reset();
      this.#dryRuns?.forgetAll();
      this.#position = log.head;
      return;
    }
    const fitsNowhere = this.feasibleCount === 0 && this.staleCount === 0;
    for (; this.#position < log.head; this.#position++) {
      const row = log.at(this.#position);
      this.forget(row);
      if (fitsNowhere) this.refresh(row, pod, undefined);
    }
  }

  /** Moves all rows to where they stand since rows were dealt last; the columns must be those of just before. */
  move(): void {
    const { log, previousRows, dealtAt, listVersion } = this.#snapshot;
    if (log.head - this.#position > log.length) {
      // The ring has gone round since: nothing is known of any row.
      this.values.fill(STALE);
      this.#position = log.head;
    }
    for (; this.#position < dealtAt; this.#position++) this.forget(log.at(this.#position));
    const count = previousRows.length;
    const keepsScores = !this.#hasOwnScores || count === this.values.length;
    const values = new Int32Array(count).fill(STALE);
    const generations = new Float64Array(count);
    const reasons = new Int16Array(count);
    const scores = new Int32Array(count);
    const raws = this.normalized.map(({ raw }) => (raw === undefined ? undefined : new Int32Array(count)));
    this.blocks = new Blocks(count);
    this.staleCount = count;
    this.feasibleCount = 0;
    this.#rejected.fill(0);
    this.#dryRuns = undefined;
    for (let row = 0; row < count; row++) {
      const old = previousRows[row]!;
      if (old === -1 || !keepsScores) continue;
      generations[row] = this.#ownGenerations[old]!;
      reasons[row] = this.#ownReasons[old]!;
      scores[row] = this.#ownScores[old]!;
      raws.forEach((raw, i) => {
        if (raw !== undefined) raw[row] = this.normalized[i]!.raw![old]!;
      });
      const value = this.values[old]!;
      if (value === STALE) continue;
      values[row] = value;
      this.staleCount--;
      if (value >= 0) this.feasibleCount++;
      else this.#rejected[REJECTED - value]!++;
      this.blocks.learn(row, value);
    }
    this.values = values;
    this.#ownGenerations = generations;
    this.#ownReasons = reasons;
    this.#ownScores = scores;
    raws.forEach((raw, i) => {
      this.normalized[i]!.raw = raw;
    });
    this.listVersion = listVersion;
  }

  /** To be worked out anew. */
  forget(row: number): void {
    const value = this.values[row]!;
    if (value === STALE) return;
    if (value >= 0) this.feasibleCount--;
    else this.#rejected[REJECTED - value]!--;
    this.values[row] = STALE;
    this.staleCount++;
    this.blocks.forget(row, value);
    this.#dryRuns?.forget(row);
  }

  /** Works out a stale row, leaving `except` out of the pods promised to it; returns its value. */
  refresh(row: number, pod: PodInfo, except: PodInfo | undefined): number {
    const node = this.#snapshot.nodes[row]!;
    if (this.#ownGenerations[row] !== node.ownGeneration) this.#refreshOwn(row, pod, node);
    let reason = this.#ownReasons[row]!;
    let value = STALE;
    if (reason < 0) {
      const isPromised = !this.#profile.handle.nominated.isEmpty;
      const score = this.#kernel === undefined || isPromised ? DOES_NOT_FIT : resourceScore(this.#kernel, node);
      if (score !== DOES_NOT_FIT) value = this.#ownScores[row]! + score;
      else reason = this.#crowdReason(pod, node, except);
    }
    if (value === STALE) {
      value = reason < 0 ? this.#ownScores[row]! + this.#sum(this.#plugins.crowdScorers, pod, node) : REJECTED - reason;
    }
    this.values[row] = value;
    this.staleCount--;
    this.blocks.learn(row, value);
    if (value >= 0) this.feasibleCount++;
    else this.#rejected[reason]!++;
    return value;
  }

  /** Works out the stale rows of a stretch. */
  refreshBlock(from: number, to: number, pod: PodInfo): void {
    for (let row = from; row < to; row++) if (this.values[row] === STALE) this.refresh(row, pod, undefined);
  }

  /** Does nothing but the rows' values decide between them, as far as the template is concerned? */
  get isDirect(): boolean {
    for (const { raw } of this.normalized) if (raw !== undefined) return false;
    return true;
  }

  /** Of a rejected row. */
  statusOf(row: number): Status {
    return this.statuses[REJECTED - this.values[row]!]!;
  }

  /** Made when a pod of the template first looks for somebody to evict. */
  dryRuns(): DryRuns {
    this.#dryRuns ??= new DryRuns(this.#profile, this.values.length);
    return this.#dryRuns;
  }

  /** Writes the rejected rows that evictions may help into `rows`, in order; returns how many. */
  fillHelpful(rows: Int32Array): number {
    const isHelpful = this.statuses.map(({ code }) => code === 'Unschedulable');
    const { values } = this;
    let count = 0;
    for (let row = 0; row < values.length; row++) if (isHelpful[REJECTED - values[row]!] === true) rows[count++] = row;
    return count;
  }

  /** Adds the rows rejected here to `counts`. */
  countRejected(counts: Map<Status, number>): void {
    for (let i = 0; i < this.statuses.length; i++) if (this.#rejected[i]! > 0) counts.set(this.statuses[i]!, this.#rejected[i]!);
  }

  #refreshOwn(row: number, pod: PodInfo, node: NodeInfo): void {
    const { ownFilters, ownScorers } = this.#plugins;
    this.#ownGenerations[row] = node.ownGeneration;
    this.#ownReasons[row] = this.#reason(firstRejection(ownFilters, this.#state, pod, node));
    if (this.#ownReasons[row]! >= 0) return;
    this.#ownScores[row] = this.#sum(ownScorers, pod, node);
    if (this.#ownScores[row] !== 0) this.#hasOwnScores = true;
    for (const column of this.normalized) {
      const score = column.scorer.plugin.score(this.#state, pod, node);
      if (score !== 0) column.raw ??= new Int32Array(this.values.length);
      if (column.raw !== undefined) column.raw[row] = score;
    }
  }

  #crowdReason(pod: PodInfo, node: NodeInfo, except: PodInfo | undefined): number {
    const { crowdFilters } = this.#plugins;
    const { nominated: promises } = this.#profile.handle;
    if (!promises.isEmpty) {
      const nominated = promises.onNode(node.name).filter((other) => other.priority >= this.#priority && other.uid !== except?.uid);
      if (nominated.length > 0) {
        const crowded = node.clone();
        for (const other of nominated) crowded.addPod(other);
        const status = firstRejection(crowdFilters, this.#state, pod, crowded);
        if (status !== undefined) return this.#reason(status);
      }
    }
    return this.#reason(firstRejection(crowdFilters, this.#state, pod, node));
  }

  /** The number of a reason; plugins share their statuses, so that there are few. */
  #reason(status: Status | undefined): number {
    if (status === undefined) return -1;
    let reason = this.statuses.indexOf(status);
    if (reason < 0) {
      reason = this.statuses.push(status) - 1;
      this.#rejected.push(0);
    }
    return reason;
  }

  #sum(scorers: readonly WeightedScorer[], pod: PodInfo, node: NodeInfo): number {
    let sum = 0;
    for (let i = 0; i < scorers.length; i++) sum += scorers[i]!.plugin.score(this.#state, pod, node) * scorers[i]!.weight;
    return sum;
  }
}

function firstRejection(filters: readonly FilterPlugin[], state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
  for (let i = 0; i < filters.length; i++) {
    const status = filters[i]!.filter(state, pod, node);
    if (status !== undefined) return status;
  }
  return undefined;
}
