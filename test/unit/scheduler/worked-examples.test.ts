/** The worked examples of the specification (10.2), by their numbers there: each answer was worked out by hand. */
import { describe, expect, test } from 'vitest';
import { explainDecision } from '../../../src/scheduler/explain/explain-decision.ts';
import { CycleState } from '../../../src/scheduler/framework.ts';
import { shapeScore } from '../../../src/scheduler/plugins/allocation-strategies.ts';
import { normalizeByMaximum } from '../../../src/scheduler/plugins/default-normalize.ts';
import type { InterPodAffinity } from '../../../src/scheduler/plugins/inter-pod-affinity.ts';
import { PodInfo } from '../../../src/scheduler/pod-info.ts';
import { type NodeOptions, type PodOptions, SchedulerWorld } from '../../support/scheduler-world.ts';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const MB = 1024 * 1024;
type Requests = Record<string, string>;

/** What each plugin says of each node, raw and normalized, without anything being placed. */
function scoresOf(
  world: SchedulerWorld,
  plugin: string,
  pod: PodOptions,
): { raw: Record<string, number>; normalized: Record<string, number> } {
  const profile = world.core.profiles.get('default-scheduler')!;
  const info = new PodInfo(world.pod('scored', pod));
  world.core.cache.updateSnapshot(world.core.snapshot);
  const { explanation } = explainDecision(profile, info, { position: 0, percentageOfNodesToScore: 100, isWhole: true });
  const at = explanation.scorers.findIndex((one) => one.plugin === plugin);
  const column = (value: 'raw' | 'normalized') =>
    Object.fromEntries(explanation.candidates.map(({ node, scores }) => [node, at < 0 ? 0 : scores[at]![value]]).sort());
  return { raw: column('raw'), normalized: column('normalized') };
}

/** The score of a node with pods on it that ask for `used`. A second node stands by, since one alone is not scored. */
function nodeScore(plugin: string, node: NodeOptions, used: Requests, pod: PodOptions, configuration: object = {}): number {
  const world = new SchedulerWorld({ configuration });
  world.node('n', node);
  world.node('other', node);
  if (Object.keys(used).length > 0) world.pod('used', { nodeName: 'n', requests: used });
  return scoresOf(world, plugin, pod).raw.n!;
}

function namedNodes(world: SchedulerWorld, count: number, options: (index: number) => NodeOptions = () => ({})): void {
  for (let i = 0; i < count; i++) world.node(`n${i}`, options(i));
}

describe('The search', () => {
  test('2: finds 144 of 300 and goes on where it stopped', () => {
    const world = new SchedulerWorld();
    namedNodes(world, 300);
    const positions = [0, 1, 2].map((i) => {
      world.pod(`p${i}`);
      world.attempt();
      return world.core.searchPosition;
    });
    // 144, 288, and (288 + 144) mod 300.
    expect(positions).toEqual([144, 288, 132]);
  });

  test('3: counts the nodes it rejects on the way, and stops only at the one too many', () => {
    const world = new SchedulerWorld();
    namedNodes(world, 300, (i) => (i % 2 === 0 ? { unschedulable: true } : {}));
    world.pod('p');
    expect(world.attempt()?.evaluated).toBe(144 + 145);
    expect(world.core.searchPosition).toBe(289);
  });

  test('4: moves on by one for a pod that is held to one node', () => {
    const world = new SchedulerWorld();
    namedNodes(world, 300);
    const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['n200'] }] }];
    world.pod('p', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
    expect(world.attempt()?.node).toBe('n200');
    expect(world.core.searchPosition).toBe(1);
  });

  test('10: gives a plain pod 300 for taints, and asks affinity and spreading nothing', () => {
    const world = new SchedulerWorld();
    namedNodes(world, 2);
    const profile = world.core.profiles.get('default-scheduler')!;
    const info = new PodInfo(world.pod('plain'));
    world.core.cache.updateSnapshot(world.core.snapshot);
    const { scorers, candidates } = explainDecision(profile, info, { position: 0, percentageOfNodesToScore: 0 }).explanation;
    expect(scorers.map(({ plugin }) => plugin)).not.toContain('NodeAffinity');
    expect(scorers.map(({ plugin }) => plugin)).not.toContain('InterPodAffinity');
    expect(scorers.map(({ plugin }) => plugin)).not.toContain('PodTopologySpread');
    expect(candidates.map(({ scores }) => scores[scorers.findIndex(({ plugin }) => plugin === 'TaintToleration')]!.weighted)).toEqual([
      300, 300,
    ]);
  });
});

