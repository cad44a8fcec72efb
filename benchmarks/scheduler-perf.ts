/**
 * The workloads of upstream's scheduler benchmark with their thresholds, and how many pods a second the modelled scheduler places in
 * each: simulated figures, which have nothing to do with how fast the simulator is.
 *
 * Thresholds are facts of test/integration/scheduler_perf/<suite>/performance-config.yaml (misc at 008b3652, topology_spreading at 05377107,
 * affinity at 1bd6a8f3, volumes at 240d43d6). A cluster is set up as it is half-way through the measurement, and a few pods are tried.
 */
import type { KubeObject } from '../src/model/meta.ts';
import type { Node } from '../src/model/node.ts';
import type { Affinity, Pod, PodAffinityTerm, PodSpec } from '../src/model/pod.ts';
import { AffinityCounts, workOf } from '../src/scheduler/attempt-work.ts';
import { completeConfiguration } from '../src/scheduler/configuration.ts';
import { attemptCostUs, DEFAULT_COST } from '../src/scheduler/cost-model.ts';
import type { Listers } from '../src/scheduler/handle.ts';
import { SchedulerCore } from '../src/scheduler/scheduler-core.ts';

export interface PerfWorkload {
  readonly name: string;
  readonly nodes: number;
  /** Placed before anything is measured, in turn. */
  readonly existing: readonly (readonly [count: number, pod: PodTemplate])[];
  readonly measured: readonly [count: number, pod: PodTemplate];
  /** Pods of another kind that come while it is measured: so many a second. */
  readonly beside?: readonly [perSecond: number, pod: PodTemplate];
  /** Pods a second that upstream accepts as the least. */
  readonly threshold: number;
  /** What the model may be off by, as a factor either way. */
  readonly tolerance: number;
  readonly nodeExtras?: (index: number) => {
    readonly labels?: Record<string, string>;
    readonly taints?: NonNullable<Node['spec']>['taints'];
    readonly allocatable?: Record<string, string>;
  };
  readonly services?: readonly KubeObject[];
}

export interface PodTemplate {
  readonly labels?: Record<string, string>;
  readonly spec?: Partial<PodSpec>;
}

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const PLAIN: PodTemplate = {};
const term = (topologyKey: string, labels: Record<string, string>): PodAffinityTerm => ({
  topologyKey,
  labelSelector: { matchLabels: labels },
});
const withAffinity = (labels: Record<string, string>, affinity: Affinity): PodTemplate => ({ labels, spec: { affinity } });
const weighted = (one: PodAffinityTerm) => [{ weight: 1, podAffinityTerm: one }];

const ANTI = withAffinity(
  { color: 'green' },
  { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(HOST, { color: 'green' })] } },
);
const AFFINE = withAffinity(
  { color: 'blue' },
  { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(ZONE, { color: 'blue' })] } },
);
const LIKES = withAffinity(
  { color: 'red' },
  { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: weighted(term(HOST, { color: 'red' })) } },
);
const DISLIKES = withAffinity(
  { color: 'yellow' },
  { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: weighted(term(HOST, { color: 'yellow' })) } },
);
const spread = (whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway', more: object = {}): PodTemplate => ({
  labels: { app: 'spread' },
  spec: {
    topologySpreadConstraints: [
      { maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: { app: 'spread' } }, ...more },
    ],
  },
});
const IN_ZONE: PodTemplate = {
  spec: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1'] }] }],
        },
      },
    },
  },
};
const GPU: PodTemplate = { spec: requests({ 'example.com/gpu': '1' }) };
const LOW: PodTemplate = { spec: { priority: 0, ...requests({ cpu: '900m', memory: '500Mi' }) } };
const HIGH: PodTemplate = { spec: { priority: 10, ...requests({ cpu: '3000m', memory: '500Mi' }) } };
const zones = (count: number) => (index: number) => ({ labels: { [ZONE]: `zone-${index % count}` } });

