import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import {
  NoProposal,
  replicasForAverage,
  replicasForShare,
  replicasForUtilization,
  replicasForValue,
  type Sample,
  type Situation,
} from '../../../../src/controllers/horizontal-pod-autoscaler/replica-calculator.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import { timeText } from '../../../../src/model/time.ts';

const NOW_US = 1000 * SECOND_US;

interface Traits {
  readonly cpu?: string;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly startedAgo?: number;
  readonly readyAgo?: number;
  readonly isLeaving?: boolean;
  readonly spec?: object;
}

function pod(
  name: string,
  { cpu = '100m', phase = 'Running', ready = true, startedAgo = 900, readyAgo = 800, isLeaving, spec }: Traits = {},
): Pod {
  const ago = (seconds: number) => timeText(NOW_US - seconds * SECOND_US);
  return {
    metadata: { name, ...(isLeaving === true ? { deletionTimestamp: ago(1) } : {}) },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec },
    status: {
      phase,
      startTime: ago(startedAgo),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readyAgo) }],
    },
  } as unknown as Pod;
}

function situation(pods: readonly Pod[], milli: { readonly [pod: string]: number }, extra: Partial<Situation> = {}): Situation {
  const samples = Object.entries(milli).map(([name, value]): [string, Sample] => [
    name,
    { milli: value, timestampUs: NOW_US, windowUs: 15 * SECOND_US },
  ]);
  return {
    currentReplicas: pods.length,
    pods,
    samples: new Map(samples),
    tolerances: { scaleUp: 0.1, scaleDown: 0.1 },
    nowUs: NOW_US,
    cpuInitializationUs: 300 * SECOND_US,
    initialReadinessUs: 30 * SECOND_US,
    ...extra,
  };
}

const replicas = (at: Situation, target = 50) => replicasForUtilization(at, 'cpu', undefined, target).replicas;
const two = [pod('a'), pod('b')];
const three = [...two, pod('c')];

