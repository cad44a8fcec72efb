/**
 * PodTopologySpread's and InterPodAffinity's scores over the rows found, read from tables and added to the totals.
 *
 * Hot: a few passes over `count` numbers for each decision, nothing allocated. The arithmetic is the plugins' own, in their order, so
 * that every bit comes out the same.
 */
import type { CycleState } from '../framework.ts';
import { normalizedAffinity } from '../plugins/inter-pod-affinity.ts';
import { constraintScore, domainWeight, normalizedSpread } from '../plugins/pod-topology-spread.ts';
import type { PodInfo } from '../pod-info.ts';
import type { WeightedScorer } from '../profile.ts';
import type { WeightedTable } from './affinity-plan.ts';
import type { PodCounts } from './pod-counts.ts';
import type { SpreadItem, SpreadPlan } from './spread-plan.ts';
import type { DomainColumn } from './topology-domains.ts';

/** Rows found and what is known of them, one number each; as long as there are rows. */
export class ScoreField {
  /** In the order they were met. */
  found = new Int32Array(0);
  totals = new Float64Array(0);
  /** Scratch. */
  scores = new Float64Array(0);
  /** Domains met already: the number of the count that met them. One more place than there can be domains. */
  marks = new Int32Array(0);
  mark = 0;

  fit(rowCount: number): void {
    if (this.found.length >= rowCount) return;
    this.found = new Int32Array(rowCount);
    this.totals = new Float64Array(rowCount);
    this.scores = new Float64Array(rowCount);
    this.marks = new Int32Array(rowCount + 1);
  }
}

// Whole numbers so close together are normalized once for each of them, and not once for each row.
const TABLE_LENGTH = 1024;
const byScore = new Float64Array(TABLE_LENGTH);

/** The scores of a plugin that measures them against their maximum. */
export function addNormalized(
  { plugin, weight }: WeightedScorer,
  raw: Int32Array,
  { found, totals, scores }: ScoreField,
  count: number,
  pod: PodInfo,
  state: CycleState,
): void {
  let max = 0;
  for (let i = 0; i < count; i++) if (raw[found[i]!]! > max) max = raw[found[i]!]!;
  if (max === 0) return;
  // What the plugin makes of every whole number up to the maximum.
  const isSmall = max < TABLE_LENGTH && max < count;
  const normalized = isSmall ? byScore.subarray(0, max + 1) : scores.subarray(0, count);
  for (let i = 0; i < normalized.length; i++) normalized[i] = isSmall ? i : raw[found[i]!]!;
  plugin.normalize!(state, pod, [], normalized);
  for (let i = 0; i < count; i++) totals[i]! += normalized[isSmall ? raw[found[i]!]! : i]! * weight;
}

/** False when it cannot tell what the plugin would: then nothing was added. */
export function addSpreadScores(
  { soft, needsAllKeys }: SpreadPlan,
  field: ScoreField,
  count: number,
  weight: number,
  counts: PodCounts,
): boolean {
  let lacksKeys = false;
  for (const { table } of soft) {
    counts.refresh(table);
    const { column } = table;
    // Without a label, and with an empty one: one domain to the plugin, two to the columns.
    if (!needsAllKeys && column.missing > 0 && column.hasEmptyValue) return false;
    if (column.missing > 0) lacksKeys = true;
  }
  const { found, totals, scores } = field;
  const ignored = needsAllKeys && lacksKeys ? countIgnored(soft, found, count) : 0;
  scores.fill(0, 0, count);
  for (const item of soft) {
    const domains = item.isHostname ? count - ignored : countDomains(item.table.column, soft, ignored > 0, field, count);
    const factor = domainWeight(domains);
    if (item.isHostname) addConstraint(scores, item.table.counted.perRow, undefined, item, factor, found, count);
    else addConstraint(scores, item.table.sums, item.table.column.domainOf, item, factor, found, count);
  }
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let i = 0; i < count; i++) {
    const score = Math.floor(scores[i]! + 0.5);
    scores[i] = score;
    if (ignored > 0 && isIgnored(soft, found[i]!)) continue;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  // All the same: nothing is decided by it.
  if (min === max && ignored === 0) return true;
  if (ignored === 0 && max - min < TABLE_LENGTH && max - min < count) {
    for (let score = min; score <= max; score++) byScore[score - min] = normalizedSpread(score, min, max) * weight;
    for (let i = 0; i < count; i++) totals[i]! += byScore[scores[i]! - min]!;
    return true;
  }
  for (let i = 0; i < count; i++) {
    if (ignored > 0 && isIgnored(soft, found[i]!)) continue;
    totals[i]! += normalizedSpread(scores[i]!, min, max) * weight;
  }
  return true;
}