export const WORKLOADS: readonly PerfWorkload[] = [
  { name: 'SchedulingBasic', nodes: 5000, existing: [[5000, PLAIN]], measured: [50_000, PLAIN], threshold: 810, tolerance: 1.05 },
  { name: 'SchedulingDaemonset', nodes: 15_000, existing: [], measured: [30_000, pinned(0)], threshold: 1100, tolerance: 1.1 },
  {
    name: 'SchedulingWithExtendedResource',
    nodes: 5000,
    existing: [],
    measured: [5000, GPU],
    threshold: 180,
    tolerance: 1.3,
    nodeExtras: () => ({ allocatable: { 'example.com/gpu': '1' } }),
  },
  {
    name: 'SchedulingNodeAffinity',
    nodes: 5000,
    existing: [[5000, PLAIN]],
    measured: [10_000, IN_ZONE],
    threshold: 220,
    tolerance: 1.1,
    nodeExtras: zones(2),
  },
  {
    name: 'TopologySpreading',
    nodes: 5000,
    existing: [[5000, PLAIN]],
    measured: [5000, spread('DoNotSchedule')],
    threshold: 460,
    tolerance: 1.1,
    nodeExtras: zones(3),
  },
  {
    name: 'PreferredTopologySpreading',
    nodes: 5000,
    existing: [[5000, PLAIN]],
    measured: [5000, spread('ScheduleAnyway')],
    threshold: 340,
    tolerance: 1.1,
    nodeExtras: zones(3),
  },
  {
    name: 'DefaultTopologySpreading',
    nodes: 5000,
    existing: [[5000, { labels: { app: 'web' } }]],
    measured: [50_000, { labels: { app: 'web' } }],
    threshold: 160,
    tolerance: 1.3,
    nodeExtras: zones(3),
    services: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { app: 'web' } },
      } as KubeObject,
    ],
  },
  {
    name: 'SchedulingWithNodeInclusionPolicy',
    nodes: 5000,
    existing: [],
    measured: [4000, spread('DoNotSchedule', { topologyKey: HOST, nodeTaintsPolicy: 'Honor' })],
    threshold: 270,
    tolerance: 1.2,
    nodeExtras: (index) => (index % 5 === 0 ? { taints: [{ key: 'foo', effect: 'NoSchedule' as const }] } : {}),
  },
  { name: 'SchedulingPodAntiAffinity', nodes: 5000, existing: [[1000, ANTI]], measured: [2000, ANTI], threshold: 60, tolerance: 1.1 },
  {
    name: 'SchedulingPodMatchingAntiAffinity',
    nodes: 5000,
    existing: [[1000, ANTI]],
    measured: [5000, { labels: { color: 'green' } }],
    threshold: 595,
    tolerance: 1.25,
  },
  {
    name: 'SchedulingPodAffinity',
    nodes: 5000,
    existing: [[5000, AFFINE]],
    measured: [5000, AFFINE],
    threshold: 35,
    tolerance: 1.1,
    nodeExtras: zones(1),
  },
  {
    name: 'SchedulingPreferredPodAffinity',
    nodes: 5000,
    existing: [[5000, LIKES]],
    measured: [5000, LIKES],
    threshold: 90,
    tolerance: 1.1,
  },
  {
    name: 'SchedulingPreferredPodAntiAffinity',
    nodes: 5000,
    existing: [[5000, DISLIKES]],
    measured: [5000, DISLIKES],
    threshold: 90,
    tolerance: 1.1,
  },
  {
    name: 'MixedSchedulingBasePod',
    nodes: 5000,
    existing: [
      [2000, PLAIN],
      [2000, ANTI],
      [2000, AFFINE],
      [2000, LIKES],
      [2000, DISLIKES],
    ],
    measured: [5000, PLAIN],
    threshold: 140,
    tolerance: 1.7,
    nodeExtras: zones(1),
  },
  {
    name: 'PreemptionAsync',
    nodes: 5000,
    existing: [[20_000, LOW]],
    measured: [5000, { spec: requests({ cpu: '10m' }) }],
    beside: [5, HIGH],
    threshold: 570,
    tolerance: 1.1,
  },
];

