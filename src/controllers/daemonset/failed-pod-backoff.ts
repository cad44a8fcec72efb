/**
 * How soon a daemon pod that failed is replaced: 1 s, doubled each time, at most 15 min, so that a node that refuses its pod is not
 * offered one in a tight loop.
 *
 * Models client-go/util/flowcontrol/backoff.go as pkg/controller/daemon uses it.
 */
import { MINUTE_US, SECOND_US } from '../../base/units.ts';

const FIRST_US = SECOND_US;
const LONGEST_US = 15 * MINUTE_US;

interface Entry {
  readonly backoffUs: number;
  readonly sinceUs: number;
}

export class FailedPodBackoff {
  readonly #entries = new Map<string, Entry>();

  /** How long to wait from the last failure on; 0 when the next pod may go now. */
  waitUs(key: string, nowUs: number): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || isExpired(entry, nowUs) || nowUs - entry.sinceUs >= entry.backoffUs) return 0;
    return entry.backoffUs;
  }

  failed(key: string, nowUs: number): void {
    const entry = this.#entries.get(key);
    const isFresh = entry === undefined || isExpired(entry, nowUs);
    this.#entries.set(key, { backoffUs: isFresh ? FIRST_US : Math.min(LONGEST_US, 2 * entry.backoffUs), sinceUs: nowUs });
  }
}

function isExpired({ sinceUs }: Entry, nowUs: number): boolean {
  return nowUs - sinceUs > 2 * LONGEST_US;
}
