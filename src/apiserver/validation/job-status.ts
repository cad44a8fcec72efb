/**
 * What a Job's status may say, and how it may change: counts that do not shrink, conditions that do not contradict one another.
 *
 * Models validateJobStatus and ValidateJobStatusUpdate of pkg/apis/batch/validation/validation.go.
 */
import { isSameValue } from '../same-value.ts';
import type { FieldErrors } from './field-errors.ts';
import { countIndexes } from './jobs.ts';
import { validateNonnegative } from './metadata.ts';
import type { Sent } from './sent.ts';

export function validateJobStatusUpdate(errors: FieldErrors, job: Sent, before: Sent): void {
  const { status = {} } = job;
  const former = before.status ?? {};
  validateJobStatus(errors, job);
  for (const type of ['Failed', 'Complete', 'FailureTarget']) {
    if (isTrue(former, type) && !isTrue(status, type)) {
      errors.invalidAsWhole('status.conditions', `cannot disable the terminal ${type}=True condition`);
    }
  }
  // An indexed Job as wide as it is long may be made smaller, and with it the number of indexes that have succeeded.
  const isElastic = job.spec?.completionMode === 'Indexed' && job.spec.completions === job.spec.parallelism;
  for (const field of isElastic ? ['failed'] : ['failed', 'succeeded']) {
    if ((status[field] ?? 0) < (former[field] ?? 0)) {
      errors.invalid(`status.${field}`, status[field] ?? 0, `cannot decrease the ${field} counter`);
    }
  }
  if (status.completionTime !== undefined && former.completionTime !== undefined && status.completionTime !== former.completionTime) {
    errors.invalid('status.completionTime', status.completionTime, 'field is immutable');
  }
  if (former.startTime !== undefined && !isSameValue(former.startTime, status.startTime) && job.spec?.suspend !== true) {
    errors.invalid('status.startTime', status.startTime ?? null, 'field is immutable for unsuspended job once set');
  }
  if (isTrue(former, 'SuccessCriteriaMet') && !isTrue(status, 'SuccessCriteriaMet')) {
    errors.invalidAsWhole('status.conditions', 'cannot disable the SuccessCriteriaMet=True condition');
  }
  if (isTrue(former, 'Complete') && !isTrue(former, 'SuccessCriteriaMet') && isTrue(status, 'SuccessCriteriaMet')) {
    errors.invalidAsWhole('status.conditions', 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
  }
}

function validateJobStatus(errors: FieldErrors, { spec = {}, status = {} }: Sent): void {
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'])
    validateNonnegative(errors, `status.${field}`, status[field]);
  validateUncounted(errors, status.uncountedTerminatedPods ?? {});
  validateEnds(errors, status);
  const isFinished = isTrue(status, 'Complete') || isTrue(status, 'Failed');
  if (isFinished) {
    if ((status.active ?? 0) > 0) errors.invalid('status.active', status.active, 'active>0 is invalid for finished job');
    if (status.startTime === undefined) errors.required('status.startTime', 'startTime is required for finished job');
    const { failed = [], succeeded = [] } = status.uncountedTerminatedPods ?? {};
    if (failed.length + succeeded.length > 0) {
      const shown = { Succeeded: succeeded.length === 0 ? null : succeeded, Failed: failed.length === 0 ? null : failed };
      errors.invalid('status.uncountedTerminatedPods', shown, 'must be empty for finished job');
    }
  }
  validateIndexes(errors, spec, status);
  if (isFinished && (status.terminating ?? 0) > 0) {
    errors.invalid('status.terminating', status.terminating, 'terminating>0 is invalid for finished job');
  }
  if (status.ready !== undefined && status.ready > (status.active ?? 0))
    errors.invalid('status.ready', status.ready, 'cannot set more ready pods than active');
  const isMet = isTrue(status, 'SuccessCriteriaMet');
  if (isMet && isTrue(status, 'Failed')) {
    errors.invalidAsWhole('status.conditions', 'cannot set SuccessCriteriaMet=True and Failed=true conditions');
  }
  if (isMet && isTrue(status, 'FailureTarget')) {
    errors.invalidAsWhole('status.conditions', 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  }
  if (spec.successPolicy !== undefined && !isMet && isTrue(status, 'Complete')) {
    errors.invalidAsWhole('status.conditions', 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
  }
}

function validateUncounted(errors: FieldErrors, pods: Sent): void {
  for (const field of ['succeeded', 'failed']) {
    const seen = new Set<string>();
    (pods[field] ?? []).forEach((uid: string, at: number) => {
      const path = `status.uncountedTerminatedPods.${field}[${at}]`;
      if (uid === '') errors.invalid(path, uid, 'must not be empty');
      else if (seen.has(uid)) errors.duplicate(path, uid);
      seen.add(uid);
    });
  }
}

/** Conditions and times of a Job that has come to an end. */
function validateEnds(errors: FieldErrors, status: Sent): void {
  const { startTime, completionTime } = status;
  const isComplete = isTrue(status, 'Complete');
  const isFailed = isTrue(status, 'Failed');
  if (isComplete && isFailed) errors.invalidAsWhole('status.conditions', 'cannot set Complete=True and Failed=true conditions');
  if (isComplete && isTrue(status, 'FailureTarget')) {
    errors.invalidAsWhole('status.conditions', 'cannot set Complete=True and FailureTarget=true conditions');
  }
  if (completionTime !== undefined && !isComplete) {
    errors.invalid('status.completionTime', completionTime, 'cannot set completionTime when there is no Complete=True condition');
  }
  if (completionTime === undefined && isComplete) {
    errors.required('status.completionTime', 'completionTime is required for Complete jobs');
  }
  if (startTime !== undefined && completionTime !== undefined && completionTime < startTime) {
    errors.invalid('status.completionTime', completionTime, 'must be equal to or after `startTime`');
  }
  if (isFailed && !isTrue(status, 'FailureTarget')) {
    errors.invalidAsWhole('status.conditions', 'cannot set Failed=True condition without the FailureTarget=true condition');
  }
  if (isComplete && !isTrue(status, 'SuccessCriteriaMet')) {
    errors.invalidAsWhole('status.conditions', 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  }
}

function validateIndexes(errors: FieldErrors, spec: Sent, status: Sent): void {
  const { completedIndexes = '', failedIndexes } = status;
  const { completions, backoffLimitPerIndex } = spec;
  if (completions !== undefined) {
    const counted = countIndexes(completedIndexes, completions);
    if (typeof counted === 'string')
      errors.invalid('status.completedIndexes', completedIndexes, `error parsing completedIndexes: ${counted}`);
    if (backoffLimitPerIndex !== undefined && failedIndexes !== undefined) {
      const failed = countIndexes(failedIndexes, completions);
      if (typeof failed === 'string') errors.invalid('status.failedIndexes', failedIndexes, `error parsing failedIndexes: ${failed}`);
    }
  }
  if (completedIndexes !== '' && spec.completionMode !== 'Indexed') {
    errors.invalid('status.completedIndexes', completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode');
  }
  if (backoffLimitPerIndex === undefined && failedIndexes !== undefined) {
    errors.invalid('status.failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null');
  }
}

function isTrue({ conditions = [] }: Sent, type: string): boolean {
  return conditions.some((one: Sent) => one.type === type && one.status === 'True');
}
