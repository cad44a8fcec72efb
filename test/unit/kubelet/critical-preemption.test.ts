import { describe, expect, test } from 'vitest';
import { podsToPreempt, type Shortage } from '../../../src/kubelet/critical-preemption.ts';
import type { Pod, PodSpec } from '../../../src/model/pod.ts';
import { newPod, startBench } from './fleet-bench.ts';

const MIB = 1024 * 1024;
const CRITICAL = 2_000_000_000;

const burstable = (name: string, cpu: string, memory: string, spec: Partial<PodSpec> = {}): Pod =>
  newPod(name, { resources: { requests: { cpu, memory } } }, spec);
const guaranteed = (name: string, cpu: string, memory: string): Pod =>
  newPod(name, { resources: { limits: { cpu, memory }, requests: { cpu, memory } } });
const bestEffort = (name: string): Pod => newPod(name);
const critical = newPod('critical', {}, { priority: CRITICAL });

const cpu = (quantity: number): Shortage => ({ resource: 'cpu', quantity });
const memory = (mebibytes: number): Shortage => ({ resource: 'memory', quantity: mebibytes * MIB });

describe('podsToPreempt', () => {
  test.each<[string, readonly Pod[], readonly Shortage[], readonly string[] | string]>([
    ['takes the one pod that covers what is missing', [burstable('a', '100m', '0'), burstable('b', '500m', '0')], [cpu(400)], ['b']],
    // Both cover it: distance 0 each, and the smaller goes.
    [
      'takes the smaller of two that cover it',
      [burstable('big', '900m', '100Mi'), burstable('small', '500m', '50Mi')],
      [cpu(400)],
      ['small'],
    ],
    // 300 missing: a leaves (200/300)² = 0.44, b (100/300)² = 0.11; b goes. 100 are left: a covers them.
    [
      'takes the nearest first, and then what is left of it',
      [burstable('a', '100m', '0'), burstable('b', '200m', '0')],
      [cpu(300)],
      ['b', 'a'],
    ],
    // cpu 400 and memory 100Mi missing. a: (200/400)² + 0 = 0.25; b: 0 + (60/100)² = 0.36.
    [
      'weighs each resource by its own shortage',
      [burstable('a', '200m', '100Mi'), burstable('b', '400m', '40Mi')],
      [cpu(400), memory(100)],
      ['a', 'b'],
    ],
    ['spares guaranteed pods while burstable ones do', [guaranteed('g', '1', '1Gi'), burstable('b', '500m', '0')], [cpu(400)], ['b']],
    // Burstable pods give 100m at most, so 300 of the 400 have to come from the guaranteed one, which then covers all.
    [
      'spares burstable pods when a guaranteed one has to go anyway and covers it all',
      [guaranteed('g', '1', '1Gi'), burstable('b', '100m', '0')],
      [cpu(400)],
      ['g'],
    ],
    [
      'takes a best-effort pod when only a place is missing',
      [guaranteed('g', '1', '1Gi'), bestEffort('e'), burstable('b', '1', '0')],
      [{ resource: 'pods', quantity: 1 }],
      ['e'],
    ],
    [
      'says what no set of pods gives',
      [burstable('a', '100m', '0')],
      [cpu(400)],
      'no set of running pods found to reclaim resources: [(res: cpu, q: 300), ]',
    ],
    [
      'leaves critical pods alone',
      [burstable('a', '500m', '0', { priority: CRITICAL + 1000 })],
      [cpu(400)],
      'no set of running pods found to reclaim resources: [(res: cpu, q: 400), ]',
    ],
  ])('%s', (_about, pods, shortages, expected) => {
    const victims = podsToPreempt(critical, pods, shortages);
    expect(typeof victims === 'string' ? victims : victims.map(({ metadata }) => metadata.name)).toEqual(expected);
  });
});

describe('A critical pod for which there is no room', () => {
  const asked = { resources: { requests: { cpu: '1500m' } } };

  test('has others killed, who end as Preempting, and starts when they have gone', async () => {
    const bench = await startBench();
    bench.server.create('Pod', newPod('big', { resources: { requests: { cpu: '2500m' } } }));
    bench.server.create('Pod', newPod('small', { resources: { requests: { cpu: '500m' } } }));
    bench.run(5);
    bench.server.create('Pod', newPod('critical', asked, { priority: CRITICAL }));
    bench.run(10);
    // 500 + 2500 + 1500 - 4000 = 500m are missing: both cover that, and the smaller goes.
    expect(bench.pod('small')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Preempting',
      message: 'Preempted in order to admit critical pod',
    });
    expect(bench.pod('small')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'TerminationByKubelet',
    });
    expect(bench.pod('big')?.status?.phase).toBe('Running');
    expect(bench.pod('critical')?.status?.phase).toBe('Running');
    expect(bench.events('small')).toContain('Preempting: Preempted in order to admit critical pod');
  });

  test('is refused as unexpected when nobody may be killed for it', async () => {
    const bench = await startBench();
    bench.server.create('Pod', newPod('other', { resources: { requests: { cpu: '3' } } }, { priority: CRITICAL }));
    bench.run(5);
    bench.server.create('Pod', newPod('critical', asked, { priority: CRITICAL }));
    bench.run(5);
    expect(bench.pod('critical')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'UnexpectedAdmissionError',
      message:
        'Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 500), ]',
    });
  });

  test('is refused for what room does not mend', async () => {
    const bench = await startBench();
    bench.server.create('Pod', newPod('other', { resources: { requests: { cpu: '3' } } }));
    bench.run(5);
    bench.server.create('Pod', newPod('critical', asked, { priority: CRITICAL, nodeSelector: { disk: 'ssd' } }));
    bench.run(5);
    expect(bench.pod('critical')?.status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' });
    expect(bench.pod('other')?.status?.phase).toBe('Running');
  });
});

test('A pod with devices is refused after its node has booted, and one without is started again', async () => {
  const bench = await startBench([], { capacity: { cpu: '4', memory: '8Gi', 'example.com/gpu': '2' } });
  bench.server.create('Pod', newPod('trains', { resources: { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } } }));
  bench.server.create('Pod', newPod('serves'));
  bench.run(10);
  expect(bench.pod('trains')?.status?.phase).toBe('Running');
  bench.fleet.crashNode('n1');
  bench.fleet.restartNode('n1');
  bench.run(90);
  expect(bench.pod('trains')?.status).toMatchObject({ phase: 'Failed', reason: 'UnexpectedAdmissionError' });
  expect(bench.pod('serves')?.status?.phase).toBe('Running');
});
