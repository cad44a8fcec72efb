import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../src/model/storage.ts';
import { accessModesText, findMatchingVolume, isVolumeBoundTo, matchingAccessModes, misfit } from '../../../src/model/volume-matching.ts';

function volume(name: string, storage: string, rest: Partial<PersistentVolume['spec']> = {}, phase = 'Available'): PersistentVolume {
  const spec = { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'fast', ...rest };
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, labels: { tier: name } }, spec, status: { phase } };
}

function claim(storage: string, rest: Partial<PersistentVolumeClaim['spec']> = {}): PersistentVolumeClaim {
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage } }, ...rest };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop', uid: 'u1' }, spec };
}

const OURS = { name: 'data', namespace: 'shop' };

test.each([
  ['nothing', volume('v', '5Gi'), claim('5Gi'), undefined],
  ['its size', volume('v', '4Gi'), claim('5Gi'), 'requested PV is too small'],
  ['its class', volume('v', '5Gi', { storageClassName: 'slow' }), claim('5Gi'), 'storageClassName does not match'],
  ['its mode', volume('v', '5Gi', { volumeMode: 'Block' }), claim('5Gi'), 'incompatible volumeMode'],
  ['its access', volume('v', '5Gi'), claim('5Gi', { accessModes: ['ReadWriteMany'] }), 'incompatible accessMode'],
  ['its size before its class', volume('v', '4Gi', { storageClassName: 'slow' }), claim('5Gi'), 'requested PV is too small'],
])('misfit names %s', (_, candidate, wanted, problem) => {
  expect(misfit(candidate, wanted)).toBe(problem);
});

test('findMatchingVolume takes the smallest that is large enough, the first of equals', () => {
  const volumes = [volume('small', '2Gi'), volume('large', '9Gi'), volume('fits', '5Gi'), volume('equal', '5Gi')];
  expect(findMatchingVolume(claim('3Gi'), volumes, false)?.metadata.name).toBe('fits');
});

test('findMatchingVolume takes what was promised to the claim, whatever its class and labels, and even if the claim waits', () => {
  const promised = volume('promised', '9Gi', { claimRef: OURS, storageClassName: 'slow' });
  const wanted = claim('3Gi', { selector: { matchLabels: { tier: 'none' } } });
  expect(findMatchingVolume(wanted, [volume('fits', '3Gi'), promised], true)).toBe(promised);
});

test.each([
  ['one that others have', volume('v', '5Gi', { claimRef: { ...OURS, name: 'other' } }), {}],
  ['one that is not Available yet', volume('v', '5Gi', {}, 'Pending'), {}],
  ['one of other labels', volume('v', '5Gi'), { selector: { matchLabels: { tier: 'gold' } } }],
  ['one that is being deleted', { ...volume('v', '5Gi'), metadata: { name: 'v', deletionTimestamp: '2026-01-01T00:00:00Z' } }, {}],
])('findMatchingVolume passes over %s', (_, candidate, wanted) => {
  expect(findMatchingVolume(claim('1Gi', wanted), [candidate], false)).toBeUndefined();
});

test('findMatchingVolume gives a claim that waits for its first consumer nothing that was not promised to it', () => {
  expect(findMatchingVolume(claim('1Gi'), [volume('v', '5Gi')], true)).toBeUndefined();
});

test('isVolumeBoundTo asks for the uid only once somebody has written it in', () => {
  expect(isVolumeBoundTo(volume('v', '5Gi', { claimRef: OURS }), claim('1Gi'))).toBe(true);
  expect(isVolumeBoundTo(volume('v', '5Gi', { claimRef: { ...OURS, uid: 'u2' } }), claim('1Gi'))).toBe(false);
});

test('matchingAccessModes puts the least generous group first', () => {
  const groups = ['ReadWriteOnce,ReadOnlyMany', 'ReadOnlyMany', 'ReadWriteOnce', 'ReadWriteOnce,ReadWriteMany'];
  expect(matchingAccessModes(groups, ['ReadWriteOnce'])).toEqual([
    'ReadWriteOnce',
    'ReadWriteOnce,ReadOnlyMany',
    'ReadWriteOnce,ReadWriteMany',
  ]);
  expect(accessModesText(['ReadOnlyMany', 'ReadWriteOnce', 'ReadOnlyMany'])).toBe('ReadWriteOnce,ReadOnlyMany');
});
