import { expect, test } from 'vitest';
import { ControllersAlone } from '../support/controllers-alone.ts';

const podSpec = { containers: [{ name: 'c', image: 'i' }] };
const usedOf = (site: ControllersAlone, name: string) => (site.get(`ResourceQuota/${name}`) as { status: { used: object } }).status.used;

test('A quota is given back what a pod keeps no longer while a finalizer holds it', () => {
  const site = new ControllersAlone();
  site.create('v1', 'ResourceQuota', 'q', { spec: { hard: { pods: '3', 'count/pods': '3' } } });
  site.create('v1', 'Pod', 'p', { spec: podSpec }, { finalizers: ['example.com/held'] });
  expect(usedOf(site, 'q')).toEqual({ pods: '1', 'count/pods': '1' });
  site.do({ act: 'delete', on: 'Pod/p' });
  expect(usedOf(site, 'q')).toEqual({ pods: '0', 'count/pods': '1' });
});

test('A pod that comes into the scope of a quota is charged for in whole, and given back to the one it was in', () => {
  const site = new ControllersAlone();
  site.create('v1', 'ResourceQuota', 'ends', { spec: { hard: { pods: '1' }, scopes: ['Terminating'] } });
  site.create('v1', 'ResourceQuota', 'lasts', { spec: { hard: { pods: '5' }, scopes: ['NotTerminating'] } });
  for (const name of ['a', 'b']) site.create('v1', 'Pod', name, { spec: podSpec });
  site.do({ act: 'patch', on: 'Pod/a', patch: { spec: { activeDeadlineSeconds: 60 } } });
  expect([usedOf(site, 'ends'), usedOf(site, 'lasts')]).toEqual([{ pods: '1' }, { pods: '1' }]);
  const { answer } = site.do({ act: 'patch', on: 'Pod/b', patch: { spec: { activeDeadlineSeconds: 60 } } });
  expect(answer?.message).toBe('pods "b" is forbidden: exceeded quota: ends, requested: pods=1, used: pods=1, limited: pods=1');
});

test('A quota shows no usage of what nobody counts, and is not written again for the same amount in other words', () => {
  const site = new ControllersAlone();
  site.create('v1', 'ResourceQuota', 'q', { spec: { hard: { 'count/widgets.example.com': '2', 'requests.cpu': '1' } } });
  expect(usedOf(site, 'q')).toEqual({ 'requests.cpu': '0' });
  const { status } = site.do({ act: 'patch', on: 'ResourceQuota/q', patch: { spec: { hard: { 'requests.cpu': '1000m' } } } });
  expect(status).toEqual([]);
});
