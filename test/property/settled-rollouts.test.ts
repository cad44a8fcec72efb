/** A pass over a settled rollout decides what the whole pass decides: runs with and without the short cut are the same run. */
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import { SettledRollouts } from '../../src/controllers/deployment/settled-rollouts.ts';
import type { Deployment } from '../../src/model/workloads.ts';

const SECOND_US = 1_000_000;
const LABELS = { app: 'd' };

const ON_DEPLOYMENT = {
  image: (number: number) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: `i:${number}` }] } } } }),
  scale: (number: number) => ({ spec: { replicas: number } }),
  touch: (number: number) => ({ metadata: { annotations: { touched: `${number}` } } }),
  pause: (number: number) => ({ spec: { paused: number % 2 === 0 } }),
  strategy: (number: number) => ({ spec: { strategy: { $retainKeys: ['type'], type: number % 2 === 0 ? 'Recreate' : 'RollingUpdate' } } }),
  deadline: (number: number) => ({ spec: { progressDeadlineSeconds: number % 2 === 0 ? 2_147_483_647 : 5 } }),
  minReady: (number: number) => ({ spec: { minReadySeconds: number } }),
  surge: (number: number) => ({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: number + 1 } } } }),
  rollback: (number: number) => ({ metadata: { annotations: { 'deprecated.deployment.rollback.to': `${number}` } } }),
} as const;
const ON_REPLICA_SET = {
  size: (number: number) => ({ spec: { replicas: number } }),
  annotate: (number: number) => ({ metadata: { annotations: { 'deployment.kubernetes.io/desired-replicas': `${number}` } } }),
  note: (number: number) => ({ metadata: { annotations: { note: `${number}` } } }),
  stray: () => ({ metadata: { labels: { app: 'stray' } } }),
  orphan: () => ({ metadata: { ownerReferences: null } }),
} as const;

const act = fc.record({
  atUs: fc.nat(60 * SECOND_US),
  what: fc.constantFrom(
    ...(Object.keys(ON_DEPLOYMENT) as (keyof typeof ON_DEPLOYMENT)[]),
    ...(Object.keys(ON_REPLICA_SET) as (keyof typeof ON_REPLICA_SET)[]),
    'kill',
    'deleteSet',
    'delete',
    'forget',
  ),
  number: fc.nat(4),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

afterEach(() => vi.restoreAllMocks());

test('A pass over a settled rollout and a whole pass lead to the same run', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 6 }), (acts) => {
      const quick = runOf(acts);
      vi.spyOn(SettledRollouts.prototype, 'has').mockReturnValue(false);
      const whole = runOf(acts);
      vi.restoreAllMocks();
      expect(quick).toEqual(whole);
    }),
    { numRuns: 15 },
  );
});

test('Most passes of an undisturbed rollout are such', () => {
  const has = vi.spyOn(SettledRollouts.prototype, 'has');
  runOf([]);
  const answers = has.mock.results.map(({ value }) => value);
  expect(answers.filter(Boolean).length).toBeGreaterThan(answers.length / 2);
});

function runOf(acts: readonly Act[]): { writes: string[]; digest: string } {
  const nodes = ['a', 'b'].map((name) => ({ name, capacity: { cpu: 8, memory: '16Gi' }, images: ['i:1', 'i:2'] }));
  const cluster = new Cluster({ seed: 3, nodes });
  const writes: string[] = [];
  cluster.observers.add({
    wrote: ({ timeUs, verb, kind, subresource, object }) => {
      if (kind !== 'Lease') writes.push(`${timeUs} ${verb} ${kind} ${subresource} ${JSON.stringify(object)}`);
    },
  });
  cluster.start();
  cluster.client('kubectl').send(true, (api, by) => api.create('Deployment', deployment(), by));
  for (const one of acts) cluster.sim.after(one.atUs, () => play(cluster, one));
  cluster.sim.runUntil(90 * SECOND_US);
  return { writes, digest: cluster.sim.digest };
}

function play(cluster: Cluster, { what, number }: Act): void {
  const client = cluster.client('kubectl');
  const patch = (kind: 'Deployment' | 'ReplicaSet', name: string | undefined, body: object) => {
    if (name !== undefined) client.send(true, (api, by) => api.patch(kind, 'default', name, { type: 'strategic', body }, by));
  };
  const sets = [...cluster.api.store.values('ReplicaSet')];
  const set = sets[number % Math.max(1, sets.length)]?.metadata.name;
  if (what === 'kill') {
    const pods = [...cluster.api.store.values('Pod')];
    const pod = pods[number % Math.max(1, pods.length)]?.metadata.name;
    if (pod !== undefined) client.send(true, (api, by) => api.delete('Pod', 'default', pod, {}, by));
  } else if (what === 'deleteSet') {
    if (set !== undefined) client.send(true, (api, by) => api.delete('ReplicaSet', 'default', set, {}, by));
  } else if (what === 'delete') {
    const propagationPolicy = number % 2 === 0 ? 'Foreground' : 'Background';
    client.send(true, (api, by) => api.delete('Deployment', 'default', 'd', { propagationPolicy }, by));
  } else if (what === 'forget') {
    // Somebody else writes the status, as the real controller has to expect.
    const body = { status: { conditions: null } };
    client.send(true, (api, by) => api.patch('Deployment', 'default', 'd', { type: 'merge', body }, by, 'status'));
  } else if (what in ON_DEPLOYMENT) patch('Deployment', 'd', ON_DEPLOYMENT[what as keyof typeof ON_DEPLOYMENT](number));
  else patch('ReplicaSet', set, ON_REPLICA_SET[what as keyof typeof ON_REPLICA_SET](number));
}

function deployment(): Deployment {
  const spec = {
    replicas: 3,
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'i:1' }] } },
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'default' }, spec };
}
