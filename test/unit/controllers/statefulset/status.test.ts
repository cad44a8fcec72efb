import { describe, expect, test } from 'vitest';
import { ownersWanted } from '../../../../src/controllers/statefulset/claim-retention.ts';
import { claimsOf, isInRange, ordinalOf } from '../../../../src/controllers/statefulset/identity.ts';
import { needsCurrent } from '../../../../src/controllers/statefulset/stateful-set-pass.ts';
import { countPods, isWorthWriting, statusOf } from '../../../../src/controllers/statefulset/status.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { PersistentVolumeClaim } from '../../../../src/model/storage.ts';
import type { StatefulSet } from '../../../../src/model/workloads.ts';

function set(spec: object, status: object = {}): StatefulSet {
  const metadata = { name: 'db', namespace: 'ns', uid: 'set', generation: 3 };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { selector: {}, ...spec }, status } as unknown as StatefulSet;
}

function pod(ordinal: number, revision: string, isReady = true, isLeaving = false): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `db-${ordinal}`,
      uid: `pod-${ordinal}`,
      labels: { 'controller-revision-hash': revision },
      ...(isLeaving ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    status: { phase: 'Running', conditions: isReady ? [{ type: 'Ready', status: 'True' }] : [] },
  } as unknown as Pod;
}

test('A pod belongs to its set by name and number, and to its range from the first ordinal on', () => {
  const from5 = set({ replicas: 2, ordinals: { start: 5 } });
  expect([ordinalOf(from5, pod(6, 'r')), ordinalOf(from5, { metadata: { name: 'db-x-6' } } as Pod)]).toEqual([6, -1]);
  expect([4, 5, 6, 7].map((ordinal) => isInRange(from5, ordinal))).toEqual([false, true, true, false]);
});

test('A missing pod below the partition comes back as it was, counted from the first ordinal', () => {
  const rolling = (partition: number, start: number) =>
    set({ ordinals: { start }, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } });
  expect([4, 5, 6].map((ordinal) => needsCurrent(rolling(1, 4), ordinal))).toEqual([true, false, false]);
  expect(needsCurrent(set({ updateStrategy: { type: 'OnDelete' } }), 0)).toBe(false);
  const withoutPartition = set({ updateStrategy: { type: 'RollingUpdate' } }, { currentReplicas: 2 });
  expect([0, 1, 2].map((ordinal) => needsCurrent(withoutPartition, ordinal))).toEqual([true, true, false]);
});

describe('The status of a StatefulSet', () => {
  test('counts leaving pods as there, but to neither revision', () => {
    const pods = [pod(0, 'a'), pod(1, 'a', false), pod(2, 'b', true, true)];
    expect(countPods(set({ replicas: 3 }), pods, 'a', 'b', 0)).toEqual({
      replicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      currentReplicas: 2,
      updatedReplicas: 0,
    });
  });

  test('makes the new revision the current one when every pod has it and is ready', () => {
    const rolling = set({ replicas: 2, updateStrategy: { type: 'RollingUpdate' } });
    const counts = countPods(rolling, [pod(0, 'b'), pod(1, 'b')], 'a', 'b', 0);
    expect(statusOf(rolling, counts, 'a', 'b', 0)).toMatchObject({ currentRevision: 'b', currentReplicas: 2, updateRevision: 'b' });
    const onDelete = set({ replicas: 2, updateStrategy: { type: 'OnDelete' } });
    expect(statusOf(onDelete, counts, 'a', 'b', 0)).toMatchObject({ currentRevision: 'a', updateRevision: 'b' });
    const half = countPods(rolling, [pod(0, 'b'), pod(1, 'b', false)], 'a', 'b', 0);
    expect(statusOf(rolling, half, 'a', 'b', 0)).toMatchObject({ currentRevision: 'a' });
  });

  test('is written when it differs, and not for an older generation', () => {
    const status = statusOf(set({ replicas: 0 }), countPods(set({ replicas: 0 }), [], 'a', 'a', 0), 'a', 'a', 0);
    expect(isWorthWriting(undefined, status)).toBe(true);
    expect(isWorthWriting(status, { ...status })).toBe(false);
    expect(isWorthWriting(status, { ...status, observedGeneration: 2 })).toBe(false);
    expect(isWorthWriting(status, { ...status, updatedReplicas: 1 })).toBe(true);
  });
});

test('A claim is owned by the set, by a condemned pod or by nobody, as the retention policy says', () => {
  const owners = (policy: object | undefined, ordinal: number, known: unknown[] = []) => {
    const one = set({ replicas: 1, ...(policy === undefined ? {} : { persistentVolumeClaimRetentionPolicy: policy }) });
    const claim = { metadata: { name: 'data-db-0', ownerReferences: known } } as unknown as PersistentVolumeClaim;
    return ownersWanted(claim, one, pod(ordinal, 'a')).map(({ kind, name }) => `${kind}/${name}`);
  };
  expect(owners(undefined, 0)).toEqual([]);
  expect(owners({ whenDeleted: 'Delete', whenScaled: 'Retain' }, 0)).toEqual(['StatefulSet/db']);
  expect(owners({ whenDeleted: 'Delete', whenScaled: 'Delete' }, 0)).toEqual(['StatefulSet/db']);
  expect(owners({ whenDeleted: 'Delete', whenScaled: 'Delete' }, 1)).toEqual(['Pod/db-1']);
  expect(owners({ whenDeleted: 'Retain', whenScaled: 'Delete' }, 0)).toEqual([]);
  const foreign = { kind: 'ConfigMap', name: 'x', uid: 'x', controller: true };
  expect(owners({ whenDeleted: 'Delete', whenScaled: 'Delete' }, 0, [foreign])).toEqual(['ConfigMap/x']);
});

test('A claim is named after template, set and ordinal, and bears the labels of both', () => {
  const template = { metadata: { name: 'data', labels: { tier: 'db' } }, spec: { storageClassName: 'fast' } };
  const [claim] = claimsOf(set({ selector: { matchLabels: { app: 'db' } }, volumeClaimTemplates: [template] }), 7);
  expect(claim).toMatchObject({ metadata: { name: 'data-db-7', namespace: 'ns', labels: { tier: 'db', app: 'db' } }, spec: template.spec });
});
