import { expect, test } from 'vitest';
import { Rollouts } from '../../../src/metrics/rollouts.ts';
import type { Write } from '../../../src/model/observer.ts';
import type { Deployment, DeploymentStatus } from '../../../src/model/workloads.ts';

const templates = ['web:1', 'web:2'].map((image) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image }] },
}));

function deployment(template: number, generation: number, status: DeploymentStatus): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', generation },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: templates[template]! },
    status,
  };
}

/** Each pair of a time and a state is one write; `removed` says the last one removed the object. */
function rolloutsOf(states: readonly (readonly [number, Deployment])[], removed = false) {
  const rollouts = new Rollouts();
  let previous: Deployment | undefined;
  states.forEach(([timeUs, object], index) => {
    const isLast = removed && index === states.length - 1;
    const write = { timeUs, kind: 'Deployment', object, previous, removed: isLast, verb: 'update' } as unknown as Write;
    rollouts.wrote(write);
    previous = object;
  });
  return rollouts.rows;
}

const whole = (generation: number): DeploymentStatus => ({
  observedGeneration: generation,
  replicas: 3,
  updatedReplicas: 3,
  availableReplicas: 3,
});

test('Rollouts ends a rollout with the status that rollout status takes for success, and keeps its extremes', () => {
  const rows = rolloutsOf([
    [0, deployment(0, 1, {})],
    [10, deployment(0, 1, whole(1))],
    [20, deployment(1, 2, whole(1))],
    [30, deployment(1, 2, { observedGeneration: 2, replicas: 4, updatedReplicas: 1, availableReplicas: 3 })],
    [40, deployment(1, 2, { observedGeneration: 2, replicas: 4, updatedReplicas: 2, availableReplicas: 2 })],
    [50, deployment(1, 2, whole(2))],
  ]);
  expect(rows.map(({ startUs, endUs, end }) => [startUs, endUs, end])).toEqual([
    [0, 10, 'complete'],
    [20, 50, 'complete'],
  ]);
  expect(rows[1]).toMatchObject({ images: 'web:2', ordinal: 2, availableMin: 2, replicasMax: 4, wanted: 3 });
});

test('Rollouts calls a rollout superseded when the next begins, deleted with its Deployment, and open when the run ends first', () => {
  const begun: readonly (readonly [number, Deployment])[] = [
    [0, deployment(0, 1, {})],
    [5, deployment(1, 2, {})],
    [9, deployment(1, 2, { replicas: 1 })],
  ];
  expect(rolloutsOf(begun).map(({ end }) => end)).toEqual(['superseded', 'open']);
  expect(rolloutsOf(begun, true).map(({ end }) => end)).toEqual(['superseded', 'deleted']);
});

test('Rollouts does not take a scale or an equal template for a rollout', () => {
  const scaled = { ...deployment(0, 2, {}), spec: { ...deployment(0, 2, {}).spec, replicas: 5 } };
  const equal = { ...scaled, spec: { ...scaled.spec, template: structuredClone(templates[0]!) } };
  expect(
    rolloutsOf([
      [0, deployment(0, 1, {})],
      [1, scaled],
      [2, equal],
    ]),
  ).toHaveLength(1);
});
