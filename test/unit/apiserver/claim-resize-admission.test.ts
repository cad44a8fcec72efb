import { expect, test } from 'vitest';
import { checkResize } from '../../../src/apiserver/claim-resize-admission.ts';
import { Store } from '../../../src/apiserver/store.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../../src/model/storage.ts';

const storageClass = (name: string, allowVolumeExpansion?: boolean): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'csi.example.com',
  ...(allowVolumeExpansion === undefined ? {} : { allowVolumeExpansion }),
});
const claim = (storage: string, storageClassName: string, phase: 'Bound' | 'Pending' = 'Bound'): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } },
  status: { phase },
});
const store = new Store();
for (const one of [storageClass('grows', true), storageClass('stays', false), storageClass('unsaid')]) store.put('StorageClass', one);

const UNBOUND = 'persistentvolumeclaims "data" is forbidden: Only bound persistent volume claims can be expanded';
const CLASS =
  'persistentvolumeclaims "data" is forbidden: ' +
  'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';

test.each([
  ['of a class that allows it', claim('1Gi', 'grows'), claim('2Gi', 'grows')],
  ['that only writes its size in another way', claim('1Gi', 'stays'), claim('1024Mi', 'stays')],
  ['that asks for less', claim('2Gi', 'stays'), claim('1Gi', 'stays')],
])('checkResize lets a claim be %s', (_what, before, after) => {
  expect(() => checkResize(store, after, before)).not.toThrow();
});

test.each([
  ['that is not bound', claim('1Gi', 'grows', 'Pending'), 'grows', UNBOUND],
  ['of a class that forbids it', claim('1Gi', 'stays'), 'stays', CLASS],
  ['of a class that says nothing', claim('1Gi', 'unsaid'), 'unsaid', CLASS],
  ['of a class that is gone', claim('1Gi', 'gone'), 'gone', CLASS],
  ['of no class', claim('1Gi', ''), '', CLASS],
])('checkResize refuses more to a claim %s', (_what, before, className, message) => {
  expect(() => checkResize(store, claim('2Gi', className), before)).toThrow(message);
});
