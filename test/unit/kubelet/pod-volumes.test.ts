import { describe, expect, test } from 'vitest';
import type { PodSpec } from '../../../src/model/pod.ts';
import { create } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

describe('Volumes', () => {
  const mounts = (volume: object) => ({ volumes: [{ name: 'data', ...volume }] }) as Partial<PodSpec>;

  test('that fail to mount are told at growing intervals, and given up after 2 min 3 s', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ configMap: { name: 'settings' } })));
    bench.run(130);
    const told = bench.events('a');
    expect(told[0]).toBe('FailedMount: MountVolume.SetUp failed for volume "data" : configmap "settings" not found');
    expect(told).toContain(
      'FailedMount: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
    );
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
