/**
 * When each workload had fewer available pods than it wanted, after it once had all of them: what an outage, a rollout or a full quota
 * costs, and what never came back. Told as the workload's own status tells it, which of a dead node is late by the grace period.
 */
import type { Kind } from '../model/kinds.ts';
import { type KubeObject, objectKey } from '../model/meta.ts';
import type { Write } from '../model/observer.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../model/workloads.ts';

export interface Shortage {
  /** Kind, namespace and name, as `Deployment default/shop`. */
  readonly workload: string;
  /** When it first had all its pods; absent while it never had. */
  wholeUs: number | undefined;
  /** How often it fell short since, for how long in all, and the beginning of the first and the last time. */
  times: number;
  totalUs: number;
  firstUs: number | undefined;
  sinceUs: number | undefined;
  /** When it last had all of them again; absent while it is short. */
  untilUs: number | undefined;
  /** The fewest available pods since, how many it wanted then, and when that was. */
  least: number;
  leastWanted: number;
  leastUs: number;
  /** The most available pods it ever had. */
  most: number;
  /** As it is now. */
  available: number;
  wanted: number;
  isDeleted: boolean;
}

// Rows kept; of further workloads nothing is told.
const LIMIT = 20_000;

export class Shortages {
  readonly rows: Shortage[] = [];
  readonly #open = new Map<string, Shortage>();

  wrote({ kind, object, removed, timeUs }: Write): void {
    const key = `${kind} ${objectKey(object)}`;
    let row = this.#open.get(key);
    if (row === undefined) {
      if (removed || this.rows.length >= LIMIT) return;
      row = newRow(key);
      this.rows.push(row);
      this.#open.set(key, row);
    }
    if (removed) {
      end(row, timeUs);
      row.isDeleted = true;
      this.#open.delete(key);
    } else follow(row, kind, object, timeUs);
  }

  /** The rows at the end of the run: what is still short has been so until now. */
  list(endUs: number): readonly Shortage[] {
    return this.rows.map((row) => (isShort(row) ? { ...row, totalUs: row.totalUs + endUs - row.sinceUs! } : { ...row }));
  }
}

export function isShort({ sinceUs, untilUs }: Shortage): boolean {
  return sinceUs !== undefined && untilUs === undefined;
}

function follow(row: Shortage, kind: Kind, object: KubeObject, timeUs: number): void {
  const { available, wanted } = countsOf(kind, object);
  row.available = available;
  row.wanted = wanted;
  row.most = Math.max(row.most, available);
  if (available >= wanted) {
    // With nothing wanted yet, or its controller not heard of it yet, nothing has been had.
    if (wanted > 0) row.wholeUs ??= timeUs;
    return end(row, timeUs);
  }
  if (row.wholeUs === undefined) return;
  if (!isShort(row)) {
    row.times++;
    row.firstUs ??= timeUs;
    row.sinceUs = timeUs;
    row.untilUs = undefined;
  }
  if (available >= row.least) return;
  row.least = available;
  row.leastWanted = wanted;
  row.leastUs = timeUs;
}

function end(row: Shortage, timeUs: number): void {
  if (!isShort(row)) return;
  row.totalUs += timeUs - row.sinceUs!;
  row.untilUs = timeUs;
}

function countsOf(kind: Kind, object: KubeObject): { readonly available: number; readonly wanted: number } {
  if (kind === 'DaemonSet') {
    const { status } = object as DaemonSet;
    return { available: status?.numberAvailable ?? 0, wanted: status?.desiredNumberScheduled ?? 0 };
  }
  const { spec, status } = object as Deployment | StatefulSet;
  return { available: status?.availableReplicas ?? 0, wanted: spec.replicas ?? 1 };
}

function newRow(workload: string): Shortage {
  return {
    workload,
    wholeUs: undefined,
    times: 0,
    totalUs: 0,
    firstUs: undefined,
    sinceUs: undefined,
    untilUs: undefined,
    least: Number.MAX_SAFE_INTEGER,
    leastWanted: 0,
    leastUs: 0,
    most: 0,
    available: 0,
    wanted: 0,
    isDeleted: false,
  };
}
