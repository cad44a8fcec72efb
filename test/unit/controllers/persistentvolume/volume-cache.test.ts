import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VolumeCache } from '../../../../src/controllers/persistentvolume/volume-cache.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../src/model/storage.ts';
import { accessModesText, findMatchingVolume, matchingAccessModes } from '../../../../src/model/volume-matching.ts';

const MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'];
const someModes = fc.subarray(MODES, { minLength: 1 });
const someVolume = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  gibibytes: fc.integer({ min: 1, max: 5 }),
  accessModes: someModes,
  storageClassName: fc.constantFrom('fast', 'slow'),
  claimed: fc.constantFrom(undefined, 'data', 'other'),
  phase: fc.constantFrom('Available', 'Bound'),
});
interface SomeVolume {
  readonly name: string;
  readonly gibibytes: number;
  readonly accessModes: readonly string[];
  readonly storageClassName: string;
  readonly claimed: string | undefined;
  readonly phase: string;
}
const someClaim = fc.record({ gibibytes: fc.integer({ min: 1, max: 5 }), accessModes: someModes, isDelayed: fc.boolean() });

function volumeOf({ name, gibibytes, accessModes, storageClassName, claimed, phase }: SomeVolume, revision: number): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, resourceVersion: `${revision}` },
    spec: {
      capacity: { storage: `${gibibytes}Gi` },
      accessModes,
      storageClassName,
      ...(claimed === undefined ? {} : { claimRef: { namespace: 'shop', name: claimed } }),
    },
    status: { phase },
  };
}

test('VolumeCache finds what a walk over all volumes finds, after any course of changes', () => {
  fc.assert(
    fc.property(fc.array(someVolume, { maxLength: 20 }), someClaim, (changes, wanted) => {
      const cache = new VolumeCache();
      // Deleted and inserted again, so that the order is that of the last change, as it is in the cache.
      const all = new Map<string, PersistentVolume>();
      for (const [index, change] of changes.entries()) {
        const volume = volumeOf(change, index + 1);
        cache.store(volume);
        all.delete(volume.metadata.name);
        all.set(volume.metadata.name, volume);
      }
      const claim: PersistentVolumeClaim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', namespace: 'shop', uid: 'u' },
        spec: { accessModes: wanted.accessModes, storageClassName: 'fast', resources: { requests: { storage: `${wanted.gibibytes}Gi` } } },
      };
      const groups = new Set([...all.values()].map((volume) => accessModesText(volume.spec.accessModes)));
      const obvious = matchingAccessModes(groups, wanted.accessModes)
        .map((modes) => [...all.values()].filter((volume) => accessModesText(volume.spec.accessModes) === modes))
        .map((group) => findMatchingVolume(claim, group, wanted.isDelayed))
        .find((found) => found !== undefined);
      expect(cache.findFor(claim, wanted.isDelayed)).toBe(obvious);
    }),
  );
});

test('VolumeCache keeps the newer of two versions', () => {
  const cache = new VolumeCache();
  const change = { name: 'a', gibibytes: 1, accessModes: MODES, storageClassName: 'fast', claimed: undefined, phase: 'Available' };
  expect(cache.store(volumeOf(change, 2))).toBe(true);
  expect(cache.store(volumeOf({ ...change, claimed: 'data' }, 1))).toBe(false);
  expect(cache.get('a')?.spec.claimRef).toBeUndefined();
});
