/**
 * What a StatefulSet reports of its pods, and when an update is over. Models updateStatus and completeRollingUpdate of
 * pkg/controller/statefulset.
 */
import { isDeleting } from '../../model/meta.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import { isPodAvailable } from '../pod-availability.ts';
import { replicasOf, revisionOfPod } from './identity.ts';

export type StatefulSetStatus = NonNullable<StatefulSet['status']>;

export function isCreated(pod: Pod): boolean {
  return pod.metadata.uid !== undefined && pod.status?.phase !== undefined;
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}

export function isRunningAndAvailable(pod: Pod, minReadySeconds: number, nowUs: number): boolean {
  return pod.status?.phase === 'Running' && isPodAvailable(pod, minReadySeconds, nowUs);
}

export interface Counts {
  replicas: number;
  readyReplicas: number;
  availableReplicas: number;
  currentReplicas: number;
  updatedReplicas: number;
}

export function countPods(set: StatefulSet, pods: readonly Pod[], current: string, update: string, nowUs: number): Counts {
  const counts: Counts = { replicas: 0, readyReplicas: 0, availableReplicas: 0, currentReplicas: 0, updatedReplicas: 0 };
  for (const pod of pods) {
    if (!isCreated(pod)) continue;
    counts.replicas++;
    if (isRunningAndReady(pod)) {
      counts.readyReplicas++;
      if (isRunningAndAvailable(pod, set.spec.minReadySeconds ?? 0, nowUs)) counts.availableReplicas++;
    }
    if (isDeleting(pod)) continue;
    const revision = revisionOfPod(pod);
    if (revision === current) counts.currentReplicas++;
    if (revision === update) counts.updatedReplicas++;
  }
  return counts;
}

/** The status to store; a rolling update that has reached every pod makes its revision the current one. */
export function statusOf(set: StatefulSet, counts: Counts, current: string, update: string, collisionCount: number): StatefulSetStatus {
  const { replicas, readyReplicas, availableReplicas, updatedReplicas } = counts;
  const wanted = replicasOf(set);
  const isComplete =
    set.spec.updateStrategy?.type !== 'OnDelete' && updatedReplicas === wanted && readyReplicas === wanted && replicas === wanted;
  const currentReplicas = isComplete ? updatedReplicas : counts.currentReplicas;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas,
    ...(readyReplicas === 0 ? {} : { readyReplicas }),
    availableReplicas,
    ...(currentReplicas === 0 ? {} : { currentReplicas }),
    ...(updatedReplicas === 0 ? {} : { updatedReplicas }),
    currentRevision: isComplete ? update : current,
    updateRevision: update,
    collisionCount,
    ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
  };
}

export function isWorthWriting(known: StatefulSet['status'], next: StatefulSetStatus): boolean {
  return (
    known === undefined ||
    (next.observedGeneration ?? 0) > (known.observedGeneration ?? 0) ||
    next.replicas !== known.replicas ||
    (next.readyReplicas ?? 0) !== (known.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) !== (known.availableReplicas ?? 0) ||
    (next.currentReplicas ?? 0) !== (known.currentReplicas ?? 0) ||
    (next.updatedReplicas ?? 0) !== (known.updatedReplicas ?? 0) ||
    next.currentRevision !== known.currentRevision ||
    next.updateRevision !== known.updateRevision
  );
}
