import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { container, create, reasons } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

describe('Lifecycle hooks', () => {
  test('postStart holds back the next container', async () => {
    const bench = await startBench();
    const first = container('one', { lifecycle: { postStart: { sleep: { seconds: 10 } } } });
    create(bench, newPod('a', {}, { containers: [first, container('two')] }));
    bench.run(8);
    expect(reasons(bench, 'a').filter((reason) => reason === 'Started')).toHaveLength(1);
    bench.run(5);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
  });

  test('a postStart request to a process that does not listen yet has it killed and tried again', async () => {
    const bench = await startBench([{ startup: constantUs(3 * SECOND_US) }]);
    create(bench, newPod('a', { lifecycle: { postStart: { httpGet: { path: '/warm', port: 80 } } } }));
    bench.run(4);
    expect(reasons(bench, 'a').slice(2, 5)).toEqual(['Started', 'FailedPostStartHook', 'Killing']);
    // It ran, if only for a moment, so it counts as stopped and not as waiting.
    expect(bench.states('a')).toContain('Running: PostStartHookError');
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
      'Get "http://10.128.0.2:80/warm": dial tcp 10.128.0.2:80: connect: connection refused',
    );
  });

  test('a preStop request that nobody answers is told, and costs no time', async () => {
    const bench = await startBench([{ startup: constantUs(3600 * SECOND_US), termination: constantUs(SECOND_US) }]);
    create(bench, newPod('a', { lifecycle: { preStop: { httpGet: { port: 80 } } } }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(3);
    expect(reasons(bench, 'a').slice(-2)).toEqual(['Killing', 'FailedPreStopHook']);
    expect(bench.pod('a')).toBeUndefined();
  });

  test.each([
    // Hook and SIGTERM share the grace: 10 - 4 = 6 s are left, of which the process needs 3.
    ['leaves the rest of the grace to the process', 4, 10, 3, 7, 'Succeeded: Completed 0'],
    // 10 - 8 = 2 s are left, and it needs 5: killed.
    ['shares one grace with the signal', 8, 10, 5, 10, 'Failed: Error 137'],
    // The hook uses up all of it: the process gets two seconds nevertheless.
    ['leaves two seconds at least', 20, 10, 5, 12, 'Failed: Error 137'],
  ])('preStop %s', async (_about, hookS, graceS, needsS, goneS, expected) => {
    const bench = await startBench([{ termination: constantUs(needsS * SECOND_US) }]);
    const lifecycle = { preStop: { sleep: { seconds: hookS } } };
    create(bench, newPod('a', { lifecycle }, { terminationGracePeriodSeconds: graceS }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(goneS - 0.5);
    expect(bench.states('a').at(-1)).toBe('Running: running ready');
    bench.run(1.5);
    expect(bench.states('a').at(-1)).toBe(expected);
  });
});
