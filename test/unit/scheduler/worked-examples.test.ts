/** The worked examples of the specification (10.2) but for scores, by their numbers there: each answer was worked out by hand. */
import { describe, expect, test } from 'vitest';
import { explainDecision } from '../../../src/scheduler/explain/explain-decision.ts';
import { CycleState } from '../../../src/scheduler/framework.ts';
import { PodInfo } from '../../../src/scheduler/pod-info.ts';
import { namedNodes, nodeScore, type Requests } from '../../support/scheduler-scores.ts';
import { type NodeOptions, type PodOptions, SchedulerWorld } from '../../support/scheduler-world.ts';

const ZONE = 'topology.kubernetes.io/zone';
const MB = 1024 * 1024;

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
