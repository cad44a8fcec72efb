import { expect, test } from 'vitest';
import { ApiError } from '../../../../src/apiserver/api-error.ts';
import { run } from '../../../../src/client/task.ts';
import { ClaimPass, type ClaimPassParts } from '../../../../src/controllers/persistentvolume/claim-pass.ts';
import { VolumePass, type VolumePassParts } from '../../../../src/controllers/persistentvolume/volume-pass.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../../src/model/storage.ts';
import { Simulation } from '../../../../src/sim/simulation.ts';

const CONFLICT = new ApiError({ code: 409, reason: 'Conflict', message: 'the object has been modified' });
const GONE = new ApiError({ code: 404, reason: 'NotFound', message: 'not found' });

const claim = (storageClassName?: string): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'c1' },
  spec: storageClassName === undefined ? {} : { storageClassName },
});

function storageClass(volumeBindingMode: string, annotations = {}): StorageClass {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'disk', annotations },
    provisioner: 'csi.example.com',
    volumeBindingMode,
  } as StorageClass;
}

/** A pass over claims with no volume to find, where every update of a claim meets a newer version. */
function claimPass(sim: Simulation, ofClass: StorageClass, pods: readonly Pod[] = []) {
  const told: string[] = [];
  let updates = 0;
  const informers = {
    informer: (kind: string) =>
      kind === 'Pod'
        ? { addIndex: () => {}, byIndex: () => pods }
        : { get: (name: string) => (name === 'disk' ? ofClass : undefined), values: () => [ofClass] },
  };
  const pass = new ClaimPass({
    context: { sim, informers },
    recorder: { event: (_object: unknown, _type: string, reason: string, message: string) => void told.push(`${reason}: ${message}`) },
    writes: {
      // biome-ignore lint/correctness/useYield: a Task that fails at once.
      *updateClaim() {
        updates++;
        throw CONFLICT;
      },
      *setClaimStatus() {},
    },
    volumes: { findFor: () => undefined },
  } as unknown as ClaimPassParts);
  const sync = (one: PersistentVolumeClaim) => {
    let failure: unknown;
    run(pass.sync(one), undefined, (error) => {
      failure = error;
    });
    return failure;
  };
  return { sync, told, updates: () => updates };
}

test('A provisioner that could not be told is told again by a pass after the pause of 500 ms, not before', () => {
  const sim = new Simulation();
  const { sync, updates } = claimPass(sim, storageClass('Immediate'));
  sync(claim('disk'));
  sync(claim('disk'));
  expect(updates()).toBe(1);
  // Another claim of that name is another operation.
  sync({ ...claim('disk'), metadata: { ...claim().metadata, uid: 'c2' } });
  expect(updates()).toBe(2);
  sim.runUntil(500_000);
  sync(claim('disk'));
  expect(updates()).toBe(3);
});

test('A pass ends when the default class cannot be written into the claim, and says nothing', () => {
  const ofClass = storageClass('Immediate', { 'storageclass.kubernetes.io/is-default-class': 'true' });
  const { sync, told } = claimPass(new Simulation(), ofClass);
  expect(sync(claim())).toBe(CONFLICT);
  expect(told).toEqual([]);
});

test('A claim that waits for its first consumer waits for pods without a node, and for none that is over', () => {
  const pod = (name: string, parts: object) => ({ metadata: { name, namespace: 'default', ...parts }, spec: {} }) as Pod;
  const pods = [pod('a', {}), pod('b', { deletionTimestamp: '2026-01-01T00:00:00Z' })];
  const { sync, told } = claimPass(new Simulation(), storageClass('WaitForFirstConsumer'), pods);
  sync(claim('disk'));
  expect(told).toEqual(['WaitForPodScheduled: waiting for pod a to be scheduled']);
});

test('A volume that cannot be deleted is put off, and does not put off another volume of its name', () => {
  const sim = new Simulation();
  let failures = 0;
  const volume = (uid: string): PersistentVolume =>
    ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'folder', uid },
      spec: {
        hostPath: { path: '/data' },
        persistentVolumeReclaimPolicy: 'Delete',
        claimRef: { namespace: 'default', name: 'data', uid: 'c1' },
      },
      status: { phase: 'Released' },
    }) as PersistentVolume;
  let stored = volume('v1');
  const pass = new VolumePass({
    context: { sim },
    client: {
      // biome-ignore lint/correctness/useYield: a Task that is done at once.
      *get(kind: string) {
        if (kind !== 'PersistentVolume') throw GONE;
        return stored;
      },
    },
    writes: {
      // biome-ignore lint/correctness/useYield: a Task that is done at once.
      *setPhaseWithEvent() {
        failures++;
      },
    },
    claims: { get: () => undefined },
  } as unknown as VolumePassParts);
  run(pass.sync(stored));
  run(pass.sync(stored));
  expect(failures).toBe(1);
  stored = volume('v2');
  run(pass.sync(stored));
  expect(failures).toBe(2);
});
