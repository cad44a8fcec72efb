/** A pass cut short by sums decides what the whole pass decides: runs with and without the short cut are the same run. */
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import { NodeTables } from '../../src/controllers/daemonset/node-tables.ts';
import { PodTallies } from '../../src/controllers/replicaset/pod-tally.ts';
import { OrdinalTables } from '../../src/controllers/statefulset/ordinal-tables.ts';
import type { PodTemplate } from '../../src/model/pod.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../../src/model/workloads.ts';

const SECOND_US = 1_000_000;
const KINDS = ['StatefulSet', 'DaemonSet', 'Deployment'] as const;

const act = fc.record({
  atUs: fc.nat(60 * SECOND_US),
  kind: fc.constantFrom(...KINDS),
  what: fc.constantFrom('image', 'scale', 'kill', 'taint', 'label', 'touch', 'orphan'),
  number: fc.nat(4),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

afterEach(() => vi.restoreAllMocks());

test('A pass over sums and a pass over all pods lead to the same run', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 6 }), fc.boolean(), fc.constantFrom(0, 2), (acts, isParallel, minReadySeconds) => {
      const quick = runOf(acts, isParallel, minReadySeconds);
      vi.spyOn(OrdinalTables.prototype, 'open').mockReturnValue(undefined);
      vi.spyOn(NodeTables.prototype, 'of').mockReturnValue(undefined);
      const sums = PodTallies.prototype.of;
      // A pod that seems to be another's sends the ReplicaSet controller to its lists.
      vi.spyOn(PodTallies.prototype, 'of').mockImplementation(function (this: PodTallies, set) {
        return { ...sums.call(this, set), foreign: 1 };
      });
      const whole = runOf(acts, isParallel, minReadySeconds);
      vi.restoreAllMocks();
      expect(quick).toEqual(whole);
    }),
    { numRuns: 12 },
  );
});

function runOf(acts: readonly Act[], isParallel: boolean, minReadySeconds: number): { writes: string[]; digest: string } {
  const cluster = new Cluster({
    seed: 3,
    nodes: ['a', 'b', 'c'].map((name) => ({ name, capacity: { cpu: 8, memory: '16Gi' }, images: ['i:1'] })),
  });
  const writes: string[] = [];
  cluster.observers.add({
    wrote: ({ timeUs, verb, kind, subresource, object }) => {
      if (kind !== 'Lease') writes.push(`${timeUs} ${verb} ${kind} ${subresource} ${JSON.stringify(object)}`);
    },
  });
  cluster.start();
  const client = cluster.client('kubectl');
  client.send(true, (api, by) => api.create('StatefulSet', statefulSet(isParallel, minReadySeconds), by));
  client.send(true, (api, by) => api.create('DaemonSet', daemonSet(minReadySeconds), by));
  client.send(true, (api, by) => api.create('Deployment', deployment(minReadySeconds), by));
  for (const one of acts) cluster.sim.after(one.atUs, () => play(cluster, one));
  cluster.sim.runUntil(90 * SECOND_US);
  return { writes, digest: cluster.sim.digest };
}

function play(cluster: Cluster, { kind, what, number }: Act): void {
  const client = cluster.client('kubectl');
  const name = kind.toLowerCase();
  const patch = (body: object) => client.send(true, (api, by) => api.patch(kind, 'default', name, { type: 'strategic', body }, by));
  const pods = [...cluster.api.store.values('Pod')].filter((pod) => pod.metadata.labels?.app === name);
  const pod = pods[number % Math.max(1, pods.length)]?.metadata.name;
  const onPod = (body: object) => {
    if (pod !== undefined) client.send(true, (api, by) => api.patch('Pod', 'default', pod, { type: 'strategic', body }, by));
  };
  switch (what) {
    case 'image':
      return patch({ spec: { template: { spec: { containers: [{ name: 'c', image: `i:${number}` }] } } } });
    case 'scale':
      return kind === 'DaemonSet' ? undefined : patch({ spec: { replicas: number } });
    case 'kill':
      return pod === undefined ? undefined : client.send(true, (api, by) => api.delete('Pod', 'default', pod, {}, by));
    case 'label':
      return onPod({ metadata: { labels: { app: 'stray' } } });
    case 'touch':
      return patch({ metadata: { annotations: { touched: `${number}` } } });
    case 'orphan':
      return onPod({ metadata: { ownerReferences: null } });
    default:
      return client.send(true, (api, by) =>
        api.patch('Node', undefined, 'b', { type: 'merge', body: { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } } }, by),
      );
  }
}

const TEMPLATE = (app: string): PodTemplate => ({
  metadata: { labels: { app } },
  spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'i:1' }] },
});

function statefulSet(isParallel: boolean, minReadySeconds: number): StatefulSet {
  const podManagementPolicy = isParallel ? 'Parallel' : 'OrderedReady';
  const selector = { matchLabels: { app: 'statefulset' } };
  const spec = {
    replicas: 3,
    podManagementPolicy,
    minReadySeconds,
    serviceName: 's',
    selector,
    template: TEMPLATE('statefulset'),
  } as const;
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'statefulset', namespace: 'default' }, spec };
}

function daemonSet(minReadySeconds: number): DaemonSet {
  const spec = { minReadySeconds, selector: { matchLabels: { app: 'daemonset' } }, template: TEMPLATE('daemonset') };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'daemonset', namespace: 'default' }, spec };
}

function deployment(minReadySeconds: number): Deployment {
  const spec = { replicas: 3, minReadySeconds, selector: { matchLabels: { app: 'deployment' } }, template: TEMPLATE('deployment') };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'deployment', namespace: 'default' }, spec };
}
