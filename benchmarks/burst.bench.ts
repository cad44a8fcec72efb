/**
 * The whole cluster: 5,000 nodes, 50,000 pods from 500 Deployments, until all are Ready. How many pods and events a wall second, and what a
 * pod costs in events and bytes.
 */
import { SECOND_US } from '../src/base/units.ts';
import { Cluster } from '../src/cluster/cluster.ts';
import { isPodReady, type Pod } from '../src/model/pod.ts';
import type { Deployment } from '../src/model/workloads.ts';
import { DEFAULT_CONFIGURATION } from '../src/scheduler/configuration.ts';
import { heapBytes, type Measurement, measurement, type Size } from './measure.ts';

const SIZES = {
  small: [{ nodes: 100, deployments: 10, replicas: 10 }],
  full: [
    { nodes: 1000, deployments: 100, replicas: 100 },
    { nodes: 5000, deployments: 500, replicas: 100 },
  ],
} as const;
const LIMIT_US = 3600 * SECOND_US;

interface BurstRun {
  readonly wallSeconds: number;
  readonly events: number;
  readonly bytesPerPod: number;
  readonly simulatedSeconds: number;
  readonly digest: string;
  readonly peakMemoryBytes: number;
  /** What was run, so that its memory can be looked at. */
  readonly cluster: Cluster;
}

export async function burst(size: Size): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { nodes, deployments, replicas } of SIZES[size]) {
    const pods = deployments * replicas;
    const run = runBurst(nodes, deployments, replicas);
    measurements.push(
      measurement(
        {
          bench: 'burst',
          case: `${nodes} nodes, ${pods} pods`,
          unit: 'pods',
          checksum: run.digest,
          extra: {
            eventsPerWallSecond: Math.round(run.events / run.wallSeconds),
            eventsPerPod: Math.round(run.events / pods),
            bytesPerPod: Math.round(run.bytesPerPod),
            wallSeconds: Number(run.wallSeconds.toFixed(2)),
            simulatedSeconds: run.simulatedSeconds,
          },
        },
        [pods / run.wallSeconds],
      ),
    );
  }
  return measurements;
}

export function runBurst(nodes: number, deployments: number, replicas: number): BurstRun {
  const before = heapBytes();
  const cluster = new Cluster({
    seed: 1,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `node-${index + 1}`,
      capacity: { cpu: 32, memory: '128Gi' },
      labels: { 'topology.kubernetes.io/zone': `zone-${index % 3}` },
    })),
    // Limits that do not make the control plane wait: what is measured is the simulator.
    controllers: { kubeApiQps: 5000, kubeApiBurst: 10_000, concurrentSyncs: 20 },
    schedulers: [{ name: 'kube-scheduler', configuration: { ...DEFAULT_CONFIGURATION, clientConnection: { qps: 5000, burst: 10_000 } } }],
    recordEvents: false,
  });
  let ready = 0;
  cluster.observers.add({
    wrote: ({ kind, object, previous }) => {
      if (kind === 'Pod' && isPodReady(object as Pod) && (previous === undefined || !isPodReady(previous as Pod))) ready++;
    },
  });
  const startMs = performance.now();
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
  const peakMemoryBytes = process.memoryUsage().rss;
  return {
    wallSeconds,
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
