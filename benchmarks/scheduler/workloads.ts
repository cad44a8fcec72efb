/**
 * The workloads the scheduling cycle is measured with: what stands on the nodes beforehand, and the pods that come.
 *
 * Those known from upstream's scheduler_perf are named as there; sizes are ours. Everything follows from the pod's number, so that each
 * run of a workload places the same pods.
 */
import type { KubeObject } from '../../src/model/meta.ts';
import type { Node } from '../../src/model/node.ts';
import type { Affinity, Pod, PodSpec, TopologySpreadConstraint } from '../../src/model/pod.ts';

export interface Workload {
  readonly name: string;
  readonly node?: (i: number) => Node;
  /** Pods that stand on each node before the first comes. */
  readonly standing?: { readonly perNode: number; readonly pod: (i: number, node: string) => Pod };
  /** Services and owners that default spreading looks at. */
  readonly objects?: readonly KubeObject[];
  readonly pod: (i: number) => Pod;
  /** A pod leaves for each one that comes, once this many stand. */
  readonly churnsFrom?: number;
  /** Pods at most, whatever the number of nodes: one for each node where the workload itself allows no more. */
  readonly podsAtMost?: (nodes: number) => number;
  /** A failed pod is tried again at once, this many times. */
  readonly retries?: number;
}

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

export function node(i: number, more: { readonly labels?: object; readonly spec?: object } = {}): Node {
  const name = `n${i}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOSTNAME]: name, [ZONE]: `z${i % 3}`, ...more.labels } },
    spec: { ...more.spec },
    status: { allocatable: { cpu: '32', memory: '256Gi', pods: '250' } },
  } as Node;
}

function pod(name: string, spec: Partial<PodSpec> = {}, metadata: Partial<Pod['metadata']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, ...metadata },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '100m', memory: '500Mi' } } }],
      ...spec,
    },
  } as Pod;
}

const labels = { app: 'web' };
const labelSelector = { matchLabels: labels };
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true };
const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: labelSelector },
};
const ssdOnly = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In' as const, values: ['ssd'] }] }] };
const withAffinity = (affinity: Affinity) => (i: number) => pod(`p${i}`, { affinity }, { labels });
const withSpread =
  (...topologySpreadConstraints: TopologySpreadConstraint[]) =>
  (i: number) =>
    pod(`p${i}`, { topologySpreadConstraints }, { labels });
const constraint = (topologyKey: string, whenUnsatisfiable: TopologySpreadConstraint['whenUnsatisfiable'], maxSkew: number) => ({
  topologyKey,
  maxSkew,
  whenUnsatisfiable,
  labelSelector,
});
const big: PodSpec['containers'] = [{ name: 'main', resources: { requests: { cpu: '15', memory: '1Gi' } } }];
const preferSpread = [{ weight: 10, podAffinityTerm: { topologyKey: ZONE, labelSelector } }];

export const WORKLOADS: readonly Workload[] = [
  { name: 'plain', pod: (i) => pod(`p${i}`) },
  {
    name: 'default spread (ReplicaSet)',
    objects: [replicaSet],
    pod: (i) => pod(`p${i}`, {}, { labels, ownerReferences: [owner] }),
  },
  {
    name: 'node affinity',
    node: (i) => node(i, { labels: { disk: i % 2 === 0 ? 'ssd' : 'hdd', pool: `${i % 7}` } }),
    pod: withAffinity({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: ssdOnly,
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, preference: { matchExpressions: [{ key: 'pool', operator: 'In', values: ['1', '2'] }] } },
        ],
      },
    }),
  },
  {
    name: 'taints',
    node: (i) =>
      node(i, {
        spec: { taints: [{ key: 'k', value: 'v', effect: i % 3 === 0 ? 'PreferNoSchedule' : i % 3 === 1 ? 'NoExecute' : 'NoSchedule' }] },
      }),
    pod: (i) => pod(`p${i}`, { tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }] }),
  },
  {
    name: 'required affinity',
    pod: withAffinity({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, labelSelector }] } }),
  },
  {
    name: 'preferred affinity',
    pod: withAffinity({ podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferSpread } }),
  },
  {
    name: 'required anti-affinity',
    pod: withAffinity({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOSTNAME, labelSelector }] } }),
    podsAtMost: (nodes) => nodes,
  },
  { name: 'hard spread', pod: withSpread(constraint(ZONE, 'DoNotSchedule', 5)) },
  { name: 'soft spread', pod: withSpread(constraint(ZONE, 'ScheduleAnyway', 1), constraint(HOSTNAME, 'ScheduleAnyway', 1)) },
  {
    name: 'preemption',
    standing: {
      perNode: 2,
      pod: (i, nodeName) => ({ ...pod(`low${i}`, { containers: big, nodeName }), status: { startTime: startOf(i) } }),
    },
    pod: (i) => pod(`p${i}`, { containers: big, priority: 10 }),
    podsAtMost: (nodes) => nodes,
    retries: 1,
  },
  {
    name: 'mixed churn',
    objects: [replicaSet],
    node: (i) => node(i, { labels: { disk: i % 2 === 0 ? 'ssd' : 'hdd' } }),
    pod: (i) => MIXED[i % MIXED.length]!(i),
    churnsFrom: 500,
  },
  {
    name: 'unschedulable backlog',
    pod: (i) => pod(`p${i}`, { containers: [{ name: 'main', resources: { requests: { cpu: '64' } } }] }),
    retries: 4,
  },
];

/** Every node has a pod of the group, and is tainted and labelled, so that each plugin has something to look at. */
export const PLUGIN_WORKLOAD: Workload = {
  name: 'plugins',
  objects: [replicaSet],
  node: (i) =>
    node(i, { labels: { disk: i % 2 === 0 ? 'ssd' : 'hdd' }, spec: { taints: [{ key: 'k', value: 'v', effect: 'PreferNoSchedule' }] } }),
  standing: { perNode: 2, pod: (i, nodeName) => pod(`low${i}`, { nodeName }, { labels }) },
  pod: (i) => pod(`p${i}`),
};

export const PLUGIN_POD: Pod = pod(
  'incoming',
  {
    containers: [
      {
        name: 'main',
        image: 'web:1',
        resources: { requests: { cpu: '100m', memory: '500Mi' } },
        ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
      },
    ],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: ssdOnly,
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, preference: ssdOnly.nodeSelectorTerms[0]! }],
      },
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ZONE, labelSelector }],
        preferredDuringSchedulingIgnoredDuringExecution: preferSpread,
      },
    },
    topologySpreadConstraints: [constraint(ZONE, 'DoNotSchedule', 5), constraint(HOSTNAME, 'ScheduleAnyway', 1)],
  },
  { labels, ownerReferences: [owner] },
);

const MIXED: readonly ((i: number) => Pod)[] = [
  (i) => pod(`p${i}`),
  (i) => pod(`p${i}`, {}, { labels, ownerReferences: [owner] }),
  (i) => pod(`p${i}`, { nodeSelector: { disk: 'ssd' } }),
  (i) => pod(`p${i}`, { topologySpreadConstraints: [constraint(ZONE, 'DoNotSchedule', 5)] }, { labels }),
  (i) => pod(`p${i}`, { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferSpread } } }, { labels }),
];

function startOf(i: number): string {
  return `2026-01-01T00:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z`;
}
