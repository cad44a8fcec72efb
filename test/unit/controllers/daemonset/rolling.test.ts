import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import { eligibility } from '../../../../src/controllers/daemonset/eligibility.ts';
import { FailedPodBackoff } from '../../../../src/controllers/daemonset/failed-pod-backoff.ts';
import { budgetOf, excessPods, type NodePods, type Rolling, rollingStep } from '../../../../src/controllers/daemonset/rolling.ts';
import type { Node } from '../../../../src/model/node.ts';
import type { Pod, PodSpec } from '../../../../src/model/pod.ts';
import type { DaemonSet } from '../../../../src/model/workloads.ts';

const NOW_US = 100 * SECOND_US;

function pod(name: string, hash: 'old' | 'new', isReady = true, isLeaving = false): Pod {
  return {
    metadata: {
      name,
      labels: { 'controller-revision-hash': hash },
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(isLeaving ? { deletionTimestamp: '2026-01-01T00:01:00Z' } : {}),
    },
    spec: { nodeName: 'n' },
    status: {
      phase: 'Running',
      conditions: isReady ? [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:10Z' }] : [],
    },
  } as unknown as Pod;
}

function node(name: string, ...pods: Pod[]): NodePods {
  return { node: name, shouldRun: true, pods };
}

function rolling(maxSurge: number, maxUnavailable: number): Rolling {
  const isUpdated = ({ metadata }: Pod) => metadata.labels?.['controller-revision-hash'] === 'new';
  return { budget: { maxSurge, maxUnavailable }, minReadySeconds: 0, nowUs: NOW_US, isUpdated };
}

const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

describe('A rolling update of daemon pods without surge', () => {
  test('deletes as many as may be missing, less those that are missing', () => {
    const nodes = [node('a', pod('a', 'old')), node('b', pod('b', 'old')), node('c', pod('c', 'old')), node('d')];
    expect(names(rollingStep(nodes, rolling(0, 2)).remove)).toEqual(['a']);
  });

  test('deletes what is not available anyway, whatever the budget', () => {
    const nodes = [
      node('a', pod('a', 'old', false)),
      node('b', pod('b', 'old', false)),
      node('c', pod('c', 'old')),
      node('d', pod('d', 'new', false)),
    ];
    expect(names(rollingStep(nodes, rolling(0, 1)).remove)).toEqual(['a', 'b']);
  });

  test('counts a node whose only pod is leaving as one without', () => {
    const nodes = [node('a', pod('a', 'old', true, true)), node('b', pod('b', 'old'))];
    expect(rollingStep(nodes, rolling(0, 1)).remove).toEqual([]);
  });
});

describe('A rolling update of daemon pods with surge', () => {
  test('creates beside available pods as many as it may, beside others at once', () => {
    const nodes = [node('a', pod('a', 'old')), node('b', pod('b', 'old')), node('c', pod('c', 'old', false))];
    expect(rollingStep(nodes, rolling(1, 0))).toEqual({ remove: [], createOn: ['c', 'a'] });
  });

  test('removes the old pod once the new one is available, and counts those that are not yet', () => {
    const nodes = [
      node('a', pod('a', 'old'), pod('a2', 'new')),
      node('b', pod('b', 'old'), pod('b2', 'new', false)),
      node('c', pod('c', 'old')),
    ];
    const { remove, createOn } = rollingStep(nodes, rolling(1, 0));
    expect([names(remove), createOn]).toEqual([['a'], []]);
  });
});

test('Budgets are percentages of the nodes that want a pod, both rounded up, and never both nothing', () => {
  const set = (rollingUpdate: object) => ({ spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate } } }) as unknown as DaemonSet;
  expect(budgetOf(set({ maxUnavailable: '10%' }), 11)).toEqual({ maxSurge: 0, maxUnavailable: 2 });
  expect(budgetOf(set({ maxSurge: '50%', maxUnavailable: 0 }), 3)).toEqual({ maxSurge: 2, maxUnavailable: 0 });
  expect(budgetOf(set({ maxSurge: 0, maxUnavailable: 0 }), 3)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
});

test('Two pods on a node: the older stays, or with surge one of each revision until the new one can take over', () => {
  const twins = [pod('b', 'old'), pod('a', 'old')];
  expect(names(excessPods(twins, false, rolling(0, 1), 'new'))).toEqual(['b']);
  const pair = [pod('o', 'old'), pod('n', 'new', false)];
  expect(excessPods(pair, true, rolling(1, 0), 'new')).toEqual([]);
  expect(names(excessPods([pod('o', 'old'), pod('n', 'new')], true, rolling(1, 0), 'new'))).toEqual(['o']);
  expect(names(excessPods([pod('o', 'old', false), pod('n', 'new', false)], true, rolling(1, 0), 'new'))).toEqual(['o']);
});

test('A NoSchedule taint keeps daemon pods from coming, a NoExecute taint also from staying', () => {
  const tainted = (effect: string) => ({ metadata: { name: 'n' }, spec: { taints: [{ key: 'k', effect }] } }) as unknown as Node;
  const spec = { containers: [] } as unknown as PodSpec;
  expect(eligibility(spec, [], tainted('PreferNoSchedule'))).toEqual({ shouldRun: true, shouldContinue: true });
  expect(eligibility(spec, [], tainted('NoSchedule'))).toEqual({ shouldRun: false, shouldContinue: true });
  expect(eligibility(spec, [], tainted('NoExecute'))).toEqual({ shouldRun: false, shouldContinue: false });
  expect(eligibility(spec, [{ key: 'k', operator: 'Exists' }], tainted('NoExecute')).shouldRun).toBe(true);
  expect(eligibility({ ...spec, nodeName: 'm' }, [], tainted('PreferNoSchedule')).shouldRun).toBe(false);
});

test('A daemon pod that fails again and again is replaced ever later, from 1 s to 15 min', () => {
  const backoff = new FailedPodBackoff();
  expect(backoff.waitUs('k', 0)).toBe(0);
  backoff.failed('k', 0);
  expect(backoff.waitUs('k', SECOND_US / 2)).toBe(SECOND_US);
  expect(backoff.waitUs('k', SECOND_US)).toBe(0);
  for (let failure = 0; failure < 12; failure++) backoff.failed('k', SECOND_US);
  expect(backoff.waitUs('k', 2 * SECOND_US)).toBe(900 * SECOND_US);
});
