/**
 * What each HorizontalPodAutoscaler did: between how many replicas it moved its target, how often, and how long it wanted more than it may.
 */
import { objectKey } from '../model/meta.ts';
import type { Write } from '../model/observer.ts';
import type { HorizontalPodAutoscaler } from '../model/policy.ts';

export interface Autoscaling {
  readonly autoscaler: string;
  /** Of the replicas it wanted: fewest, most and when the most were wanted first, and the last. */
  least: number;
  most: number;
  mostUs: number;
  last: number;
  /** How often it changed its mind. */
  changes: number;
  /** How long it wanted more than maxReplicas. */
  cappedUs: number;
  cappedSinceUs: number | undefined;
}

// Rows kept; of further autoscalers nothing is told.
const LIMIT = 20_000;

export class Autoscalings {
  readonly #rows = new Map<string, Autoscaling>();

  wrote({ object, removed, timeUs }: Write): void {
    const key = objectKey(object);
    const { status } = object as HorizontalPodAutoscaler;
    const desired = status?.desiredReplicas ?? 0;
    let row = this.#rows.get(key);
    // It has not looked yet.
    if (row === undefined && desired === 0) return;
    if (row === undefined) {
      if (this.#rows.size >= LIMIT) return;
      row = newRow(key, desired, timeUs);
      this.#rows.set(key, row);
    }
    if (desired !== row.last) {
      row.changes++;
      row.last = desired;
      row.least = Math.min(row.least, desired);
      if (desired > row.most) {
        row.most = desired;
        row.mostUs = timeUs;
      }
    }
    const limited = status?.conditions?.find(({ type }) => type === 'ScalingLimited');
    const isCapped = !removed && limited?.status === 'True' && limited.reason === 'TooManyReplicas';
    if (isCapped) row.cappedSinceUs ??= timeUs;
    else if (row.cappedSinceUs !== undefined) {
      row.cappedUs += timeUs - row.cappedSinceUs;
      row.cappedSinceUs = undefined;
    }
  }

  /** The rows at the end of the run: what is held back still has been so until now. */
  list(endUs: number): readonly Autoscaling[] {
    return [...this.#rows.values()].map((row) => ({
      ...row,
      cappedUs: row.cappedUs + (row.cappedSinceUs === undefined ? 0 : endUs - row.cappedSinceUs),
    }));
  }
}

function newRow(autoscaler: string, desired: number, timeUs: number): Autoscaling {
  return { autoscaler, least: desired, most: desired, mostUs: timeUs, last: desired, changes: 0, cappedUs: 0, cappedSinceUs: undefined };
}
