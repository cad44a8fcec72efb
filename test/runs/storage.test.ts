import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/meta.ts';
import { isPodReady } from '../../src/model/pod.ts';
import { type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const storageClass = (volumeBindingMode: string, reclaimPolicy = 'Delete'): KubeObject =>
  ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'disk' },
    provisioner: 'csi.example.com',
    volumeBindingMode,
    reclaimPolicy,
  }) as KubeObject;

const CLAIM = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default' },
  spec: { storageClassName: 'disk', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
} as const;

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'writer', namespace: 'default' },
  spec: {
    containers: [{ name: 'c', image: 'writer:1' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    nodeSelector: { 'topology.kubernetes.io/zone': 'b' },
  },
} as const;

function create(site: SmallCluster, kind: 'Pod' | 'PersistentVolumeClaim', object: object): void {
  site.cluster.client('kubectl').send(true, (api, request) => api.create(kind, object as never, request));
}

const claim = ({ cluster }: SmallCluster) => cluster.api.get('PersistentVolumeClaim', 'default', 'data');
const volumes = ({ cluster }: SmallCluster) => cluster.api.list('PersistentVolume', {}).items;

test('A claim that need not wait for a pod gets its volume from the driver of its class', () => {
  const site = smallCluster({ objects: [storageClass('Immediate')] });
  create(site, 'PersistentVolumeClaim', CLAIM);
  site.run(60);
  expect(claim(site).status?.phase).toBe('Bound');
  expect(volumes(site)).toHaveLength(1);
  expect(volumes(site)[0]?.spec.nodeAffinity).toBeUndefined();
});

test('A claim that waits for its first pod gets its volume where the pod will be, and the pod then starts', () => {
  const site = smallCluster({ objects: [storageClass('WaitForFirstConsumer')] });
  create(site, 'PersistentVolumeClaim', CLAIM);
  site.run(30);
  expect(claim(site).status?.phase).not.toBe('Bound');
  create(site, 'Pod', POD);
  site.run(60);
  expect(claim(site).status?.phase).toBe('Bound');
  const expressions = volumes(site)[0]?.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions;
  expect(expressions).toEqual([{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['b'] }]);
  expect(isPodReady(site.cluster.api.get('Pod', 'default', 'writer'))).toBe(true);
});

test.each([
  ['Delete', 0],
  ['Retain', 1],
])('A volume whose claim has gone is kept or taken away as its class has it: %s', (reclaimPolicy, left) => {
  const site = smallCluster({ objects: [storageClass('Immediate', reclaimPolicy)] });
  create(site, 'PersistentVolumeClaim', CLAIM);
  site.run(60);
  expect(volumes(site)).toHaveLength(1);
  site.cluster.client('kubectl').send(true, (api, request) => api.delete('PersistentVolumeClaim', 'default', 'data', {}, request));
  site.run(60);
  expect(volumes(site)).toHaveLength(left);
});

test('A kubelet does not mount claims that are on their way down, and says so at once, of all of them, again and again', () => {
  const site = smallCluster({ objects: [storageClass('Immediate')] });
  create(site, 'PersistentVolumeClaim', CLAIM);
  create(site, 'Pod', POD);
  site.run(60);
  site.cluster.client('kubectl').send(true, (api, request) => api.delete('PersistentVolumeClaim', 'default', 'data', {}, request));
  const { nodeName } = site.cluster.api.get('Pod', 'default', 'writer').spec;
  const volumes = ['b', 'a', 'none'].map((name) => ({ name, persistentVolumeClaim: { claimName: name === 'none' ? name : 'data' } }));
  // The scheduler would not have it: the pod says its node itself.
  create(site, 'Pod', { ...POD, metadata: { ...POD.metadata, name: 'late' }, spec: { ...POD.spec, volumes, nodeName: nodeName! } });
  const told = () =>
    site.cluster.api.list('Event', { namespace: 'default' }).items.flatMap((event) => {
      const { reason, message, count } = event as unknown as { reason: string; message?: string; count?: number };
      return reason === 'FailedMount' ? [[message, count]] : [];
    });
  const dying = 'error processing PVC default/data: PVC is being deleted';
  const missing = 'error processing PVC default/none: failed to fetch PVC from API server: persistentvolumeclaims "none" not found';
  const lists = 'unmounted volumes=[a b none], unattached volumes=[], failed to process volumes=[a b none]';
  const words = `Unable to attach or mount volumes: ${lists}: ${dying}; ${missing}`;
  site.run(2);
  expect(told()).toEqual([[words, 1]]);
  // 10 s × [1, 1.5) after each.
  site.run(60);
  expect(told()).toEqual([[words, expect.any(Number)]]);
  expect(told()[0]![1]).toBeGreaterThanOrEqual(4);
  expect(isPodReady(site.cluster.api.get('Pod', 'default', 'writer'))).toBe(true);
});

test.each([
  ['goes with what stands behind it when its claim goes', 'Delete', 'external-provisioner'],
  ['is let go without that when it is to be retained by then', 'Retain', 'pv-protection-controller'],
])('A volume that is deleted before its claim stays, and %s', (_what, policy, last) => {
  const site = smallCluster({ objects: [storageClass('Immediate')] });
  create(site, 'PersistentVolumeClaim', CLAIM);
  site.run(60);
  const [volume] = volumes(site);
  const kubectl = site.cluster.client('kubectl');
  const body = { spec: { persistentVolumeReclaimPolicy: policy } };
  const { name } = volume!.metadata;
  kubectl.send(true, (api, by) => api.patch('PersistentVolume', undefined, name, { type: 'merge', body }, by));
  site.run(10);
  kubectl.send(true, (api, by) => api.delete('PersistentVolume', undefined, name, {}, by));
  site.run(10);
  expect(volumes(site).map(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([true]);
  const removers: string[] = [];
  site.cluster.observers.add({
    wrote: ({ kind, author, removed }) => void (kind === 'PersistentVolume' && removed && removers.push(author)),
  });
  kubectl.send(true, (api, by) => api.delete('PersistentVolumeClaim', 'default', 'data', {}, by));
  site.run(60);
  expect(volumes(site)).toEqual([]);
  expect(removers).toEqual([last]);
});

test('A claim with a class of attributes gets a volume of that class, and says so', () => {
  const site = smallCluster({ objects: [storageClass('Immediate')] });
  create(site, 'PersistentVolumeClaim', { ...CLAIM, spec: { ...CLAIM.spec, volumeAttributesClassName: 'fast' } });
  site.run(60);
  expect(claim(site).status).toMatchObject({ phase: 'Bound', currentVolumeAttributesClassName: 'fast' });
  expect(volumes(site).map(({ spec }) => spec.volumeAttributesClassName)).toEqual(['fast']);
});
