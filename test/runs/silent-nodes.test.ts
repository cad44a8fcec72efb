/** Nodes that fall silent: who is told, whose pods are marked, and which of them are given up. */
import { expect, test } from 'vitest';
import type { Node } from '../../src/model/node.ts';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const ZONE = 'topology.kubernetes.io/zone';
const nodesIn = (...zones: readonly string[]) =>
  zones.map((zone, at) => ({
    name: `n${at + 1}`,
    labels: { [ZONE]: zone },
    capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '50Gi' },
  }));

const nodeEvents = ({ cluster }: SmallCluster) =>
  cluster.api.list('Event', { namespace: 'default' }).items.flatMap((event) => {
    const { reason, message } = event as unknown as { reason: string; message: string };
    return reason.endsWith('Node') ? [`${reason}: ${message}`] : [];
  });

/** When each node was given the NoExecute taint of the unreachable, in whole seconds of the run. */
function tainting(small: SmallCluster): Map<string, number> {
  const seconds = new Map<string, number>();
  small.cluster.observers.add({
    wrote: ({ kind, object, timeUs }) => {
      const isGivenUp = (object as Node).spec?.taints?.some(({ key, effect }) => key.endsWith('/unreachable') && effect === 'NoExecute');
      if (kind === 'Node' && isGivenUp === true && !seconds.has(object.metadata.name)) {
        seconds.set(object.metadata.name, Math.floor(timeUs / 1e6));
      }
    },
  });
  return seconds;
}

test('A node that joins is greeted, and one that is taken away is missed; those that were there all along are not news', () => {
  const small = smallCluster();
  small.run(30);
  expect(nodeEvents(small)).toEqual([]);
  small.cluster.fleet.addNode({ name: 'late', capacity: { cpu: 4, memory: '8Gi' } });
  small.run(20);
  expect(nodeEvents(small)).toEqual(['RegisteredNode: Node late event: Registered Node late in Controller']);
  small.cluster.fleet.removeNode('late');
  small.cluster.client('admin').send(true, (api, by) => api.delete('Node', undefined, 'late', {}, by));
  small.run(20);
  expect(nodeEvents(small)[1]).toBe('RemovingNode: Node late event: Removing Node late from Controller');
});

test('A controller that starts in a running cluster greets every node', () => {
  const small = smallCluster();
  small.run(30);
  small.inject({ kind: 'crashController', component: 'node-lifecycle-controller', forUs: 5_000_000 });
  small.run(30);
  expect(nodeEvents(small)).toHaveLength(4);
});

test('Pods that could not be marked as not ready are marked in the next pass', () => {
  const small = smallCluster({}, 2);
  deploy(small, deploymentOf('web', 4));
  small.run(60);
  const { api } = small.cluster;
  const update = api.update.bind(api);
  let refusals = 0;
  api.update = ((kind, object, request, subresource) => {
    // The first of the pods is written by somebody else at that very moment, time and again.
    if (kind === 'Pod' && request.author === 'node-controller' && refusals < 2) {
      refusals++;
      const stored = api.get('Pod', object.metadata.namespace, object.metadata.name);
      update('Pod', { ...stored, metadata: { ...stored.metadata, annotations: { turn: String(refusals) } } }, { author: 'other' });
    }
    return update(kind, object, request, subresource);
  }) as typeof api.update;
  small.inject({ kind: 'crashNodes', nodes: { names: ['n1'] } });
  small.run(75);
  const ofDead = small.pods().filter(({ spec }) => spec.nodeName === 'n1');
  expect([refusals, ofDead.length > 0]).toEqual([2, true]);
  const isReady = ({ status }: (typeof ofDead)[number]) => status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  expect(new Set(ofDead.map(isReady))).toEqual(new Set(['False']));
});

test('When every node is silent nobody is given up, and who stays silent afterwards goes one by one', () => {
  const small = smallCluster({ nodes: nodesIn('a', 'a', 'b', 'b') });
  const seconds = tainting(small);
  small.run(10);
  small.inject({ kind: 'crashNodes', nodes: { names: ['n1', 'n2', 'n3', 'n4'] } });
  small.run(600);
  // The first that were found silent may have been given up before the last one was; that is taken back.
  const taints = small.cluster.api.list('Node', {}).items.flatMap(({ spec }) => spec?.taints ?? []);
  expect(taints.map(({ effect }) => effect)).toEqual(['NoSchedule', 'NoSchedule', 'NoSchedule', 'NoSchedule']);
  seconds.clear();
  small.cluster.fleet.restartNode('n4');
  small.run(300);
  expect([...seconds.keys()].sort()).toEqual(['n1', 'n2', 'n3']);
  // In zone a, which is still dark, the bucket begins empty and fills in ten seconds.
  expect(Math.abs(seconds.get('n2')! - seconds.get('n1')!)).toBe(10);
});
