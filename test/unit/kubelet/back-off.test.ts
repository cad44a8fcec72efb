import { expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import { type BackOffEntry, backOffEndsUs, nextBackOff } from '../../../src/kubelet/back-off.ts';

const MAX_US = 300 * SECOND_US;

test('A back-off doubles from ten seconds to its maximum while failures follow one another', () => {
  let entry: BackOffEntry | undefined;
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    entry = nextBackOff(entry, i * SECOND_US, i * SECOND_US, MAX_US);
    waits.push(entry.backoffUs / SECOND_US);
  }
  expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
});

test('A back-off begins anew after ten minutes without a failure', () => {
  const entry = { backoffUs: 160 * SECOND_US, lastUpdateUs: 0 };
  expect(nextBackOff(entry, 601 * SECOND_US, 601 * SECOND_US, MAX_US).backoffUs).toBe(10 * SECOND_US);
  expect(nextBackOff(entry, 600 * SECOND_US, 600 * SECOND_US, MAX_US).backoffUs).toBe(MAX_US);
});

test('A back-off counts from the failure and is over when its time has passed', () => {
  const entry = { backoffUs: 10 * SECOND_US, lastUpdateUs: 0 };
  expect(backOffEndsUs(entry, 3 * SECOND_US, 4 * SECOND_US)).toBe(13 * SECOND_US);
  expect(backOffEndsUs(entry, 3 * SECOND_US, 13 * SECOND_US)).toBe(0);
  expect(backOffEndsUs(undefined, 0, 0)).toBe(0);
});