describe('The request of a pod', () => {
  const container = (name: string, requests: Requests, more: object = {}) => ({ name, image: 'app:1', resources: { requests }, ...more });
  const infoOf = (spec: PodOptions) => new PodInfo(new SchedulerWorld().pod('p', spec));

  test('11: is the larger of what runs and what starts, sidecars and overhead on top', () => {
    const { spec } = infoOf({
      initContainers: [
        container('i1', { cpu: '2' }),
        container('s', { cpu: '1' }, { restartPolicy: 'Always' }),
        container('i2', { cpu: '2' }),
      ],
      containers: [container('a', { cpu: '1' }), container('b', { cpu: '500m' })],
      overhead: { cpu: '250m' },
    });
    expect(spec.request.milliCpu).toBe(3250);
  });

  test.each([
    ['12: two containers, of which one is silent', [container('a', { cpu: '500m' }), container('b', {})], [500, 0, 600, 2 * 200 * MB]],
    ['13: an explicit zero, which is kept', [container('a', { cpu: '0' })], [0, 0, 0, 200 * MB]],
  ] as const)('%s', (_about, containers, expected) => {
    const { spec } = infoOf({ containers });
    expect([spec.request.milliCpu, spec.request.memory, spec.nonZeroMilliCpu, spec.nonZeroMemory]).toEqual(expected);
  });

  test('14: of the pod as a whole takes the place of the sum, but not in its own score', () => {
    const podLevel: PodOptions = { resources: { requests: { cpu: '2' } }, containers: [container('a', { cpu: '1', memory: '1Gi' })] };
    expect([infoOf(podLevel).spec.request.milliCpu, infoOf(podLevel).spec.request.memory]).toEqual([2000, 2 ** 30]);
    // The score is that of 1 CPU and 1Gi on 4 and 8Gi: (75 + 87) / 2.
    expect(nodeScore('NodeResourcesFit', {}, {}, podLevel)).toBe(81);
    const world = new SchedulerWorld();
    world.node('n');
    world.pod('placed', { ...podLevel, nodeName: 'n' });
    expect(world.core.cache.getNode('n')?.nonZeroMilliCpu).toBe(2000);
  });

  test.each([
    ['no pod at all where the node says nothing of pods', { pods: undefined }, {}, 'Unschedulable', 'Too many pods'],
    ['5 CPUs on a node of 4, whatever goes from it', {}, { cpu: '5' }, 'UnschedulableAndUnresolvable', 'Insufficient cpu'],
  ] as const)('15: fits %s', (_about, node, requests, code, reason) => {
    const world = new SchedulerWorld();
    world.node('n', node as NodeOptions);
    world.core.cache.updateSnapshot(world.core.snapshot);
    const profile = world.core.profiles.get('default-scheduler')!;
    const state = new CycleState();
    const info = new PodInfo(world.pod('p', { requests }));
    profile.runPreFilter(state, info);
    expect(profile.runFilters(state, info, world.core.cache.getNode('n')!)).toMatchObject({ code, reasons: [reason] });
  });

  test.each([
    ['0.0.0.0', 'TCP', undefined],
    ['127.0.0.2', 'TCP', 'n'],
    ['127.0.0.1', 'UDP', 'n'],
    ['127.0.0.1', 'TCP', undefined],
  ] as const)('16: for host port 80 on %s over %s, while 127.0.0.1 has it over TCP, gives %s', (hostIP, protocol, node) => {
    const withPort = (ip: string, over: 'TCP' | 'UDP'): PodOptions => ({
      containers: [{ name: 'c', image: 'app:1', ports: [{ containerPort: 80, hostPort: 80, hostIP: ip, protocol: over }] }],
    });
    const world = new SchedulerWorld();
    world.node('n');
    world.pod('web', { ...withPort('127.0.0.1', 'TCP'), nodeName: 'n' });
    world.pod('p', withPort(hostIP, protocol));
    expect(world.attempt()?.node).toBe(node);
  });
});

const strategy = (scoringStrategy: object) => ({ profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy } }] }] });
const weights = (cpu: number, memory: number) => [
  { name: 'cpu', weight: cpu },
  { name: 'memory', weight: memory },
];
const most = strategy({ type: 'MostAllocated', resources: weights(1, 1) });
const ratio = (...shape: object[]) =>
  strategy({ type: 'RequestedToCapacityRatio', resources: weights(1, 1), requestedToCapacityRatio: { shape } });
