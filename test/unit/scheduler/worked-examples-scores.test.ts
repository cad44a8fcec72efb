/** The worked examples of the specification (10.2) about scores, by their numbers there: each answer was worked out by hand. */
import { describe, expect, test } from 'vitest';
import { CycleState } from '../../../src/scheduler/framework.ts';
import { shapeScore } from '../../../src/scheduler/plugins/allocation-strategies.ts';
import { normalizeByMaximum } from '../../../src/scheduler/plugins/default-normalize.ts';
import type { InterPodAffinity } from '../../../src/scheduler/plugins/inter-pod-affinity.ts';
import { namedNodes, nodeScore, type Requests, scoresOf } from '../../support/scheduler-scores.ts';
import { type NodeOptions, type PodOptions, SchedulerWorld } from '../../support/scheduler-world.ts';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const MB = 1024 * 1024;

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
