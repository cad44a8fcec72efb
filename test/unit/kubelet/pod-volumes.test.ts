import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import type { PodSpec } from '../../../src/model/pod.ts';
import { create } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

describe('Volumes', () => {
  const mounts = (volume: object) => ({ volumes: [{ name: 'data', ...volume }] }) as Partial<PodSpec>;

  test('that fail to mount are told at growing intervals, whatever pass waits for them; that a wait is given up is told nowhere', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ configMap: { name: 'settings' } })));
    bench.run(300);
    const told = bench.server.lines.filter(({ object }) => object.reason === 'FailedMount');
    expect(new Set(told.map(({ object }) => object.message))).toEqual(
      new Set(['MountVolume.SetUp failed for volume "data" : configmap "settings" not found']),
    );
    // 0.5, 1, 2, … 64 s apart, up to 127.5 s. The first wait is over at 123 s and the next begins 10 to 16 s later.
    const times = told.map(({ timeUs }) => timeUs / SECOND_US);
    expect(times.slice(1, 8).map((time, at) => Math.round((time - times[at]!) * 2) / 2)).toEqual([0.5, 1, 2, 4, 8, 16, 32]);
    expect(times.filter((time) => time > 65 && time < 250)).toHaveLength(1);
    expect(bench.states('a').at(-1)).toBe('Pending: ContainerCreating');
  });

  test('that come in time let the pod start', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ secret: { secretName: 'token' } })));
    bench.run(5);
    bench.server.create('Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'default' } } as never);
    bench.run(10);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
  });

  test('whose claim is missing are told of as soon as the pod asks for them', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ persistentVolumeClaim: { claimName: 'disk' } })));
    bench.run(5);
    expect(bench.events('a')[0]).toContain('failed to process volumes=[data]: error processing PVC default/disk');
  });
});
