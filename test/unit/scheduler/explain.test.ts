/** What is said of a pod that waits: the plugin that refused each node, and the smallest change that would let the pod run. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainDecision } from '../../../src/scheduler/explain/explain-decision.ts';
import { explainWaiting } from '../../../src/scheduler/explain/explain-waiting.ts';
import type { Explanation } from '../../../src/scheduler/explain/explanation.ts';
import { changedSpec, WhatIf } from '../../../src/scheduler/explain/what-if.ts';
import { PodInfo } from '../../../src/scheduler/pod-info.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

/** Sets up a world in which the last pod cannot run, and explains it. */
function explained(setUp: (world: SchedulerWorld) => void): Explanation {
  const world = new SchedulerWorld();
  setUp(world);
  const pod = world.pod('stuck', stuck);
  world.attempt();
  const [explanation] = explainWaiting(world.core, [pod], () => false);
  return explanation!;
}
let stuck: Parameters<SchedulerWorld['pod']>[1] = {};

const isApp = (app: string) => ({ matchLabels: { app } });
const requiredTerm = (topologyKey: string, app: string) => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: isApp(app) }],
});

interface Case {
  readonly about: string;
  readonly pod: NonNullable<typeof stuck>;
  readonly world: (world: SchedulerWorld) => void;
  /** The smallest change, and others that have to be among those told. */
  readonly changes: readonly string[];
}

