/**
 * What a Job's controller asks about single pods: index, tracking finalizer, has it failed, when did it finish.
 *
 * Models pkg/controller/job/{tracking_utils,indexed_job_utils,backoff_utils}.go.
 */
import { SECOND_US } from '../../base/units.ts';
import type { Job } from '../../model/batch.ts';
import { isDeleting } from '../../model/meta.ts';
import { isPodTerminal, type Pod, podCondition } from '../../model/pod.ts';
import { timeUsOf } from '../../model/time.ts';

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count';
export const INDEX_IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count';

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
}

/** The completion index the pod works on; undefined when it names none. */
export function completionIndex(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** The index if the Job has it. */
export function validIndex(pod: Pod, job: Job): number | undefined {
  const index = completionIndex(pod);
  return index !== undefined && index < (job.spec.completions ?? 0) ? index : undefined;
}

export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === 'Indexed';
}

export function hasBackoffLimitPerIndex(job: Job): boolean {
  return isIndexed(job) && job.spec.backoffLimitPerIndex !== undefined;
}

export function replacesOnlyFailed(job: Job): boolean {
  return (
    job.spec.podReplacementPolicy === 'Failed' || (job.spec.podReplacementPolicy === undefined && job.spec.podFailurePolicy !== undefined)
  );
}

/** A pod being deleted counts as failed at once, unless the Job replaces pods only when they have really ended. */
export function isPodFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !replacesOnlyFailed(job) && isDeleting(pod) && pod.status?.phase !== 'Succeeded';
}

export function isPodTerminating(pod: Pod): boolean {
  return isDeleting(pod) && !isPodTerminal(pod);
}

export function failureCount(pod: Pod): number {
  return count(pod, INDEX_FAILURE_COUNT);
}

/** With the failures that a policy told to ignore: those lengthen the back-off, but do not use up the limit. */
export function absoluteFailureCount(pod: Pod): number {
  return failureCount(pod) + count(pod, INDEX_IGNORED_FAILURE_COUNT);
}

export function ignoredFailureCount(pod: Pod): number {
  return count(pod, INDEX_IGNORED_FAILURE_COUNT);
}

function count(pod: Pod, annotation: string): number {
  const value = Number(pod.metadata.annotations?.[annotation] ?? 0);
  return Number.isInteger(value) ? value : 0;
}

/** When the last container ended; failing that, when the pod ceased to be ready, was told to go, or was made. */
export function finishedUs(pod: Pod): number {
  const { status, metadata } = pod;
  const containers = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const ends = containers.map((container) => container.state?.terminated?.finishedAt);
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...ends.map((end) => timeUsOf(end!)));
  const ready = podCondition(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime !== undefined) return timeUsOf(ready.lastTransitionTime);
  if (metadata.deletionTimestamp !== undefined) {
    return timeUsOf(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * SECOND_US;
  }
  return metadata.creationTimestamp === undefined ? 0 : timeUsOf(metadata.creationTimestamp);
}
