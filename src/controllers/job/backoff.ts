/**
 * How long a Job waits before it replaces a failed pod: 10 s, doubled with every failure since the last success, at most 10 min.
 *
 * Models pkg/controller/job/backoff_utils.go.
 */
import { MINUTE_US, SECOND_US } from '../../base/units.ts';
import type { Pod } from '../../model/pod.ts';
import { absoluteFailureCount, finishedUs } from './job-pods.ts';

// DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff.
const BACKOFF_US = 10 * SECOND_US;
const BACKOFF_US_MAX = 10 * MINUTE_US;

export interface BackoffRecord {
  readonly failuresAfterLastSuccess: number;
  readonly lastFailureUs: number | undefined;
}

const CLEAN: BackoffRecord = { failuresAfterLastSuccess: 0, lastFailureUs: undefined };

/** The record after the pods that have newly finished. A success wipes out the failures before it. */
export function recordAfter(record: BackoffRecord = CLEAN, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  const failures = failed.map(finishedUs).sort((a, b) => a - b);
  if (succeeded.length === 0) {
    if (failures.length === 0) return record;
    return { failuresAfterLastSuccess: record.failuresAfterLastSuccess + failures.length, lastFailureUs: failures.at(-1) };
  }
  const lastSuccessUs = Math.max(...succeeded.map(finishedUs));
  const later = failures.filter((failure) => failure > lastSuccessUs);
  return later.length === 0 ? CLEAN : { failuresAfterLastSuccess: later.length, lastFailureUs: later.at(-1) };
}

/** Microseconds still to wait; 0 when a pod may be made now. */
export function remainingUs({ failuresAfterLastSuccess, lastFailureUs }: BackoffRecord, nowUs: number): number {
  return remainingAfter(failuresAfterLastSuccess, lastFailureUs, nowUs);
}

/** The same for one index, whose history its last failed pod carries. */
export function remainingOfIndexUs(lastFailed: Pod | undefined, nowUs: number): number {
  return lastFailed === undefined ? 0 : remainingAfter(absoluteFailureCount(lastFailed) + 1, finishedUs(lastFailed), nowUs);
}

function remainingAfter(failures: number, lastFailureUs: number | undefined, nowUs: number): number {
  if (failures === 0 || lastFailureUs === undefined) return 0;
  const backoffUs = Math.min(BACKOFF_US_MAX, BACKOFF_US * 2 ** Math.min(failures - 1, 30));
  return Math.max(0, lastFailureUs + backoffUs - nowUs);
}