const rising = ratio({ utilization: 0, score: 0 }, { utilization: 100, score: 10 });
const falling = ratio({ utilization: 0, score: 10 }, { utilization: 100, score: 0 });
const large: NodeOptions = { cpu: '4', memory: '16Gi' };

describe('NodeResourcesFit scores', () => {
  test.each([
    ['17: an empty node', large, {}, { cpu: '1', memory: '2Gi' }, {}, 81],
    [
      '18: with CPU three times as heavy',
      large,
      {},
      { cpu: '1', memory: '2Gi' },
      strategy({ type: 'LeastAllocated', resources: weights(3, 1) }),
      78,
    ],
    ['19: a pod that asks for nothing', {}, {}, {}, {}, 97],
    // The nodes hold 4 CPUs: what would be over stands in non-zero requests, which score but do not filter.
    ['21: most allocated', large, { cpu: '2', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }, most, 43],
    ['22: a rising ratio', large, { cpu: '1', memory: '1Gi' }, { cpu: '500m', memory: '1Gi' }, rising, 25],
    ['22: a falling ratio', large, { cpu: '1', memory: '1Gi' }, { cpu: '500m', memory: '1Gi' }, falling, 76],
  ] as const)('%s', (_about, node, used, requests, configuration, score) => {
    expect(nodeScore('NodeResourcesFit', node as NodeOptions, used, { requests: requests as Requests }, configuration)).toBe(score);
  });

  test('20 and 21: a node that is over its CPU by what silent pods are taken to need', () => {
    // 41 silent containers count for 100m each, 4100m of 4000m, and 200 MB each; a pod with an explicit zero adds nothing.
    const silent = Array.from({ length: 41 }, (_, i) => ({ name: `c${i}`, image: 'app:1', resources: { requests: { memory: '0' } } }));
    const score = (configuration: object) => {
      const world = new SchedulerWorld({ configuration });
      for (const name of ['n', 'other']) world.node(name, { cpu: '4', memory: '8Gi' });
      world.pod('silent', { nodeName: 'n', containers: silent });
      return scoresOf(world, 'NodeResourcesFit', { requests: { cpu: '0', memory: '1Gi' } }).raw.n;
    };
    // CPU 0 or 100, memory 1 of 8Gi: 87 or 12.
    expect(score({})).toBe(43);
    expect(score(most)).toBe(56);
    expect(score(rising)).toBe(56);
    // A resource that scores nothing does not weigh: 88 of memory alone.
    expect(score(falling)).toBe(88);
  });

  test('23: a shape that rises and falls, divided as Go divides', () => {
    const shape = [
      { utilization: 0, score: 0 },
      { utilization: 70, score: 10 },
      { utilization: 100, score: 5 },
    ];
    expect([35, 37, 71, 85, 100].map((percent) => shapeScore(shape, percent))).toEqual([50, 52, 99, 75, 50]);
  });
});

describe('NodeResourcesBalancedAllocation scores', () => {
  const gpus = {
    profiles: [
      {
        pluginConfig: [
          {
            name: 'NodeResourcesBalancedAllocation',
            args: { resources: [{ name: 'cpu' }, { name: 'memory' }, { name: 'example.com/gpu' }] },
          },
        ],
      },
    ],
  };
  test.each([
    ['24: worse than before', large, {}, { cpu: '1', memory: '2Gi' }, {}, 71],
    ['25: better than before', large, { cpu: '2', memory: '2Gi' }, { cpu: '0', memory: '4Gi' }, {}, 81],
    [
      '26: three resources',
      { cpu: '3500m', memory: '40000', 'example.com/gpu': '8' },
      { cpu: '3', memory: '5000', 'example.com/gpu': '3' },
      { cpu: '0', memory: '0', 'example.com/gpu': '1' },
      gpus,
      75,
    ],
    ['27: balanced before and after', { cpu: '4', memory: '8Gi' }, { cpu: '1', memory: '2Gi' }, { cpu: '1', memory: '2Gi' }, {}, 75],
  ] as const)('%s', (_about, node, used, requests, configuration, score) => {
    expect(
      nodeScore(
        'NodeResourcesBalancedAllocation',
        node as NodeOptions,
        used as Requests,
        { requests: requests as Requests },
        configuration,
      ),
    ).toBe(score);
  });

  test('29: not at all for a pod that asks for neither CPU nor memory', () => {
    const world = new SchedulerWorld();
    namedNodes(world, 2);
    expect(scoresOf(world, 'NodeResourcesBalancedAllocation', { requests: {} }).raw).toEqual({ n0: 0, n1: 0 });
  });
});

