/**
 * Runs pods until enough of them have succeeded, or too many failed. Models pkg/controller/job/job_controller.go.
 *
 * Pod changes are gathered for a second before they are looked at; a change of the Job's spec is looked at at once. Each
 * pod is counted exactly once (counting.ts).
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { MINUTE_US, SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { Expectations } from '../../client/expectations.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import { ItemExponential } from '../../client/rate-limiter.ts';
import { all, type Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import type { Job } from '../../model/batch.ts';
import { controllerOf, isDeleting, keyOf, objectKey, revisionOf } from '../../model/meta.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { isNamespaceTerminating, PodControl } from '../pod-control.ts';
import { type BackoffRecord, recordAfter, remainingOfIndexUs, remainingUs } from './backoff.ts';
import { type Ending, ending, finalOf, findTrue, isJobFinished, withCondition } from './conditions.ts';
import { count, stillTracked, uncountedCount, withSettled } from './counting.ts';
import { firstFree } from './indexes.ts';
import { jobPod } from './job-pod-template.ts';
import { hasBackoffLimitPerIndex, isIndexed, isPodTerminating, isTracked, replacesOnlyFailed, TRACKING_FINALIZER } from './job-pods.ts';
import { beginPass, indexesOf, type Pass } from './pass.ts';
import { podsToRemove } from './pod-removal.ts';
import { failJobMessage, successPolicyMessage } from './policies.ts';

const NAME = 'job-controller';
// SyncJobBatchPeriod, DefaultJobApiBackOff, MaxJobApiBackOff and MaxPodCreateDeletePerSync in job_controller.go.
const BATCH_US = SECOND_US;
const API_BACKOFF_US = SECOND_US;
const API_BACKOFF_US_MAX = MINUTE_US;
const MAX_PODS_PER_SYNC = 500;
const ORPHANS = 'orphansByNamespace';

export class JobController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #jobs: Informer<'Job'>;
  readonly #pods: Informer<'Pod'>;
  readonly #queue: WorkQueue;
  readonly #orphans: WorkQueue;
  readonly #expectations: Expectations;
  readonly #written = new WrittenRevisions();
  readonly #backoffs = new Map<string, BackoffRecord>();
  /** By Job, the pods whose finalizer was taken off and whose cached copy still shows it. */
  readonly #untracked = new Map<string, Set<string>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#podControl = new PodControl(this.#client, this.#recorder);
    this.#jobs = context.informers.informer('Job');
    this.#pods = context.informers.informer('Pod');
    this.#queue = new WorkQueue(context.sim, new ItemExponential(API_BACKOFF_US, API_BACKOFF_US_MAX));
    this.#orphans = new WorkQueue(context.sim, new ItemExponential(API_BACKOFF_US, API_BACKOFF_US_MAX));
    this.#expectations = new Expectations(context.sim);
  }

  start(): void {
    this.#pods.addIndex(
      ORPHANS,
      (pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []),
      (pod) => pod.metadata.ownerReferences,
    );
    this.#jobs.addHandler({
      onAdd: (job) => this.#queue.add(objectKey(job)),
      onUpdate: (before, after) => this.#onJobUpdated(before, after),
      onDelete: (job) => this.#onJobDeleted(job),
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPodAdded(pod),
      onUpdate: (before, after) => this.#onPodUpdated(before, after),
      onDelete: (pod) => this.#onPodDeleted(pod, true),
    });
    startWorkers(this.#context.sim, this.#queue, this.#context.options.concurrentSyncs, (key) => this.#sync(key));
    startWorkers(this.#context.sim, this.#orphans, 1, (key) => this.#syncOrphan(key));
  }

  #onJobUpdated(before: Job, after: Job): void {
    const key = objectKey(after);
    if (before.metadata.generation === after.metadata.generation) this.#queue.addAfter(key, BATCH_US);
    else this.#queue.add(key);
    if (isJobFinished(after)) for (const pod of this.#podsOf(after)) if (isTracked(pod)) this.#orphans.add(objectKey(pod));
    const deadline = after.spec.activeDeadlineSeconds;
    if (deadline !== undefined && deadline !== before.spec.activeDeadlineSeconds && after.status?.startTime !== undefined) {
      this.#queue.addAfter(key, timeUsOf(after.status.startTime) + deadline * SECOND_US - this.#context.sim.nowUs);
    }
  }

  #onJobDeleted(job: Job): void {
    this.#queue.add(objectKey(job));
    for (const pod of this.#podsOf(job)) if (isTracked(pod)) this.#orphans.add(objectKey(pod));
  }

  #onPodAdded(pod: Pod): void {
    if (isDeleting(pod)) return this.#onPodDeleted(pod, false);
    const job = this.#ownerOf(pod);
    if (job !== undefined) {
      this.#expectations.creationObserved(objectKey(job));
      this.#queue.addAfter(objectKey(job), BATCH_US);
    } else if (controllerOf(pod) === undefined) this.#onOrphan(pod);
  }

  #onPodUpdated(before: Pod, after: Pod): void {
    if (isSameVersion(before, after)) return;
    if (isDeleting(after)) return this.#onPodDeleted(after, false);
    const isReleased = isTracked(before) && !isTracked(after);
    const former = controllerOf(before)?.uid === controllerOf(after)?.uid ? undefined : this.#ownerOf(before);
    for (const job of [former, this.#ownerOf(after)]) {
      if (job === undefined) continue;
      if (isReleased) this.#releaseSeen(job, after);
      this.#queue.addAfter(objectKey(job), BATCH_US);
    }
    if (controllerOf(after) === undefined && (former !== undefined || before.metadata.labels !== after.metadata.labels))
      this.#onOrphan(after);
  }

  #onPodDeleted(pod: Pod, isFinal: boolean): void {
    const job = this.#ownerOf(pod);
    if (job === undefined || isJobFinished(job)) {
      if (isTracked(pod) && !isFinal) this.#orphans.add(objectKey(pod));
      return;
    }
    this.#expectations.deletionObserved(objectKey(job), objectKey(pod));
    if (isFinal || !isTracked(pod)) this.#releaseSeen(job, pod);
    this.#queue.addAfter(objectKey(job), BATCH_US);
  }

  #onOrphan(pod: Pod): void {
    if (isTracked(pod)) this.#orphans.add(objectKey(pod));
    for (const job of this.#jobs.byIndex('namespace', pod.metadata.namespace ?? '')) {
      if (selectorMatches(job.spec.selector, pod.metadata.labels)) this.#queue.addAfter(objectKey(job), BATCH_US);
    }
  }

  #releaseSeen(job: Job, pod: Pod): void {
    this.#untracked.get(objectKey(job))?.delete(pod.metadata.uid ?? '');
  }

  #ownerOf(pod: Pod): Job | undefined {
    const controller = controllerOf(pod);
    if (controller?.kind !== 'Job') return undefined;
    const job = this.#jobs.get(keyOf(pod.metadata.namespace, controller.name));
    return job?.metadata.uid === controller.uid ? job : undefined;
  }

  #podsOf(job: Job): readonly Pod[] {
    return this.#pods.byIndex('controllerUid', job.metadata.uid ?? '');
  }

  #forget(key: string): void {
    this.#expectations.forget(key);
    this.#untracked.delete(key);
    this.#backoffs.delete(key);
    this.#written.forget(key);
  }

  *#sync(key: string): Task<void> {
    const job = this.#jobs.get(key);
    if (job === undefined) return this.#forget(key);
    if (!this.#written.isCaughtUp(key)) throw new Retry(`the caches have not seen the last writes for Job ${key}`);
    if (isJobFinished(job)) {
      this.#backoffs.delete(key);
      return;
    }
    if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return;

    // Before the pods are read: a pod seen after this may be one that is still expected, never the other way round.
    const mayManage = this.#expectations.areMet(key);
    const pods = yield* this.#claimPods(job);
    const pass = beginPass(key, job, pods, new Set(this.#untracked.get(key)));
    pass.backoff = recordAfter(this.#backoffs.get(key), pass.newSucceeded, pass.newFailed);
    const { nowUs } = this.#context.sim;
    if (job.status?.startTime === undefined && job.spec.suspend !== true) pass.status = { ...pass.status, startTime: timeText(nowUs) };
    pass.ending = this.#endingOf(pass);

    let active = pass.active.length;
    let failure: unknown;
    let isConditionChanged = false;
    if (pass.ending !== undefined) {
      const outcome = yield* this.#deleteEach(pass, pass.active, false);
      failure = outcome.failure;
      if (outcome.deleted !== active || !mayManage) pass.ending = undefined;
      active -= outcome.deleted;
    } else {
      const isManaging = mayManage && !isDeleting(job);
      if (isManaging) ({ active, failure } = yield* this.#manage(pass));
      const { completions } = job.spec;
      const isComplete = active === 0 && (completions === undefined ? pass.succeeded > 0 : pass.succeeded >= completions);
      if (isComplete) {
        pass.ending = ending(
          'SuccessCriteriaMet',
          'CompletionsReached',
          'Reached expected number of succeeded pods',
          this.#context.sim.nowUs,
        );
      } else if (isManaging) isConditionChanged = this.#noteSuspension(pass);
    }
    const { ready, terminating, status } = pass;
    const mustWrite = isConditionChanged || active !== (status.active ?? 0) || ready !== status.ready || terminating !== status.terminating;
    pass.status = { ...status, active, ready, terminating };
    yield* this.#report(pass, mustWrite);
    if (failure !== undefined) throw failure;
  }

  *#claimPods(job: Job): Task<readonly Pod[]> {
    const orphans = this.#pods.byIndex(ORPHANS, job.metadata.namespace ?? '');
    const { selector = {} } = job.spec;
    const claimant = { kind: 'Job', owner: job, selector, client: this.#client } as const;
    return yield* claim(claimant, 'Pod', [...this.#podsOf(job), ...orphans], { finalizers: [TRACKING_FINALIZER] });
  }

  /** How the Job ends, if it does: for the reasons, and in the order, of the original. */
  #endingOf(pass: Pass): Ending | undefined {
    const { job, key } = pass;
    const { spec, status } = job;
    const { nowUs } = this.#context.sim;
    const announced = findTrue(job, 'SuccessCriteriaMet') ?? findTrue(job, 'FailureTarget');
    if (announced !== undefined) return announced as Ending;
    const fails = (reason: string, message: string) => ending('FailureTarget', reason, message, nowUs);

    const message = failJobMessage(job, pass.pods);
    if (message !== undefined) return fails('PodFailurePolicy', message);
    if (pass.failed > (spec.backoffLimit ?? 6) || isPastBackoffLimitOnFailure(job, pass.pods)) {
      return fails('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    }
    if (spec.activeDeadlineSeconds !== undefined && spec.suspend !== true) {
      const startUs = status?.startTime === undefined ? nowUs : timeUsOf(status.startTime);
      const leftUs = startUs + spec.activeDeadlineSeconds * SECOND_US - nowUs;
      if (leftUs <= 0) return fails('DeadlineExceeded', 'Job was active longer than specified deadline');
      this.#queue.addAfter(key, leftUs);
    }
    if (!isIndexed(job)) return undefined;
    const failedCount = pass.failedIndexes?.size ?? 0;
    if (spec.maxFailedIndexes !== undefined && failedCount > spec.maxFailedIndexes) {
      return fails('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
    }
    if (failedCount > 0 && failedCount + pass.succeededIndexes.size >= (spec.completions ?? 0)) {
      return fails('FailedIndexes', 'Job has failed indexes');
    }
    const success = successPolicyMessage(job, pass.succeededIndexes);
    return success === undefined ? undefined : ending('SuccessCriteriaMet', 'SuccessPolicy', success, nowUs);
  }

  #noteSuspension(pass: Pass): boolean {
    const { job, status } = pass;
    const { nowUs } = this.#context.sim;
    const isSuspended = job.spec.suspend === true;
    const wanted = isSuspended
      ? ({ type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' } as const)
      : ({ type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' } as const);
    const known = status.conditions ?? [];
    const conditions = withCondition(known, wanted, nowUs);
    if (conditions === known) return false;
    const { startTime: _, ...rest } = status;
    pass.status = isSuspended ? { ...rest, conditions } : { ...rest, conditions, startTime: timeText(nowUs) };
    this.#recorder.event(job, 'Normal', isSuspended ? 'Suspended' : 'Resumed', wanted.message);
    return true;
  }

  /** Brings the number of active pods to what the Job wants; says how many it counts as active now. */
  *#manage(pass: Pass): Task<{ active: number; failure: unknown }> {
    const { job, key } = pass;
    const { spec } = job;
    const { nowUs } = this.#context.sim;
    const active = pass.active.length;
    const wanted = spec.suspend === true ? 0 : wantedActive(job, active, pass.succeeded);
    const surplus = podsToRemove(job, pass.active, Math.max(0, active - wanted));
    if (surplus.length > 0 || spec.suspend === true) {
      const victims = spec.suspend === true ? pass.active : surplus.slice(0, MAX_PODS_PER_SYNC);
      this.#expectations.expectDeletions(key, victims.map(objectKey));
      const { deleted, failure } = yield* this.#deleteEach(pass, victims, true);
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

  #waitForBackoff(key: string, waitUs: number, active: number): { active: number; failure: unknown } {
    this.#queue.addAfter(key, Math.max(BATCH_US, waitUs));
    return { active, failure: undefined };
  }

  #freeIndexes({ job, active, pods, succeededIndexes, failedIndexes }: Pass, size: number): number[] {
    const taken = [succeededIndexes, indexesOf(active)];
    if (failedIndexes !== undefined) taken.push(failedIndexes);
    if (replacesOnlyFailed(job)) taken.push(indexesOf(pods.filter(isPodTerminating)));
    return firstFree(size, job.spec.completions ?? 0, ...taken);
  }

  /** In growing batches; after a failure the rest waits for another pass. */
  *#createEach(pass: Pass, indexes: readonly (number | undefined)[], before: number): Task<{ active: number; failure: unknown }> {
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
  *#deleteEach(pass: Pass, pods: readonly Pod[], untrack: boolean): Task<{ deleted: number; failure: unknown }> {
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
      if (untrack && isTracked(pod)) yield* this.#untrack(pod);
      yield* this.#podControl.delete(job, pod);
    } catch (error) {
      if (untrack) this.#expectations.deletionObserved(key, objectKey(pod));
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  *#untrack(pod: Pod): Task<void> {
    const { namespace, name, uid } = pod.metadata;
    const body = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } };
    yield* this.#client.patch('Pod', namespace, name, { type: 'strategic', body });
  }

  /** Status, finalizers, status: see counting.ts. */
  *#report(pass: Pass, isChanged: boolean): Task<void> {
    const { key } = pass;
    const counted = count(pass);
    pass.status = counted.status;
    let mustWrite = isChanged || counted.mustWrite;
    if (mustWrite) {
      yield* this.#write(pass);
      this.#backoffs.set(key, pass.backoff);
      mustWrite = false;
    }
    const held = new Set(pass.pods.filter((pod) => stillTracked(pass, pod)).map((pod) => pod.metadata.uid ?? ''));
    const failure = yield* this.#release(key, counted.release, held);
    const settled = withSettled(pass.status, held);
    mustWrite ||= settled !== pass.status;
    pass.status = settled;
    if (failure !== undefined) {
      if (mustWrite) yield* this.#write(pass);
      throw failure;
    }
    const isFinished = !counted.isFull && pass.ending !== undefined && uncountedCount(pass.status) === 0 && pass.terminating === 0;
    if (isFinished) this.#finish(pass, pass.ending!);
    if (mustWrite || isFinished) yield* this.#write(pass);
    if (isFinished) this.#tellOfEnd(pass);
  }

  *#write(pass: Pass): Task<void> {
    const status = withoutZeros(pass.status);
    pass.job = yield* this.#client.updateStatus('Job', { ...pass.job, status });
    this.#written.wrote(pass.key, this.#jobs, revisionOf(pass.job));
    pass.status = pass.job.status ?? {};
  }

  /** Takes the finalizer off each; those done leave `held`. */
  *#release(key: string, pods: readonly Pod[], held: Set<string>): Task<unknown> {
    if (pods.length === 0) return undefined;
    let untracked = this.#untracked.get(key);
    if (untracked === undefined) {
      untracked = new Set();
      this.#untracked.set(key, untracked);
    }
    for (const pod of pods) untracked.add(pod.metadata.uid ?? '');
    const outcomes = yield* all(pods.map((pod) => this.#untrack(pod)));
    let failure: unknown;
    for (let index = 0; index < pods.length; index++) {
      const outcome = outcomes[index]!;
      const { uid = '' } = pods[index]!.metadata;
      if (outcome.ok || isGone(outcome.error)) held.delete(uid);
      else failure ??= outcome.error;
      // Nothing will come back through the watch for a patch that failed or a pod that is gone.
      if (!outcome.ok) untracked.delete(uid);
    }
    return failure;
  }

  #finish(pass: Pass, announced: Ending): void {
    const { nowUs } = this.#context.sim;
    const last = finalOf(announced, nowUs);
    const conditions = withCondition(pass.status.conditions ?? [], last, nowUs);
    const completionTime = last.type === 'Complete' ? timeText(nowUs) : undefined;
    pass.status = { ...pass.status, conditions, ...(completionTime === undefined ? {} : { completionTime }) };
  }

  #tellOfEnd({ job, ending: announced }: Pass): void {
    if (announced?.type === 'FailureTarget') {
      this.#recorder.event(job, 'Warning', announced.reason ?? '', announced.message ?? '');
      return;
    }
    const { completions } = job.spec;
    if (completions !== undefined && (job.status?.succeeded ?? 0) > completions) {
      this.#recorder.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
    }
    this.#recorder.event(job, 'Normal', 'Completed', 'Job completed');
  }

  /** A pod that nobody will count any more must not be kept by its finalizer. */
  *#syncOrphan(key: string): Task<void> {
    const pod = this.#pods.get(key);
    if (pod === undefined || !isTracked(pod)) return;
    const job = this.#ownerOf(pod);
    if (job !== undefined && !isJobFinished(job)) return;
    try {
      yield* this.#untrack(pod);
    } catch (error) {
      if (!isGone(error)) throw error;
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

/** With restartPolicy OnFailure the kubelet restarts containers in place; their restarts use up the limit. */
function isPastBackoffLimitOnFailure({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const one of status.initContainerStatuses ?? []) restarts += one.restartCount ?? 0;
    for (const one of status.containerStatuses ?? []) restarts += one.restartCount ?? 0;
  }
  const limit = spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 404 || error.code === 422);
}

/** Counters of nothing are left out, as Go's omitempty leaves them out; `ready` and `terminating` are pointers and stay. */
function withoutZeros(status: NonNullable<Job['status']>): NonNullable<Job['status']> {
  const { active = 0, succeeded = 0, failed = 0, ...rest } = status;
  return { ...rest, ...(active === 0 ? {} : { active }), ...(succeeded === 0 ? {} : { succeeded }), ...(failed === 0 ? {} : { failed }) };
}
