import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/meta.ts';
import { isPodReady } from '../../src/model/pod.ts';
import { smallCluster } from '../support/small-cluster.ts';

const CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'disk' },
  provisioner: 'csi.example.com',
  volumeBindingMode: 'WaitForFirstConsumer',
} as unknown as KubeObject;

const CLAIM_SPEC = { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } as const;

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'sorter', namespace: 'default' },
  spec: {
    containers: [{ name: 'c', image: 'sorter:1', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
    volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { use: 'scratch' } }, spec: CLAIM_SPEC } } }],
  },
} as const;

test('A pod gets a claim for each ephemeral volume, and takes it along', () => {
  const site = smallCluster({ objects: [CLASS] });
  const { api, client } = { api: site.cluster.api, client: site.cluster.client('kubectl') };
  client.send(true, (server, request) => server.create('Pod', POD as never, request));
  site.run(60);
  const pod = api.get('Pod', 'default', 'sorter');
  expect(isPodReady(pod)).toBe(true);
  const claim = api.get('PersistentVolumeClaim', 'default', 'sorter-scratch');
  expect(claim.status?.phase).toBe('Bound');
  expect(claim.metadata.labels).toEqual({ use: 'scratch' });
  expect(claim.metadata.ownerReferences).toEqual([
    { apiVersion: 'v1', kind: 'Pod', name: 'sorter', uid: pod.metadata.uid, controller: true, blockOwnerDeletion: true },
  ]);
  api.delete('Pod', 'default', 'sorter', {}, { author: 'test' });
  site.run(90);
  expect(api.list('PersistentVolumeClaim').items).toEqual([]);
  expect(api.list('PersistentVolume').items).toEqual([]);
});

test('A claim of that name that belongs to nobody is left alone, and the pod is told so', () => {
  const site = smallCluster({ objects: [CLASS] });
  const { api } = site.cluster;
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'sorter-scratch', namespace: 'default' },
    spec: CLAIM_SPEC,
  };
  api.create('PersistentVolumeClaim', claim as never, { author: 'test' });
  api.create('Pod', POD as never, { author: 'test' });
  site.run(30);
  const events = api.list('Event', { namespace: 'default' }).items.filter((event) => event.reason === 'FailedBinding');
  expect(events.map((event) => event.message)).toContain(
    'ephemeral volume scratch: PVC default/sorter-scratch was not created for pod default/sorter (pod is not owner)',
  );
  expect(api.get('PersistentVolumeClaim', 'default', 'sorter-scratch').metadata.ownerReferences).toBeUndefined();
});