const cases: readonly Case[] = [
  {
    about: 'a taint in the way',
    pod: {},
    world: (world) => world.node('n1', { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }),
    changes: ['tolerate the taint dedicated=db:NoSchedule', 'take the taint dedicated=db:NoSchedule off n1'],
  },
  {
    about: 'a cordoned node',
    pod: {},
    world: (world) =>
      world.node('n1', { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }),
    changes: ['uncordon n1', 'add one more node like n1'],
  },
  {
    about: 'a node that is not ready',
    pod: {},
    world: (world) => world.node('n1', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] }),
    changes: ['have n1 recover from node.kubernetes.io/not-ready:NoExecute', 'add one more node like n1'],
  },
  {
    // 4 CPUs, of which 2.5 are taken: 1.5 are left for the 1.8 asked for.
    about: 'too little CPU',
    pod: { requests: { cpu: '1800m', memory: '1Gi' } },
    world: (world) => {
      world.node('n1');
      world.pod('other', { nodeName: 'n1', requests: { cpu: '2500m' } });
    },
    changes: ['ask for 300m of cpu less (1500m instead of 1800m)', 'add one more node like n1', 'move or delete pod default/other on n1'],
  },
  {
    about: 'too little CPU and memory, on one node less than on the other',
    pod: { requests: { cpu: '2', memory: '6Gi' } },
    world: (world) => {
      world.node('n1', { cpu: '1', memory: '2Gi' });
      world.node('n2', { cpu: '1500m', memory: '5Gi' });
    },
    changes: ['ask for 500m of cpu less (1500m instead of 2) and 1Gi of memory less (5Gi instead of 6Gi)'],
  },
  {
    // The new node has 4 CPUs as n1 has, of which the daemon takes 2 there too.
    about: 'a node of its kind that its daemons would fill as well',
    pod: { requests: { cpu: '3' } },
    world: (world) => {
      world.node('n1');
      const daemon = world.pod('daemon', { nodeName: 'n1', requests: { cpu: '2' } });
      const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd', controller: true };
      world.update(daemon, (pod) => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }));
    },
    changes: ['ask for 1 of cpu less (2 instead of 3)'],
  },
  {
    about: 'a pod that is only on its way to the node',
    pod: { requests: { cpu: '2' } },
    world: (world) => {
      world.node('n1');
      world.pod('assumed', { requests: { cpu: '3' } });
      world.attempt();
    },
    changes: ['ask for 1 of cpu less (1 instead of 2)', 'move or delete pod default/assumed on n1'],
  },
  {
    about: 'a node that runs as many pods as it may',
    pod: {},
    world: (world) => {
      world.node('n1', { pods: '1' });
      world.pod('other', { nodeName: 'n1' });
    },
    changes: ['add one more node like n1', 'have one pod fewer on n1, which runs all the 1 it may'],
  },
  {
    about: 'a label no node has',
    pod: { nodeSelector: { disk: 'ssd' } },
    world: (world) => world.node('n1'),
    changes: ['label n1 disk=ssd', 'drop disk=ssd from its nodeSelector'],
  },
  {
    about: 'required node affinity',
    pod: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'cores', operator: 'Gt', values: ['16'] },
                  { key: 'gpu', operator: 'Exists' },
                ],
              },
            ],
          },
        },
      },
    },
    world: (world) => world.node('n1', { labels: { cores: '8' } }),
    changes: ['drop its required node affinity', 'label n1 cores=17 (now 8) and gpu=true'],
  },
  {
    about: 'a host port that is taken',
    pod: { containers: [{ name: 'c', image: 'app:1', ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }] },
    world: (world) => {
      world.node('n1');
      world.pod('web', {
        nodeName: 'n1',
        containers: [{ name: 'c', image: 'app:1', ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }],
      });
    },
    changes: ['do without host port 80/TCP', 'add one more node like n1', 'free host port 80/TCP of n1, which pod default/web has'],
  },
  {
    about: 'anti-affinity to a pod of its own kind',
    pod: { labels: { app: 'db' }, affinity: { podAntiAffinity: requiredTerm(HOST, 'db') } },
    world: (world) => {
      world.node('n1');
      world.pod('db-0', { nodeName: 'n1', labels: { app: 'db' } });
    },
    changes: [
      'drop its required pod anti-affinity, or make it a preferred one',
      'add one more node like n1',
      'move or delete pod default/db-0',
    ],
  },
  {
    about: 'the anti-affinity of another pod',
    pod: { labels: { app: 'noisy' } },
    world: (world) => {
      world.node('n1', { labels: { [ZONE]: 'a' } });
      world.pod('quiet', { nodeName: 'n1', affinity: { podAntiAffinity: requiredTerm(ZONE, 'noisy') } });
    },
    changes: ['move or delete pod default/quiet'],
  },
  {
    about: 'affinity to a pod that is nowhere',
    pod: { affinity: { podAffinity: requiredTerm(ZONE, 'cache') } },
    world: (world) => world.node('n1', { labels: { [ZONE]: 'a' } }),
    changes: ['drop its required pod affinity'],
  },
  {
    // Zone a has 2 pods, zone b none and no room: one more in a is a skew of 3.
    about: 'a spread that would be too uneven',
    pod: {
      labels: { app: 'web' },
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: isApp('web') }],
    },
    world: (world) => {
      world.node('n1', { labels: { [ZONE]: 'a' } });
      world.node('n2', { labels: { [ZONE]: 'b' }, cpu: '10m' });
      for (const name of ['web-0', 'web-1']) world.pod(name, { nodeName: 'n1', labels: { app: 'web' } });
    },
    changes: [`raise the maxSkew over ${ZONE} from 1 to 3`, `make the spread over ${ZONE} a wish (ScheduleAnyway)`],
  },
  {
    about: 'a node without the label pods are spread over',
    pod: {
      labels: { app: 'web' },
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule', labelSelector: isApp('web') }],
    },
    world: (world) => {
      world.node('n1');
      world.node('n2', { labels: { rack: 'r1' }, cpu: '10m' });
    },
    changes: ['label n1 rack=r1'],
  },
  {
    about: 'pods of a priority as high as its own',
    pod: { priority: 5, requests: { cpu: '4' } },
    world: (world) => {
      world.node('n1');
      world.pod('other', { nodeName: 'n1', priority: 5, requests: { cpu: '4' } });
    },
    changes: ['add one more node like n1', 'give it a priority above 5, which evicts 1 pod from n1'],
  },
  {
    about: 'resource claims',
    pod: { resourceClaims: [{ name: 'gpu' }] },
    world: (world) => world.node('n1'),
    changes: ['take its resource claims away, which Orrery does not simulate'],
  },
  {
    about: 'two things at once',
    pod: { nodeSelector: { disk: 'ssd' } },
    world: (world) => world.node('n1', { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] }),
    changes: ['tolerate the taint dedicated:NoSchedule, and label n1 disk=ssd'],
  },
  {
    about: 'a scheduler that does not run',
    pod: { schedulerName: 'packer' },
    world: (world) => world.node('n1'),
    changes: ['set schedulerName to default-scheduler'],
  },
  {
    about: 'scheduling gates',
    pod: { schedulingGates: [{ name: 'a' }, { name: 'b' }] },
    world: (world) => world.node('n1'),
    changes: ['remove the scheduling gates a, b'],
  },
];

