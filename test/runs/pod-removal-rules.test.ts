import { expect, test } from 'vitest';
import { ControllersAlone } from '../support/controllers-alone.ts';

const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
const TAINT = { key: 'gone', effect: 'NoExecute' };

function siteWithPodOn(node: object, tolerations: object[] = []): ControllersAlone {
  const site = new ControllersAlone({}, true);
  site.create('v1', 'Node', 'n', node);
  site.create('v1', 'Pod', 'p', { spec: { containers: [{ name: 'c', image: 'i' }], tolerations } });
  site.do({ act: 'pods', op: 'run', count: 1, pick: { name: 'p' }, args: { node: 'n' } });
  return site;
}

test('A finished pod on a node with a NoExecute taint is marked like any other before it goes', () => {
  const site = siteWithPodOn({ status: READY });
  site.do({ act: 'pods', op: 'succeed', count: 1, pick: { name: 'p' } });
  const { writes, status } = site.do({ act: 'patch', on: 'Node/n', patch: { spec: { taints: [TAINT] } } });
  expect(status.map((row) => [row.by, row.verb, row.on])).toEqual([['node-controller', 'patch', 'Pod/p']]);
  expect(writes.map((row) => [row.by, row.verb, row.on])).toEqual([['node-controller', 'delete', 'Pod/p']]);
});

test('A deadline outlives its node, and is called off when the node is back without the taint', () => {
  const site = siteWithPodOn({ status: READY }, [{ key: 'gone', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }]);
  site.do({ act: 'patch', on: 'Node/n', patch: { spec: { taints: [TAINT] } } });
  site.do({ act: 'delete', on: 'Node/n' });
  const { events } = site.create('v1', 'Node', 'n', { status: READY });
  expect(events.map((event) => event.message)).toEqual(['Cancelling deletion of Pod ns/p']);
});

test('A node that was missed once is looked for again after forty seconds, whether or not it was back in between', () => {
  const site = siteWithPodOn({ status: READY });
  const gone = () => site.plane.api.store.get('Pod', 'ns/p' as never) === undefined;
  site.do({ act: 'delete', on: 'Node/n' });
  site.do({ act: 'wait', seconds: 20 });
  site.create('v1', 'Node', 'n', { status: READY });
  site.do({ act: 'wait', seconds: 21 });
  site.do({ act: 'delete', on: 'Node/n' });
  site.do({ act: 'wait', seconds: 20 });
  expect(gone()).toBe(true);
});
