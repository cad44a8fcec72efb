/**
 * What the controllers cost as what they look after grows: each case at several sizes, and the exponent its cost grows with. An exponent
 * of 1 is linear. Cost is the processor time of the whole run: controllers, and the API server, kubelets and a plain scheduler under them.
 */
import { SECOND_US } from '../src/base/units.ts';
import { Cluster } from '../src/cluster/cluster.ts';
import type { Job } from '../src/model/batch.ts';
import type { ConfigMap } from '../src/model/configuration.ts';
import type { OwnerReference } from '../src/model/meta.ts';
import type { PodTemplate } from '../src/model/pod.ts';
import type { Service } from '../src/model/service.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../src/model/workloads.ts';
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from '../src/scheduler/configuration.ts';
import { DEFAULT_PROFILE } from '../src/scheduler/profile-spec.ts';
import { type Benchmark, type Measurement, measurement, type Size } from './measure.ts';

interface Case {
  readonly name: string;
  /** What the sizes count. */
  readonly unit: string;
  readonly sizes: { readonly [size in Size]: readonly number[] };
  /** Runs the case at one size; the cluster as it is afterwards. */
  readonly run: (count: number) => Cluster;
}

export const CASES: readonly Case[] = [
  { name: 'rollout of Deployments x 50 pods', unit: 'deployments', sizes: { small: [4, 8], full: [250, 1000] }, run: rollouts },
  {
    name: 'StatefulSet, parallel',
    unit: 'pods',
    sizes: { small: [100, 200], full: [2500, 5000, 10_000] },
    run: (count) => statefulSet(count, 'Parallel'),
  },
  {
    name: 'StatefulSet, in order',
    unit: 'pods',
    sizes: { small: [100, 200], full: [2500, 5000, 10_000] },
    run: (count) => statefulSet(count, 'OrderedReady'),
  },
  { name: 'pods behind one Service', unit: 'pods', sizes: { small: [100, 200], full: [1250, 2500, 5000] }, run: behindService },
  { name: 'DaemonSet over nodes', unit: 'nodes', sizes: { small: [100, 200], full: [3750, 7500, 15_000] }, run: daemonSet },
  { name: 'Jobs in an hour', unit: 'jobs', sizes: { small: [100, 200], full: [25_000, 100_000] }, run: jobs },
  {
    name: 'dependants of one deleted owner',
    unit: 'objects',
    sizes: { small: [200, 400], full: [25_000, 50_000, 100_000] },
    run: dependants,
  },
];

const TEMPLATE = (app: string, image = 'app:v1'): PodTemplate => ({
  metadata: { labels: { app } },
  // On their nodes' network, so that a few large nodes hold them all and only the controllers' load grows.
  spec: { hostNetwork: true, terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, imagePullPolicy: 'IfNotPresent' }] },
});
const LIMIT_US = 24 * 3600 * SECOND_US;

/** Filters by resources and scores nothing, on the fewest nodes there can be: what is measured here is not the scheduler. */
const PLAIN_SCHEDULER: SchedulerConfiguration = {
  ...DEFAULT_CONFIGURATION,
  percentageOfNodesToScore: 1,
  clientConnection: { qps: 0, burst: 0 },
  profiles: [
    {
      ...DEFAULT_PROFILE,
      points: {
        ...DEFAULT_PROFILE.points,
        preFilter: ['NodeAffinity', 'NodeResourcesFit'],
        filter: ['NodeName', 'NodeAffinity', 'NodeResourcesFit'],
        preScore: [],
        score: [],
      },
    },
  ],
};

export const controllers: Benchmark = async (size, only = '') => {
  const measurements: Measurement[] = [];
  for (const one of CASES) if (one.name.includes(only)) measurements.push(...measure(one, one.sizes[size]));
  return measurements;
};

function measure({ name, unit, run }: Case, counts: readonly number[]): Measurement[] {
  const points = counts.map((count) => {
    const before = process.cpuUsage();
    const { sim } = run(count);
    const seconds = process.cpuUsage(before).user / 1e6;
    return { count, seconds, events: sim.eventCount, digest: sim.digest };
  });
  const exponent = growthExponent(points.map(({ count, seconds }) => [count, seconds]));
  return points.map(({ count, seconds, events, digest }) =>
    measurement(
      {
        bench: 'controllers',
        case: `${name}: ${count.toLocaleString('en')}`,
        unit: `${unit} a processor second`,
        checksum: digest,
        extra: {
          processorSeconds: Number(seconds.toFixed(2)),
          eventsEach: Number((events / count).toFixed(1)),
          exponent: exponent.toFixed(2),
        },
      },
      [count / seconds],
    ),
  );
}

/** The slope of the line through the logarithms, by least squares. */
export function growthExponent(points: readonly (readonly [count: number, cost: number])[]): number {
  const xs = points.map(([count]) => Math.log(count));
  const ys = points.map(([, cost]) => Math.log(cost));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, x, i) => sum + (x - meanX) * (ys[i]! - meanY), 0);
  return covariance / xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
}