describe('The smallest change', () => {
  test.each(cases)('for $about is told first, and all that help are', ({ pod, world, changes }) => {
    stuck = pod;
    const told = explained(world).changes!.map(({ text }) => text);
    expect(told[0]).toBe(changes[0]);
    for (const change of changes) expect(told).toContain(change);
    if (pod.requests?.cpu === '3') expect(told.join()).not.toContain('one more node');
  });

  test('is nothing when nothing helps: a claim that does not exist', () => {
    stuck = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
    const explanation = explained((world) => world.node('n1'));
    expect(explanation.changes).toEqual([]);
    expect(explanation.rejections).toMatchObject([{ count: 1, reasons: ['persistentvolumeclaim "data" not found'] }]);
  });
});

describe('An explanation', () => {
  test('puts nodes together that say the same, and names the first of them', () => {
    stuck = { requests: { cpu: '3' } };
    const explanation = explained((world) => {
      for (let i = 0; i < 4000; i++) world.node(`small-${i}`, { cpu: '1' });
      for (let i = 0; i < 30; i++) world.node(`tainted-${i}`, { taints: [{ key: 'a', effect: 'NoSchedule' }] });
    });
    expect(explanation.nodes).toEqual({ total: 4030, examined: 4030, feasible: 0 });
    expect(explanation.rejections.map(({ plugin, reasons, count, nodes }) => [plugin, reasons, count, nodes.length])).toEqual([
      ['NodeResourcesFit', ['Insufficient cpu'], 4000, 8],
      ['TaintToleration', ['node(s) had untolerated taint(s)'], 30, 8],
    ]);
    expect(explanation.changes![0]).toMatchObject({ text: 'tolerate the taint a:NoSchedule', fits: 30 });
  });

  test('has no change to tell where there is no node, or where the attempt itself fails', () => {
    stuck = {};
    expect(explained(() => {})).toMatchObject({ message: 'no nodes available to schedule pods', nodes: { total: 0 }, changes: [] });
    const preference = { matchExpressions: [{ key: 'cores', operator: 'Gt' as const, values: ['many'] }] };
    stuck = { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] } } };
    const failed = explained((world) => {
      world.node('n1');
      world.node('n2');
    });
    expect(failed.message).toContain("for 'Gt', 'Lt' operators, the value must be an integer");
    expect(failed.changes).toEqual([]);
  });

  test('speaks once for pods of one template', () => {
    const world = new SchedulerWorld();
    world.node('n1', { cpu: '1' });
    const pods = ['a', 'b', 'c'].map((name) => world.pod(name, { requests: { cpu: '2' } }));
    for (const _ of pods) world.attempt();
    expect(explainWaiting(world.core, pods, () => false)).toMatchObject([
      { pod: 'default/a', attempts: 1, alike: ['default/b', 'default/c'] },
    ]);
  });
});

