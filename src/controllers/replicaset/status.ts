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
const NO_CONDITIONS: readonly Condition[] = [];

export function replicaSetStatus(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  terminatingCount: number,
  failure: unknown,
  nowUs: number,
): ReplicaSetStatus {
  const { spec } = replicaSet;
  const labels = spec.template.metadata?.labels ?? NO_LABELS;
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of active) {
    if (mapMatches(labels, pod.metadata.labels)) fullyLabeled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, spec.minReadySeconds ?? 0, nowUs)) available++;
  }
  return statusOfSums(replicaSet, { active: active.length, fullyLabeled, ready, available, leaving: terminatingCount }, failure, nowUs);
}

export interface PodSums {
  readonly active: number;
  readonly fullyLabeled: number;
  readonly ready: number;
  readonly available: number;
  readonly leaving: number;
}

/** The status when the pods have been added up already; the set's own status, the same object, when it says all that. */
export function statusOfSums(replicaSet: ReplicaSet, sums: PodSums, failure: unknown, nowUs: number): ReplicaSetStatus {
  const { spec, metadata, status } = replicaSet;
  const conditions = conditionsAfter(status?.conditions, failure, sums.active - (spec.replicas ?? 1), nowUs);
  const isKnown =
    status !== undefined &&
    status.replicas === sums.active &&
    (status.fullyLabeledReplicas ?? 0) === sums.fullyLabeled &&
    (status.readyReplicas ?? 0) === sums.ready &&
    (status.availableReplicas ?? 0) === sums.available &&
    status.terminatingReplicas === sums.leaving &&
    status.observedGeneration === (metadata.generation ?? 0) &&
    (status.conditions ?? NO_CONDITIONS) === conditions;
  if (isKnown) return status;
  return {
    replicas: sums.active,
    ...(sums.fullyLabeled === 0 ? {} : { fullyLabeledReplicas: sums.fullyLabeled }),
    ...(sums.ready === 0 ? {} : { readyReplicas: sums.ready }),
    ...(sums.available === 0 ? {} : { availableReplicas: sums.available }),
    terminatingReplicas: sums.leaving,
    observedGeneration: metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

/** Would writing `next` over `known` change anything? */
export function isSameStatus(known: ReplicaSetStatus | undefined, next: ReplicaSetStatus): boolean {
  if (known === next) return true;
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
  const present = known ?? NO_CONDITIONS;
  const hasFailed = present.some((condition) => condition.type === 'ReplicaFailure');
  if (failure === undefined) return hasFailed ? present.filter((condition) => condition.type !== 'ReplicaFailure') : present;
  if (hasFailed) return present;
  const reason = difference < 0 ? 'FailedCreate' : 'FailedDelete';
  const message = failure instanceof ApiError ? failure.message : String(failure);
  return [...present, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timeText(nowUs), reason, message }];
}
