/**
 * Brings a Job's active pods to the number that is wanted: which are made, for which indexes, and which have to go.
 *
 * Models manageJob, deleteJobPods and deleteActivePods of pkg/controller/job/job_controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import type { WrittenRevisions } from '../../client/consistency.ts';
import type { Expectations } from '../../client/expectations.ts';
import type { Informer } from '../../client/informer.ts';
import { all, type Task } from '../../client/task.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import type { Job } from '../../model/batch.ts';
import { objectKey, revisionOf } from '../../model/meta.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { isNamespaceTerminating, type PodControl } from '../pod-control.ts';
import { remainingOfIndexUs, remainingUs } from './backoff.ts';
import { firstFree } from './indexes.ts';
import { jobPod } from './job-pod-template.ts';
import { hasBackoffLimitPerIndex, isIndexed, isPodTerminating, isTracked, replacesOnlyFailed } from './job-pods.ts';
import { indexesOf, type Pass } from './pass.ts';
import { podsToRemove } from './pod-removal.ts';
import type { TrackingFinalizers } from './tracking-finalizers.ts';

// SyncJobBatchPeriod and MaxPodCreateDeletePerSync in job_controller.go.
export const SYNC_BATCH_US = SECOND_US;
const MAX_PODS_PER_SYNC = 500;

export interface JobPodParts {
  readonly sim: Simulation;
  readonly queue: WorkQueue;
  readonly pods: Informer<'Pod'>;
  readonly podControl: PodControl;
  readonly expectations: Expectations;
  readonly written: WrittenRevisions;
  readonly finalizers: TrackingFinalizers;
}

/** The Job's active pods as they are after a change, and what went wrong with it. */
export interface Managed {
  readonly active: number;
  readonly failure: unknown;
}

export class JobPodManager {
  readonly #sim: Simulation;
  readonly #queue: WorkQueue;
  readonly #pods: Informer<'Pod'>;
  readonly #podControl: PodControl;
  readonly #expectations: Expectations;
  readonly #written: WrittenRevisions;
  readonly #finalizers: TrackingFinalizers;

  constructor({ sim, queue, pods, podControl, expectations, written, finalizers }: JobPodParts) {
    this.#sim = sim;
    this.#queue = queue;
    this.#pods = pods;
    this.#podControl = podControl;
    this.#expectations = expectations;
    this.#written = written;
    this.#finalizers = finalizers;
  }

  /** Brings the number of active pods to what the Job wants; says how many it counts as active now. */
  *manage(pass: Pass): Task<Managed> {
    const { job, key } = pass;
    const { spec } = job;
    const { nowUs } = this.#sim;
    const active = pass.active.length;
    const wanted = spec.suspend === true ? 0 : wantedActive(job, active, pass.succeeded);
    const surplus = podsToRemove(job, pass.active, Math.max(0, active - wanted));
    if (surplus.length > 0 || spec.suspend === true) {
      const victims = spec.suspend === true ? pass.active : surplus.slice(0, MAX_PODS_PER_SYNC);
      this.#expectations.expectDeletions(key, victims.map(objectKey));
      const { deleted, failure } = yield* this.deleteEach(pass, victims, true);
      return { active: active - deleted, failure };
    }
    const missing = wanted - active - (replacesOnlyFailed(job) ? pass.terminating : 0);
    if (missing <= 0) return { active, failure: undefined };
    const perIndex = hasBackoffLimitPerIndex(job);
    const waitUs = perIndex ? 0 : remainingUs(pass.backoff, nowUs);
    if (waitUs > 0) return this.#waitForBackoff(key, waitUs, active);
    let size = Math.min(missing, MAX_PODS_PER_SYNC);
    let indexes: (number | undefined)[] = [];
    if (isIndexed(job)) {
      const free = this.#freeIndexes(pass, size);
      const due = free.filter((index) => remainingOfIndexUs(pass.lastFailedOfIndex.get(index), nowUs) === 0);
      if (due.length === 0 && free.length > 0) {
        return this.#waitForBackoff(
          key,
          Math.min(...free.map((index) => remainingOfIndexUs(pass.lastFailedOfIndex.get(index), nowUs))),
          active,
        );
      }
      indexes = due;
      size = due.length;
    } else indexes = new Array<undefined>(size).fill(undefined);
    return yield* this.#createEach(pass, indexes, active);
  }

  #waitForBackoff(key: string, waitUs: number, active: number): Managed {
    this.#queue.addAfter(key, Math.max(SYNC_BATCH_US, waitUs));
    return { active, failure: undefined };
  }

  #freeIndexes({ job, active, pods, succeededIndexes, failedIndexes }: Pass, size: number): number[] {
    const taken = [succeededIndexes, indexesOf(active)];
    if (failedIndexes !== undefined) taken.push(failedIndexes);
    if (replacesOnlyFailed(job)) taken.push(indexesOf(pods.filter(isPodTerminating)));
    return firstFree(size, job.spec.completions ?? 0, ...taken);
  }

  /** In growing batches; after a failure the rest waits for another pass. */
  *#createEach(pass: Pass, indexes: readonly (number | undefined)[], before: number): Task<Managed> {
    const { key, job } = pass;
    this.#expectations.expectCreations(key, indexes.length);
    let active = before + indexes.length;
    for (let start = 0, size = Math.min(1, indexes.length); size > 0; ) {
      const outcomes = yield* all(indexes.slice(start, start + size).map((index) => this.#createOne(pass, job, index)));
      start += size;
      const failed = outcomes.find((outcome) => !outcome.ok);
      if (failed !== undefined && !failed.ok) {
        const lost = outcomes.filter((outcome) => !outcome.ok).length + indexes.length - start;
        this.#expectations.creationsSkipped(key, lost);
        active -= lost;
        return { active, failure: failed.error };
      }
      size = Math.min(2 * size, indexes.length - start);
    }
    return { active, failure: undefined };
  }

  *#createOne(pass: Pass, job: Job, index: number | undefined): Task<void> {
    try {
      const pod = jobPod(job, index, index === undefined ? undefined : pass.lastFailedOfIndex.get(index));
      this.#written.wrote(pass.key, this.#pods, revisionOf(yield* this.#podControl.create(job, pod)));
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  /** Side by side. With `untrack` each loses its finalizer first: it is given up, not counted. */
  *deleteEach(pass: Pass, pods: readonly Pod[], untrack: boolean): Task<{ deleted: number; failure: unknown }> {
    const outcomes = yield* all(pods.map((pod) => this.#deleteOne(pass, pod, untrack)));
    let deleted = 0;
    let failure: unknown;
    outcomes.forEach((outcome, index) => {
      if (outcome.ok) {
        deleted++;
        pass.terminating++;
        if (isPodReady(pods[index]!)) pass.ready--;
      } else failure ??= outcome.error;
    });
    return { deleted, failure };
  }

  *#deleteOne({ key, job }: Pass, pod: Pod, untrack: boolean): Task<void> {
    try {
      if (untrack && isTracked(pod)) yield* this.#finalizers.remove(pod);
      yield* this.#podControl.delete(job, pod);
    } catch (error) {
      if (untrack) this.#expectations.deletionObserved(key, objectKey(pod));
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }
}

/** How many pods should be active: with completions never more than are still to succeed. */
export function wantedActive({ spec }: Job, active: number, succeeded: number): number {
  const { parallelism = 1, completions } = spec;
  // A work queue ends with its first success: whoever still runs finishes, nobody starts.
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}
