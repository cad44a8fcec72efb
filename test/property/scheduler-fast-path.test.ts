import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { KubeObject } from '../../src/model/meta.ts';
import type { Node } from '../../src/model/node.ts';
import type { Affinity, Pod, PodSpec, TopologySpreadConstraint } from '../../src/model/pod.ts';
import { FastPath } from '../../src/scheduler/fast/fast-path.ts';
import { SchedulerTwins } from '../support/scheduler-twins.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const APPS = ['web', 'api', 'db'];

/** What one step of a script does; numbers pick among what is there. */
type Step =
  | {
      readonly do: 'pods';
      readonly template: number;
      readonly app: number;
      readonly namespace: number;
      readonly priority: number;
      readonly count: number;
      /** Some come with a promise somebody else made, or stand on their node already. */
      readonly fate: 'waits' | 'promised' | 'stands';
      readonly pick: number;
    }
  | { readonly do: 'settle' | 'advance' | 'grace' | 'look' }
  | { readonly do: 'delete' | 'terminate' | 'lose' | 'replace' | 'relabelPod' | 'touchPod'; readonly pick: number }
  | { readonly do: 'node'; readonly pick: number; readonly change: number; readonly value: number }
  | { readonly do: 'namespace' | 'service' | 'owner' | 'budget'; readonly pick: number; readonly app: number };

/** A script that uses only some of the templates has them meet more often; so has one in which little else happens. */
interface Flavour {
  readonly about: string;
  readonly runs: number;
  readonly nodes: fc.Arbitrary<number>;
  readonly templates: readonly number[];
  readonly priorities: readonly number[];
  readonly fates: readonly ('waits' | 'promised' | 'stands')[];
  readonly changes: readonly ('delete' | 'terminate' | 'lose' | 'replace' | 'relabelPod' | 'touchPod')[];
  readonly groups: readonly ('namespace' | 'service' | 'owner' | 'budget')[];
  readonly nodeWeight: number;
}

function script({ priorities, fates, changes, groups, nodeWeight }: Flavour, templates: readonly number[]): fc.Arbitrary<readonly Step[]> {
  const pods = fc.record({
    do: fc.constant('pods' as const),
    template: fc.constantFrom(...templates),
    app: fc.nat(2),
    namespace: fc.constantFrom(0, 0, 1),
    priority: fc.constantFrom(...priorities),
    count: fc.integer({ min: 1, max: 6 }),
    fate: fc.constantFrom(...fates),
    pick: fc.nat(),
  });
  const settle = fc.record({ do: fc.constant('settle' as const) });
  const clock = fc.record({ do: fc.constantFrom('advance' as const, 'grace' as const, 'look' as const, 'look' as const) });
  const change = fc.record({ do: fc.constantFrom(...changes), pick: fc.nat() });
  const nodes = fc.record({ do: fc.constant('node' as const), pick: fc.nat(), change: fc.nat(7), value: fc.nat(5) });
  const group = fc.record({ do: fc.constantFrom(...groups), pick: fc.nat(3), app: fc.nat(2) });
  const step = fc.oneof(
    { weight: 9, arbitrary: pods },
    { weight: 9, arbitrary: settle },
    { weight: 2, arbitrary: clock },
    { weight: 5, arbitrary: change },
    { weight: nodeWeight, arbitrary: nodes },
    { weight: 4, arbitrary: group },
  );
  return fc.array(step, { minLength: 10, maxLength: 80, size: 'max' });
}

const TEMPLATES = Array.from({ length: 22 }, (_, i) => i);

