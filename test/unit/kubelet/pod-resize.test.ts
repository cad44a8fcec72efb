import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '../../../src/model/pod.ts';
import { condition, create } from './bench-pods.ts';
import { type Bench, newPod, startBench } from './fleet-bench.ts';

const MIB = 2 ** 20;

describe('A resize in place', () => {
  const asking = (cpu: string, memory = '1Gi', further: Partial<Container> = {}) => ({
    resources: { requests: { cpu, memory }, limits: { cpu, memory } },
    ...further,
  });
  const resize = (bench: Bench, name: string, cpu: string, memory = '1Gi') => {
    const pod = bench.pod(name)!;
    const containers = pod.spec.containers.map((one) => ({ ...one, resources: asking(cpu, memory).resources }));
    const metadata = { ...pod.metadata, generation: (pod.metadata.generation ?? 1) + 1 };
    bench.server.update('Pod', { ...pod, metadata, spec: { ...pod.spec, containers } } as never, undefined);
  };

  test('is in progress, and then in force, without a restart', async () => {
    const bench = await startBench();
    create(bench, newPod('a', asking('1')));
    bench.run(10);
    resize(bench, 'a', '2');
    bench.run(5);
    const said = bench.server.lines.map(
      ({ kind, object }) => kind === 'Pod' && condition(object as Pod, 'PodResizeInProgress')?.status === 'True',
    );
    expect(said).toContain(true);
    expect(condition(bench.pod('a'), 'PodResizeInProgress')).toBeUndefined();
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      resources: { requests: { cpu: '2' } },
      allocatedResources: { cpu: '2' },
    });
  });

  test('that the node cannot grant is put off until room comes free, even when it never could', async () => {
    const bench = await startBench();
    create(bench, newPod('a', asking('1')));
    create(bench, newPod('b', asking('2')));
    bench.run(10);
    resize(bench, 'a', '5');
    bench.run(3);
    expect(condition(bench.pod('a'), 'PodResizePending')).toMatchObject({
      status: 'True',
      reason: 'Deferred',
      message: "Node didn't have enough resource: cpu, requested: 5000, used: 2000, capacity: 4000",
    });
    resize(bench, 'a', '3');
    bench.run(3);
    expect(condition(bench.pod('a'), 'PodResizePending')).toMatchObject({ status: 'True', reason: 'Deferred' });
    bench.server.delete('Pod', 'default', 'b');
    bench.run(5);
    expect(condition(bench.pod('a'), 'PodResizePending')).toBeUndefined();
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.allocatedResources).toMatchObject({ cpu: '3' });
    const resources = (cpu: string) => `{"limits":{"cpu":"${cpu}","memory":"1Gi"},"requests":{"cpu":"${cpu}","memory":"1Gi"}}`;
    const error = "Node didn't have enough resource: cpu, requested: 5000, used: 2000, capacity: 4000";
    expect(bench.events('a').filter((event) => event.startsWith('Resize'))).toEqual([
      `ResizeDeferred: Pod resize Deferred: {"containers":[{"name":"c","resources":${resources('5')}}],"generation":2,"error":"${error}"}`,
      expect.stringMatching(/^ResizeDeferred: .*"generation":3/),
      `ResizeStarted: Pod resize started: {"containers":[{"name":"c","resources":${resources('3')}}],"generation":3}`,
      `ResizeCompleted: Pod resize completed: {"containers":[{"name":"c","resources":${resources('3')}}],"generation":3}`,
    ]);
  });

  test('of a resource that asks for it restarts the container', async () => {
    const bench = await startBench();
    create(bench, newPod('a', asking('1', '1Gi', { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] })));
    bench.run(10);
    resize(bench, 'a', '1', '2Gi');
    bench.run(10);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  });

  test('of its memory limit saves a container that would have outgrown it', async () => {
    // 32 Mi at first, 8 Mi more each second: 256 Mi are reached after 28 s, 1 Gi after 124 s.
    const bench = await startBench([{ memoryGrowthBytesPerSecond: 8 * MIB }]);
    create(bench, newPod('a', asking('1', '256Mi')));
    bench.run(20);
    resize(bench, 'a', '1', '1Gi');
    bench.run(80);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    bench.run(40);
    expect(bench.states('a')).toContain('Running: OOMKilled 137');
  });
});
