import { expect, test } from 'vitest';
import { oomScoreAdjust, qosOf } from '../../../src/kubelet/qos.ts';
import type { ResourceRequirements } from '../../../src/model/pod.ts';
import { container } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

const GIB = 2 ** 30;

test.each<[ResourceRequirements | undefined, string]>([
  [undefined, 'BestEffort'],
  [{ requests: {} }, 'BestEffort'],
  [{ requests: { cpu: '100m' } }, 'Burstable'],
  [{ limits: { memory: '1Gi' } }, 'Burstable'],
  // A request that is not given is defaulted to the limit.
  [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }, 'Burstable'],
])('A pod with %j is %s', (resources, expected) => {
  expect(qosOf(newPod('a', resources === undefined ? {} : { resources }))).toBe(expected);
});

// On a node of 8 GiB: 1000 - 1000 * request / 8 GiB, between 3 and 999.
test.each<[string, ResourceRequirements | undefined, number, number]>([
  ['a best-effort pod', undefined, 0, 1000],
  ['a burstable pod without a memory request', { requests: { cpu: '1' } }, 0, 999],
  ['a burstable pod that asks for a quarter', { requests: { memory: '2Gi' } }, 0, 750],
  ['a burstable pod that asks for all of it', { requests: { memory: '8Gi' } }, 0, 3],
  ['a guaranteed pod', { limits: { cpu: '1', memory: '1Gi' } }, 0, -997],
  ['a pod critical for its node', undefined, 2_000_001_000, -997],
])('The kernel takes %s with this adjustment', (_about, resources, priority, expected) => {
  const pod = newPod('a', resources === undefined ? {} : { resources }, { priority });
  expect(oomScoreAdjust(pod, pod.spec.containers[0]!, 8 * GIB)).toBe(expected);
});

test('The kernel takes a sidecar no sooner than the least of the containers it serves', () => {
  const asking = (name: string, memory: string) => container(name, { resources: { requests: { memory } } });
  const small = { ...asking('small', '100Mi'), restartPolicy: 'Always' };
  const large = { ...asking('large', '6Gi'), restartPolicy: 'Always' };
  const pod = newPod('a', {}, { initContainers: [small, large], containers: [asking('one', '4Gi'), asking('two', '2Gi')] });
  // As if it asked for the 2 GiB of the smallest; one that asks for more keeps what that gives it.
  expect(oomScoreAdjust(pod, small, 8 * GIB)).toBe(750);
  expect(oomScoreAdjust(pod, large, 8 * GIB)).toBe(250);
});

test('A node out of memory before its kubelet looks loses the container with the highest score, which is restarted', async () => {
  // 8 GiB: 5 are in use for good, and 4 more come at once.
  const bench = await startBench([
    { match: { app: 'safe' }, memoryBytes: 5 * GIB },
    { match: { app: 'greedy' }, memoryBytes: 4 * GIB },
  ]);
  bench.server.create('Pod', newPod('safe', { resources: { requests: { memory: '5Gi' } } }, {}, { app: 'safe' }));
  bench.run(5);
  bench.server.create('Pod', newPod('greedy', {}, {}, { app: 'greedy' }));
  bench.run(4);
  expect(bench.states('greedy')).toContain('Running: OOMKilled 137');
  expect(bench.pod('safe')?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
});
