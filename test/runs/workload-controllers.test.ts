import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { DEFAULT_BEHAVIOUR } from '../../src/model/behaviour.ts';
import type { Kind, KindMap } from '../../src/model/kinds.ts';
import type { Write } from '../../src/model/observer.ts';
import { constantUs } from '../../src/sim/distribution.ts';

function startedCluster(exitCode = 0): Cluster {
  const nodes = Array.from({ length: 3 }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } }));
  const batch = { ...DEFAULT_BEHAVIOUR, match: { kind: 'batch' }, run: constantUs(5 * SECOND_US), exitCode };
  const cluster = new Cluster({ seed: 7, nodes, behaviours: [batch] });
  cluster.start();
  return cluster;
}

function create<K extends Kind>(cluster: Cluster, kind: K, object: unknown): void {
  cluster.client('kubectl').send(true, (api, request) => api.create(kind, object as KindMap[K], request));
}

function job(spec: object): object {
  const template = {
    metadata: { labels: { kind: 'batch' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'work:v1' }] },
  };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'work', namespace: 'default' }, spec: { ...spec, template } };
}

test('Job runs its completions no more than its parallelism at a time, counts each once and lets its pods go', () => {
  const cluster = startedCluster();
  let most = 0;
  cluster.observers.add({
    wrote: () => {
      const active = cluster.api
        .list('Pod', { namespace: 'default' })
        .items.filter((pod) => !/Succeeded|Failed/.test(pod.status?.phase ?? ''));
      most = Math.max(most, active.length);
    },
  });
  create(cluster, 'Job', job({ completions: 5, parallelism: 2 }));
  cluster.sim.runUntil(120 * SECOND_US);
  const { status } = cluster.api.get('Job', 'default', 'work');
  expect(status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0 });
  expect(status?.conditions?.map((condition) => condition.type)).toEqual(['SuccessCriteriaMet', 'Complete']);
  expect(most).toBe(2);
  const pods = cluster.api.list('Pod', { namespace: 'default' }).items;
  expect(pods).toHaveLength(5);
  expect(pods.flatMap((pod) => pod.metadata.finalizers ?? [])).toEqual([]);
});

test('Job gives up after its backoff limit, waiting ten seconds and then twice as long between its pods', () => {
  const cluster = startedCluster(1);
  const created: number[] = [];
  cluster.observers.add({
    wrote: (write: Write) =>
      void (write.kind === 'Pod' && write.verb === 'create' && write.subresource === '' && created.push(write.timeUs)),
  });
  create(cluster, 'Job', job({ backoffLimit: 2, ttlSecondsAfterFinished: 30 }));
  cluster.sim.runUntil(75 * SECOND_US);
  const { status } = cluster.api.get('Job', 'default', 'work');
  expect(status?.failed).toBe(3);
  expect(status?.conditions?.map((condition) => condition.type)).toEqual(['FailureTarget', 'Failed']);
  expect(created).toHaveLength(3);
  const gaps = [created[1]! - created[0]!, created[2]! - created[1]!].map((gap) => Math.round(gap / SECOND_US));
  expect(gaps[0]).toBeGreaterThanOrEqual(14);
  expect(gaps[1]).toBeGreaterThanOrEqual(24);
  cluster.sim.runUntil(180 * SECOND_US);
  expect(cluster.api.list('Job', { namespace: 'default' }).items).toEqual([]);
});

test('Job of indexes runs every index once', () => {
  const cluster = startedCluster();
  create(cluster, 'Job', job({ completions: 4, parallelism: 3, completionMode: 'Indexed' }));
  cluster.sim.runUntil(120 * SECOND_US);
  expect(cluster.api.get('Job', 'default', 'work').status).toMatchObject({ succeeded: 4, completedIndexes: '0-3' });
});

const labels = { app: 'db' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'db:v1' }] } };

test('StatefulSet brings its pods up in order and updates them from the highest down', () => {
  const cluster = startedCluster();
  const ready: string[] = [];
  cluster.observers.add({
    wrote: ({ kind, object, verb, subresource }: Write) =>
      void (
        kind === 'Pod' &&
        verb === 'create' &&
        subresource === '' &&
        object.metadata.name.startsWith('db-') &&
        ready.push(object.metadata.name)
      ),
  });
  const spec = { replicas: 3, serviceName: 'db', selector: { matchLabels: labels }, template };
  create(cluster, 'StatefulSet', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'default' }, spec });
  cluster.sim.runUntil(60 * SECOND_US);
  expect(ready).toEqual(['db-0', 'db-1', 'db-2']);
  expect(cluster.api.get('StatefulSet', 'default', 'db').status).toMatchObject({
    readyReplicas: 3,
    currentReplicas: 3,
    currentRevision: 'db-fc885c6b7',
  });
  const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'db:v2' }] } } } };
  cluster.client('kubectl').send(true, (api, request) => api.patch('StatefulSet', 'default', 'db', { type: 'merge', body }, request));
  cluster.sim.runUntil(240 * SECOND_US);
  expect(ready.slice(3)).toEqual(['db-2', 'db-1', 'db-0']);
  expect(cluster.api.get('StatefulSet', 'default', 'db').status).toMatchObject({ updatedReplicas: 3, currentRevision: 'db-549f648dc8' });
});

test('DaemonSet keeps a pod on every node and rolls them one by one', () => {
  const cluster = startedCluster();
  const spec = { selector: { matchLabels: labels }, template };
  create(cluster, 'DaemonSet', { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'default' }, spec });
  cluster.sim.runUntil(60 * SECOND_US);
  const nodes = () =>
    cluster.api
      .list('Pod', { namespace: 'default' })
      .items.map((pod) => pod.spec.nodeName)
      .sort();
  expect(nodes()).toEqual(['n0', 'n1', 'n2']);
  const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'agent:v2' }] } } } };
  cluster.client('kubectl').send(true, (api, request) => api.patch('DaemonSet', 'default', 'agent', { type: 'merge', body }, request));
  let least = 3;
  for (let second = 61; second <= 240; second++) {
    cluster.sim.runUntil(second * SECOND_US);
    least = Math.min(least, cluster.api.get('DaemonSet', 'default', 'agent').status?.numberAvailable ?? 0);
  }
  expect(nodes()).toEqual(['n0', 'n1', 'n2']);
  expect(least).toBe(2);
  expect(cluster.api.get('DaemonSet', 'default', 'agent').status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
});

test('HorizontalPodAutoscaler reads what the processes use and scales the Deployment up to its maximum', () => {
  const nodes = Array.from({ length: 3 }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } }));
  const busy = { ...DEFAULT_BEHAVIOUR, match: { app: 'web' }, cpuMilli: 190 };
  const cluster = new Cluster({ seed: 7, nodes, behaviours: [busy] });
  cluster.start();
  const container = { name: 'c', image: 'web:v1', resources: { requests: { cpu: '200m' } } };
  const web = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: web };
  create(cluster, 'Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec });
  const target = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 5 };
  const metadata = { name: 'web', namespace: 'default' };
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }];
  create(cluster, 'HorizontalPodAutoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: { ...target, metrics },
  });
  cluster.sim.runUntil(400 * SECOND_US);
  expect(cluster.api.get('Deployment', 'default', 'web').spec.replicas).toBe(5);
  const { status } = cluster.api.get('HorizontalPodAutoscaler', 'default', 'web');
  expect(status).toMatchObject({ currentReplicas: 5, desiredReplicas: 5 });
  expect(status?.currentMetrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 95, averageValue: '190m' } } },
  ]);
});
