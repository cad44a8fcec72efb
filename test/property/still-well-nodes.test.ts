/** A monitor that passes over nodes still well finds what one finds that looks at each: runs with and without the short cut are the same run. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Cluster } from '../../src/cluster/cluster.ts';
import { ClusterFaults } from '../../src/cluster/cluster-faults.ts';

const SECOND_US = 1_000_000;
const shortCut = vi.hoisted(() => ({ isOff: false, taken: 0 }));

vi.mock('../../src/controllers/node-lifecycle/node-health.ts', async (original) => {
  const actual = await original<typeof import('../../src/controllers/node-lifecycle/node-health.ts')>();
  return {
    ...actual,
    isStillWell: (...args: Parameters<typeof actual.isStillWell>) => {
      const isWell = !shortCut.isOff && actual.isStillWell(...args);
      if (isWell) shortCut.taken++;
      return isWell;
    },
  };
});

const ON_NODE = {
  taint: { spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] } },
  zone: { metadata: { labels: { 'topology.kubernetes.io/zone': 'other' } } },
  exclude: { metadata: { labels: { 'node.kubernetes.io/exclude-disruption': '' } } },
} as const;

const act = fc.record({
  atUs: fc.nat(150 * SECOND_US),
  what: fc.constantFrom(
    ...(Object.keys(ON_NODE) as (keyof typeof ON_NODE)[]),
    'crash',
    'restart',
    'partition',
    'heal',
    'notReady',
    'remove',
  ),
  number: fc.nat(3),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

test('A monitor that passes over nodes still well leads to the same run as one that looks at each', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 8 }), (acts) => {
      shortCut.isOff = false;
      const quick = runOf(acts);
      shortCut.isOff = true;
      expect(quick).toEqual(runOf(acts));
    }),
    { numRuns: 50 },
  );
});

test('In a quiet cluster nearly every look is passed over', () => {
  shortCut.isOff = false;
  shortCut.taken = 0;
  runOf([]);
  // Four nodes, every 5 s of 250 s, less the first looks at nodes that have only just come.
  expect(shortCut.taken).toBeGreaterThan(4 * 40);
});

function runOf(acts: readonly Act[]): { writes: string[]; digest: string } {
  const nodes = ['a', 'b', 'c', 'd'].map((name, index) => ({
    name,
    capacity: { cpu: 8, memory: '16Gi' },
    labels: { 'topology.kubernetes.io/zone': `z${index % 2}` },
  }));
  const cluster = new Cluster({ seed: 3, nodes });
  const writes: string[] = [];
  cluster.observers.add({
    wrote: ({ timeUs, verb, kind, subresource, object }) => {
      if (kind !== 'Lease') writes.push(`${timeUs} ${verb} ${kind} ${subresource} ${JSON.stringify(object)}`);
    },
  });
  cluster.start();
  const removed = new Set<string>();
  for (const one of acts) cluster.sim.after(one.atUs, () => play(cluster, one, removed));
  cluster.sim.runUntil(250 * SECOND_US);
  return { writes, digest: cluster.sim.digest };
}

function play(cluster: Cluster, { what, number }: Act, removed: Set<string>): void {
  const faults = new ClusterFaults(cluster);
  // A machine is gone at once, its object a moment later.
  const known = faults.nodes().filter(({ name }) => !removed.has(name));
  const node = known[number % Math.max(1, known.length)]?.name;
  if (node === undefined) return;
  const client = cluster.client('kubectl');
  const patch = (body: object, subresource?: 'status') =>
    client.send(true, (api, by) => api.patch('Node', undefined, node, { type: 'strategic', body }, by, subresource));
  if (what === 'crash') faults.crashNode(node);
  else if (what === 'restart') faults.restartNode(node);
  else if (what === 'partition') faults.partitionNode(node);
  else if (what === 'heal') faults.healNode(node);
  else if (what === 'remove') {
    removed.add(node);
    faults.removeNode(node);
  } else if (what === 'notReady') patch({ status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'status');
  else patch(ON_NODE[what]);
}
