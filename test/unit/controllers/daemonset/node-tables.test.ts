/** What is kept of the nodes is what looking at all of them gives, whatever happens to nodes, pods and time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Store } from '../../../../src/apiserver/store.ts';
import { SECOND_US } from '../../../../src/base/units.ts';
import { Informer } from '../../../../src/client/informer.ts';
import { basisOf, type DaemonNode, WholeView, wantsAttention } from '../../../../src/controllers/daemonset/daemon-view.ts';
import { daemonTolerations, eligibility } from '../../../../src/controllers/daemonset/eligibility.ts';
import { ORPHANS } from '../../../../src/controllers/daemonset/histories.ts';
import { NodeTables } from '../../../../src/controllers/daemonset/node-tables.ts';
import { controllerOf } from '../../../../src/model/meta.ts';
import type { Node } from '../../../../src/model/node.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import { selectorMatches } from '../../../../src/model/selector.ts';
import { timeText } from '../../../../src/model/time.ts';
import type { DaemonSet } from '../../../../src/model/workloads.ts';
import { Random } from '../../../../src/sim/random.ts';
import { Simulation } from '../../../../src/sim/simulation.ts';

const NODES = ['a', 'b', 'c'] as const;
const BURST = 2;

const change = fc.oneof(
  { weight: 1, arbitrary: fc.record({ node: fc.constantFrom(...NODES), effect: fc.constantFrom('', 'NoSchedule', 'NoExecute', 'gone') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      pod: fc.nat(5),
      isRemoved: fc.constantFrom(false, false, true),
      owner: fc.oneof({ weight: 15, arbitrary: fc.constant('mine') }, fc.constantFrom('other', undefined)),
      isSelected: fc.oneof({ weight: 15, arbitrary: fc.constant(true) }, fc.constant(false)),
      wants: fc.constantFrom(...NODES, 'nowhere'),
      isBound: fc.constantFrom(true, true, false),
      hash: fc.constantFrom('old', 'new'),
      phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', 'Succeeded', 'Failed'),
      readyForSeconds: fc.constantFrom(-1, 0, 1, 60),
      isDeleting: fc.constantFrom(true, false, false),
    }),
  },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const rollingUpdate = fc.oneof(
  fc.record({ maxSurge: fc.constantFrom(1, 2, '50%'), maxUnavailable: fc.constant(0) }),
  fc.record({ maxUnavailable: fc.constantFrom(1, 2, '50%') }),
);

// A pod that is not available yet, and whose node goes before it is.
const GONE_BEFORE_AVAILABLE: Change[] = [
  { node: 'c', effect: '' },
  {
    pod: 0,
    isRemoved: false,
    owner: 'mine',
    isSelected: true,
    wants: 'c',
    isBound: true,
    hash: 'old',
    phase: 'Running',
    readyForSeconds: 0,
    isDeleting: true,
  },
  { node: 'c', effect: 'gone' },
];

test('NodeTables agrees with a look at all nodes and pods, after any course of changes', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), rollingUpdate, fc.constantFrom(0, 2), (changes, update, minReadySeconds) => {
      const sim = new Simulation();
      const store = new Store();
      const hop = { kind: 'constant', valueUs: 10 } as const;
      const nodes = new Informer(sim, store, new Random(1), 'test', 'Node', hop);
      const pods = new Informer(sim, store, new Random(1), 'test', 'Pod', hop);
      pods.addIndex(ORPHANS, (pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []));
      const set = daemonSet(update, minReadySeconds);
      const basis = basisOf(set, 'new');
      const eligibilityOf = (spec: DaemonSet['spec'], node: Node) =>
        eligibility(spec.template.spec, daemonTolerations(spec.template.spec), node);
      const tables = new NodeTables(sim, nodes, pods, eligibilityOf);
      for (const one of changes) {
        play(store, sim, one);
        sim.runUntil(sim.nowUs + SECOND_US);
        const mine = pods.byIndex('controllerUid', 'mine');
        const isChangingHands =
          mine.some((pod) => !selectorMatches(set.spec.selector, pod.metadata.labels)) ||
          pods.byIndex(ORPHANS, 'default').some(({ metadata }) => metadata.labels?.app === 'a' && metadata.deletionTimestamp === undefined);
        const table = tables.of(set, 'new');
        expect(table === undefined).toBe(isChangingHands);
        if (table === undefined) continue;
        const whole = new WholeView(basis, nodes.values(), mine, (node) => eligibilityOf(set.spec, node));
        const { nowUs } = sim;
        expect(table.sums()).toEqual(whole.sums(nowUs));
        expect(table.roll(nowUs)).toEqual(whole.roll(nowUs));
        expect(table.toManage(BURST)).toEqual(atFirst(whole.toManage(), (node) => wantsAttention(node, basis, nowUs)));
      }
    }),
    { numRuns: 300, examples: [[GONE_BEFORE_AVAILABLE, { maxUnavailable: 1 }, 2]] },
  );
});

/** Of nodes that merely lack their pod the first few, and all others that want something. */
function atFirst(nodes: readonly DaemonNode[], wants: (node: DaemonNode) => boolean): DaemonNode[] {
  let lacking = 0;
  return nodes.filter((node) => {
    if (!node.isKnown) return true;
    return node.pods.length === 0 ? node.shouldRun && lacking++ < BURST : wants(node);
  });
}

function play(store: Store, sim: Simulation, one: Change): void {
  if ('node' in one) {
    const known = store.get('Node', one.node);
    if (one.effect !== 'gone') store.put('Node', nodeOf(one.node, one.effect));
    else if (known !== undefined) store.remove('Node', known);
    return;
  }
  const pod = podOf(one, sim.nowUs);
  if (!one.isRemoved) store.put('Pod', pod);
  else if (store.get('Pod', `default/${pod.metadata.name}`) !== undefined) store.remove('Pod', pod);
}

function nodeOf(name: string, effect: string): Node {
  const taints = effect === '' ? [] : [{ key: 'k', effect }];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name }, spec: { taints } } as unknown as Node;
}

function podOf(one: Exclude<Change, { node: string }>, nowUs: number): Pod {
  const { pod, owner, isSelected, wants, isBound, hash, phase, readyForSeconds, isDeleting } = one;
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [wants] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  const since = timeText(Math.max(0, nowUs - readyForSeconds * SECOND_US));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `p${pod}`,
      namespace: 'default',
      uid: `u${pod}`,
      creationTimestamp: timeText(0),
      labels: { app: isSelected ? 'a' : 'b', 'controller-revision-hash': hash },
      ...(isDeleting ? { deletionTimestamp: timeText(0) } : {}),
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: owner, uid: owner, controller: true }] }),
    },
    spec: {
      containers: [],
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      ...(isBound ? { nodeName: wants } : {}),
    },
    status: { phase, conditions: [{ type: 'Ready', status: readyForSeconds < 0 ? 'False' : 'True', lastTransitionTime: since }] },
  } as Pod;
}

function daemonSet(update: object, minReadySeconds: number): DaemonSet {
  const selector = { matchLabels: { app: 'a' } };
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [] } };
  const spec = { selector, minReadySeconds, template, updateStrategy: { type: 'RollingUpdate', rollingUpdate: update } };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd', namespace: 'default', uid: 'mine' },
    spec,
  } as unknown as DaemonSet;
}
