/**
 * How a Job ends, if it does: for the reasons, and in the order, of the original.
 *
 * Models syncJob of pkg/controller/job/job_controller.go, from pastBackoffLimit to the success policy.
 */
import { SECOND_US } from '../../base/units.ts';
import type { Job } from '../../model/batch.ts';
import type { Pod } from '../../model/pod.ts';
import { timeUsOf } from '../../model/time.ts';
import { type Ending, ending, findTrue } from './conditions.ts';
import { isIndexed } from './job-pods.ts';
import type { Pass } from './pass.ts';
import { failJobMessage, successPolicyMessage } from './policies.ts';

const DEFAULT_BACKOFF_LIMIT = 6;

/** The end that is reached, and the time until a deadline may reach it. */
export interface EndingOutlook {
  readonly ending: Ending | undefined;
  readonly deadlineInUs: number | undefined;
}

export function endingOutlook(pass: Pass, nowUs: number): EndingOutlook {
  const { job } = pass;
  const { spec, status } = job;
  const announced = findTrue(job, 'SuccessCriteriaMet') ?? findTrue(job, 'FailureTarget');
  if (announced !== undefined) return ended(announced as Ending);
  const fails = (reason: string, message: string) => ending('FailureTarget', reason, message, nowUs);

  const message = failJobMessage(job, pass.pods);
  if (message !== undefined) return ended(fails('PodFailurePolicy', message));
  if (pass.failed > (spec.backoffLimit ?? DEFAULT_BACKOFF_LIMIT) || isPastBackoffLimitOnFailure(job, pass.pods)) {
    return ended(fails('BackoffLimitExceeded', 'Job has reached the specified backoff limit'));
  }
  let deadlineInUs: number | undefined;
  if (spec.activeDeadlineSeconds !== undefined && spec.suspend !== true) {
    const startUs = status?.startTime === undefined ? nowUs : timeUsOf(status.startTime);
    deadlineInUs = startUs + spec.activeDeadlineSeconds * SECOND_US - nowUs;
    if (deadlineInUs <= 0) return ended(fails('DeadlineExceeded', 'Job was active longer than specified deadline'));
  }
  return { ending: isIndexed(job) ? endingOfIndexes(pass, fails, nowUs) : undefined, deadlineInUs };
}

function ended(reached: Ending): EndingOutlook {
  return { ending: reached, deadlineInUs: undefined };
}

function endingOfIndexes(pass: Pass, fails: (reason: string, message: string) => Ending, nowUs: number): Ending | undefined {
  const { spec } = pass.job;
  const failedCount = pass.failedIndexes?.size ?? 0;
  if (spec.maxFailedIndexes !== undefined && failedCount > spec.maxFailedIndexes) {
    return fails('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  if (failedCount > 0 && failedCount + pass.succeededIndexes.size >= (spec.completions ?? 0)) {
    return fails('FailedIndexes', 'Job has failed indexes');
  }
  const success = successPolicyMessage(pass.job, pass.succeededIndexes);
  return success === undefined ? undefined : ending('SuccessCriteriaMet', 'SuccessPolicy', success, nowUs);
}

/** With restartPolicy OnFailure the kubelet restarts containers in place; their restarts use up the limit. */
function isPastBackoffLimitOnFailure({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const one of status.initContainerStatuses ?? []) restarts += one.restartCount ?? 0;
    for (const one of status.containerStatuses ?? []) restarts += one.restartCount ?? 0;
  }
  const limit = spec.backoffLimit ?? DEFAULT_BACKOFF_LIMIT;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}
