import { describe, expect, test } from 'vitest';
import { newReplicaSetAnnotations } from '../../../../src/controllers/deployment/revisions.ts';
import {
  expiredReplicaSets,
  maxSurge,
  maxUnavailable,
  newReplicas,
  oldResizes,
  proportionalResizes,
} from '../../../../src/controllers/deployment/rolling.ts';
import type { Deployment, ReplicaSet } from '../../../../src/model/workloads.ts';

function deployment(replicas: number, rollingUpdate?: object, extra: object = {}): Deployment {
  return {
    metadata: { name: 'web' },
    spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate }, ...extra },
  } as unknown as Deployment;
}

interface Size {
  readonly age: number;
  readonly replicas: number;
  readonly available?: number;
  readonly max?: number;
  readonly revision?: number;
}

/** Older sets have the larger age. */
function set(name: string, { age, replicas, available = replicas, max, revision }: Size): ReplicaSet {
  const annotations = {
    ...(max === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(max) }),
    ...(revision === undefined ? {} : { 'deployment.kubernetes.io/revision': String(revision) }),
  };
  return {
    metadata: { name, annotations, generation: 1, creationTimestamp: `2026-01-01T00:00:${String(59 - age).padStart(2, '0')}Z` },
    spec: { replicas },
    status: { replicas, availableReplicas: available, observedGeneration: 1 },
  } as unknown as ReplicaSet;
}

const sizes = (resizes: readonly { readonly replicaSet: ReplicaSet; readonly replicas: number }[]) =>
  resizes.map(({ replicaSet, replicas }) => `${replicaSet.metadata.name}:${replicas}`);

describe('A rolling update of 25 % and 25 %', () => {
  // The examples of the specification, 2.4.
  test.each([
    [1, 1, 0],
    [2, 1, 0],
    [3, 1, 0],
    [4, 1, 1],
    [5, 2, 1],
    [10, 3, 2],
  ])('of %i replicas may have %i more and lack %i', (replicas, surge, unavailable) => {
    const web = deployment(replicas, { maxSurge: '25%', maxUnavailable: '25%' });
    expect([maxSurge(web), maxUnavailable(web)]).toEqual([surge, unavailable]);
  });

  test('of 10 creates 3 and takes 2 of the old at once, then 2 more of the new', () => {
    const web = deployment(10, { maxSurge: '25%', maxUnavailable: '25%' });
    const old = set('old', { age: 9, replicas: 10 });
    expect(newReplicas(web, [old], 0)).toBe(3);
    const fresh = set('new', { age: 1, replicas: 3, available: 0 });
    expect(oldResizes(web, fresh, [old])).toMatchObject({ isCutShort: false, resizes: [{ replicas: 8 }] });
    expect(newReplicas(web, [set('old', { age: 9, replicas: 8, available: 8 }), fresh], 3)).toBe(5);
  });
});

test('A rolling update whose two percentages both come to nothing may lack one pod', () => {
  expect(maxUnavailable(deployment(3, { maxSurge: '0%', maxUnavailable: '10%' }))).toBe(1);
  expect(maxUnavailable(deployment(0, { maxSurge: 0, maxUnavailable: 2 }))).toBe(0);
  expect(maxUnavailable(deployment(2, { maxSurge: 0, maxUnavailable: 5 }))).toBe(2);
});

test('Old sets lose what is not available first, the oldest set first', () => {
  const web = deployment(6, { maxSurge: 2, maxUnavailable: 2 });
  const old = [set('b', { age: 5, replicas: 3, available: 1 }), set('a', { age: 9, replicas: 3, available: 2 })];
  // 8 pods, 4 must be there, 2 of the new are not available: 2 may go.
  const { resizes } = oldResizes(web, set('new', { age: 1, replicas: 2, available: 0 }), old);
  expect(sizes(resizes)).toEqual(['a:2', 'b:2']);
});

test('A set that reports more available pods than it asks for cuts the scale-down of a pass short', () => {
  const web = deployment(4, { maxSurge: 2, maxUnavailable: 2 });
  const old = [set('a', { age: 9, replicas: 3, available: 1 }), set('b', { age: 5, replicas: 1, available: 3 })];
  const { resizes, isCutShort } = oldResizes(web, set('new', { age: 1, replicas: 4, available: 4 }), old);
  expect([sizes(resizes), isCutShort]).toEqual([['a:1'], true]);
});

test('A resize in the middle of a rollout is shared out by size, the rest to the largest, the younger of equals first', () => {
  const web = deployment(10, { maxSurge: 3, maxUnavailable: 2 });
  const sets = [set('old', { age: 9, replicas: 5, max: 8 }), set('new', { age: 1, replicas: 3, max: 8 })];
  // 13 allowed, 8 there: of 5 more the larger gets round(5 * 13 / 8) - 5 = 3, the other 2.
  expect(sizes(proportionalResizes(web, sets))).toEqual(['old:8', 'new:5']);
  const equal = [set('old', { age: 9, replicas: 4, max: 8 }), set('new', { age: 1, replicas: 4, max: 8 })];
  // round(4 * 13 / 8) - 4 = 3 for the younger, what is left of 5 for the older.
  expect(sizes(proportionalResizes(web, equal))).toEqual(['new:7', 'old:6']);
});

test('A resize to what all sets come to anyway changes nothing but leaves them in their order', () => {
  const web = deployment(6, { maxSurge: 2, maxUnavailable: 2 });
  const sets = [set('a', { age: 5, replicas: 3, max: 8 }), set('b', { age: 1, replicas: 5, max: 8 })];
  expect(sizes(proportionalResizes(web, sets))).toEqual(['a:3', 'b:5']);
});

test('The history loses its lowest revisions, but never a set that still has pods', () => {
  const web = deployment(1, undefined, { revisionHistoryLimit: 1 });
  const old = [
    set('r4', { age: 1, replicas: 0, revision: 4 }),
    set('r1', { age: 4, replicas: 0, revision: 1 }),
    set('r2', { age: 3, replicas: 1, revision: 2 }),
    set('r3', { age: 2, replicas: 0, revision: 3 }),
  ];
  const number = (one: ReplicaSet) => Number(one.metadata.annotations!['deployment.kubernetes.io/revision']);
  expect(expiredReplicaSets(web, old, number).map(({ metadata }) => metadata.name)).toEqual(['r1', 'r3']);
  const unlimited = deployment(1, undefined, { revisionHistoryLimit: 2_147_483_647 });
  expect(expiredReplicaSets(unlimited, old, number)).toEqual([]);
});

test('A set that is rolled back to gets the next number and keeps the ones it had, oldest dropped beyond 2000 characters', () => {
  const web = { metadata: { name: 'web', annotations: { note: 'x' } }, spec: {} } as unknown as Deployment;
  const revision = 'deployment.kubernetes.io/revision';
  const history = 'deployment.kubernetes.io/revision-history';
  expect(newReplicaSetAnnotations(web, { [revision]: '2', [history]: '1' }, 5)).toEqual({ [revision]: '5', [history]: '1,2', note: 'x' });
  const long = Array.from({ length: 500 }, (_, number) => String(1000 + number)).join(',');
  const text = newReplicaSetAnnotations(web, { [revision]: '1500', [history]: long }, 1501)[history]!;
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text.endsWith(',1499,1500')).toBe(true);
  const odd = { [revision]: 'two' };
  expect(newReplicaSetAnnotations(web, odd, 5)).toBe(odd);
});