/** Every Deployment is brought up, and then rolled to another image. */
function rollouts(count: number): Cluster {
  const cluster = clusterOf(100);
  const client = cluster.client('kubectl');
  const deployment = (index: number): Deployment => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `app-${index}`, namespace: 'default' },
    spec: { replicas: 50, selector: { matchLabels: { app: `app-${index}` } }, template: TEMPLATE(`app-${index}`) },
  });
  for (let index = 0; index < count; index++) client.send(true, (api, by) => api.create('Deployment', deployment(index), by));
  const areComplete = (image: string) =>
    countOf(cluster, 'Deployment', ({ metadata, spec, status }) => {
      // What was complete before the change says so until the controller has seen it.
      const isNew = spec.template.spec.containers[0]!.image === image && status?.observedGeneration === metadata.generation;
      return isNew && status?.updatedReplicas === 50 && status.availableReplicas === 50 && status.replicas === 50;
    }) === count;
  runUntil(cluster, () => areComplete('app:v1'));
  const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'app:v2' }] } } } };
  for (let index = 0; index < count; index++) {
    client.send(true, (api, by) => api.patch('Deployment', 'default', `app-${index}`, { type: 'strategic', body }, by));
  }
  runUntil(cluster, () => areComplete('app:v2'));
  return cluster;
}

function statefulSet(count: number, podManagementPolicy: 'Parallel' | 'OrderedReady'): Cluster {
  const cluster = clusterOf(100);
  const set: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas: count,
      podManagementPolicy,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: TEMPLATE('db'),
    },
  };
  cluster.client('kubectl').send(true, (api, by) => api.create('StatefulSet', set, by));
  runUntil(cluster, () => countOf(cluster, 'StatefulSet', ({ status }) => status?.availableReplicas === count) === 1);
  return cluster;
}

/** They come up, and the slices and the one Endpoints of their Service follow, pod by pod. */
function behindService(count: number): Cluster {
  const cluster = clusterOf(100);
  const client = cluster.client('kubectl');
  const metadata = { name: 'web', namespace: 'default' };
  const labels = { app: 'web' };
  const service: Service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } };
  const spec = { replicas: count, selector: { matchLabels: labels }, template: TEMPLATE('web') };
  client.send(true, (api, by) => api.create('Service', service, by));
  client.send(true, (api, by) => api.create('Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec }, by));
  const readyCount = () => {
    let ready = 0;
    for (const { endpoints } of cluster.api.store.values('EndpointSlice')) ready += endpoints.filter((one) => one.conditions?.ready).length;
    return ready;
  };
  runUntil(cluster, () => readyCount() >= count);
  return cluster;
}

function daemonSet(count: number): Cluster {
  const cluster = clusterOf(count);
  const set: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: TEMPLATE('agent') },
  };
  cluster.client('kubectl').send(true, (api, by) => api.create('DaemonSet', set, by));
  runUntil(cluster, () => countOf(cluster, 'DaemonSet', ({ status }) => status?.numberAvailable === count) === 1);
  return cluster;
}

/** They come evenly over the hour, run for ten seconds each, and are removed a minute later. */
function jobs(count: number): Cluster {
  const cluster = clusterOf(100);
  const client = cluster.client('kubectl');
  const job = (index: number): Job => {
    const { metadata, spec } = TEMPLATE('task');
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `job-${index}`, namespace: 'default' },
      spec: { ttlSecondsAfterFinished: 60, template: { metadata: { ...metadata }, spec: { ...spec, restartPolicy: 'Never' } } },
    };
  };
  const periodUs = (3600 * SECOND_US) / count;
  for (let index = 0; index < count; index++) {
    cluster.sim.after(Math.round(index * periodUs), () => client.send(true, (api, by) => api.create('Job', job(index), by)));
  }
  cluster.sim.runUntil(3600 * SECOND_US);
  runUntil(cluster, () => cluster.api.store.size('Job') === 0);
  return cluster;
}

function dependants(count: number): Cluster {
  const cluster = clusterOf(1);
  const client = cluster.client('kubectl');
  const map = (name: string, owner?: OwnerReference): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
  });
  const { uid = '' } = cluster.api.create('ConfigMap', map('owner'), { author: 'kubectl' }).metadata;
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, blockOwnerDeletion: true };
  for (let index = 0; index < count; index++) client.send(true, (api, by) => api.create('ConfigMap', map(`dependant-${index}`, owner), by));
  cluster.sim.runUntil(10 * SECOND_US);
  client.send(true, (api, by) => api.delete('ConfigMap', 'default', 'owner', { propagationPolicy: 'Foreground' }, by));
  runUntil(
    cluster,
    () => countOf(cluster, 'ConfigMap', ({ metadata }) => metadata.namespace === 'default' && metadata.name !== 'kube-root-ca.crt') === 0,
  );
  return cluster;
}

function clusterOf(nodes: number): Cluster {
  const cluster = new Cluster({
    seed: 1,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `node-${index}`,
      capacity: { cpu: 10_000, memory: '100Ti' },
      images: ['app:v1', 'app:v2'],
      kubelet: { maxPods: 100_000, kubeApiQps: 0, kubeApiBurst: 0 },
    })),
    controllers: { kubeApiQps: 0, kubeApiBurst: 0, concurrentSyncs: 20 },
    schedulers: [{ name: 'kube-scheduler', configuration: PLAIN_SCHEDULER }],
    recordEvents: false,
  });
  cluster.start();
  return cluster;
}

function countOf<K extends 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ConfigMap'>(
  cluster: Cluster,
  kind: K,
  test: (object: Parameters<typeof cluster.api.store.put<K>>[1]) => boolean,
): number {
  let count = 0;
  for (const object of cluster.api.store.values(kind)) if (test(object)) count++;
  return count;
}

function runUntil(cluster: Cluster, isDone: () => boolean): void {
  while (!isDone()) {
    if (cluster.sim.nowUs >= LIMIT_US) throw new Error('Cannot finish the case: it is not done after a simulated day');
    cluster.sim.runUntil(cluster.sim.nowUs + SECOND_US);
  }
}