describe('Normalizing', () => {
  const normalized = (scores: number[], isReversed: boolean) => {
    const column = Float64Array.from(scores);
    normalizeByMaximum(column, isReversed);
    return [...column];
  };
  test('30: taints the pod would rather avoid', () => {
    expect(normalized([0, 1, 3], true)).toEqual([100, 67, 0]);
    expect(normalized([0, 0], true)).toEqual([100, 100]);
  });
  test('31: node affinity', () => {
    expect(normalized([1, 2, 3], false)).toEqual([33, 66, 100]);
    expect(normalized([0, 0], false)).toEqual([0, 0]);
  });
  test.each([
    [
      [0, 29, 100],
      [0, 28, 100],
    ],
    [
      [-5, 0, 5],
      [0, 50, 100],
    ],
    [
      [3, 3, 3],
      [0, 0, 0],
    ],
    [
      [1, 2, 4],
      [0, 33, 100],
    ],
  ])('32: pod affinity turns %j into %j', (raw, wanted) => {
    const plugin = new SchedulerWorld().core.profiles.get('default-scheduler')!.plugin<InterPodAffinity>('InterPodAffinity')!;
    const column = Float64Array.from(raw);
    plugin.normalize(new CycleState(), undefined as never, [], column);
    expect([...column]).toEqual(wanted);
  });
});

describe('PodTopologySpread scores', () => {
  const selector = { matchLabels: { app: 'web' } };
  const soft = (topologyKey: string, maxSkew: number): PodOptions => ({
    labels: { app: 'web' },
    topologySpreadConstraints: [{ maxSkew, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector }],
  });
  const place = (world: SchedulerWorld, counts: Record<string, number>) => {
    for (const [node, count] of Object.entries(counts))
      for (let i = 0; i < count; i++) world.pod(`${node}-${i}`, { nodeName: node, labels: { app: 'web' } });
  };

  test.each([
    ['33: host names with a skew of 1', 1, [4, 2, 0, 5], [20, 60, 100, 0]],
    ['34: host names with a skew of 3', 3, [6, 4, 2, 7], [42, 71, 100, 28]],
  ])('%s', (_about, maxSkew, raw, normalized) => {
    const world = new SchedulerWorld();
    namedNodes(world, 4);
    place(world, { n0: 2, n1: 1, n3: 3 });
    const scores = scoresOf(world, 'PodTopologySpread', soft(HOST, maxSkew));
    expect(Object.values(scores.raw)).toEqual(raw);
    expect(Object.values(scores.normalized)).toEqual(normalized);
  });

  test('35 and 36: the defaults of the system, over hosts and zones, and a node without a zone', () => {
    const world = new SchedulerWorld();
    world.object({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web' } },
    } as never);
    for (const [name, zone] of Object.entries({ a: 'z1', b: 'z1', c: 'z2', d: 'z2' })) world.node(name, { labels: { [ZONE]: zone } });
    place(world, { a: 2, c: 1 });
    const four = scoresOf(world, 'PodTopologySpread', { labels: { app: 'web' } });
    expect([four.raw, four.normalized]).toEqual([
      { a: 12, b: 9, c: 9, d: 7 },
      { a: 58, b: 83, c: 83, d: 100 },
    ]);
    world.node('e');
    const five = scoresOf(world, 'PodTopologySpread', { labels: { app: 'web' } });
    expect([five.raw, five.normalized]).toEqual([
      { a: 13, b: 9, c: 10, d: 8, e: 2 },
      { a: 15, b: 46, c: 38, d: 53, e: 100 },
    ]);
  });
});

