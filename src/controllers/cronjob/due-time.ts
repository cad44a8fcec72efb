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
  readonly missed: 'none' | 'few' | 'many';
  /** The calendar has no such day: there is nothing to wait for. */
  readonly isNever?: true;
}

export function dueTick(cronJob: CronJob, schedule: Schedule, nowUs: number, honoursDeadline: boolean): Due {
  const { status, spec, metadata } = cronJob;
  let earliestUs = timeUsOf(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  const deadline = spec.startingDeadlineSeconds;
  if (honoursDeadline && deadline !== undefined) earliestUs = Math.max(earliestUs, nowUs - deadline * SECOND_US);
  const first = schedule.next(earliestUs);
  if (first === undefined) return { earliestUs, tickUs: undefined, missed: 'none', isNever: true };
  if (nowUs < first) return { earliestUs, tickUs: undefined, missed: 'none' };
  const second = schedule.next(first);
  if (second === undefined || nowUs < second) return { earliestUs, tickUs: first, missed: 'none' };

  // An estimate: intervals need not be equally long.
  const betweenUs = Math.max(1, Math.round((second - first) / SECOND_US)) * SECOND_US;
  const elapsedUs = Math.floor((nowUs - first) / SECOND_US) * SECOND_US;
  const count = Math.floor(elapsedUs / betweenUs) + 1;
  // Two intervals back from the estimated end, and from there tick by tick; counted from the first, so that `@every` keeps its beat.
  let tickUs: number | undefined;
  for (let tick = schedule.next(first + (count - 2) * betweenUs); tick !== undefined && tick <= nowUs; tick = schedule.next(tick))
    tickUs = tick;
  return { earliestUs, tickUs, missed: count > TOO_MANY_MISSED ? 'many' : 'few' };
}

/** Until the controller has to look again. */
export function untilNextUs(cronJob: CronJob, schedule: Schedule, nowUs: number): number {
  const { tickUs, earliestUs, missed } = dueTick(cronJob, schedule, nowUs, false);
  const next = schedule.next(tickUs ?? (missed === 'none' ? earliestUs : nowUs));
  return (next ?? nowUs) + NEXT_SCHEDULE_DELTA_US - nowUs;
}
