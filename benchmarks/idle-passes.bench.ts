/**
 * What a controller's pass costs that finds nothing to do: computing time and bytes allocated, for owners of few and of many dependants.
 *
 * A cluster is run until it is settled. Then each controller is started once more, alone, in a simulation of its own over the same store,
 * and its informers resync, as they do every 12 to 24 hours. A write would be an error: the pass was not idle.
 */
import { GCProfiler } from 'node:v8';
import { BrokenInvariant } from '../src/base/fail.ts';
import { SECOND_US } from '../src/base/units.ts';
import { RequestPump } from '../src/client/request-pump.ts';
import { Cluster } from '../src/cluster/cluster.ts';
import { ControlPlaneProcess } from '../src/cluster/control-plane-process.ts';
import { RunningControllers } from '../src/cluster/running-controllers.ts';
import { DEFAULT_CONTROLLER_OPTIONS } from '../src/controllers/controller-options.ts';
import type { Kind, KindMap } from '../src/model/kinds.ts';
import { Observers } from '../src/model/observer.ts';
import type { PodTemplate } from '../src/model/pod.ts';
import { constantUs } from '../src/sim/distribution.ts';
import { Random } from '../src/sim/random.ts';
import { Simulation } from '../src/sim/simulation.ts';
import { type Benchmark, heapBytes, type Measurement, measurement, type Size } from './measure.ts';

/** Owners of each kind, and what each of them owns. */
interface Shape {
  readonly owners: number;
  readonly dependants: number;
}

const SHAPES: { readonly [size in Size]: readonly Shape[] } = {
  small: [{ owners: 2, dependants: 3 }],
  full: [
    { owners: 50, dependants: 10 },
    { owners: 50, dependants: 200 },
  ],
};

/** Each controller with the kind whose resync sets off its passes. */
const CASES: readonly (readonly [controller: string, kind: Kind])[] = [
  ['deployment-controller', 'Deployment'],
  ['replicaset-controller', 'ReplicaSet'],
  ['statefulset-controller', 'StatefulSet'],
  ['daemonset-controller', 'DaemonSet'],
  ['job-controller', 'Job'],
  ['cronjob-controller', 'CronJob'],
  ['endpointslice-controller', 'Service'],
  ['endpoints-controller', 'Service'],
  ['disruption-controller', 'PodDisruptionBudget'],
  ['namespace-controller', 'Namespace'],
  ['serviceaccount-controller', 'Namespace'],
  ['root-ca-certificate-publisher-controller', 'Namespace'],
  ['garbage-collector-controller', 'Pod'],
  ['taint-eviction-controller', 'Pod'],
  ['pod-garbage-collector-controller', 'Pod'],
  ['persistentvolume-binder-controller', 'PersistentVolumeClaim'],
];

const ROUNDS = 5;
const SETTLE_US = 300 * SECOND_US;

export const idlePasses: Benchmark = async (size, only = '') => {
  const measurements: Measurement[] = [];
  for (const shape of SHAPES[size]) {
    const cluster = settled(shape);
    for (const [controller, kind] of CASES) if (controller.includes(only)) measurements.push(idle(cluster, shape, controller, kind));
  }
  return measurements;
};

function idle(cluster: Cluster, { dependants }: Shape, controller: string, kind: Kind): Measurement {
  const { sim, informers } = alone(cluster, controller);
  const passes = cluster.api.store.size(kind);
  const { revision } = cluster.api.store;
  const informer = informers.informer(kind);
  const resync = () => {
    informer.resync();
    sim.runUntil(sim.nowUs + SECOND_US);
  };
  // The first rounds compile the code and read what is read once.
  resync();
  resync();
  const rates: number[] = [];
  const bytes = allocatedBy(() => {
    for (let round = 0; round < ROUNDS; round++) {
      const startNs = process.hrtime.bigint();
      resync();
      rates.push((passes / Number(process.hrtime.bigint() - startNs)) * 1e9);
    }
  });
  if (cluster.api.store.revision !== revision) throw new BrokenInvariant(`${controller} wrote while there was nothing to do`);
  return measurement(
    {
      bench: 'idle-passes',
      case: `${controller}: ${dependants} dependants`,
      unit: 'passes',
      checksum: `${passes} of ${kind}`,
      extra: { bytesAPass: Math.round(bytes / (ROUNDS * passes)) },
    },
    rates,
  );
}

