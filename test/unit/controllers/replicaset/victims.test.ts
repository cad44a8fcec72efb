import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import { cheapestToLoseFirst } from '../../../../src/controllers/replicaset/victims.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import { timeText } from '../../../../src/model/time.ts';

const NOW_US = 1000 * SECOND_US;

interface Traits {
  readonly node?: string;
  readonly phase?: string;
  readonly readyFor?: number;
  readonly cost?: string;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
  readonly age?: number;
}

function pod(name: string, { node = 'n', phase = 'Running', readyFor, cost, restarts = 0, sidecarRestarts, age = 100 }: Traits): Pod {
  const ago = (seconds: number) => timeText(NOW_US - seconds * SECOND_US);
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: ago(age),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { nodeName: node, ...(sidecarRestarts === undefined ? {} : { initContainers: [{ name: 'side', restartPolicy: 'Always' }] }) },
    status: {
      phase,
      containerStatuses: [{ name: 'c', restartCount: restarts }],
      ...(sidecarRestarts === undefined ? {} : { initContainerStatuses: [{ name: 'side', restartCount: sidecarRestarts }] }),
      conditions: readyFor === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(readyFor) }],
    },
  } as unknown as Pod;
}

describe('A scale-down gives up', () => {
  // Each rule alone decides between the two; the names are such that the uid, asked last, would choose the other one.
  test.each<[string, Traits, Traits]>([
    ['the pod without a node', { node: '', phase: 'Pending' }, { phase: 'Pending' }],
    ['the pending pod before the unknown', { phase: 'Pending' }, { phase: 'Unknown' }],
    ['the unknown pod before the running', { phase: 'Unknown' }, {}],
    ['the pod that is not ready', {}, { readyFor: 5 }],
    ['the pod with the lower deletion cost', { cost: '-5' }, {}],
    ['the pod that was ready for less, by powers of two', { readyFor: 8 }, { readyFor: 18 }],
    ['the pod that restarted more often', { readyFor: 5, restarts: 3 }, { readyFor: 5, restarts: 2 }],
    ['the pod whose sidecar restarted more often', { sidecarRestarts: 2 }, { sidecarRestarts: 1 }],
    ['the younger pod, by powers of two', { age: 8 }, { age: 18 }],
  ])('%s', (_rule, victim, survivor) => {
    const order = cheapestToLoseFirst([pod('a', survivor), pod('b', victim)], () => 0, NOW_US);
    expect(order.map(({ metadata }) => metadata.name)).toEqual(['b', 'a']);
  });

  test('the pod whose node holds more of its kind, but only after its deletion cost', () => {
    const rank = ({ spec }: Pod) => (spec.nodeName === 'full' ? 3 : 1);
    const order = cheapestToLoseFirst(
      [pod('a', { node: 'empty' }), pod('b', { node: 'full' }), pod('c', { node: 'empty', cost: '-1' })],
      rank,
      NOW_US,
    );
    expect(order.map(({ metadata }) => metadata.name)).toEqual(['c', 'b', 'a']);
  });

  test('of two pods in one power of two the one with the smaller uid, whichever is younger', () => {
    // 9 s and 17 s lie between 2^33 and 2^34 ns.
    const order = cheapestToLoseFirst([pod('b', { readyFor: 9 }), pod('a', { readyFor: 17 })], () => 0, NOW_US);
    expect(order.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });
});
