import { expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import { expiryUs } from '../../../../src/controllers/ttl-after-finished/ttl-after-finished-controller.ts';
import type { Job } from '../../../../src/model/batch.ts';
import { timeText } from '../../../../src/model/time.ts';

function job(ttlSecondsAfterFinished: number | undefined, ...conditions: { type: string; status: string; at: number }[]): Job {
  return {
    spec: { ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }) },
    status: { conditions: conditions.map(({ type, status, at }) => ({ type, status, lastTransitionTime: timeText(at * SECOND_US) })) },
  } as unknown as Job;
}

test('A Job with a TTL goes so long after it has come to its end, whichever that was', () => {
  expect(expiryUs(job(5, { type: 'Complete', status: 'True', at: 10 }))).toBe(15 * SECOND_US);
  expect(expiryUs(job(0, { type: 'Failed', status: 'True', at: 10 }))).toBe(10 * SECOND_US);
});

test('A Job that runs, is only about to fail, or has no TTL, stays', () => {
  expect(expiryUs(job(5))).toBeUndefined();
  expect(expiryUs(job(5, { type: 'FailureTarget', status: 'True', at: 10 }))).toBeUndefined();
  expect(expiryUs(job(5, { type: 'Complete', status: 'False', at: 10 }))).toBeUndefined();
  expect(expiryUs(job(undefined, { type: 'Complete', status: 'True', at: 10 }))).toBeUndefined();
});