function node(i: number, overrides: { readonly labels?: object; readonly spec?: object; readonly status?: object } = {}): Node {
  const zone = i % 5 === 4 ? {} : { [ZONE]: `z${i % 3}` };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${i}`, labels: { [HOSTNAME]: `n${i}`, ...zone, disk: i % 3 === 0 ? 'ssd' : 'hdd', ...overrides.labels } },
    spec: { ...overrides.spec },
    status: {
      allocatable: { cpu: '2', memory: '4Gi', pods: '5' },
      images: i % 4 === 0 ? [{ names: ['web:1'], sizeBytes: 400_000_000 }] : [],
      ...overrides.status,
    },
  } as Node;
}

function changedNode(old: Node, change: number, value: number): Node {
  const { metadata, spec, status } = old;
  switch (change) {
    case 0:
      return { ...old, metadata: { ...metadata, labels: { ...metadata.labels, [ZONE]: `z${value}` } } };
    case 1:
      return { ...old, metadata: { ...metadata, labels: { ...metadata.labels, disk: value % 2 === 0 ? 'ssd' : 'hdd' } } };
    case 2: {
      const effect = value % 3 === 0 ? 'PreferNoSchedule' : 'NoSchedule';
      return { ...old, spec: { ...spec, taints: value > 3 ? [] : [{ key: 'a', effect }] } } as Node;
    }
    case 3:
      return { ...old, spec: { ...spec, unschedulable: value % 2 === 0 } } as Node;
    case 4:
      return { ...old, status: { ...status, allocatable: { cpu: String(value), memory: '4Gi', pods: '5' } } } as Node;
    case 5:
      return {
        ...old,
        status: { ...status, images: value % 2 === 0 ? [] : [{ names: ['web:1'], sizeBytes: 300_000_000 * value }] },
      } as Node;
    case 6:
      // A heartbeat: nothing that scheduling looks at.
      return { ...old, metadata: { ...metadata, annotations: { beat: String(value) } } };
    default:
      return { ...old, metadata: { ...metadata, labels: { [HOSTNAME]: metadata.name } } };
  }
}

const selectorOf = (app: string) => ({ matchLabels: { app } });

/** Everything the fast path follows, and some of what it leaves to the obvious way. */
function specOf(template: number, app: string): Partial<PodSpec> {
  const spread = (
    whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway',
    topologyKey: string,
    more: Partial<TopologySpreadConstraint> = {},
  ) => ({ topologyKey, maxSkew: 1, whenUnsatisfiable, labelSelector: selectorOf(app), ...more }) as TopologySpreadConstraint;
  const term = (topologyKey: string, of: string, more: object = {}) => ({ topologyKey, labelSelector: selectorOf(of), ...more });
  const affinity = (one: Affinity): Partial<PodSpec> => ({ affinity: one });
  switch (template) {
    case 1:
      return { nodeSelector: { disk: 'ssd' } };
    case 2:
      return { tolerations: [{ operator: 'Exists' }] };
    case 3: {
      const preference = { matchExpressions: [{ key: 'disk', operator: 'In' as const, values: ['ssd'] }] };
      return affinity({ nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, preference }] } });
    }
    case 4:
      return { topologySpreadConstraints: [spread('DoNotSchedule', ZONE)] };
    case 5:
      return { topologySpreadConstraints: [spread('DoNotSchedule', HOSTNAME, { minDomains: 4 }), spread('ScheduleAnyway', ZONE)] };
    case 6:
      return {
        nodeSelector: { disk: 'hdd' },
        topologySpreadConstraints: [spread('DoNotSchedule', ZONE, { maxSkew: 2, nodeTaintsPolicy: 'Honor' })],
      };
    case 7:
      return {
        nodeSelector: { disk: 'hdd' },
        topologySpreadConstraints: [
          spread('ScheduleAnyway', ZONE),
          spread('ScheduleAnyway', HOSTNAME, { nodeAffinityPolicy: 'Ignore' }),
          spread('ScheduleAnyway', 'disk'),
        ],
      };
    case 8:
      return affinity({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(ZONE, app)] } });
    case 9:
      return affinity({ podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(HOSTNAME, app)] } });
    case 10:
      return affinity({
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(ZONE, app), term('disk', app)] },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(HOSTNAME, 'db', { namespaces: ['one', 'two'] })] },
      });
    case 11:
      return affinity({
        podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term(ZONE, 'db') }] },
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 30, podAffinityTerm: term(HOSTNAME, app) }] },
      });
    case 12:
      return affinity({
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [term('disk', 'web', { namespaceSelector: { matchLabels: { team: 'a' } } })],
        },
      });
    case 13:
      return affinity({
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: term('disk', 'api', { namespaceSelector: {} }) }],
        },
      });
    case 14:
      return { containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '64' } } }] };
    case 15:
      return { preemptionPolicy: 'Never', containers: [{ name: 'main', resources: { requests: { cpu: '1900m' } } }] };
    case 16:
      return { containers: [{ name: 'main', image: 'web:1', ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] };
    case 18:
      return affinity({
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [term('disk', 'api', { namespaceSelector: { matchLabels: { team: 'b' } } })],
        },
      });
    case 19:
      return { topologySpreadConstraints: [spread('DoNotSchedule', ZONE, { nodeTaintsPolicy: 'Honor' })] };
    case 20:
    case 21: {
      // As a DaemonSet's pods, which name their node.
      const values = template === 20 ? [`n${serial % 7}`] : [`n${serial % 5}`, `n${serial % 3}`];
      const matchFields = values.map((value) => ({ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [value] }] }));
      return affinity({
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: matchFields } },
        ...(serial % 2 === 0 ? {} : { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('disk', 'db')] } }),
      });
    }
    default:
      return {};
  }
}

let serial = 0;

function pod({ template, app: number, namespace, priority }: Extract<Step, { do: 'pods' }>): Pod {
  const app = APPS[number]!;
  const name = `p${serial++}`;
  const namespaceName = namespace === 0 ? 'one' : 'two';
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: namespaceName,
      uid: `uid-${name}`,
      labels: { app },
      ...(template % 2 === 0 ? { ownerReferences: [owner] } : {}),
    },
    spec: {
      // Some are for a scheduler of their own, which sees the same cluster.
      schedulerName: template % 4 === 3 || number === 2 ? 'second' : 'default-scheduler',
      priority,
      containers: [{ name: 'main', image: 'web:1', resources: { requests: template % 3 === 0 ? {} : { cpu: `${200 + priority * 30}m` } } }],
      ...specOf(template, app),
    },
  } as Pod;
}

const STANDING = { do: 'pods', template: 0, app: 0, namespace: 0, priority: 0, count: 1, fate: 'stands', pick: 0 } as const;

function fated(one: Pod, { fate }: Extract<Step, { do: 'pods' }>, nodeName: string | undefined): Pod {
  if (nodeName === undefined || fate === 'waits') return one;
  if (fate === 'promised') return { ...one, status: { nominatedNodeName: nodeName } } as Pod;
  return { ...one, spec: { ...one.spec, nodeName } };
}

const object = (kind: string, name: string, namespace: string | undefined, rest: object): KubeObject =>
  ({ apiVersion: 'v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, ...rest }) as KubeObject;

function run(twins: SchedulerTwins, one: Step): void {
  const pick = <T>(list: readonly T[], number: number): T | undefined => (list.length === 0 ? undefined : list[number % list.length]);
  switch (one.do) {
    case 'pods':
      for (let i = 0; i < one.count; i++) twins.put(fated(pod(one), one, pick(twins.nodes, one.pick + i)?.metadata.name));
      return;
    case 'settle':
      return twins.settle(40);
    case 'advance':
      return twins.advance(400);
    case 'look':
      return twins.look();
    case 'grace':
      twins.isGraceful = !twins.isGraceful;
      return;
    case 'delete': {
      const victim = pick(twins.pods, one.pick);
      return victim === undefined ? undefined : twins.remove(victim);
    }
    case 'terminate': {
      const victim = pick(twins.pods, one.pick);
      if (victim !== undefined) twins.put({ ...victim, metadata: { ...victim.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
      return;
    }
    case 'touchPod': {
      // It has started, or so the kubelet says now: nothing is counted otherwise, but who goes first may change.
      const started = pick(twins.pods, one.pick);
      const startTime = `2026-01-01T00:00:${String(one.pick % 60).padStart(2, '0')}Z`;
      if (started !== undefined) twins.put({ ...started, status: { ...started.status, startTime } } as Pod);
      return;
    }
    case 'replace': {
      // Gone and back at once, and something may stand on it before the scheduler looks.
      const lost = pick(twins.nodes, one.pick);
      if (lost === undefined) return;
      twins.remove(lost);
      twins.put(lost);
      const standing = fated(pod({ ...STANDING, template: one.pick % 2 === 0 ? 0 : 9 }), STANDING, lost.metadata.name);
      return twins.put(standing);
    }
    case 'relabelPod': {
      const chosen = pick(twins.pods, one.pick);
      if (chosen !== undefined) twins.put({ ...chosen, metadata: { ...chosen.metadata, labels: { app: APPS[one.pick % 3]! } } });
      return;
    }
    case 'lose': {
      const lost = pick(twins.nodes, one.pick);
      return lost === undefined ? undefined : twins.remove(lost);
    }
    case 'node': {
      const old = pick(twins.nodes, one.pick);
      // Every now and then one comes, or comes back.
      return twins.put(old === undefined || one.pick % 4 === 0 ? node(one.pick % 40) : changedNode(old, one.change, one.value));
    }
    case 'namespace': {
      const namespace = object('Namespace', one.pick % 2 === 0 ? 'one' : 'two', undefined, {});
      return twins.put({ ...namespace, metadata: { ...namespace.metadata, labels: { team: one.app === 0 ? 'a' : 'b' } } });
    }
    case 'service': {
      const service = object('Service', `s${one.pick}`, one.pick % 2 === 0 ? 'one' : 'two', {
        spec: { selector: { app: APPS[one.app]! } },
      });
      return twins.store('Service').get(`${service.metadata.namespace}/${service.metadata.name}`) === undefined
        ? twins.put(service)
        : twins.remove(service);
    }
    case 'owner':
      return twins.put(
        object('ReplicaSet', APPS[one.app]!, one.pick % 2 === 0 ? 'one' : 'two', {
          spec: { selector: one.pick > 1 ? selectorOf(APPS[one.app]!) : { matchLabels: { app: 'none' } } },
        }),
      );
    case 'budget':
      return twins.put(
        object('PodDisruptionBudget', `b${one.pick}`, one.pick % 2 === 0 ? 'one' : 'two', {
          spec: { selector: selectorOf(APPS[one.app]!) },
          status: { disruptionsAllowed: one.pick },
        }),
      );
  }
}

const few = fc.integer({ min: 1, max: 6 });
const some = fc.oneof(few, fc.integer({ min: 7, max: 24 }));
// Enough for the search to stop before it has seen all.
const many = fc.constant(130);
const WAITS = ['waits', 'waits', 'waits', 'waits', 'promised', 'stands'] as const;
const CHANGES = ['delete', 'terminate', 'terminate', 'lose', 'replace', 'relabelPod', 'touchPod'] as const;

const FLAVOURS: readonly Flavour[] = [
  {
    about: 'nodes, pods and groups come and go',
    runs: 60,
    nodes: some,
    templates: TEMPLATES,
    priorities: [0, 0, 0, 5, 10],
    fates: WAITS,
    changes: CHANGES,
    groups: ['namespace', 'service', 'owner', 'budget'],
    nodeWeight: 3,
  },
  {
    about: 'the search stops before it has seen all nodes',
    runs: 20,
    nodes: many,
    // Those that fit on most nodes.
    templates: [0, 3, 9, 11, 13, 16, 17],
    priorities: [0, 0, 5],
    fates: ['waits', 'promised'],
    changes: CHANGES,
    groups: ['service', 'owner'],
    nodeWeight: 6,
  },
  {
    about: 'preemptors come, victims grow older and budgets change',
    runs: 60,
    nodes: fc.integer({ min: 2, max: 8 }),
    templates: [0, 1, 3, 15, 16, 17, 4, 9],
    priorities: [0, 5, 10, 10],
    fates: ['waits', 'waits', 'waits', 'stands'],
    changes: ['touchPod', 'touchPod', 'touchPod', 'terminate', 'delete'],
    groups: ['budget'],
    nodeWeight: 0,
  },
  {
    about: 'groups are selected otherwise',
    runs: 60,
    nodes: fc.integer({ min: 3, max: 12 }),
    templates: [0, 2, 5, 7, 19],
    priorities: [0],
    fates: WAITS,
    changes: ['replace', 'replace', 'terminate', 'delete', 'delete', 'relabelPod'],
    groups: ['service', 'owner', 'owner'],
    nodeWeight: 2,
  },
  {
    about: 'nodes are never the same',
    runs: 40,
    nodes: few,
    templates: [0, 3, 4, 5, 9, 11, 20],
    priorities: [0, 0, 5],
    fates: WAITS,
    changes: ['lose', 'lose', 'replace', 'delete'],
    groups: ['service', 'owner'],
    nodeWeight: 12,
  },
  {
    about: 'terms reach other namespaces',
    runs: 40,
    nodes: some,
    templates: [0, 12, 13, 18, 20, 21],
    priorities: [0],
    fates: WAITS,
    changes: CHANGES,
    groups: ['namespace'],
    nodeWeight: 1,
  },
];

/** Scores by other rules, and prefers what others would rather not. */
const OTHER_RULES = {
  plugins: {
    multiPoint: {
      enabled: [
        { name: 'NodeResourcesFit', weight: 7 },
        { name: 'PodTopologySpread', weight: 1 },
      ],
      disabled: [{ name: 'ImageLocality' }],
    },
  },
  pluginConfig: [
    {
      name: 'NodeResourcesFit',
      args: {
        scoringStrategy: {
          type: 'MostAllocated',
          resources: [
            { name: 'cpu', weight: 3 },
            { name: 'memory', weight: 1 },
          ],
        },
      },
    },
    {
      name: 'PodTopologySpread',
      args: {
        defaultingType: 'List',
        defaultConstraints: [
          { topologyKey: ZONE, maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' },
          { topologyKey: HOSTNAME, maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
        ],
      },
    },
    { name: 'InterPodAffinity', args: { hardPodAffinityWeight: 60 } },
  ],
};

const PROFILES = [
  [{ schedulerName: 'default-scheduler' }, { schedulerName: 'second', ...OTHER_RULES }],
  [{ schedulerName: 'default-scheduler' }, { schedulerName: 'second' }],
  [{ schedulerName: 'default-scheduler', ...OTHER_RULES }, { schedulerName: 'second' }],
];

test.each(FLAVOURS)('The fast path decides what the obvious way decides, in every word, while $about', (flavour) => {
  const decide = vi.spyOn(FastPath.prototype, 'decide');
  let attempts = 0;
  const { templates, nodes, runs } = flavour;
  const used = fc.subarray([...templates], { minLength: Math.min(2, templates.length), maxLength: Math.min(5, templates.length) });
  fc.assert(
    fc.property(
      nodes,
      fc.constantFrom(0, 10, 60, 100),
      // Some can hardly remember anything, and have to find out again and again.
      fc.constantFrom(undefined, undefined, { numbers: 150, plans: 2 }),
      fc.constantFrom(...PROFILES),
      used.chain((some) => script(flavour, some)),
      (count, percentageOfNodesToScore, memory, profiles, steps) => {
        serial = 0;
        const config = {
          apiVersion: 'kubescheduler.config.k8s.io/v1',
          kind: 'KubeSchedulerConfiguration',
          percentageOfNodesToScore,
          profiles,
        };
        const twins = new SchedulerTwins(config, memory);
        // In a large cluster some nodes are closed, so that a promise may have been made in vain.
        for (let i = 0; i < count; i++) twins.put(node(i, { spec: { unschedulable: count > 100 && i % 7 === 6 } }));
        for (const one of steps) run(twins, one);
        twins.settle(100);
        attempts += twins.attempts;
      },
    ),
    // A script that fails is told before the test's own limit, though looking for a shorter one takes minutes; fewer scripts than asked for fail.
    { numRuns: runs, interruptAfterTimeLimit: 100_000, markInterruptAsFailure: true },
  );
  const outcomes = decide.mock.results.map(({ value }) => (value as ReturnType<FastPath['decide']>)?.kind ?? 'declined');
  decide.mockRestore();
  expect(outcomes.filter((outcome) => outcome !== 'declined').length).toBeGreaterThan(attempts / 4);
});