describe('Utilization', () => {
  test('is usage over request, in whole per cent, and asks for as many pods as bring it to the target', () => {
    // 150 of 200 milli-CPU: 75 %, half more than 50 %; of two pods that makes three.
    expect(replicasForUtilization(situation(two, { a: 100, b: 50 }), 'cpu', undefined, 50)).toEqual({
      replicas: 3,
      utilization: 75,
      averageMilli: 75,
    });
  });

  test('within the tolerance of its direction changes nothing', () => {
    expect(replicas(situation(two, { a: 55, b: 55 }))).toBe(2);
    expect(replicas(situation(two, { a: 56, b: 56 }))).toBe(3);
    const tolerances = { scaleUp: 0.1, scaleDown: 0.5 };
    expect(replicas(situation(three, { a: 30, b: 30, c: 30 }, { tolerances }))).toBe(3);
    expect(replicas(situation(three, { a: 24, b: 24, c: 24 }, { tolerances }))).toBe(2);
  });

  test('takes pods without a sample for idle on the way up and for fully used on the way down', () => {
    // 100 % of two, but 67 % when the third counts as idle: 4 instead of 6.
    expect(replicas(situation(three, { a: 100, b: 100 }))).toBe(4);
    // 20 % of two, but 47 % when the third counts as using its whole request: near enough.
    expect(replicas(situation(three, { a: 20, b: 20 }))).toBe(3);
  });

  test('takes pods that are not ready for idle on the way up and leaves them out on the way down', () => {
    const pods = [...two, pod('c', { phase: 'Pending' })];
    expect(replicas(situation(pods, { a: 100, b: 100, c: 100 }))).toBe(4);
    expect(replicas(situation(pods, { a: 10, b: 10, c: 100 }))).toBe(1);
  });

  test.each<[string, Traits, boolean]>([
    ['is starting and not ready', { startedAgo: 60, ready: false, readyAgo: 50 }, true],
    ['is starting and was not ready for the whole window of its sample', { startedAgo: 60, readyAgo: 10 }, true],
    ['is starting and has been ready for longer', { startedAgo: 60, readyAgo: 20 }, false],
    ['has never been ready since it started long ago', { ready: false, readyAgo: 890 }, true],
    ['is not ready any more', { ready: false, readyAgo: 100 }, false],
  ])('of CPU leaves out a pod that %s: %#', (_what, traits, isLeftOut) => {
    // With the third pod: 10, 10 and 100 of 300, 40 %, and 3 · 0.8 rounds up to 3; without it 10 %, and of two pods one is enough.
    const { utilization } = replicasForUtilization(situation([...two, pod('c', traits)], { a: 10, b: 10, c: 100 }), 'cpu', undefined, 50);
    expect(utilization).toBe(isLeftOut ? 10 : 40);
  });

  test('knows no pods that fail or leave', () => {
    const pods = [...two, pod('c', { isLeaving: true }), pod('d', { phase: 'Failed' })];
    expect(replicasForUtilization(situation(pods, { a: 50, b: 50, c: 900, d: 900 }), 'cpu', undefined, 50).utilization).toBe(50);
  });

  test('counts the request of the pod as a whole, or of its containers and sidecars', () => {
    const sidecar = { name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '100m' } } };
    const init = { name: 'i', resources: {} };
    const one = (spec: object) => situation([pod('a', { spec })], { a: 100 });
    expect(replicasForUtilization(one({ initContainers: [init, sidecar] }), 'cpu', undefined, 50).utilization).toBe(50);
    expect(replicasForUtilization(one({ resources: { requests: { cpu: '400m' } } }), 'cpu', undefined, 50).utilization).toBe(25);
    expect(replicasForUtilization(one({ initContainers: [sidecar] }), 'cpu', 'c', 50).utilization).toBe(100);
  });

  test.each<[string, Situation, string]>([
    ['there are no pods', situation([], {}), 'no pods returned by selector while calculating replica count'],
    [
      'no pod counts',
      situation([pod('a', { phase: 'Pending' })], { a: 1 }),
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
    [
      'a request is missing',
      situation([pod('a', { spec: { containers: [{ name: 'c' }] } })], { a: 1 }),
      'missing request for cpu in container c of Pod a',
    ],
  ])('cannot be worked out when %s', (_why, at, message) => {
    expect(() => replicas(at)).toThrow(new NoProposal(message));
  });
});

test('An average over the pods takes those without a sample for being at the target on the way down', () => {
  expect(replicasForAverage(situation(two, { a: 3000, b: 1000 }), '', 1000)).toEqual({ replicas: 4, averageMilli: 2000 });
  expect(replicasForAverage(situation(three, { a: 100, b: 100 }), '', 1000).replicas).toBe(2);
});

test('One value for all is shared by the pods that are ready; from none it makes as many as the ratio says', () => {
  expect(replicasForValue(situation([...two, pod('c', { ready: false })], {}), 300, 100)).toBe(6);
  expect(replicasForValue(situation(two, {}), 105, 100)).toBe(2);
  expect(replicasForValue({ ...situation([], {}), currentReplicas: 0 }, 250, 100)).toBe(3);
  expect(() => replicasForValue({ ...situation([], {}), currentReplicas: 2 }, 300, 100)).toThrow(
    'unable to calculate ready pods: no pods returned by selector while calculating replica count',
  );
});

test('One value with an average as its target is divided by that average', () => {
  const tolerances = { scaleUp: 0.1, scaleDown: 0.1 };
  expect(replicasForShare(950, 100, 4, tolerances)).toEqual({ replicas: 10, averageMilli: 238 });
  expect(replicasForShare(420, 100, 4, tolerances).replicas).toBe(4);
});

describe('A pod without a sample, while the others use exactly the target', () => {
  const four = [...three, pod('d')];
  const atTarget = situation(four, { a: 50, b: 50, c: 50 });

  test('is left out of a share of the requests', () => {
    expect(replicas(atTarget)).toBe(4);
  });

  test('counts as idle in an average, which then asks for fewer', () => {
    expect(replicasForAverage(atTarget, 'cpu', 50).replicas).toBe(3);
  });
});
