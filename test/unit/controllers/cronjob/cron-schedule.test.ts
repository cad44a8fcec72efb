import { expect, test } from 'vitest';
import { HOUR_US, MINUTE_US } from '../../../../src/base/units.ts';
import { dateUs, parseSchedule } from '../../../../src/controllers/cronjob/cron-schedule.ts';
import { dueTick, untilNextUs } from '../../../../src/controllers/cronjob/due-time.ts';
import type { CronJob } from '../../../../src/model/batch.ts';
import { timeText } from '../../../../src/model/time.ts';

function nextTicks(text: string, zone: string, afterUs: number, count: number): string[] {
  const schedule = parseSchedule(text, zone);
  const ticks: string[] = [];
  for (let at = afterUs; ticks.length < count; ) {
    at = schedule.next(at)!;
    ticks.push(timeText(at));
  }
  return ticks;
}

test('Schedule finds the next minutes, steps, ranges and names', () => {
  expect(nextTicks('*/20 9-10 * * mon-fri', 'UTC', 0, 3)).toEqual(['2026-01-01T09:00:00Z', '2026-01-01T09:20:00Z', '2026-01-01T09:40:00Z']);
  expect(nextTicks('@monthly', 'UTC', 0, 2)).toEqual(['2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z']);
  expect(nextTicks('0 0 29 feb *', 'UTC', 0, 1)).toEqual(['2028-02-29T00:00:00Z']);
  expect(nextTicks('@every 90s', 'UTC', 0, 2)).toEqual(['2026-01-01T00:01:30Z', '2026-01-01T00:03:00Z']);
});

test('Schedule takes either of day-of-month and day-of-week when both are restricted', () => {
  expect(nextTicks('0 0 13 * fri', 'UTC', 0, 3)).toEqual(['2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-13T00:00:00Z']);
});

test('Schedule goes by the clock of its zone, over the hour that summer time leaps', () => {
  expect(nextTicks('30 2 * * *', 'Europe/Berlin', dateUs(2026, 3, 28), 3)).toEqual([
    '2026-03-28T01:30:00Z',
    '2026-03-30T00:30:00Z',
    '2026-03-31T00:30:00Z',
  ]);
});

test('Schedule goes twice through the hour that the end of summer time repeats', () => {
  // In Berlin the clock goes from 03:00 CEST back to 02:00 CET on 25 October, at 01:00 UTC.
  expect(nextTicks('*/30 2 * * *', 'Europe/Berlin', dateUs(2026, 10, 25) - MINUTE_US, 5)).toEqual([
    '2026-10-25T00:00:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T01:30:00Z',
    '2026-10-26T01:00:00Z',
  ]);
});

test('Schedule reads the durations Go reads, to the second', () => {
  expect(nextTicks('@every 1h30m', 'UTC', 0, 1)).toEqual(['2026-01-01T01:30:00Z']);
  expect(nextTicks('@every 1.5h', 'UTC', 0, 1)).toEqual(['2026-01-01T01:30:00Z']);
  expect(nextTicks('@every 300ms', 'UTC', 0, 1)).toEqual(['2026-01-01T00:00:01Z']);
  expect(nextTicks('@every -5m', 'UTC', 0, 1)).toEqual(['2026-01-01T00:00:01Z']);
  expect(nextTicks('@every 0', 'UTC', 0, 1)).toEqual(['2026-01-01T00:00:01Z']);
  expect(nextTicks('@every +1m', 'UTC', 0, 1)).toEqual(['2026-01-01T00:01:00Z']);
  expect(nextTicks('@every 1500ms', 'UTC', 0, 1)).toEqual(['2026-01-01T00:00:01Z']);
  // 1.15 times 60 is 68.99… to a machine, and 69 to Go.
  expect(nextTicks('@every 1.15m', 'UTC', 0, 1)).toEqual(['2026-01-01T00:01:09Z']);
  expect(nextTicks('@every 1s2000000μs', 'UTC', 0, 1)).toEqual(['2026-01-01T00:00:03Z']);
  expect(() => parseSchedule('@fortnightly', 'UTC')).toThrow('unrecognized descriptor: @fortnightly');
});

test.each([
  ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
  ['@every ', 'failed to parse duration @every : time: invalid duration ""'],
  ['@every  5m', 'failed to parse duration @every  5m: time: invalid duration " 5m"'],
  ['@every 90', 'failed to parse duration @every 90: time: missing unit in duration "90"'],
  ['@every 1d', 'failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"'],
  ['@every 3000000h', 'failed to parse duration @every 3000000h: time: invalid duration "3000000h"'],
  ['@every\t5m', 'unrecognized descriptor: @every\t5m'],
])('Schedule says of %j what Go says', (text, message) => {
  expect(() => parseSchedule(text, 'UTC')).toThrow(new Error(message));
});

test('Schedule says what is wrong with an expression', () => {
  expect(() => parseSchedule('* * * *', 'UTC')).toThrow('expected exactly 5 fields, found 4: [* * * *]');
  expect(() => parseSchedule('61 * * * *', 'UTC')).toThrow('end of range (61) above maximum (59): 61');
});

test('CronJob makes up for the latest of the ticks it missed, and looks again a little after the next', () => {
  const cronJob = { metadata: { creationTimestamp: timeText(0) }, spec: { schedule: '*/5 * * * *' } } as unknown as CronJob;
  const schedule = parseSchedule('*/5 * * * *', 'UTC');
  const nowUs = 10 * HOUR_US + MINUTE_US;
  expect(dueTick(cronJob, schedule, nowUs, true)).toMatchObject({ tickUs: 10 * HOUR_US, missed: 'many' });
  expect(untilNextUs(cronJob, schedule, nowUs)).toBe(4 * MINUTE_US + 100_000);
  expect(dueTick(cronJob, schedule, 4 * MINUTE_US, true).tickUs).toBeUndefined();
});

test('CronJob keeps the beat of @every, counted from its last run, however many ticks it missed', () => {
  // 7 s after a run at 00:00:03, every 90 s: due at 00:01:33, 00:03:03, ... and at 00:13:33 last before 00:14:00.
  const cronJob = { metadata: {}, spec: {}, status: { lastScheduleTime: timeText(3_000_000) } } as unknown as CronJob;
  const due = dueTick(cronJob, parseSchedule('@every 90s', 'UTC'), 14 * MINUTE_US, true);
  expect(due).toMatchObject({ tickUs: 13 * MINUTE_US + 33_000_000, missed: 'few' });
});

test('CronJob does not look further back than its starting deadline', () => {
  const cronJob = { metadata: { creationTimestamp: timeText(0) }, spec: { startingDeadlineSeconds: 60 } } as unknown as CronJob;
  const hourly = parseSchedule('@hourly', 'UTC');
  expect(dueTick(cronJob, hourly, HOUR_US + 59_000_000, true).tickUs).toBe(HOUR_US);
  expect(dueTick(cronJob, hourly, HOUR_US + 2 * MINUTE_US, true)).toMatchObject({ tickUs: undefined, missed: 'none' });
});