describe('A pod that was placed', () => {
  const choiceOf = (world: SchedulerWorld) => {
    const info = new PodInfo(world.pod('web'));
    world.core.cache.updateSnapshot(world.core.snapshot);
    const profile = world.core.profiles.get('default-scheduler')!;
    return explainDecision(profile, info, { position: 0, percentageOfNodesToScore: 0 }).explanation;
  };

  test('is told how many others were as good', () => {
    const world = new SchedulerWorld();
    for (const name of ['n1', 'n2', 'n3']) world.node(name);
    world.pod('other', { nodeName: 'n2', requests: { cpu: '2' } });
    expect(choiceOf(world).ties).toBe(1);
  });

  test('is told the smallest weight with which it would have gone elsewhere, and does go there with it', () => {
    const build = (configuration: object) => {
      const world = new SchedulerWorld({ configuration });
      // n1 is empty but to be avoided; n2 is half full. TaintToleration has a say of 3 against the emptiness of n1.
      world.node('n1', { taints: [{ key: 'old', effect: 'PreferNoSchedule' }] });
      world.node('n2');
      world.pod('other', { nodeName: 'n2', requests: { cpu: '2', memory: '4Gi' } });
      return world;
    };
    const { candidates, turnings } = choiceOf(build({}));
    expect(candidates[0]!.node).toBe('n2');
    // n2 leads by 300 of TaintToleration less 50 of NodeResourcesFit; the other scores are alike but for 0 or 1.
    const smallest = turnings[0]!;
    expect(smallest.node).toBe('n1');
    for (const { plugin, from, to, node } of turnings) {
      const enabled = (weight: number) => [{ plugins: { score: { enabled: [{ name: plugin, weight }] } } }];
      const plugins = (weight: number) => (weight === 0 ? [{ plugins: { score: { disabled: [{ name: plugin }] } } }] : enabled(weight));
      expect(choiceOf(build({ profiles: plugins(to) })).candidates[0]!.node).toBe(node);
      const nearer = to > from ? to - 1 : to + 1;
      expect(choiceOf(build({ profiles: plugins(nearer) })).candidates[0]!.node).toBe('n2');
    }
  });
});

test('WhatIf puts everything back, and says of any change what the filters say of a cluster that has it', () => {
  const labels = fc.dictionary(fc.constantFrom('disk', 'pool'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
  const node = fc.record({ labels, cpu: fc.constantFrom('1', '2', '4'), isTainted: fc.boolean() });
  const pod = fc.record({ selector: labels, cpu: fc.constantFrom('500m', '1', '3'), on: fc.nat() });
  fc.assert(
    fc.property(
      fc.array(node, { minLength: 1, maxLength: 5 }),
      fc.array(pod, { maxLength: 6 }),
      pod,
      node,
      (nodes, pods, tried, changed) => {
        const build = (last: typeof changed) => {
          const world = new SchedulerWorld();
          [...nodes.slice(0, -1), last].forEach(({ isTainted, ...options }, i) => {
            world.node(`n${i}`, { ...options, taints: isTainted ? [{ key: 'a', effect: 'NoSchedule' }] : [] });
          });
          pods.forEach(({ cpu, on }, i) => void world.pod(`p${i}`, { nodeName: `n${on % nodes.length}`, requests: { cpu } }));
          world.core.cache.updateSnapshot(world.core.snapshot);
          return world;
        };
        const original = build(nodes.at(-1)!);
        const other = build(changed);
        const info = new PodInfo(changedSpec(original.pod('tried', { requests: { cpu: tried.cpu } }), { nodeSelector: tried.selector }));
        const profileOf = (world: SchedulerWorld) => world.core.profiles.get('default-scheduler')!;
        const whatIf = new WhatIf(profileOf(original));
        const before = whatIf.verdicts(info);
        const name = `n${nodes.length - 1}`;
        const during = whatIf.with({ nodes: [other.core.cache.getNode(name)!.node!] }, () => whatIf.verdicts(info));
        expect(new Map(during)).toEqual(new Map(new WhatIf(profileOf(other)).verdicts(info)));
        expect(new Map(whatIf.verdicts(info))).toEqual(new Map(before));
      },
    ),
    { numRuns: 60 },
  );
});
