/**
 * A small whole cluster for tests that play something on it: nodes in two zones, one Deployment, and what was noted.
 */
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { ClusterFaults } from '../../src/cluster/cluster-faults.ts';
import type { ClusterSpec } from '../../src/cluster/cluster-spec.ts';
import type { Fault } from '../../src/faults/fault.ts';
import { FaultInjector } from '../../src/faults/fault-injector.ts';
import { isPodReady, type Pod, type PodSpec } from '../../src/model/pod.ts';
import type { Deployment } from '../../src/model/workloads.ts';

export interface SmallCluster {
  readonly cluster: Cluster;
  /** What the narrative would say, with the second it was said in. */
  readonly notes: string[];
  /** Lets so many seconds pass. */
  run(seconds: number): void;
  inject(fault: Fault): void;
  pods(): readonly Pod[];
  readyPods(): number;
  nodeCondition(node: string, type: string): string | undefined;
}

export function smallCluster(spec: Partial<ClusterSpec> = {}, nodeCount = 4): SmallCluster {
  const nodes = Array.from({ length: nodeCount }, (_, at) => ({
    name: `n${at + 1}`,
    labels: { 'topology.kubernetes.io/zone': at % 2 === 0 ? 'a' : 'b' },
    capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '50Gi' },
  }));
  const cluster = new Cluster({ seed: 17, nodes, ...spec });
  const notes: string[] = [];
  cluster.observers.add({ noted: (timeUs, text) => void notes.push(`${Math.floor(timeUs / SECOND_US)} ${text}`) });
  cluster.start();
  const injector = new FaultInjector(cluster.sim, cluster.random, cluster.observers, new ClusterFaults(cluster));
  const pods = () => cluster.api.list('Pod', { namespace: 'default' }).items;
  return {
    cluster,
    notes,
    run: (seconds) => cluster.sim.runUntil(cluster.sim.nowUs + Math.round(seconds * SECOND_US)),
    inject: (fault) => injector.inject(fault),
    pods,
    readyPods: () => pods().filter(isPodReady).length,
    nodeCondition: (node, type) =>
      cluster.api.get('Node', undefined, node).status?.conditions?.find((condition) => condition.type === type)?.status,
  };
}

export function deploymentOf(name: string, replicas: number, podSpec: Partial<PodSpec> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: `${name}:v1` }], ...podSpec } },
    },
  };
}

/** Creates the object now, as kubectl would. */
export function deploy({ cluster }: SmallCluster, deployment: Deployment): void {
  cluster.client('kubectl').send(true, (api, request) => api.create('Deployment', deployment, request));
}

export function scale({ cluster }: SmallCluster, name: string, replicas: number): void {
  cluster.client('kubectl').send(true, (api, request) => api.updateScale('Deployment', 'default', name, replicas, request));
}
