import { expect, test } from 'vitest';
import type { OwnerReference } from '../../src/model/meta.ts';
import { ControllersAlone } from '../support/controllers-alone.ts';
import { smallCluster } from '../support/small-cluster.ts';

const WRITE = { author: 'test' };

function siteWithOwner() {
  const site = smallCluster();
  const { api } = site.cluster;
  api.create('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } } as never, WRITE);
  const make = (namespace: string, name: string, ...ownerReferences: readonly OwnerReference[]) =>
    api.create('ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ownerReferences } } as never, WRITE);
  const { uid = '' } = make('default', 'owner').metadata;
  site.run(5);
  return { site, api, make, owner: { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid } };
}

test('An object whose owner lives in another namespace is deleted, and an Event says why', () => {
  const { site, api, make, owner } = siteWithOwner();
  make('other', 'stray', owner);
  site.run(5);
  expect(api.list('ConfigMap', { namespace: 'other' }).items.map(({ metadata }) => metadata.name)).not.toContain('stray');
  const events = api.list('Event', { namespace: 'other' }).items.filter(({ reason }) => reason === 'OwnerRefInvalidNamespace');
  expect(events.map(({ message }) => message)).toEqual([
    `ownerRef [v1/ConfigMap, namespace: other, name: owner, uid: ${owner.uid}] does not exist in namespace "other"`,
  ]);
});

test('An object of no namespace stays, though it names an owner that has one and is gone', () => {
  const { site, api, owner } = siteWithOwner();
  const metadata = { name: 'urgent', ownerReferences: [{ ...owner, uid: 'gone' }] };
  api.create('PriorityClass', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata, value: 10 } as never, WRITE);
  site.run(60);
  expect(api.get('PriorityClass', undefined, 'urgent').metadata.deletionTimestamp).toBeUndefined();
});

test('An object stays while the kind of its owner is not known', () => {
  const { site, api, make } = siteWithOwner();
  make('default', 'tune', { apiVersion: 'example.com/v1', kind: 'Song', name: 'song', uid: 'song' });
  site.run(60);
  expect(api.get('ConfigMap', 'default', 'tune').metadata.deletionTimestamp).toBeUndefined();
});

test('A reference to an owner that never was goes, and the object stays for the owner that is there', () => {
  const { site, api, make, owner } = siteWithOwner();
  make('default', 'child', owner, { ...owner, name: 'nobody', uid: 'nobody' });
  site.run(5);
  expect(api.get('ConfigMap', 'default', 'child').metadata.ownerReferences).toEqual([owner]);
});

test('An owner on its way out that is deleted once more, to leave its dependents behind, does so', () => {
  const site = new ControllersAlone();
  site.create('v1', 'ConfigMap', 'owner', {}, { finalizers: ['example.com/held'] });
  site.create('v1', 'ConfigMap', 'left', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' }] });
  site.do({ act: 'delete', on: 'ConfigMap/owner', propagation: 'Background' });
  const { writes } = site.do({ act: 'delete', on: 'ConfigMap/owner', propagation: 'Orphan' });
  expect(writes.map((row) => [row.verb, row.on])).toEqual([
    ['patch', 'ConfigMap/left'],
    ['patch', 'ConfigMap/owner'],
  ]);
});
