import { expect, test } from 'vitest';
import { claimBoundTo, claimStatus, volumeBoundTo } from '../../../../src/controllers/persistentvolume/binding-writes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../src/model/storage.ts';

const BY_US = 'pv.kubernetes.io/bound-by-controller';
const DONE = 'pv.kubernetes.io/bind-completed';
const CLAIM: PersistentVolumeClaim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop', uid: 'u1', resourceVersion: '7' },
  spec: {},
  status: { phase: 'Pending' },
};
const VOLUME: PersistentVolume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'v' },
  spec: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'] },
};

test('volumeBoundTo refers to the claim, and says that nobody but the binder wanted it', () => {
  const bound = volumeBoundTo(VOLUME, CLAIM);
  expect(bound.spec.claimRef).toMatchObject({ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data', uid: 'u1' });
  expect(bound.metadata.annotations).toEqual({ [BY_US]: 'yes' });
});

test('volumeBoundTo completes a promise without claiming to have made it', () => {
  const promised = { ...VOLUME, spec: { ...VOLUME.spec, claimRef: { namespace: 'shop', name: 'data' } } };
  const bound = volumeBoundTo(promised, CLAIM);
  expect(bound.spec.claimRef?.uid).toBe('u1');
  expect(bound.metadata.annotations).toBeUndefined();
});

test('volumeBoundTo leaves a volume alone that is bound already', () => {
  const bound = volumeBoundTo(VOLUME, CLAIM);
  expect(volumeBoundTo(bound, CLAIM)).toBe(bound);
});

test('claimBoundTo marks who chose the volume, but not of one the user named', () => {
  expect(claimBoundTo(CLAIM, VOLUME).metadata.annotations).toEqual({ [DONE]: 'yes', [BY_US]: 'yes' });
  const named = { ...CLAIM, spec: { volumeName: 'v' } };
  expect(claimBoundTo(named, VOLUME).metadata.annotations).toEqual({ [DONE]: 'yes' });
  const bound = claimBoundTo(CLAIM, VOLUME);
  expect(claimBoundTo(bound, VOLUME)).toBe(bound);
});

test('claimStatus takes size and access from the volume when the claim becomes Bound', () => {
  expect(claimStatus(CLAIM, 'Bound', VOLUME)).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } });
});

test('claimStatus leaves the size of a claim that is Bound already to whoever grows its file system', () => {
  const bound = { ...CLAIM, status: claimStatus(CLAIM, 'Bound', VOLUME)! };
  const grown = { ...VOLUME, spec: { ...VOLUME.spec, capacity: { storage: '5Gi' } } };
  expect(claimStatus(bound, 'Bound', grown)).toBe(bound.status);
});

test('claimStatus of a lost claim shows neither size nor access', () => {
  const bound = { ...CLAIM, status: claimStatus(CLAIM, 'Bound', VOLUME)! };
  expect(claimStatus(bound, 'Lost', undefined)).toEqual({ phase: 'Lost' });
});

test('claimStatus says which class of attributes the volume of a claim has that becomes Bound', () => {
  const fast = { ...VOLUME, spec: { ...VOLUME.spec, volumeAttributesClassName: 'fast' } };
  expect(claimStatus(CLAIM, 'Bound', fast)).toMatchObject({ phase: 'Bound', currentVolumeAttributesClassName: 'fast' });
});
