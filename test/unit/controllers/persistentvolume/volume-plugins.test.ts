import { expect, test } from 'vitest';
import { deleteVolume, provisionerFor } from '../../../../src/controllers/persistentvolume/volume-plugins.ts';
import type { StringMap } from '../../../../src/model/meta.ts';
import type { PersistentVolume, StorageClass } from '../../../../src/model/storage.ts';

function storageClass(provisioner: string): StorageClass {
  return { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' }, provisioner };
}

test.each([
  ['a class that is not there', undefined, { problem: 'storageclass.storage.k8s.io "fast" not found' }],
  ['a driver outside', storageClass('csi.example.com'), { driver: 'csi.example.com' }],
  ['a plugin that moved to a driver', storageClass('kubernetes.io/aws-ebs'), { driver: 'ebs.csi.aws.com' }],
  [
    'no provisioner',
    storageClass('kubernetes.io/no-provisioner'),
    { problem: 'no volume plugin matched name: kubernetes.io/no-provisioner' },
  ],
])('provisionerFor answers for %s', (_, found, wanted) => {
  expect(provisionerFor('fast', found)).toEqual(wanted);
});

function volume(spec: PersistentVolume['spec'], provisioner?: string): PersistentVolume {
  const annotations: StringMap = provisioner === undefined ? {} : { 'pv.kubernetes.io/provisioned-by': provisioner };
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v', annotations }, spec };
}

test('deleteVolume leaves to a driver what the driver has made', () => {
  expect(deleteVolume(volume({}, 'csi.example.com'))).toBe('external');
});

test('deleteVolume deletes folders of a node below /tmp and no others', () => {
  expect(deleteVolume(volume({ hostPath: { path: '/tmp/a' } }))).toBe('deleted');
  const problem = 'host_path deleter only supports /tmp/.+ but received provided /data';
  expect(deleteVolume(volume({ hostPath: { path: '/data' } }))).toEqual({ problem });
});

test('deleteVolume says of a kind it cannot delete that no plugin can', () => {
  const problem = 'error getting deleter volume plugin for volume "v": no deletable volume plugin matched';
  expect(deleteVolume(volume({ nfs: { server: 's', path: '/' } }))).toEqual({ problem });
});
