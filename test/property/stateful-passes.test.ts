/**
 * A pass that looks only where its table sends it decides what the pass over all ordinals decides: runs with and without tables are the same
 * run, write for write.
 */
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import { OrdinalTables } from '../../src/controllers/statefulset/ordinal-tables.ts';
import type { KubeObject } from '../../src/model/meta.ts';
import type { Pod } from '../../src/model/pod.ts';
import type { StatefulSet } from '../../src/model/workloads.ts';

const SECOND_US = 1_000_000;
const LABELS = { app: 's' };

const STORAGE_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard' },
  provisioner: 'csi.example.com',
} as KubeObject;

const shape = fc.record({
  policy: fc.constantFrom('OrderedReady' as const, 'Parallel' as const),
  strategy: fc.constantFrom('RollingUpdate' as const, 'RollingUpdate' as const, 'OnDelete' as const),
  partition: fc.constantFrom(0, 0, 1, 2),
  start: fc.constantFrom(0, 0, 3),
  replicas: fc.integer({ min: 1, max: 4 }),
  minReadySeconds: fc.constantFrom(0, 0, 4),
  historyLimit: fc.constantFrom(0, 1, 10),
  claims: fc.constantFrom(0, 1, 2),
  whenDeleted: fc.constantFrom('Retain', 'Delete'),
  whenScaled: fc.constantFrom('Retain', 'Delete'),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const ON_SET = {
  image: (number: number) => ({ spec: { template: { spec: { containers: [{ name: 'c', image: `i:${number}` }] } } } }),
  scale: (number: number) => ({ spec: { replicas: number } }),
  partition: (number: number) => ({ spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: number % 3 } } } }),
  start: (number: number) => ({ spec: { ordinals: { start: number % 3 } } }),
  touch: (number: number) => ({ metadata: { annotations: { touched: `${number}` } } }),
  retention: (number: number) => ({
    spec: {
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: number % 2 === 0 ? 'Retain' : 'Delete',
        whenScaled: number < 2 ? 'Retain' : 'Delete',
      },
    },
  }),
  minReady: (number: number) => ({ spec: { minReadySeconds: number } }),
} as const;
const ON_POD = {
  label: () => ({ metadata: { labels: { app: 'stray' } } }),
  adopted: () => ({ metadata: { labels: LABELS } }),
  identity: () => ({ metadata: { labels: { 'statefulset.kubernetes.io/pod-name': 'nobody' } } }),
  orphan: () => ({ metadata: { ownerReferences: null } }),
} as const;
const ON_CLAIM = {
  disown: () => ({ metadata: { ownerReferences: null } }),
  seize: () => ({
    metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x', controller: true }] },
  }),
} as const;

const ON_REVISION = {
  renumber: (number: number) => ({ revision: number + 1 }),
  strayRevision: () => ({ metadata: { labels: { app: 'stray' } } }),
} as const;

const act = fc.record({
  atUs: fc.nat(90 * SECOND_US),
  what: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom('image' as const, 'image' as const, 'kill' as const, 'seize' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...(Object.keys(ON_SET) as (keyof typeof ON_SET)[]),
        ...(Object.keys(ON_POD) as (keyof typeof ON_POD)[]),
        ...(Object.keys(ON_CLAIM) as (keyof typeof ON_CLAIM)[]),
        ...(Object.keys(ON_REVISION) as (keyof typeof ON_REVISION)[]),
        'fail',
        'unready',
        'deleteClaim',
        'deleteRevision',
        'stranger',
        'delete',
      ),
    },
  ),
  number: fc.nat(4),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

afterEach(() => vi.restoreAllMocks());

test('A pass that asks its table and a pass over all ordinals lead to the same run', () => {
  fc.assert(
    fc.property(shape, fc.array(act, { maxLength: 10 }), (set, acts) => {
      const quick = runOf(set, acts);
      vi.spyOn(OrdinalTables.prototype, 'open').mockReturnValue(undefined);
      const whole = runOf(set, acts);
      vi.restoreAllMocks();
      expect(quick).toEqual(whole);
    }),
    { numRuns: 25 },
  );
});

test('Nearly every pass of an undisturbed set has a table', () => {
  const open = vi.spyOn(OrdinalTables.prototype, 'open');
  const claims = { claims: 1, whenDeleted: 'Delete', whenScaled: 'Delete' } as const;
  const set: Shape = {
    ...claims,
    policy: 'OrderedReady',
    strategy: 'RollingUpdate',
    partition: 0,
    start: 0,
    replicas: 4,
    minReadySeconds: 4,
    historyLimit: 10,
  };
  const { writes } = runOf(set, [{ atUs: 100 * SECOND_US, what: 'image', number: 2 }], 300);
  expect(open.mock.results.length).toBeGreaterThan(20);
  expect(open.mock.results.every(({ value }) => value !== undefined)).toBe(true);
  expect(writes.filter((write) => write.includes(' create Pod binding')).length).toBe(8);
});

