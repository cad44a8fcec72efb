import { expect, test } from 'vitest';
import type { OwnerReference } from '../../src/model/meta.ts';
import { deploy, deploymentOf, smallCluster } from '../support/small-cluster.ts';

const WRITE = { author: 'test' };

function budgetOver(app: string, spec: object) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app, namespace: 'default' },
    spec: { selector: { matchLabels: { app } }, ...spec },
  } as never;
}

test.each([
  ['a kind nobody serves', { kind: 'Song', apiVersion: 'example.com/v1' }, 'no matches for kind "Song" in version "example.com/v1"'],
  [
    'a kind of that name in another group',
    { kind: 'ReplicaSet', apiVersion: 'example.com/v1' },
    'no matches for kind "ReplicaSet" in version "example.com/v1"',
  ],
  ['a kind without a size', { kind: 'Job', apiVersion: 'batch/v1' }, 'jobs.batch does not implement the scale subresource'],
])('A budget in percent says why it allows nothing over pods of %s', (_, owner, why) => {
  // Nobody collects the garbage here, or the pod would go with the owner it never had.
  const site = smallCluster({ disabledControllers: ['garbage-collector-controller', 'job-controller'] });
  const { api } = site.cluster;
  const controller: OwnerReference = { ...owner, name: 'x', uid: 'x', controller: true };
  const metadata = { name: 'p', namespace: 'default', labels: { app: 'web' }, ownerReferences: [controller] };
  api.create('Pod', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'c:v1' }] } } as never, WRITE);
  api.create('PodDisruptionBudget', budgetOver('web', { minAvailable: '50%' }), WRITE);
  site.run(5);
  const { status } = api.get('PodDisruptionBudget', 'default', 'web');
  expect(status?.conditions?.map(({ reason, message }) => [reason, message])).toEqual([['SyncFailed', why]]);
  const events = api.list('Event', { namespace: 'default' }).items.filter(({ reason }) => reason === 'CalculateExpectedPodCountFailed');
  expect(new Set(events.map(({ message }) => message))).toEqual(new Set([`Failed to calculate the number of expected pods: ${why}`]));
});

test('An eviction that was allowed and does not come is given up after two minutes', () => {
  const site = smallCluster();
  const { api } = site.cluster;
  deploy(site, deploymentOf('web', 2));
  api.create('PodDisruptionBudget', budgetOver('web', { minAvailable: 1 }), WRITE);
  site.run(60);
  const budget = api.get('PodDisruptionBudget', 'default', 'web');
  const [pod] = site.pods();
  const disruptedPods = { [pod!.metadata.name]: '2026-01-01T00:01:00Z' };
  api.update('PodDisruptionBudget', { ...budget, status: { ...budget.status!, disruptedPods } }, WRITE, 'status');
  const status = () => api.get('PodDisruptionBudget', 'default', 'web').status!;
  site.run(119);
  expect([status().disruptionsAllowed, status().currentHealthy, Object.keys(status().disruptedPods ?? {})]).toEqual([
    0,
    1,
    [pod!.metadata.name],
  ]);
  site.run(3);
  expect([status().disruptionsAllowed, status().currentHealthy, status().disruptedPods]).toEqual([1, 2, undefined]);
  const events = api.list('Event', { namespace: 'default' }).items.filter(({ reason }) => reason === 'NotDeleted');
  expect(events.map(({ message }) => message)).toEqual(["Pod was expected by PDB default/default to be deleted but it wasn't"]);
});
