/**
 * A Job's conditions: how it ends, first announced (FailureTarget, SuccessCriteriaMet) and then final (Failed, Complete).
 *
 * Models pkg/controller/job/job_controller.go (newCondition, ensureJobConditionStatus) and pkg/controller/job/util.
 */
import type { Job } from '../../model/batch.ts';
import type { Condition } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';

export type Ending = Condition & { readonly type: 'FailureTarget' | 'SuccessCriteriaMet' };

export function ending(type: Ending['type'], reason: string, message: string, nowUs: number): Ending {
  return { ...condition(type, 'True', reason, message, nowUs), type };
}

/** The final condition that an announced ending leads to. */
export function finalOf(announced: Ending, nowUs: number): Condition {
  const type = announced.type === 'FailureTarget' ? 'Failed' : 'Complete';
  return condition(type, 'True', announced.reason ?? '', announced.message ?? '', nowUs);
}

export function findTrue(job: Job, type: string): Condition | undefined {
  return job.status?.conditions?.find((one) => one.type === type && one.status === 'True');
}

export function isJobFinished(job: Job): boolean {
  return finishedType(job) !== undefined;
}

/** `Complete` or `Failed`, whichever the Job has come to. */
export function finishedType(job: Job): 'Complete' | 'Failed' | undefined {
  if (findTrue(job, 'Complete') !== undefined) return 'Complete';
  return findTrue(job, 'Failed') === undefined ? undefined : 'Failed';
}

/** The list with that condition in that status; the same list when nothing changes. A condition is never added just to be False. */
export function withCondition(
  list: readonly Condition[],
  wanted: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  nowUs: number,
): readonly Condition[] {
  const present = list.find((one) => one.type === wanted.type);
  const { type, status, reason = '', message = '' } = wanted;
  if (present === undefined) return status === 'True' ? [...list, condition(type, status, reason, message, nowUs)] : list;
  if (present.status === status && present.reason === reason && present.message === message) return list;
  return list.map((one) => (one === present ? condition(type, status, reason, message, nowUs) : one));
}

function condition(type: string, status: Condition['status'], reason: string, message: string, nowUs: number): Condition {
  const now = timeText(nowUs);
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message };
}
