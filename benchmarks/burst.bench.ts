/**
 * The whole cluster: 5,000 nodes, 50,000 pods from 500 Deployments, until all are Ready. How many pods and events a wall second, and what a
 * pod costs in events and bytes.
 */
import { SECOND_US } from '../src/base/units.ts';
import { Cluster } from '../src/cluster/cluster.ts';
import { isPodReady, type Pod } from '../src/model/pod.ts';
import type { Deployment } from '../src/model/workloads.ts';
import { DEFAULT_CONFIGURATION } from '../src/scheduler/configuration.ts';
import { type CostModel, DEFAULT_COST } from '../src/scheduler/cost-model.ts';
import { heapBytes, type Measurement, measurement, type Size } from './measure.ts';

interface BurstCase {
  readonly nodes: number;
  readonly deployments: number;
  readonly replicas: number;
  /** The modelled scheduler takes as good as no simulated time: in a cluster no real scheduler was ever run on, it must not be the limit. */
  readonly hasQuickScheduler?: boolean;
  readonly repetitions: number;
}

const CASES: { readonly [size in Size]: readonly BurstCase[] } = {
  small: [{ nodes: 100, deployments: 10, replicas: 10, repetitions: 1 }],
  full: [
    { nodes: 1000, deployments: 100, replicas: 100, repetitions: 3 },
    { nodes: 5000, deployments: 500, replicas: 100, repetitions: 3 },
  ],
};
const FLEET: { readonly [size in Size]: readonly BurstCase[] } = {
  small: [{ nodes: 1000, deployments: 10, replicas: 50, hasQuickScheduler: true, repetitions: 1 }],
  full: [{ nodes: 130_000, deployments: 2000, replicas: 500, hasQuickScheduler: true, repetitions: 1 }],
};
const LIMIT_US = 3600 * SECOND_US;
// Twenty microseconds an attempt, whatever it looks at.
const QUICK: CostModel = {
  ...(Object.fromEntries(Object.keys(DEFAULT_COST).map((what) => [what, 0])) as unknown as CostModel),
  attemptUs: 20,
};

interface BurstRun {
  readonly wallSeconds: number;
  /** Time of the process on its processors, collection of garbage beside it included. */
  readonly processorSeconds: number;
  readonly events: number;
  readonly bytesPerPod: number;
  readonly simulatedSeconds: number;
  readonly digest: string;
  readonly peakMemoryBytes: number;
  /** What was run, so that its memory can be looked at. */
  readonly cluster: Cluster;
}

export async function burst(size: Size): Promise<readonly Measurement[]> {
  return CASES[size].map((one) => measure('burst', one));
}

/** The largest cluster there is: 130,000 nodes and a million pods. Needs eight gigabytes of heap. */
export async function fleet(size: Size): Promise<readonly Measurement[]> {
  return FLEET[size].map((one) => measure('fleet', one));
}

function measure(bench: string, one: BurstCase): Measurement {
  const pods = one.deployments * one.replicas;
  const perSecond: number[] = [];
  let last: Omit<BurstRun, 'cluster'> | undefined;
  let peakMemoryBytes = 0;
  for (let repetition = 0; repetition < one.repetitions; repetition++) {
    const { cluster: _, ...run } = runBurst(one);
    if (last !== undefined && last.digest !== run.digest) throw new Error('Cannot measure the burst: two runs of one seed differ');
    last = run;
    perSecond.push(pods / run.wallSeconds);
    peakMemoryBytes = Math.max(peakMemoryBytes, run.peakMemoryBytes);
  }
  const { events, bytesPerPod, wallSeconds, processorSeconds, simulatedSeconds, digest } = last!;
  return {
    ...measurement(
      {
        bench,
        case: `${one.nodes.toLocaleString('en')} nodes, ${pods.toLocaleString('en')} pods`,
        unit: 'pods',
        checksum: digest,
        extra: {
          eventsPerWallSecond: Math.round(events / wallSeconds),
          eventsPerPod: Number((events / pods).toFixed(1)),
          bytesPerPod: Math.round(bytesPerPod),
          podsPerProcessorSecond: Math.round(pods / processorSeconds),
          wallSeconds: Number(wallSeconds.toFixed(2)),
          processorSeconds: Number(processorSeconds.toFixed(2)),
          simulatedSeconds,
        },
      },
      perSecond,
    ),
    peakMemoryMiB: Math.round(peakMemoryBytes / 2 ** 20),
  };
}

export function runBurst({ nodes, deployments, replicas, hasQuickScheduler = false }: Omit<BurstCase, 'repetitions'>): BurstRun {
  const before = heapBytes();
  const cluster = new Cluster({
    seed: 1,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `node-${index + 1}`,
      capacity: { cpu: 32, memory: '128Gi' },
      labels: { 'topology.kubernetes.io/zone': `zone-${index % 3}` },
    })),
    // Limits that do not make the control plane wait: what is measured is the simulator.
    controllers: { kubeApiQps: 0, kubeApiBurst: 0, concurrentSyncs: 20 },
    schedulers: [
      {
        name: 'kube-scheduler',
        configuration: { ...DEFAULT_CONFIGURATION, clientConnection: { qps: 0, burst: 0 } },
        ...(hasQuickScheduler ? { cost: QUICK } : {}),
      },
    ],
    recordEvents: false,
  });
  let ready = 0;
  cluster.observers.add({
    wrote: ({ kind, object, previous }) => {
      if (kind === 'Pod' && isPodReady(object as Pod) && (previous === undefined || !isPodReady(previous as Pod))) ready++;
    },
  });
  const startMs = performance.now();
  const startProcessor = process.cpuUsage();
  cluster.start();
  const client = cluster.client('kubectl');
  for (let index = 0; index < deployments; index++) {
    const deployment = deploymentOf(`app-${index}`, replicas);
    client.send(true, (api, request) => api.create('Deployment', deployment, request));
  }
  const pods = deployments * replicas;
  while (ready < pods && cluster.sim.nowUs < LIMIT_US) cluster.sim.runUntil(cluster.sim.nowUs + SECOND_US);
  if (ready < pods) throw new Error(`Cannot finish the burst: ${ready} of ${pods} pods are ready after an hour`);
  const wallSeconds = (performance.now() - startMs) / 1000;
  const processorSeconds = process.cpuUsage(startProcessor).user / 1e6;
  const peakMemoryBytes = process.memoryUsage().rss;
  return {
    wallSeconds,
    processorSeconds,
    events: cluster.sim.eventCount,
    peakMemoryBytes,
    bytesPerPod: (heapBytes() - before) / pods,
    cluster,
    simulatedSeconds: cluster.sim.nowUs / SECOND_US,
    digest: cluster.sim.digest,
  };
}

function deploymentOf(name: string, replicas: number): Deployment {
  const containers = [{ name: 'c', image: 'app:v1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}
