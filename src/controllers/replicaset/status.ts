/**
 * What a ReplicaSet reports of its pods. Models pkg/controller/replicaset/replica_set_utils.go (calculateStatus).
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Condition, StringMap } from '../../model/meta.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import { mapMatches } from '../../model/selector.ts';
import { timeText } from '../../model/time.ts';
import type { ReplicaSet, ReplicaSetStatus } from '../../model/workloads.ts';
import { isPodAvailable } from '../pod-availability.ts';

const NO_LABELS: StringMap = {};

export function replicaSetStatus(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  terminatingCount: number,
  failure: unknown,
  nowUs: number,
): ReplicaSetStatus {
  const { spec, metadata, status } = replicaSet;
  const labels = spec.template.metadata?.labels ?? NO_LABELS;
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  for (const pod of active) {
    if (mapMatches(labels, pod.metadata.labels)) fullyLabeledReplicas++;
    if (!isPodReady(pod)) continue;
    readyReplicas++;
    if (isPodAvailable(pod, spec.minReadySeconds ?? 0, nowUs)) availableReplicas++;
  }
  const conditions = conditionsAfter(status?.conditions, failure, active.length - (spec.replicas ?? 1), nowUs);
  return {
    replicas: active.length,
    ...(fullyLabeledReplicas === 0 ? {} : { fullyLabeledReplicas }),
    ...(readyReplicas === 0 ? {} : { readyReplicas }),
    ...(availableReplicas === 0 ? {} : { availableReplicas }),
    terminatingReplicas: terminatingCount,
    observedGeneration: metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

/** Would writing `next` over `known` change anything? */
export function isSameStatus(known: ReplicaSetStatus | undefined, next: ReplicaSetStatus): boolean {
  return (
    known !== undefined &&
    known.replicas === next.replicas &&
    (known.fullyLabeledReplicas ?? 0) === (next.fullyLabeledReplicas ?? 0) &&
    (known.readyReplicas ?? 0) === (next.readyReplicas ?? 0) &&
    (known.availableReplicas ?? 0) === (next.availableReplicas ?? 0) &&
    known.terminatingReplicas === next.terminatingReplicas &&
    known.observedGeneration === next.observedGeneration &&
    (known.conditions === next.conditions || ((known.conditions ?? []).length === 0 && (next.conditions ?? []).length === 0))
  );
}

/** Shares the list when nothing changes, so that a comparison by identity is enough. */
function conditionsAfter(
  known: readonly Condition[] | undefined,
  failure: unknown,
  difference: number,
  nowUs: number,
): readonly Condition[] {
  const present = known ?? [];
  const hasFailed = present.some((condition) => condition.type === 'ReplicaFailure');
  if (failure === undefined) return hasFailed ? present.filter((condition) => condition.type !== 'ReplicaFailure') : present;
  if (hasFailed) return present;
  const reason = difference < 0 ? 'FailedCreate' : 'FailedDelete';
  const message = failure instanceof ApiError ? failure.message : String(failure);
  return [...present, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timeText(nowUs), reason, message }];
}
