/**
 * What one pass over a Job sees: its pods sorted into what they mean, before anything is done.
 *
 * Models syncJobCtx and the counting helpers of pkg/controller/job/job_controller.go.
 */
import type { Job, JobStatus } from '../../model/batch.ts';
import { isPodActive, isPodReady, type Pod } from '../../model/pod.ts';
import type { BackoffRecord } from './backoff.ts';
import type { Ending } from './conditions.ts';
import { parseIndexes, union } from './indexes.ts';
import {
  absoluteFailureCount,
  failureCount,
  finishedUs,
  hasBackoffLimitPerIndex,
  isIndexed,
  isPodFailed,
  isPodTerminating,
  isTracked,
  validIndex,
} from './job-pods.ts';
import { judgeFailure } from './policies.ts';

export interface Pass {
  readonly key: string;
  job: Job;
  /** The status as it will be written; replaced, never changed in place. */
  status: JobStatus;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** Uids of pods whose finalizer has been taken off, as the cache does not yet show. */
  readonly untracked: ReadonlySet<string>;
  readonly uncountedSucceeded: ReadonlySet<string>;
  readonly uncountedFailed: ReadonlySet<string>;
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  readonly newSucceeded: readonly Pod[];
  readonly newFailed: readonly Pod[];
  backoff: BackoffRecord;
  ending: Ending | undefined;
  readonly previouslySucceeded: ReadonlySet<number>;
  succeededIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number> | undefined;
  /** The last failed pod of an index that is still to be tried again: it is kept for the count it carries. */
  readonly lastFailedOfIndex: ReadonlyMap<number, Pod>;
}

const NOTHING: ReadonlySet<number> = new Set();

export function beginPass(key: string, job: Job, pods: readonly Pod[], untracked: ReadonlySet<string>): Pass {
  const status = job.status ?? {};
  const uncountedSucceeded = new Set(status.uncountedTerminatedPods?.succeeded);
  const uncountedFailed = new Set(status.uncountedTerminatedPods?.failed);
  const active = pods.filter(isPodActive);
  const isNew = (pod: Pod, uncounted: ReadonlySet<string>) => {
    const { uid = '' } = pod.metadata;
    return isTracked(pod) && !uncounted.has(uid) && !untracked.has(uid) && (!isIndexed(job) || validIndex(pod, job) !== undefined);
  };
  const newSucceeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isNew(pod, uncountedSucceeded));
  const newFailed = pods.filter((pod) => isPodFailed(pod, job) && isNew(pod, uncountedFailed));
  const counted = job.spec.podFailurePolicy === undefined ? newFailed : newFailed.filter((pod) => judgeFailure(job, pod).isCounted);

  const completions = job.spec.completions ?? 0;
  const previouslySucceeded = isIndexed(job) ? parseIndexes(status.completedIndexes, completions) : NOTHING;
  const succeededIndexes = isIndexed(job) ? union(previouslySucceeded, newlySucceeded(job, pods)) : NOTHING;
  const failedIndexes = hasBackoffLimitPerIndex(job) ? failedIndexesOf(job, pods) : undefined;
  return {
    key,
    job,
    status,
    pods,
    active,
    untracked,
    uncountedSucceeded,
    uncountedFailed,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    succeeded: isIndexed(job) ? succeededIndexes.size : (status.succeeded ?? 0) + newSucceeded.length + uncountedSucceeded.size,
    failed: (status.failed ?? 0) + counted.length + uncountedFailed.size,
    newSucceeded,
    newFailed,
    backoff: { failuresAfterLastSuccess: 0, lastFailureUs: undefined },
    ending: undefined,
    previouslySucceeded,
    succeededIndexes,
    failedIndexes,
    lastFailedOfIndex:
      failedIndexes === undefined ? new Map() : lastFailedPods(job, pods, [succeededIndexes, failedIndexes, indexesOf(active)], untracked),
  };
}

export function indexesOf(pods: readonly Pod[]): Set<number> {
  const indexes = new Set<number>();
  for (const pod of pods) {
    const text = pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'];
    if (text !== undefined) indexes.add(Number(text));
  }
  return indexes;
}

function* newlySucceeded(job: Job, pods: readonly Pod[]): Iterable<number> {
  for (const pod of pods) {
    const index = validIndex(pod, job);
    if (index !== undefined && pod.status?.phase === 'Succeeded' && isTracked(pod)) yield index;
  }
}

function failedIndexesOf(job: Job, pods: readonly Pod[]): Set<number> {
  const failed = parseIndexes(job.status?.failedIndexes, job.spec.completions ?? 0);
  for (const pod of pods) {
    const index = validIndex(pod, job);
    if (index !== undefined && isPodFailed(pod, job) && isTracked(pod) && failsIndex(job, pod)) failed.add(index);
  }
  return failed;
}

function failsIndex(job: Job, pod: Pod): boolean {
  const { action, isCounted } = judgeFailure(job, pod);
  return action === 'FailIndex' || (isCounted && failureCount(pod) >= (job.spec.backoffLimitPerIndex ?? 0));
}

function lastFailedPods(
  job: Job,
  pods: readonly Pod[],
  settled: readonly ReadonlySet<number>[],
  untracked: ReadonlySet<string>,
): Map<number, Pod> {
  const last = new Map<number, Pod>();
  for (const pod of pods) {
    const { uid = '' } = pod.metadata;
    const index = validIndex(pod, job);
    if (index === undefined || !isPodFailed(pod, job) || !isTracked(pod) || untracked.has(uid)) continue;
    if (settled.some((set) => set.has(index))) continue;
    const known = last.get(index);
    if (known === undefined || (absoluteFailureCount(known) <= absoluteFailureCount(pod) && finishedUs(pod) >= finishedUs(known))) {
      last.set(index, pod);
    }
  }
  return last;
}
