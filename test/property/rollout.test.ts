import { assert, integer, property, record } from 'fast-check';
import { describe, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { isPodActive, isPodReady } from '../../src/model/pod.ts';
import type { Deployment } from '../../src/model/workloads.ts';
import { deploymentOf } from '../support/small-cluster.ts';

interface Plan {
  readonly seed: number;
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

const plans = record({
  seed: integer({ min: 0, max: 1_000_000 }),
  replicas: integer({ min: 1, max: 9 }),
  maxSurge: integer({ min: 0, max: 4 }),
  maxUnavailable: integer({ min: 0, max: 4 }),
});

function rollingDeployment({ replicas, maxSurge, maxUnavailable }: Plan): Deployment {
  // Both zero is refused; the API server's validation is not what is under test here.
  const rollingUpdate = { maxSurge: maxSurge + maxUnavailable === 0 ? 1 : maxSurge, maxUnavailable };
  const plain = deploymentOf('web', replicas);
  return { ...plain, spec: { ...plain.spec, strategy: { type: 'RollingUpdate', rollingUpdate } } };
}

function rolledOut(plan: Plan): string {
  const nodes = Array.from({ length: 3 }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '8', memory: '16Gi' } }));
  // Caches that keep up: upstream, too, counts a pod as available that its set has deleted but not yet reported, and goes below by it.
  const instant = { kind: 'constant', valueUs: 10 } as const;
  const cluster = new Cluster({
    seed: plan.seed,
    nodes,
    watchHop: { kind: 'constant', valueUs: 1 },
    requestLatencies: { write: instant, read: instant, answer: instant },
    controllers: { kubeApiQps: 1_000_000, kubeApiBurst: 1_000_000 },
  });
  cluster.start();
  const wanted = rollingDeployment(plan);
  const { maxSurge, maxUnavailable } = wanted.spec.strategy!.rollingUpdate as { maxSurge: number; maxUnavailable: number };
  cluster.client('kubectl').send(true, (api, request) => api.create('Deployment', wanted, request));
  cluster.sim.runUntil(90 * SECOND_US);
  const ready = () => cluster.api.list('Pod', { namespace: 'default' }).items.filter((pod) => isPodActive(pod) && isPodReady(pod)).length;
  if (ready() !== plan.replicas) return `only ${ready()} pods were ready before the rollout`;

  let broken = '';
  cluster.observers.add({
    wrote: ({ kind }) => {
      if (kind !== 'Pod' && kind !== 'ReplicaSet') return;
      const size = cluster.api.list('ReplicaSet', { namespace: 'default' }).items.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
      if (size > plan.replicas + maxSurge) broken ||= `sets of ${size} pods together`;
      if (ready() < plan.replicas - maxUnavailable) broken ||= `only ${ready()} pods ready`;
    },
  });
  const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'web:v2' }] } } } };
  cluster.client('kubectl').send(true, (api, request) => api.patch('Deployment', 'default', 'web', { type: 'strategic', body }, request));
  cluster.sim.runUntil(600 * SECOND_US);
  const pods = cluster.api.list('Pod', { namespace: 'default' }).items;
  if (pods.length !== plan.replicas || pods.some((pod) => pod.spec.containers[0]!.image !== 'web:v2')) broken ||= 'not converged';
  return broken;
}

describe('A rolling update', () => {
  test('never grows beyond its surge, never falls below what must be available while caches keep up, and ends on the new template alone', () => {
    assert(
      property(plans, (plan) => {
        const broken = rolledOut(plan);
        if (broken !== '') throw new Error(broken);
      }),
      { numRuns: 12, seed: 7 },
    );
  }, 60_000);
});
