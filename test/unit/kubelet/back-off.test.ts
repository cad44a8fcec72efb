import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import { type BackOffEntry, backOffEndsUs, nextBackOff } from '../../../src/kubelet/back-off.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { create, statuses } from './bench-pods.ts';
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

  test('is told with the next look at the pod, which a liveness probe brings about, or else the end of the wait', async () => {
    for (const [probes, latestS] of [
      [{}, 16],
      [{ livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 3 } }, 3.2],
    ] as const) {
      const bench = await startBench([{ crash: { after: constantUs(5 * SECOND_US), exitCode: 1 } }]);
      create(bench, newPod('a', probes));
      bench.run(60);
      const all = statuses(bench, 'a');
      const of = ({ status }: (typeof all)[number]) => status.containerStatuses![0]!;
      // The second end is the first that has to wait.
      const ended = all.findIndex((one) => of(one).restartCount === 1 && of(one).state?.terminated !== undefined);
      expect(of(all[ended]!).state?.terminated?.reason).toBe('Error');
      expect(of(all[ended + 1]!).state?.waiting?.reason).toBe('CrashLoopBackOff');
      expect((all[ended + 1]!.timeUs - all[ended]!.timeUs) / SECOND_US).toBeLessThan(latestS);
      if (latestS > 10) expect((all[ended + 1]!.timeUs - all[ended]!.timeUs) / SECOND_US).toBeGreaterThan(9);
    }
  });

  test('counts from the run before when the container is killed for its probe: the first restarts come at once', async () => {
    // It answers for 5 s of each run, and has failed thrice by 20 s.
    const bench = await startBench([{ hang: { after: constantUs(5 * SECOND_US) } }]);
    create(bench, newPod('a', { livenessProbe: { httpGet: { port: 80 }, periodSeconds: 5 } }));
    bench.run(120);
    const at = (reason: string) =>
      bench.server.lines.filter(({ object }) => object.reason === reason).map(({ timeUs }) => timeUs / SECOND_US);
    const [, second, third] = at('Started');
    const [first, next] = at('Killing');
    // SIGTERM and a new start take less than two seconds: no wait of ten.
    expect(second! - first!).toBeLessThan(3);
    expect(third! - next!).toBeLessThan(3);
  });
});

test.each([
  ['OnFailure', 'Container c failed liveness probe, will be restarted', 'Running'],
  ['Never', 'Container c failed liveness probe', 'Succeeded'],
] as const)('A container killed for its probe with the policy %s is %s', async (restartPolicy, message, phase) => {
  const bench = await startBench([{ hang: { after: constantUs(2 * SECOND_US) } }]);
  create(bench, newPod('a', { livenessProbe: { httpGet: { port: 80 }, periodSeconds: 2, failureThreshold: 1 } }, { restartPolicy }));
  bench.run(8);
  expect(bench.events('a')).toContain(`Killing: ${message}`);
  // It ends with 0, which says nothing of whether it is to run on.
  expect(bench.pod('a')?.status?.phase).toBe(phase);
});
