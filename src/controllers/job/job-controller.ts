/**
 * Runs pods until enough of them have succeeded, or too many failed. Models pkg/controller/job/job_controller.go.
 *
 * Pod changes are gathered for a second before they are looked at; a change of the Job's spec is looked at at once. Each
 * pod is counted exactly once (counting.ts).
 */
import { MINUTE_US, SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { Expectations } from '../../client/expectations.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import { ItemExponential } from '../../client/rate-limiter.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import type { Job } from '../../model/batch.ts';
import { controllerOf, isDeleting, keyOf, objectKey, revisionOf } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { PodControl } from '../pod-control.ts';
import { type BackoffRecord, recordAfter } from './backoff.ts';
import { type Ending, ending, finalOf, isJobFinished, withCondition } from './conditions.ts';
import { count, stillTracked, uncountedCount, withSettled } from './counting.ts';
import { endingOutlook } from './job-ending.ts';
import { JobPodManager, SYNC_BATCH_US } from './job-pod-manager.ts';
import { isTracked, TRACKING_FINALIZER } from './job-pods.ts';
import { beginPass, type Pass } from './pass.ts';
import { isGone, TrackingFinalizers } from './tracking-finalizers.ts';

const NAME = 'job-controller';
// DefaultJobApiBackOff and MaxJobApiBackOff in job_controller.go.
const API_BACKOFF_US = SECOND_US;
const API_BACKOFF_US_MAX = MINUTE_US;
const ORPHANS = 'orphansByNamespace';

export class JobController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #jobs: Informer<'Job'>;
  readonly #pods: Informer<'Pod'>;
  readonly #queue: WorkQueue;
  readonly #orphans: WorkQueue;
  readonly #expectations: Expectations;
  readonly #written = new WrittenRevisions();
  readonly #backoffs = new Map<string, BackoffRecord>();
  readonly #finalizers: TrackingFinalizers;
  readonly #manager: JobPodManager;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#jobs = context.informers.informer('Job');
    this.#pods = context.informers.informer('Pod');
    this.#queue = new WorkQueue(context.sim, new ItemExponential(API_BACKOFF_US, API_BACKOFF_US_MAX));
    this.#orphans = new WorkQueue(context.sim, new ItemExponential(API_BACKOFF_US, API_BACKOFF_US_MAX));
    this.#expectations = new Expectations(context.sim);
    this.#finalizers = new TrackingFinalizers(this.#client);
    this.#manager = new JobPodManager({
      sim: context.sim,
      queue: this.#queue,
      pods: this.#pods,
      podControl: new PodControl(this.#client, this.#recorder),
      expectations: this.#expectations,
      written: this.#written,
      finalizers: this.#finalizers,
    });
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
    if (before.metadata.generation === after.metadata.generation) this.#queue.addAfter(key, SYNC_BATCH_US);
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
      this.#queue.addAfter(objectKey(job), SYNC_BATCH_US);
    } else if (controllerOf(pod) === undefined) this.#onOrphan(pod);
  }

  #onPodUpdated(before: Pod, after: Pod): void {
    if (isSameVersion(before, after)) return;
    if (isDeleting(after)) return this.#onPodDeleted(after, false);
    const isReleased = isTracked(before) && !isTracked(after);
    const former = controllerOf(before)?.uid === controllerOf(after)?.uid ? undefined : this.#ownerOf(before);
    for (const job of [former, this.#ownerOf(after)]) {
      if (job === undefined) continue;
      if (isReleased) this.#finalizers.seen(objectKey(job), after);
      this.#queue.addAfter(objectKey(job), SYNC_BATCH_US);
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
    if (isFinal || !isTracked(pod)) this.#finalizers.seen(objectKey(job), pod);
    this.#queue.addAfter(objectKey(job), SYNC_BATCH_US);
  }

  #onOrphan(pod: Pod): void {
    if (isTracked(pod)) this.#orphans.add(objectKey(pod));
    for (const job of this.#jobs.byIndex('namespace', pod.metadata.namespace ?? '')) {
      if (selectorMatches(job.spec.selector, pod.metadata.labels)) this.#queue.addAfter(objectKey(job), SYNC_BATCH_US);
    }
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
    this.#finalizers.forget(key);
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
    const pass = beginPass(key, job, pods, this.#finalizers.releasedBy(key));
    pass.backoff = recordAfter(this.#backoffs.get(key), pass.newSucceeded, pass.newFailed);
    const { nowUs } = this.#context.sim;
    if (job.status?.startTime === undefined && job.spec.suspend !== true) pass.status = { ...pass.status, startTime: timeText(nowUs) };
    const { ending: reached, deadlineInUs } = endingOutlook(pass, nowUs);
    if (deadlineInUs !== undefined) this.#queue.addAfter(key, deadlineInUs);
    pass.ending = reached;

    let active = pass.active.length;
    let failure: unknown;
    let isConditionChanged = false;
    if (pass.ending !== undefined) {
      const outcome = yield* this.#manager.deleteEach(pass, pass.active, false);
      failure = outcome.failure;
      if (outcome.deleted !== active || !mayManage) pass.ending = undefined;
      active -= outcome.deleted;
    } else {
      const isManaging = mayManage && !isDeleting(job);
      if (isManaging) ({ active, failure } = yield* this.#manager.manage(pass));
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
    const failure = yield* this.#finalizers.removeEach(key, counted.release, held);
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
      yield* this.#finalizers.remove(pod);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Counters of nothing are left out, as Go's omitempty leaves them out; `ready` and `terminating` are pointers and stay. */
function withoutZeros(status: NonNullable<Job['status']>): NonNullable<Job['status']> {
  const { active = 0, succeeded = 0, failed = 0, ...rest } = status;
  return { ...rest, ...(active === 0 ? {} : { active }), ...(succeeded === 0 ? {} : { succeeded }), ...(failed === 0 ? {} : { failed }) };
}
