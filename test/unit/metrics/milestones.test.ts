import { expect, test } from 'vitest';
import { Milestones } from '../../../src/metrics/milestones.ts';
import type { KubeObject } from '../../../src/model/meta.ts';
import type { Write } from '../../../src/model/observer.ts';

/** Feeds the states of one object, a second apart, and answers what is told of them. */
function toldOf(states: readonly object[], author = 'controller'): readonly string[] {
  const milestones = new Milestones();
  tell(milestones, states, author);
  return milestones.list([]).map(({ timeUs, text }) => `${timeUs / 1e6} ${text}`);
}

function tell(milestones: Milestones, states: readonly object[], author: string): void {
  states.forEach((state, index) => {
    const object = state as KubeObject;
    const previous = states[index - 1] as KubeObject | undefined;
    milestones.wrote({ timeUs: index * 1e6, author, kind: object.kind, object, previous, removed: false } as unknown as Write);
  });
}

const node = (ready: string, reason: string) => ({
  kind: 'Node',
  metadata: { name: 'n1' },
  status: { conditions: [{ type: 'Ready', status: ready, reason, message: 'why' }] },
});

test('Milestones tells when a node is lost and when it is back, and nothing of a heartbeat', () => {
  expect(
    toldOf([node('True', 'KubeletReady'), node('True', 'KubeletReady'), node('Unknown', 'NodeStatusUnknown'), node('True', 'x')]),
  ).toEqual(['2 controller finds node n1 not ready: NodeStatusUnknown, why', '3 controller reports node n1 ready']);
});

const deployment = (available: number, isAvailable: string) => ({
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 3 },
  status: { availableReplicas: available, conditions: [{ type: 'Available', status: isAvailable }] },
});

test('Milestones tells when a Deployment falls below what must be available and comes back, not when it first comes up', () => {
  expect(toldOf([deployment(0, 'False'), deployment(3, 'True'), deployment(1, 'False'), deployment(3, 'True')])).toEqual([
    '2 Deployment default/web falls below what must be available: 1 of 3',
    '3 Deployment default/web is available again',
  ]);
});

const slice = (...ready: boolean[]) => ({
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: ready.map((one) => ({ addresses: ['10.0.0.1'], conditions: { ready: one } })),
});

test('Milestones tells when a Service loses its last ready endpoint and has one again', () => {
  expect(toldOf([slice(), slice(true), slice(true, false), slice(false), slice(false, true)])).toEqual([
    '3 controller takes the last ready endpoint out of Service default/web',
    '4 controller gives Service default/web a ready endpoint again',
  ]);
});

test('Milestones tells the first three warnings of a reason and counts the rest', () => {
  const milestones = new Milestones();
  for (let index = 0; index < 5; index++) {
    const involvedObject = { kind: 'Pod', name: `p${index}`, namespace: 'default' };
    const event = { kind: 'Event', metadata: { name: `e${index}` }, type: 'Warning', reason: 'BackOff', message: 'again', involvedObject };
    tell(milestones, [event], 'kubelet');
  }
  const told = milestones.list([]).map(({ text }) => text);
  expect(told).toEqual([
    'kubelet warns of Pod default/p0: BackOff, again',
    'kubelet warns of Pod default/p1: BackOff, again',
    'kubelet warns of Pod default/p2: BackOff, again',
    'the last of 2 more like it: BackOff',
  ]);
});
