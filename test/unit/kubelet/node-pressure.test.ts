import { describe, expect, test } from 'vitest';
import { container, create, statuses } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

const GIB = 2 ** 30;
const MIB = 2 ** 20;

describe('Memory and disk', () => {
  test('a node short of memory gives up one pod, waits until it has gone, and looks again', async () => {
    // Three pods of 2.6 GiB on a node of 8 GiB: one has to go, and one is enough.
    const bench = await startBench([{ memoryBytes: 2.64 * GIB }]);
    const asked = (memory: string, priority = 0) => [{ resources: { requests: { memory } } }, { priority }] as const;
    create(bench, newPod('modest', ...asked('2Gi')));
    create(bench, newPod('greedy', ...asked('1Gi')));
    create(bench, newPod('dear', ...asked('100Mi', 1000)));
    bench.run(40);
    // All use more than they asked for; of the two of lowest priority, greedy is further over.
    expect(bench.pod('greedy')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(bench.pod('greedy')?.status?.message).toMatch(
      /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container c was using \d+Ki, request is 1Gi, has larger consumption of memory\. $/,
    );
    for (const name of ['modest', 'dear']) expect(bench.pod(name)?.status?.phase).toBe('Running');
    // Why it went is told with the final phase, and before all else.
    const disrupted = statuses(bench, 'greedy').filter(({ status }) => status.conditions?.some(({ type }) => type === 'DisruptionTarget'));
    expect(disrupted.map(({ status }) => status.phase)).not.toContain('Running');
    expect(bench.pod('greedy')?.status?.conditions?.[0]).toMatchObject({ type: 'DisruptionTarget', reason: 'TerminationByKubelet' });
  });

  test('pods refused under pressure are refused in its name', async () => {
    const bench = await startBench();
    bench.fleet.takeResource('n1', 'memory', 100);
    bench.run(15);
    create(bench, newPod('plain'));
    create(bench, newPod('asks', { resources: { requests: { cpu: '100m' } } }));
    bench.run(5);
    expect(bench.pod('plain')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    });
    expect(bench.pod('asks')?.status?.phase).not.toBe('Failed');
  });

  test('a disk below its thresholds is freed of unused images before any pod goes', async () => {
    const node = {
      capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '1G' },
      images: ['nginx:1', 'spare.example/app:1', 'spare.example/app:2'],
    };
    const bench = await startBench([], node);
    create(bench, newPod('a'));
    bench.run(5);
    bench.fleet.takeResource('n1', 'ephemeral-storage', 90);
    bench.run(30);
    // 100 MB of two unused images are given back: 80 % are in use, and the pod stays.
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    expect(bench.events('n1')).toContain('EvictionThresholdMet: Attempting to reclaim ephemeral-storage');
  });

  test('a pod over its limits of ephemeral storage, all together or of one container, is evicted at the next look', async () => {
    const bench = await startBench([{ diskBytes: 300 * MIB }]);
    create(bench, newPod('a', { resources: { limits: { 'ephemeral-storage': '200Mi' } } }));
    create(bench, newPod('b', { resources: { limits: { 'ephemeral-storage': '400Mi' } } }));
    const limited = (limit: string) => ({ resources: { limits: { 'ephemeral-storage': limit } } });
    create(bench, newPod('two', {}, { containers: [container('one', limited('200Mi')), container('other', limited('1Gi'))] }));
    bench.run(20);
    expect(bench.pod('a')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 200Mi. ',
    });
    // The pod itself is to blame: that is no disruption.
    expect(bench.pod('a')?.status?.conditions?.some(({ type }) => type === 'DisruptionTarget')).toBe(false);
    expect(bench.pod('b')?.status?.phase).toBe('Running');
    expect(bench.pod('two')?.status?.message).toBe('Container one exceeded its local ephemeral storage limit "200Mi". ');
  });
});
