/**
 * Counts finished pods exactly once, whatever crashes in between: first their uids go into the status, then their finalizers
 * go, then the counters rise and the uids are dropped.
 *
 * Models trackJobStatusAndRemoveFinalizers of pkg/controller/job/job_controller.go.
 */
import type { JobStatus } from '../../model/batch.ts';
import { isDeleting } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { findTrue } from './conditions.ts';
import { indexesText, union } from './indexes.ts';
import { completionIndex, hasBackoffLimitPerIndex, isIndexed, isPodFailed, isTracked, validIndex } from './job-pods.ts';
import type { Pass } from './pass.ts';
import { judgeFailure } from './policies.ts';

// MaxUncountedPods in job_controller.go.
const MAX_UNCOUNTED = 500;

export interface Count {
  readonly status: JobStatus;
  /** Pods that need their finalizer no longer once the status is written. */
  readonly release: readonly Pod[];
  readonly mustWrite: boolean;
  /** There are more pods than one status may name: the Job cannot be finished yet. */
  readonly isFull: boolean;
}

/** The status to write before any finalizer goes. */
export function count(pass: Pass): Count {
  const { job, ending } = pass;
  const indexed = isIndexed(job);
  const pods = indexed ? [...pass.pods].sort((a, b) => (completionIndex(a) ?? -1) - (completionIndex(b) ?? -1)) : pass.pods;
  const held = new Set(pods.filter((pod) => stillTracked(pass, pod)).map((pod) => pod.metadata.uid ?? ''));
  const settled = withSettled(pass.status, held);
  let mustWrite = settled !== pass.status;
  const succeeded = [...(settled.uncountedTerminatedPods?.succeeded ?? [])];
  const failed = [...(settled.uncountedTerminatedPods?.failed ?? [])];
  const newIndexes: number[] = [];
  const release: Pod[] = [];
  let isFull = false;
  for (const pod of pods) {
    if (!stillTracked(pass, pod)) continue;
    const hasFailed = isPodFailed(pod, job);
    if (!mayRelease(pass, pod, hasFailed)) continue;
    release.push(pod);
    const { uid = '' } = pod.metadata;
    const index = validIndex(pod, job);
    if (pod.status?.phase === 'Succeeded' && !pass.uncountedFailed.has(uid)) {
      if (pass.uncountedSucceeded.has(uid)) continue;
      if (!indexed) succeeded.push(uid);
      else if (index !== undefined && !pass.previouslySucceeded.has(index)) newIndexes.push(index);
    } else if (hasFailed || ending?.type === 'FailureTarget') {
      // A Job that has failed counts every pod it still had as failed.
      if (pass.uncountedFailed.has(uid) || (indexed && index === undefined)) continue;
      if (judgeFailure(job, pod).isCounted) failed.push(uid);
    }
    isFull = newIndexes.length + succeeded.length + failed.length >= MAX_UNCOUNTED;
    if (isFull) break;
  }
  const before = settled.uncountedTerminatedPods;
  mustWrite ||=
    newIndexes.length > 0 || succeeded.length > (before?.succeeded?.length ?? 0) || failed.length > (before?.failed?.length ?? 0);
  let status: JobStatus = { ...settled, uncountedTerminatedPods: uncounted(succeeded, failed) };
  if (indexed) {
    const known = union(pass.previouslySucceeded, newIndexes);
    const completedIndexes = indexesText(known);
    mustWrite ||= completedIndexes !== (status.completedIndexes ?? '');
    const { completedIndexes: _, ...rest } = status;
    status = { ...rest, succeeded: known.size, ...(completedIndexes === '' ? {} : { completedIndexes }) };
    if (hasBackoffLimitPerIndex(job)) {
      const failedIndexes = indexesText(pass.failedIndexes ?? new Set());
      mustWrite ||= failedIndexes !== status.failedIndexes;
      status = { ...status, failedIndexes };
    }
  }
  if (ending !== undefined && findTrue(job, ending.type) === undefined) {
    status = { ...status, conditions: [...(status.conditions ?? []), ending] };
    mustWrite = true;
  }
  return { status, release, mustWrite, isFull };
}

/** Uids whose pods hold the finalizer no longer turn into counts. The same status when there are none. */
export function withSettled(status: JobStatus, held: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const openSucceeded = succeeded.filter((uid) => held.has(uid));
  const openFailed = failed.filter((uid) => held.has(uid));
  if (openSucceeded.length === succeeded.length && openFailed.length === failed.length) return status;
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length - openSucceeded.length,
    failed: (status.failed ?? 0) + failed.length - openFailed.length,
    uncountedTerminatedPods: uncounted(openSucceeded, openFailed),
  };
}

export function uncountedCount(status: JobStatus): number {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  return succeeded.length + failed.length;
}

function uncounted(succeeded: readonly string[], failed: readonly string[]): NonNullable<JobStatus['uncountedTerminatedPods']> {
  return { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) };
}

export function stillTracked(pass: Pass, pod: Pod): boolean {
  return isTracked(pod) && !pass.untracked.has(pod.metadata.uid ?? '');
}

function mayRelease({ job, ending, lastFailedOfIndex }: Pass, pod: Pod, hasFailed: boolean): boolean {
  if (isDeleting(job) || ending !== undefined || pod.status?.phase === 'Succeeded') return true;
  if (!hasFailed) return false;
  const index = completionIndex(pod);
  return index === undefined || lastFailedOfIndex.get(index)?.metadata.uid !== pod.metadata.uid;
}