describe('Filtering by other pods', () => {
  const hard = (more: object = {}): PodOptions => ({
    labels: { app: 'web' },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } }, ...more },
    ],
  });
  const zones = (counts: readonly number[]) => {
    const world = new SchedulerWorld();
    counts.forEach((count, i) => {
      world.node(`n${i}`, { labels: { [ZONE]: `z${i + 1}` } });
      for (let k = 0; k < count; k++) world.pod(`n${i}-${k}`, { nodeName: `n${i}`, labels: { app: 'web' } });
    });
    return world;
  };
  const fitting = (world: SchedulerWorld, pod: PodOptions) => {
    const profile = world.core.profiles.get('default-scheduler')!;
    const info = new PodInfo(world.pod('tried', pod));
    world.core.cache.updateSnapshot(world.core.snapshot);
    const { explanation } = explainDecision(profile, info, { position: 0, percentageOfNodesToScore: 100, isWhole: true });
    return explanation.candidates.map(({ node }) => node).sort();
  };

  test('39: counts 2 and 1 leave the second zone, and three wanted domains leave none', () => {
    expect(fitting(zones([2, 1]), hard())).toEqual(['n1']);
    expect(fitting(zones([2, 1]), hard({ minDomains: 3 }))).toEqual([]);
  });

  test('38: an empty selector counts nobody and always passes', () => {
    expect(fitting(zones([2, 1]), hard({ labelSelector: {} }))).toEqual(['n0', 'n1']);
  });

  const affine = (labels: Record<string, string>, ...apps: string[]): PodOptions => ({
    labels,
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: apps.map((app) => ({
          topologyKey: ZONE,
          labelSelector: { matchLabels: { [app]: 'yes' } },
        })),
      },
    },
  });

  test('40: affinity to a label of its own lets the first pod of a group go anywhere that has the key', () => {
    const world = zones([0, 0]);
    world.node('bare');
    expect(fitting(world, affine({ a: 'yes' }, 'a'))).toEqual(['n0', 'n1']);
    // One that matches but stands where the key is missing changes nothing; one in a zone binds the others to it.
    world.pod('on-bare', { nodeName: 'bare', labels: { a: 'yes' } });
    expect(fitting(world, affine({ a: 'yes' }, 'a'))).toEqual(['n0', 'n1']);
    world.pod('on-n0', { nodeName: 'n0', labels: { a: 'yes' } });
    expect(fitting(world, affine({ a: 'yes' }, 'a'))).toEqual(['n0']);
  });

  test('41: two pods that each match one of two terms count for neither', () => {
    const world = zones([0, 0]);
    world.pod('x', { nodeName: 'n0', labels: { a: 'yes' } });
    world.pod('y', { nodeName: 'n0', labels: { b: 'yes' } });
    expect(fitting(world, affine({}, 'a', 'b'))).toEqual([]);
  });
});

test('ImageLocality, 43: an image of 250 MB on one of two nodes is worth 10, on one of three 6', () => {
  const imageScore = (nodes: number) => {
    const world = new SchedulerWorld();
    namedNodes(world, nodes);
    const node = world.core.cache.getNode('n0')!.node!;
    world.core.onNode(node, { ...node, status: { ...node.status, images: [{ names: ['app:1'], sizeBytes: 250 * MB }] } } as typeof node);
    return scoresOf(world, 'ImageLocality', {}).raw.n0;
  };
  expect([imageScore(2), imageScore(3)]).toEqual([10, 6]);
});

describe('Preemption', () => {
  const at = (time: string) => ({ status: { startTime: `2026-01-01T${time}:00Z` } });
  /** Pods on their nodes, then one of priority 10. Each world is one of nodes of 4 CPUs. */
  const preempted = (
    pods: readonly (readonly [node: string, name: string, priority: number, cpu: string, start: string])[],
    cpu: string,
  ) => {
    const world = new SchedulerWorld();
    for (const name of new Set(pods.map(([node]) => node))) world.node(name);
    for (const [nodeName, name, priority, own, start] of pods) {
      const pod = world.pod(name, { nodeName, priority, requests: { cpu: own } });
      world.update(pod, (one) => ({ ...one, ...at(start) }));
    }
    world.pod('preemptor', { priority: 10, requests: { cpu } });
    const chosen = world.attempt()?.preemption?.chosen;
    return chosen === undefined ? undefined : [chosen.nodeName, ...chosen.victims.map(({ name }) => name)];
  };
  const four = [
    ['n1', 'p3', 5, '2', '09:00'],
    ['n1', 'p1', 0, '1', '10:00'],
    ['n1', 'p2', 0, '1', '11:00'],
  ] as const;

  test('47: spares the most important pod, and rather evicts two of no priority than one that has some', () => {
    expect(preempted(four, '2')).toEqual(['n1', 'p1', 'p2']);
    expect(preempted([...four, ['n2', 'q', 3, '4', '10:00']], '2')).toEqual(['n1', 'p1', 'p2']);
  });

  test('49: of equal nodes takes the one whose pods have run the shortest', () => {
    expect(
      preempted(
        [
          ['a', 'x', 0, '4', '10:00'],
          ['b', 'y', 0, '4', '11:00'],
        ],
        '2',
      ),
    ).toEqual(['b', 'y']);
  });

  test('51: never clears a node that is too small when empty', () => {
    expect(preempted([['a', 'x', 0, '4', '10:00']], '5')).toBeUndefined();
  });
});
