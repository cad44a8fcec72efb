/**
 * What a Deployment reports: counts, availability, and whether its rollout goes on, is done, or has taken too long.
 *
 * Models pkg/controller/deployment/{sync,progress}.go (calculateStatus, syncRolloutStatus) and util/deployment_util.go.
 */
import { SECOND_US } from '../../base/units.ts';
import type { Condition } from '../../model/meta.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../model/workloads.ts';
import { maxUnavailable, replicasOf, sumOfAvailable, sumOfReplicas } from './rolling.ts';

const NO_DEADLINE = 2_147_483_647;

export function hasProgressDeadline(deployment: Deployment): boolean {
  const { progressDeadlineSeconds } = deployment.spec;
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== NO_DEADLINE;
}

export function conditionOf(status: DeploymentStatus | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function newCondition(type: string, status: Condition['status'], reason: string, message: string, nowUs: number): Condition {
  const now = timeText(nowUs);
  return { type, status, reason, message, lastUpdateTime: now, lastTransitionTime: now };
}

/** Puts the condition last; leaves everything as it is when status and reason are known already. */
export function withCondition(status: DeploymentStatus, condition: Condition): DeploymentStatus {
  const known = conditionOf(status, condition.type);
  if (known !== undefined && known.status === condition.status && known.reason === condition.reason) return status;
  const { lastTransitionTime } = known?.status === condition.status ? known : condition;
  const others = (status.conditions ?? []).filter((one) => one.type !== condition.type);
  return { ...status, conditions: [...others, { ...condition, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }] };
}

export function withoutCondition(status: DeploymentStatus, type: string): DeploymentStatus {
  if (conditionOf(status, type) === undefined) return status;
  return { ...status, conditions: status.conditions!.filter((condition) => condition.type !== type) };
}

/** Counts and the Available condition; the other conditions are carried over. */
export function countedStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newest: ReplicaSet | undefined,
  nowUs: number,
): DeploymentStatus {
  const available = sumOfAvailable(all);
  const { status } = deployment;
  const terminating = terminatingReplicas(all);
  const counts: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...positive('replicas', sumOf(all, 'replicas')),
    ...positive('updatedReplicas', newest?.status?.replicas ?? 0),
    ...positive('readyReplicas', sumOf(all, 'readyReplicas')),
    ...positive('availableReplicas', available),
    ...positive('unavailableReplicas', Math.max(0, sumOfReplicas(all) - available)),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    ...(status?.collisionCount === undefined ? {} : { collisionCount: status.collisionCount }),
    ...(status?.conditions === undefined ? {} : { conditions: status.conditions }),
  };
  const isAvailable = available >= replicasOf(deployment) - maxUnavailable(deployment);
  return withCondition(
    counts,
    isAvailable
      ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowUs)
      : newCondition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', nowUs),
  );
}

/** The status in the course of a rollout: counts, progress and the failures of its sets. */
export function rolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newest: ReplicaSet | undefined,
  nowUs: number,
): DeploymentStatus {
  const status = withProgress(deployment, countedStatus(deployment, all, newest, nowUs), newest, nowUs);
  const failure = replicaFailure(all, newest);
  return failure === undefined ? withoutCondition(status, 'ReplicaFailure') : withCondition(status, failure);
}

function withProgress(deployment: Deployment, counted: DeploymentStatus, newest: ReplicaSet | undefined, nowUs: number): DeploymentStatus {
  if (!hasProgressDeadline(deployment)) return withoutCondition(counted, 'Progressing');
  const current = conditionOf(deployment.status, 'Progressing');
  const isSettled = (counted.replicas ?? 0) === (counted.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (isSettled) return counted;
  const what = newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`;
  if (isComplete(deployment, counted)) {
    return withCondition(
      counted,
      newCondition('Progressing', 'True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`, nowUs),
    );
  }
  if (isProgressing(deployment, counted)) {
    const fresh = newCondition('Progressing', 'True', 'ReplicaSetUpdated', `${what} is progressing.`, nowUs);
    const lastTransitionTime = current?.status === 'True' ? current.lastTransitionTime : fresh.lastTransitionTime;
    // Removed first, so that each sign of progress moves the time from which the deadline counts.
    return withCondition(withoutCondition(counted, 'Progressing'), {
      ...fresh,
      ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    });
  }
  if (isTimedOut(deployment, counted, nowUs)) {
    return withCondition(
      counted,
      newCondition('Progressing', 'False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`, nowUs),
    );
  }
  return counted;
}

export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const wanted = replicasOf(deployment);
  return (
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing(deployment: Deployment, next: DeploymentStatus): boolean {
  const known = deployment.status;
  const oldBefore = (known?.replicas ?? 0) - (known?.updatedReplicas ?? 0);
  const oldAfter = (next.replicas ?? 0) - (next.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (known?.updatedReplicas ?? 0) ||
    oldAfter < oldBefore ||
    (next.readyReplicas ?? 0) > (known?.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (known?.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, status: DeploymentStatus, nowUs: number): boolean {
  const condition = conditionOf(status, 'Progressing');
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  return deadlineUs(deployment, condition) < nowUs;
}

function deadlineUs(deployment: Deployment, condition: Condition): number {
  return timeUsOf(condition.lastUpdateTime ?? timeText(0)) + (deployment.spec.progressDeadlineSeconds ?? 0) * SECOND_US;
}

/** Until a rollout that stands still has to be looked at again; undefined if that is not needed (requeueStuckDeployment). */
export function stuckCheckUs(deployment: Deployment, status: DeploymentStatus, nowUs: number): number | undefined {
  const condition = conditionOf(deployment.status, 'Progressing');
  if (!hasProgressDeadline(deployment) || condition === undefined) return undefined;
  if (isComplete(deployment, status) || condition.reason === 'ProgressDeadlineExceeded') return undefined;
  return deadlineUs(deployment, condition) - nowUs;
}

function replicaFailure(all: readonly ReplicaSet[], newest: ReplicaSet | undefined): Condition | undefined {
  const failureOf = (replicaSet: ReplicaSet | undefined) =>
    replicaSet?.status?.conditions?.find((condition) => condition.type === 'ReplicaFailure');
  const failure = failureOf(newest) ?? all.map(failureOf).find((condition) => condition !== undefined);
  if (failure === undefined) return undefined;
  return { ...failure, ...(failure.lastTransitionTime === undefined ? {} : { lastUpdateTime: failure.lastTransitionTime }) };
}

/** Nothing is said before every set that was looked at says it. */
function terminatingReplicas(all: readonly ReplicaSet[]): number | undefined {
  let sum = 0;
  for (const { status } of all) {
    if (status?.terminatingReplicas !== undefined) sum += status.terminatingReplicas;
    else if ((status?.observedGeneration ?? 0) !== 0) return undefined;
  }
  return sum;
}

function sumOf(all: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas'): number {
  return all.reduce((sum, replicaSet) => sum + (replicaSet.status?.[field] ?? 0), 0);
}

function positive(field: keyof DeploymentStatus, value: number): DeploymentStatus {
  return value === 0 ? {} : { [field]: value };
}