export interface SimulatedFigure {
  readonly workload: string;
  readonly nodes: number;
  readonly simulatedPodsPerSecond: number;
  readonly threshold: number;
}

// Prime, and no divisor of any size here: pods stand on nodes all over the list, each on one of its own while there are enough.
const STRIDE = 2477;
// The cost of one attempt hardly varies once the cluster stands.
const TRIED = 4;

/** `nodes` instead of the workload's own; pods are fewer in proportion. `disabled` plugins do not run. */
export function simulatedFigure(workload: PerfWorkload, nodes = workload.nodes, disabled: readonly string[] = []): SimulatedFigure {
  const scale = nodes / workload.nodes;
  const world = new World(workload, nodes, scale, disabled);
  const costUs = mean(Array.from({ length: TRIED }, () => world.tryOne(workload.measured[1])));
  let busyShare = 0;
  if (workload.beside !== undefined) {
    const [perSecond, pod] = workload.beside;
    // Once to make room, and once to take it.
    busyShare = (perSecond * (world.tryOne(pod) + DEFAULT_COST.attemptUs)) / 1e6;
  }
  return {
    workload: workload.name,
    nodes,
    simulatedPodsPerSecond: Math.round(((1 - busyShare) * 1e6) / costUs),
    threshold: workload.threshold,
  };
}

class World {
  readonly #core: SchedulerCore;
  readonly #counts = new AffinityCounts();
  #pods = 0;

  constructor({ existing, measured, nodeExtras, services = [] }: PerfWorkload, nodes: number, scale: number, disabled: readonly string[]) {
    const nobody = { get: () => undefined, values: () => [], byIndex: () => [] };
    const listers = { services: { get: () => undefined, values: () => services, byIndex: () => services } } as object;
    this.#core = new SchedulerCore({
      configuration: completeConfiguration({ profiles: [{ plugins: { multiPoint: { disabled: disabled.map((name) => ({ name })) } } }] }),
      listers: new Proxy(listers, { get: (target, kind) => Reflect.get(target, kind) ?? nobody }) as Listers,
      nowUs: () => 0,
    });
    this.#core.cache.addListener(this.#counts);
    for (let i = 0; i < nodes; i++) this.#core.onNode(undefined, nodeOf(i, nodeExtras?.(i)));
    for (const [count, template] of existing) this.#place(Math.round(count * scale), template, nodes);
    this.#place(Math.round((measured[0] * scale) / 2), measured[1], nodes);
  }

  /** What the attempt takes. */
  tryOne(template: PodTemplate): number {
    this.#core.onPod(undefined, this.#pod(template));
    const attempt = this.#core.attempt()!;
    return attemptCostUs(DEFAULT_COST, workOf(attempt, this.#core, this.#counts));
  }

  #place(count: number, template: PodTemplate, nodes: number): void {
    for (let i = 0; i < count; i++) this.#core.onPod(undefined, this.#pod(template, `n${(this.#pods * STRIDE) % nodes}`));
  }

  #pod({ labels = {}, spec = {} }: PodTemplate, nodeName?: string): Pod {
    const name = `p${this.#pods++}`;
    const base: PodSpec = { schedulerName: 'default-scheduler', ...requests({ cpu: '100m', memory: '500Mi' }) };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', uid: name, labels },
      spec: { ...base, ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
    };
  }
}

/** The default node of scheduler_perf: 4 CPUs, 32Gi, 110 pods. */
function nodeOf(index: number, extras: ReturnType<NonNullable<PerfWorkload['nodeExtras']>> = {}): Node {
  const name = `n${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [HOST]: name, ...extras.labels } },
    ...(extras.taints === undefined ? {} : { spec: { taints: extras.taints } }),
    status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110', ...extras.allocatable } },
  };
}

function requests(resources: Record<string, string>): Pick<PodSpec, 'containers'> {
  return { containers: [{ name: 'pause', image: 'pause:3', resources: { requests: resources } }] };
}

/** Held to a node by its name, as a DaemonSet's pod. */
function pinned(index: number): PodTemplate {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [`n${index}`] }] }];
  return { spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } } };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
