/** Claims that wait for their first consumer, from the scheduler's choice of a node to the running pod. */
import { expect, test } from 'vitest';
import { run, sleep, type Task } from '../../src/client/task.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Write } from '../../src/model/observer.ts';
import type { Pod } from '../../src/model/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../src/model/storage.ts';
import { completeConfiguration } from '../../src/scheduler/configuration.ts';

const SECOND = 1_000_000;
const NODES = ['n1', 'n2', 'n3'].map((name) => ({ name, capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '50Gi' } }));

function storageClass(name: string, provisioner: string): StorageClass {
  const metadata = { name };
  return { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata, provisioner, volumeBindingMode: 'WaitForFirstConsumer' };
}

function claim(name: string, storageClassName: string): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
  };
}

function volume(name: string, storageClassName: string, node: string, capacity = '2Gi'): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: capacity },
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      local: { path: '/disk' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }] },
      },
    },
  };
}

function podWith(name: string, claimName: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      containers: [{ name: 'c', image: 'app:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    },
  };
}

interface World {
  readonly cluster: Cluster;
  readonly writes: Write[];
}

function world(objects: readonly (PersistentVolume | PersistentVolumeClaim | StorageClass)[], bindTimeoutSeconds = 600): World {
  const pluginConfig = [{ name: 'VolumeBinding', args: { bindTimeoutSeconds } }];
  const cluster = new Cluster({
    seed: 1,
    nodes: NODES,
    objects,
    // Who makes a volume, and when, is part of the tests.
    storageDrivers: false,
    schedulers: [{ name: 'kube-scheduler', configuration: completeConfiguration({ profiles: [{ pluginConfig }] }) }],
  });
  const writes: Write[] = [];
  cluster.observers.add({ wrote: (write) => void writes.push(write) });
  cluster.start();
  cluster.sim.runUntil(5 * SECOND);
  return { cluster, writes };
}

function create({ cluster }: World, pod: Pod): void {
  run(cluster.client('user').create('Pod', pod));
}

test('A claim that waits for its first consumer is bound to the volume on the node the pod was given', () => {
  const one = world([storageClass('local', 'kubernetes.io/no-provisioner'), claim('data', 'local'), volume('pv-2', 'local', 'n2')]);
  create(one, podWith('db', 'data'));
  one.cluster.sim.runUntil(60 * SECOND);
  const { api } = one.cluster;
  expect(api.get('Pod', 'default', 'db').spec.nodeName).toBe('n2');
  expect(api.get('Pod', 'default', 'db').status?.phase).toBe('Running');
  expect(api.get('PersistentVolumeClaim', 'default', 'data').spec.volumeName).toBe('pv-2');
  expect(api.get('PersistentVolume', undefined, 'pv-2').status?.phase).toBe('Bound');
  // The order of upstream: promise the volume, announce the node, see the claim bound at a poll, and only then bind the pod.
  const steps = one.writes
    .filter(({ author, kind }) => author === 'kube-scheduler' && (kind === 'Pod' || kind === 'PersistentVolume'))
    .map(({ kind, subresource, object }) =>
      kind === 'Pod' ? `${subresource} ${(object as Pod).status?.nominatedNodeName ?? '-'}` : 'promise',
    );
  expect(steps).toEqual(['status n2', 'promise', 'binding -']);
});

test('Two pods with equal claims get a volume and a node each: what is assumed is taken at once', () => {
  const one = world([
    storageClass('local', 'kubernetes.io/no-provisioner'),
    claim('a', 'local'),
    claim('b', 'local'),
    volume('pv-1', 'local', 'n1'),
    volume('pv-3', 'local', 'n3'),
  ]);
  create(one, podWith('a', 'a'));
  create(one, podWith('b', 'b'));
  one.cluster.sim.runUntil(60 * SECOND);
  const { api } = one.cluster;
  const nodes = ['a', 'b'].map((name) => api.get('Pod', 'default', name).spec.nodeName);
  const volumes = ['a', 'b'].map((name) => api.get('PersistentVolumeClaim', 'default', name).spec.volumeName);
  expect([...nodes].sort()).toEqual(['n1', 'n3']);
  expect([...volumes].sort()).toEqual(['pv-1', 'pv-3']);
  expect(nodes.map((node) => node?.at(-1))).toEqual(volumes.map((name) => name?.at(-1)));
});

test('A provisioner is told the node, makes a volume there, and the pod runs', () => {
  const one = world([storageClass('fast', 'csi.example.com'), claim('data', 'fast')]);
  const { cluster } = one;
  const client = cluster.client('csi-provisioner');
  // An external provisioner in a few lines: it acts on the annotation, as the real ones do.
  const provision = function* (): Task<void> {
    for (;;) {
      yield* sleep(cluster.sim, SECOND);
      const { metadata } = yield* client.get('PersistentVolumeClaim', 'default', 'data');
      const node = metadata.annotations?.['volume.kubernetes.io/selected-node'];
      if (node === undefined) continue;
      const { spec, ...made } = volume('pvc-1', 'fast', node);
      const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: metadata.uid ?? '' };
      yield* client.create('PersistentVolume', { ...made, spec: { ...spec, claimRef } });
      return;
    }
  };
  run(provision());
  create(one, podWith('db', 'data'));
  cluster.sim.runUntil(60 * SECOND);
  const pod = cluster.api.get('Pod', 'default', 'db');
  expect(pod.status?.phase).toBe('Running');
  expect(cluster.api.get('PersistentVolumeClaim', 'default', 'data').metadata.annotations?.['volume.kubernetes.io/selected-node']).toBe(
    pod.spec.nodeName,
  );
});