/** Bytes taken from the heap during `act`, those that were given back again included. */
function allocatedBy(act: () => void): number {
  const before = heapBytes();
  const profiler = new GCProfiler();
  profiler.start();
  act();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const { statistics } = profiler.stop();
  const collected = statistics.map(({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize);
  return collected.reduce((sum, freed) => sum + freed, heapUsed + arrayBuffers - before);
}

/** One controller in a process of its own, started over what the cluster has come to, and quiet again. */
function alone(cluster: Cluster, controller: string): { sim: Simulation; informers: ControlPlaneProcess['informers'] } {
  const sim = new Simulation();
  const shared = { sim, random: new Random(2), observers: new Observers() };
  sim.runUntil(cluster.sim.nowUs);
  const { api, latency } = cluster;
  const watchHop = constantUs(0);
  const process = new ControlPlaneProcess(
    { ...shared, api, pump: new RequestPump(sim, latency), watchHop, recordEvents: false },
    'kube-controller-manager',
  );
  new RunningControllers(process, { ...shared, options: DEFAULT_CONTROLLER_OPTIONS }).startOne(controller);
  sim.runUntil(sim.nowUs + SECOND_US);
  return { sim, informers: process.informers };
}

/** Owners of every kind, each with its dependants, on nodes that hold them all. */
function settled({ owners, dependants }: Shape): Cluster {
  const cluster = new Cluster({
    seed: 1,
    nodes: Array.from({ length: dependants }, (_, index) => ({
      name: `node-${index}`,
      capacity: { cpu: 10_000, memory: '100Ti' },
      images: ['app:v1'],
      kubelet: { maxPods: 100_000, kubeApiQps: 0, kubeApiBurst: 0 },
    })),
    controllers: { kubeApiQps: 0, kubeApiBurst: 0, concurrentSyncs: 20 },
    recordEvents: false,
  });
  cluster.start();
  const client = cluster.client('kubectl');
  const create = <K extends Kind>(kind: K, object: KindMap[K]) => client.send(true, (api, by) => api.create(kind, object, by));
  for (let index = 0; index < owners; index++) for (const [kind, object] of ownersOf(index, dependants)) create(kind, object as never);
  cluster.sim.runUntil(SETTLE_US);
  return cluster;
}

function ownersOf(index: number, dependants: number): readonly (readonly [Kind, KindMap[Kind]])[] {
  const named = (kind: string) => ({ name: `${kind}-${index}`, namespace: 'default' });
  const template = (app: string, restartPolicy: 'Always' | 'Never' = 'Always'): PodTemplate => ({
    metadata: { labels: { app } },
    spec: { hostNetwork: true, restartPolicy, containers: [{ name: 'c', image: 'app:v1', imagePullPolicy: 'IfNotPresent' }] },
  });
  const selecting = (app: string, more: object = {}) => ({ selector: { matchLabels: { app } }, template: template(app), ...more });
  const labels = { app: `web-${index}` };
  const task = { parallelism: dependants, template: template(`task-${index}`, 'Never') };
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'none' };
  const objects = {
    Namespace: { apiVersion: 'v1', metadata: { name: `namespace-${index}` } },
    Deployment: { apiVersion: 'apps/v1', spec: selecting(`web-${index}`, { replicas: dependants }) },
    StatefulSet: {
      apiVersion: 'apps/v1',
      spec: selecting(`db-${index}`, { replicas: dependants, serviceName: 'db', podManagementPolicy: 'Parallel' }),
    },
    DaemonSet: { apiVersion: 'apps/v1', spec: selecting(`agent-${index}`) },
    Job: { apiVersion: 'batch/v1', spec: task },
    CronJob: { apiVersion: 'batch/v1', spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: task } } },
    Service: { apiVersion: 'v1', spec: { selector: labels, ports: [{ port: 80 }] } },
    PodDisruptionBudget: { apiVersion: 'policy/v1', spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    PersistentVolumeClaim: { apiVersion: 'v1', spec: claim },
  };
  return Object.entries(objects).map(([kind, object]) => [
    kind as Kind,
    { kind, metadata: named(kind.toLowerCase()), ...object } as unknown as KindMap[Kind],
  ]);
}
