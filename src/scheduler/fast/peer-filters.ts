/**
 * PodTopologySpread's and InterPodAffinity's verdict on one row, read from tables.
 *
 * Set up once for each decision: what is the same for all rows (bounds, who counts at all) is worked out then, and a row costs a few
 * look-ups.
 */
import type { Status } from '../framework.ts';
import { AFFINITY_UNMET, ANTI_AFFINITY_UNMET, EXISTING_ANTI_AFFINITY } from '../plugins/inter-pod-affinity.ts';
import { LABEL_MISSING, SKEWED } from '../plugins/pod-topology-spread.ts';
import type { AffinityPlan } from './affinity-plan.ts';
import type { DomainTable } from './count-class.ts';
import type { PodCounts } from './pod-counts.ts';
import type { SpreadPlan } from './spread-plan.ts';

/** By verdict; a verdict of 0 lets the pod in. In the order of the filters. */
export const PEER_STATUSES: readonly (Status | undefined)[] = [
  undefined,
  LABEL_MISSING,
  SKEWED,
  AFFINITY_UNMET,
  ANTI_AFFINITY_UNMET,
  EXISTING_ANTI_AFFINITY,
];
const FITS = 0;
const NO_LABEL = 1;
const TOO_SKEWED = 2;
const UNMET = 3;
const ANTI_UNMET = 4;
const STANDING_ANTI = 5;

export class PeerFilters {
  /** Nothing to be filtered by: every row passes. */
  isSilent = true;
  readonly #spread: DomainTable[] = [];
  /** The most a domain may hold already. */
  readonly #bounds: number[] = [];
  readonly #affinity: DomainTable[] = [];
  #isFirst = false;
  readonly #anti: DomainTable[] = [];
  readonly #standingAnti: DomainTable[] = [];

  prepare(spread: SpreadPlan, affinity: AffinityPlan, counts: PodCounts): void {
    this.#spread.length = this.#bounds.length = this.#affinity.length = this.#anti.length = this.#standingAnti.length = 0;
    for (const { table, maxSkew, minDomains, self } of spread.hard) {
      counts.refresh(table);
      const minimum = table.domains < minDomains ? 0 : (table.minimum() ?? 0);
      this.#spread.push(table);
      this.#bounds.push(maxSkew + minimum - self);
    }
    let company = 0;
    for (const table of affinity.affinity) {
      counts.refresh(table);
      this.#affinity.push(table);
      company += table.total;
    }
    // The first of a group that wants to be together may go anywhere.
    this.#isFirst = company === 0 && affinity.selectsItself;
    for (const table of affinity.anti) {
      counts.refresh(table);
      if (table.total > 0) this.#anti.push(table);
    }
    for (const table of affinity.standingAnti) {
      counts.refresh(table);
      if (table.total > 0) this.#standingAnti.push(table);
    }
    // A term of its own makes the plugin run, with whatever it finds; that matters to a dry run, which takes pods away.
    this.isSilent = this.#spread.length + this.#affinity.length + affinity.anti.length + this.#standingAnti.length === 0;
  }

  /** Hot: once for each row of a walk. */
  verdict(row: number): number {
    const spread = this.#spread;
    for (let i = 0; i < spread.length; i++) {
      const table = spread[i]!;
      const domain = table.column.domainOf[row]!;
      if (domain < 0) return NO_LABEL;
      if (table.sums[domain]! > this.#bounds[i]!) return TOO_SKEWED;
    }
    const affinity = this.#affinity;
    let isMet = true;
    for (let i = 0; i < affinity.length; i++) {
      const table = affinity[i]!;
      const domain = table.column.domainOf[row]!;
      if (domain < 0) return UNMET;
      if (table.sums[domain]! <= 0) isMet = false;
    }
    if (!isMet && !this.#isFirst) return UNMET;
    if (isAny(this.#anti, row)) return ANTI_UNMET;
    return isAny(this.#standingAnti, row) ? STANDING_ANTI : FITS;
  }
}

function isAny(tables: readonly DomainTable[], row: number): boolean {
  for (let i = 0; i < tables.length; i++) {
    const domain = tables[i]!.column.domainOf[row]!;
    if (domain >= 0 && tables[i]!.sums[domain]! > 0) return true;
  }
  return false;
}