test('A pod whose volume never comes is given up after the bind timeout, and tried again', () => {
  const one = world([storageClass('fast', 'csi.example.com'), claim('data', 'fast')], 20);
  create(one, podWith('db', 'data'));
  one.cluster.sim.runUntil(40 * SECOND);
  const pod = one.cluster.api.get('Pod', 'default', 'db');
  expect(pod.spec.nodeName).toBeUndefined();
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  expect(condition).toMatchObject({
    status: 'False',
    reason: 'SchedulerError',
    message: 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
  });
});

test('A pod that waits for its volume loses its place to a more important one, and is not deleted for it', () => {
  const one = world([storageClass('fast', 'csi.example.com'), claim('data', 'fast')]);
  const asking = (pod: Pod, priority: number): Pod => ({
    ...pod,
    spec: {
      ...pod.spec,
      priority,
      nodeSelector: { 'kubernetes.io/hostname': 'n1' },
      containers: [{ name: 'c', image: 'app:1', resources: { requests: { cpu: '3' } } }],
    },
  });
  const { api, sim } = one.cluster;
  const classOf = (name: string, value: number) =>
    ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }) as never;
  run(one.cluster.client('user').create('PriorityClass', classOf('high', 10)));
  create(one, asking(podWith('waits', 'data'), 0));
  sim.runUntil(10 * SECOND);
  const { volumes: _, ...plain } = asking(podWith('important', 'data'), 10).spec;
  create(one, { ...podWith('important', 'data'), spec: { ...plain, priorityClassName: 'high' } });
  sim.runUntil(20 * SECOND);
  expect(api.get('Pod', 'default', 'important').spec.nodeName).toBe('n1');
  const waits = api.get('Pod', 'default', 'waits');
  expect([waits.spec.nodeName, waits.metadata.deletionTimestamp]).toEqual([undefined, undefined]);
  const errors = one.writes
    .filter(({ author, object }) => author === 'kube-scheduler' && object.metadata.name === 'waits')
    .flatMap(({ object }) => (object as Pod).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? []);
  expect(errors).toContain('running PreBind plugin "VolumeBinding": context canceled');
});
