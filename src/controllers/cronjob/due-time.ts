/**
 * Which tick of a CronJob is due now, and how many were missed. Models pkg/controller/cronjob/utils.go (mostRecentScheduleTime).
 */
import { SECOND_US } from '../../base/units.ts';
import type { CronJob } from '../../model/batch.ts';
import { timeUsOf } from '../../model/time.ts';
import type { Schedule } from './cron-schedule.ts';

// nextScheduleDelta in cronjob_controllerv2.go: looks again a little late rather than a little early.
export const NEXT_SCHEDULE_DELTA_US = 100_000;
const TOO_MANY_MISSED = 100;

export interface Due {
  /** Where counting starts: the last run, or the creation. */
  readonly earliestUs: number;
  /** The latest tick not after now; undefined when none has come since. */
  readonly tickUs: number | undefined;
  readonly isTooManyMissed: boolean;
}

export function dueTick(cronJob: CronJob, schedule: Schedule, nowUs: number, honoursDeadline: boolean): Due {
  const { status, spec, metadata } = cronJob;
  let earliestUs = timeUsOf(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  const deadline = spec.startingDeadlineSeconds;
  if (honoursDeadline && deadline !== undefined) earliestUs = Math.max(earliestUs, nowUs - deadline * SECOND_US);
  const first = schedule.next(earliestUs);
  const none = { earliestUs, tickUs: undefined, isTooManyMissed: false };
  if (first === undefined || nowUs < first) return none;
  const second = schedule.next(first);
  if (second === undefined || nowUs < second) return { earliestUs, tickUs: first, isTooManyMissed: false };

  // Not every interval is equally long, so the jump lands a little before now and walks the rest.
  const between = second - first;
  const missed = Math.floor((nowUs - first) / between) + 1;
  let tickUs = first;
  let next = schedule.next(first + Math.max(0, missed - 10) * between - 1) ?? first;
  while (next <= nowUs) {
    tickUs = next;
    const later = schedule.next(next);
    if (later === undefined) break;
    next = later;
  }
  return { earliestUs, tickUs, isTooManyMissed: missed > TOO_MANY_MISSED };
}

/** Until the controller has to look again. */
export function untilNextUs(cronJob: CronJob, schedule: Schedule, nowUs: number): number {
  const { tickUs, earliestUs } = dueTick(cronJob, schedule, nowUs, false);
  const next = schedule.next(tickUs ?? earliestUs);
  return (next ?? nowUs) + NEXT_SCHEDULE_DELTA_US - nowUs;
}