function runOf(set: Shape, acts: readonly Act[], seconds = 120): { writes: string[]; digest: string } {
  const nodes = ['a', 'b'].map((name) => ({ name, capacity: { cpu: 8, memory: '16Gi' }, images: ['i:0', 'i:1', 'i:2'] }));
  const cluster = new Cluster({ seed: 3, nodes, objects: [STORAGE_CLASS] });
  const writes: string[] = [];
  cluster.observers.add({
    wrote: ({ timeUs, verb, kind, subresource, object }) => {
      if (kind !== 'Lease') writes.push(`${timeUs} ${verb} ${kind} ${subresource} ${JSON.stringify(object)}`);
    },
  });
  cluster.start();
  cluster.client('kubectl').send(true, (api, by) => api.create('StatefulSet', statefulSet(set), by));
  for (const one of acts) cluster.sim.after(one.atUs, () => play(cluster, one));
  cluster.sim.runUntil(seconds * SECOND_US);
  return { writes, digest: cluster.sim.digest };
}

function play(cluster: Cluster, { what, number }: Act): void {
  const client = cluster.client('kubectl');
  const { store } = cluster.api;
  const nameOf = (kind: 'Pod' | 'PersistentVolumeClaim' | 'ControllerRevision') => {
    const all = [...store.values(kind)].filter(({ metadata }) => metadata.namespace === 'default');
    return all[number % Math.max(1, all.length)]?.metadata.name;
  };
  const patch = (
    kind: 'StatefulSet' | 'Pod' | 'PersistentVolumeClaim' | 'ControllerRevision',
    name: string | undefined,
    body: object,
    subresource?: 'status',
  ) => {
    if (name === undefined) return;
    const type = kind === 'StatefulSet' ? 'strategic' : 'merge';
    client.send(true, (api, by) => api.patch(kind, 'default', name, { type, body }, by, subresource));
  };
  const remove = (kind: 'StatefulSet' | 'Pod' | 'PersistentVolumeClaim' | 'ControllerRevision', name: string | undefined) => {
    if (name !== undefined) client.send(true, (api, by) => api.delete(kind, 'default', name, {}, by));
  };
  if (what in ON_SET) return patch('StatefulSet', 's', ON_SET[what as keyof typeof ON_SET](number));
  if (what in ON_POD) return patch('Pod', nameOf('Pod'), ON_POD[what as keyof typeof ON_POD]());
  if (what in ON_CLAIM) return patch('PersistentVolumeClaim', nameOf('PersistentVolumeClaim'), ON_CLAIM[what as keyof typeof ON_CLAIM]());
  if (what in ON_REVISION) {
    return patch('ControllerRevision', nameOf('ControllerRevision'), ON_REVISION[what as keyof typeof ON_REVISION](number));
  }
  switch (what) {
    case 'kill':
      return remove('Pod', nameOf('Pod'));
    case 'fail':
      return patch('Pod', nameOf('Pod'), { status: { phase: number % 2 === 0 ? 'Failed' : 'Succeeded' } }, 'status');
    case 'unready':
      return patch('Pod', nameOf('Pod'), { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'status');
    case 'deleteClaim':
      return remove('PersistentVolumeClaim', nameOf('PersistentVolumeClaim'));
    case 'deleteRevision':
      return remove('ControllerRevision', nameOf('ControllerRevision'));
    case 'stranger': {
      const pod: Pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `s-${number > 2 ? '01' : number}`, namespace: 'default', labels: LABELS },
        spec: { containers: [{ name: 'c', image: 'i:1' }] },
      };
      return client.send(true, (api, by) => api.create('Pod', pod, by));
    }
    default:
      return remove('StatefulSet', 's');
  }
}

function statefulSet(set: Shape): StatefulSet {
  const { policy, strategy, partition, start, replicas, minReadySeconds, historyLimit, claims, whenDeleted, whenScaled } = set;
  const claim = (index: number) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `data${index}` },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', resources: { requests: { storage: '1Gi' } } },
  });
  const spec = {
    replicas,
    podManagementPolicy: policy,
    minReadySeconds,
    revisionHistoryLimit: historyLimit,
    serviceName: 's',
    ...(start === 0 ? {} : { ordinals: { start } }),
    updateStrategy: { type: strategy, ...(strategy === 'OnDelete' ? {} : { rollingUpdate: { partition } }) },
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'i:1' }] } },
    ...(claims === 0 ? {} : { volumeClaimTemplates: Array.from({ length: claims }, (_, index) => claim(index)) }),
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
  };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's', namespace: 'default' }, spec } as unknown as StatefulSet;
}