export function addAffinityScores(
  tables: readonly WeightedTable[],
  field: ScoreField,
  count: number,
  weight: number,
  counts: PodCounts,
): void {
  const { found, totals, scores } = field;
  scores.fill(0, 0, count);
  for (const { table: counted, weight: times } of tables) {
    counts.refresh(counted);
    const { sums } = counted;
    const { domainOf } = counted.column;
    for (let i = 0; i < count; i++) {
      const domain = domainOf[found[i]!]!;
      if (domain >= 0) scores[i]! += sums[domain]! * times;
    }
  }
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const score = scores[i]!;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  if (min === max) return;
  if (max - min < TABLE_LENGTH && max - min < count) {
    for (let score = min; score <= max; score++) byScore[score - min] = normalizedAffinity(score, min, max) * weight;
    for (let i = 0; i < count; i++) totals[i]! += byScore[scores[i]! - min]!;
    return;
  }
  for (let i = 0; i < count; i++) totals[i]! += normalizedAffinity(scores[i]!, min, max) * weight;
}

/** One constraint's part of the raw score: `sums` by domain, or by row where there are no `domainOf`. */
function addConstraint(
  scores: Float64Array,
  sums: Int32Array,
  domainOf: Int32Array | undefined,
  { table, maxSkew }: SpreadItem,
  factor: number,
  found: Int32Array,
  count: number,
): void {
  const labelled = table.column.domainOf;
  const isComplete = table.column.missing === 0;
  if (domainOf === undefined) {
    for (let i = 0; i < count; i++) {
      const row = found[i]!;
      if (isComplete || labelled[row]! >= 0) scores[i]! += constraintScore(sums[row]!, maxSkew, factor);
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    const domain = domainOf[found[i]!]!;
    if (domain >= 0) scores[i]! += constraintScore(sums[domain]!, maxSkew, factor);
  }
}

/** Out of the ranking for want of a key. */
function isIgnored(soft: readonly SpreadItem[], row: number): boolean {
  for (let i = 0; i < soft.length; i++) if (soft[i]!.table.column.domainOf[row]! < 0) return true;
  return false;
}

function countIgnored(soft: readonly SpreadItem[], found: Int32Array, count: number): number {
  let ignored = 0;
  for (let i = 0; i < count; i++) if (isIgnored(soft, found[i]!)) ignored++;
  return ignored;
}

/** Different domains among the rows found; those without the label lie in one of their own. */
function countDomains(column: DomainColumn, soft: readonly SpreadItem[], skipsIgnored: boolean, field: ScoreField, count: number): number {
  const { domainOf } = column;
  const { found, marks } = field;
  const all = column.count + (column.missing > 0 ? 1 : 0);
  const mark = ++field.mark;
  let domains = 0;
  // Seldom more than the first few: a cluster has few zones.
  for (let i = 0; i < count && domains < all; i++) {
    const row = found[i]!;
    if (skipsIgnored && isIgnored(soft, row)) continue;
    const slot = domainOf[row]! + 1;
    if (marks[slot] === mark) continue;
    marks[slot] = mark;
    domains++;
  }
  return domains;
}
