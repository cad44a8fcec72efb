import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import { type BackOffEntry, backOffEndsUs, nextBackOff } from '../../../src/kubelet/back-off.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { create } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

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

describe('Crash back-off', () => {
  test.each([
    // Exits after 1 s each time: 0, then at once, then 10, 20, 40, 80, 160 s after the exit, each stretched by half at most and a second.
    ['doubles up to the cap of the node', 300, [0, 1, 11, 21, 41, 81, 161]],
    ['is capped as the node is configured', 20, [0, 1, 11, 21, 21, 21]],
  ])('%s', async (_about, maxContainerRestartPeriodSeconds, gaps) => {
    const bench = await startBench([{ crash: { after: constantUs(SECOND_US), exitCode: 1 } }], {
      kubelet: { maxContainerRestartPeriodSeconds },
    });
    create(bench, newPod('a'));
    bench.run(700);
    const starts = bench.server.lines.filter(({ object }) => object.reason === 'Started').map(({ timeUs }) => timeUs / SECOND_US);
    gaps.slice(1).forEach((gap, at) => {
      const took = starts[at + 1]! - starts[at]!;
      expect(took).toBeGreaterThanOrEqual(gap);
      // The wait is looked at in slices of a minute, each stretched by up to a half, and starts take some tenths of a second.
      expect(took).toBeLessThanOrEqual(1 + (gap - 1) * 1.5 + 4);
    });
  });

  test('is forgotten after a run of more than ten minutes', async () => {
    const bench = await startBench([{ crash: { after: constantUs(605 * SECOND_US), exitCode: 1 } }]);
    create(bench, newPod('a'));
    bench.run(2000);
    const starts = bench.server.lines.filter(({ object }) => object.reason === 'Started').map(({ timeUs }) => timeUs / SECOND_US);
    for (let at = 1; at < starts.length; at++) expect(starts[at]! - starts[at - 1]!).toBeLessThan(608);
    expect(starts.length).toBe(4);
  });
});
