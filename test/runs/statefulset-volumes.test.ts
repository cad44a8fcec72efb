import { expect, test } from 'vitest';
import { ClusterFaults } from '../../src/cluster/cluster-faults.ts';
import type { KubeObject } from '../../src/model/meta.ts';
import { isPodReady, type Pod } from '../../src/model/pod.ts';
import type { VolumeAttachment } from '../../src/model/storage.ts';
import { type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'disk' },
  provisioner: 'csi.example.com',
  volumeBindingMode: 'WaitForFirstConsumer',
} as unknown as KubeObject;

const SET = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: {
    serviceName: 'db',
    replicas: 3,
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'db:1' }] } },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
      },
    ],
  },
} as const;

function siteWithSet(): SmallCluster {
  const site = smallCluster({ objects: [CLASS] });
  site.cluster.client('kubectl').send(true, (api, request) => api.create('StatefulSet', SET as never, request));
  site.run(120);
  return site;
}

test('Each pod of a StatefulSet waits for a volume of its own to be made, bound and attached, and is then ready', () => {
  const { cluster } = siteWithSet();
  const { api } = cluster;
  const pods = ['db-0', 'db-1', 'db-2'].map((name) => api.get('Pod', 'default', name));
  expect(pods.map(isPodReady)).toEqual([true, true, true]);
  for (const { metadata, spec } of pods) {
    const claim = api.get('PersistentVolumeClaim', 'default', `data-${metadata.name}`);
    expect(claim.status).toMatchObject({ phase: 'Bound', capacity: { storage: '5Gi' } });
    expect(api.get('PersistentVolume', undefined, claim.spec.volumeName!).status?.phase).toBe('Bound');
    const attachments = api.list('VolumeAttachment').items.filter((one) => one.spec.source.persistentVolumeName === claim.spec.volumeName);
    expect(attachments.map((one) => [one.spec.nodeName, one.status?.attached])).toEqual([[spec.nodeName, true]]);
  }
});

test('A claim outlives its pod, stays while a pod uses it, and takes its volume along when it goes', () => {
  const site = siteWithSet();
  const { api } = site.cluster;
  const volumeName = api.get('PersistentVolumeClaim', 'default', 'data-db-2').spec.volumeName!;
  api.delete('PersistentVolumeClaim', 'default', 'data-db-2', {}, { author: 'test' });
  site.run(20);
  expect(api.get('PersistentVolumeClaim', 'default', 'data-db-2').metadata.deletionTimestamp).toBeDefined();
  api.updateScale('StatefulSet', 'default', 'db', 1, { author: 'test' });
  site.run(90);
  const claims = api.list('PersistentVolumeClaim', { namespace: 'default' }).items.map(({ metadata }) => metadata.name);
  expect(claims).toEqual(['data-db-0', 'data-db-1']);
  expect(api.store.get('PersistentVolume', volumeName)).toBeUndefined();
});

test('A pod that is moved by a drain takes its volume along, from node to node in this order', () => {
  const site = siteWithSet();
  const { api } = site.cluster;
  const before = api.get('Pod', 'default', 'db-0');
  const from = before.spec.nodeName!;
  const claim = api.get('PersistentVolumeClaim', 'default', 'data-db-0');
  const history: string[] = [];
  const note = (what: string) => void (history.at(-1) === what || history.push(what));
  site.cluster.observers.add({
    wrote: ({ kind, object, previous, removed }) => {
      if (kind === 'VolumeAttachment') {
        const { spec, status } = object as VolumeAttachment;
        if (spec.source.persistentVolumeName !== claim.spec.volumeName) return;
        const where = spec.nodeName === from ? 'old' : 'new';
        if (removed) note(`off the ${where} node`);
        else if (status?.attached === true && object.metadata.deletionTimestamp === undefined) note(`on the ${where} node`);
      }
      if (kind !== 'Pod' || object.metadata.name !== 'db-0') return;
      if (removed) note('pod gone');
      else if (isPodReady(object as Pod) && !(previous !== undefined && isPodReady(previous as Pod))) note('pod ready');
    },
  });
  new ClusterFaults(site.cluster).drainNodes([from], () => {});
  site.run(120);
  const after = api.get('Pod', 'default', 'db-0');
  expect(after.spec.nodeName).not.toBe(from);
  expect(api.get('PersistentVolumeClaim', 'default', 'data-db-0').metadata.uid).toBe(claim.metadata.uid);
  expect(history).toEqual(['pod gone', 'off the old node', 'on the new node', 'pod ready']);
});
