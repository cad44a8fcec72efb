import { expect, test } from 'vitest';
import { CpuQuota } from '../../../src/network/cpu-quota.ts';

const MS = 1000;

// 500m over periods of 100 ms: 50 ms may be used at once, and half a millisecond comes back each millisecond.
test.each<[string, readonly (readonly [atMs: number, cpuMs: number])[], readonly number[]]>([
  [
    'a burst within one period is not held up',
    [
      [0, 20],
      [1, 20],
    ],
    [0, 0],
  ],
  // 50 - 80 = -30 ms owed, paid back at half speed: 60 ms.
  ['a burst beyond it is', [[0, 80]], [60]],
  // The second owes 10 more: 20 + 0.5 * 10 back = 50 - 40 - 20 + 5 = -5 ms: 10 ms.
  [
    'what comes back meanwhile counts',
    [
      [0, 40],
      [10, 20],
    ],
    [0, 10],
  ],
  // After a second the bucket is full again, and no fuller.
  [
    'idle time is not saved up beyond one period',
    [
      [0, 80],
      [1000, 50],
      [1000, 10],
    ],
    [60, 0, 20],
  ],
])('CpuQuota: %s', (_about, uses, expected) => {
  const quota = new CpuQuota();
  expect(uses.map(([atMs, cpuMs]) => quota.useUs(atMs * MS, cpuMs * MS, 500) / MS)).toEqual(expected);
});

test('CpuQuota without a limit never holds up', () => {
  expect(new CpuQuota().useUs(0, 10_000_000, Number.POSITIVE_INFINITY)).toBe(0);
});
