import { expect, test } from 'vitest';
import { create } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

test('An active deadline counts from the start of the pod, though the kubelet was away when it came', async () => {
  const bench = await startBench();
  create(bench, newPod('a', {}, { activeDeadlineSeconds: 30 }));
  bench.run(20);
  bench.fleet.stopKubelet('n1');
  bench.run(40);
  expect(bench.pod('a')?.status?.phase).toBe('Running');
  bench.fleet.startKubelet('n1');
  bench.run(5);
  expect(bench.pod('a')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});
