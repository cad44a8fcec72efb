/**
 * Exponential back-off with an expiry: how long a failing image or container has to wait for its next try.
 *
 * Models staging/src/k8s.io/client-go/util/flowcontrol/backoff.go.
 */
import { SECOND_US } from '../base/units.ts';

export interface BackOffEntry {
  backoffUs: number;
  lastUpdateUs: number;
}

// pkg/kubelet/kubelet.go: imageBackOffPeriod, MaxImageBackOff, and HasExpiredFunc of the container back-off.
export const BACK_OFF_INITIAL_US = 10 * SECOND_US;
export const IMAGE_BACK_OFF_MAX_US = 300 * SECOND_US;
const EXPIRES_US = 600 * SECOND_US;

/** The entry after one more try, for a failure that happened at `eventUs`. */
export function nextBackOff(entry: BackOffEntry | undefined, eventUs: number, nowUs: number, maxUs: number): BackOffEntry {
  const isFresh = entry === undefined || eventUs - entry.lastUpdateUs > EXPIRES_US;
  return { backoffUs: Math.min(maxUs, isFresh ? BACK_OFF_INITIAL_US : entry.backoffUs * 2), lastUpdateUs: nowUs };
}

/** The instant the wait ends, counted from `sinceUs`, or 0 when there is none to keep: no entry, or one out of date. */
export function backOffEndsUs(entry: BackOffEntry | undefined, sinceUs: number, nowUs: number): number {
  if (entry === undefined || sinceUs - entry.lastUpdateUs > EXPIRES_US) return 0;
  const endsUs = sinceUs + entry.backoffUs;
  return nowUs < endsUs ? endsUs : 0;
}
