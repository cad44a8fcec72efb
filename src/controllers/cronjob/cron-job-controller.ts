/**
 * Starts a Job at every tick of a schedule. Models pkg/controller/cronjob/cronjob_controllerv2.go.
 *
 * A tick that was missed is made up for, but only the latest; what happens when the Job before still runs is the
 * concurrencyPolicy's to say.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { MINUTE_US, SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import type { CronJob, Job } from '../../model/batch.ts';
import { controllerOf, isDeleting, keyOf, type ObjectReference, objectKey } from '../../model/meta.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { controllerRef } from '../controller-ref-manager.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { parseSchedule, type Schedule } from './cron-schedule.ts';
import { dueTick, untilNextUs } from './due-time.ts';
import { expendableJobs, finishedType } from './history.ts';
import { isTimeZone, zoneOffsetUs } from './time-zone.ts';

const NAME = 'cronjob-controller';
const SCHEDULED_TIMESTAMP = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
// 1970-01-01 to 2026-01-01, simulated time 0, in minutes.
const EPOCH_MINUTES = 20_454 * 1440;

const BY_CONTROLLER = 'controllerName';

/** A CronJob while a pass works on it. */
interface Pass {
  readonly cronJob: CronJob;
  active: readonly ObjectReference[];
  lastScheduleTime: string | undefined;
  lastSuccessfulTime: string | undefined;
  isChanged: boolean;
}

export class CronJobController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #cronJobs: Informer<'CronJob'>;
  readonly #jobs: Informer<'Job'>;
  readonly #queue: WorkQueue;
  readonly #schedules = new Map<string, Schedule | Error>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#cronJobs = context.informers.informer('CronJob');
    this.#jobs = context.informers.informer('Job');
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    this.#cronJobs.addHandler({
      onAdd: (cronJob) => this.#queue.add(objectKey(cronJob)),
      onUpdate: (before, after) => this.#onUpdated(before, after),
      onDelete: (cronJob) => this.#queue.add(objectKey(cronJob)),
    });
    this.#jobs.addIndex(BY_CONTROLLER, controllerKeys, (job) => job.metadata.ownerReferences);
    const onJob = (job: Job) => {
      const controller = controllerOf(job);
      const cronJob = controller?.kind === 'CronJob' ? this.#cronJobs.get(keyOf(job.metadata.namespace, controller.name)) : undefined;
      if (cronJob !== undefined && cronJob.metadata.uid === controller?.uid) this.#queue.add(objectKey(cronJob));
    };
    const onJobUpdate = (before: Job, job: Job) => {
      // One that was taken away is missed by the CronJob it was of.
      if (controllerOf(before)?.uid !== controllerOf(job)?.uid) onJob(before);
      onJob(job);
    };
    this.#jobs.addHandler({ onAdd: onJob, onUpdate: onJobUpdate, onDelete: onJob });
    startWorkers(this.#context.sim, this.#queue, this.#context.options.concurrentSyncs, (key) => this.#sync(key));
  }

  /** A new schedule is looked at when it is first due; a change of anything else at once. */
  #onUpdated(before: CronJob, after: CronJob): void {
    const isMoved = before.spec.schedule !== after.spec.schedule || before.spec.timeZone !== after.spec.timeZone;
    if (!isMoved) return this.#queue.add(objectKey(after));
    const schedule = this.#schedule(after);
    if (schedule instanceof Error) {
      const message = `unparseable schedule for cronjob: ${after.spec.schedule}`;
      return this.#recorder.event(after, 'Warning', 'UnParseableCronJobSchedule', message);
    }
    this.#queue.addAfter(objectKey(after), untilNextUs(after, schedule, this.#context.sim.nowUs));
  }

  *#sync(key: string): Task<void> {
    const cronJob = this.#cronJobs.get(key);
    if (cronJob === undefined) return;
    // By name: also those a CronJob of that name has left behind, until the garbage collector comes for them.
    const jobs = this.#jobs.byIndex(BY_CONTROLLER, key);
    const { active = [], lastScheduleTime, lastSuccessfulTime } = cronJob.status ?? {};
    const pass: Pass = { cronJob, active, lastScheduleTime, lastSuccessfulTime, isChanged: false };
    yield* this.#cleanUp(pass, jobs);
    let waitUs: number | undefined;
    let failure: unknown;
    try {
      yield* this.#followJobs(pass, jobs);
      waitUs = yield* this.#schedulePass(pass);
    } catch (error) {
      failure = error;
    }
    if (pass.isChanged) yield* this.#writeStatus(pass);
    if (failure !== undefined) throw failure;
    if (waitUs !== undefined) this.#queue.addAfter(key, waitUs);
  }

  *#cleanUp(pass: Pass, jobs: readonly Job[]): Task<void> {
    for (const job of expendableJobs(pass.cronJob, jobs)) yield* this.#deleteJob(pass, job);
  }

  *#deleteJob(pass: Pass, job: Job): Task<boolean> {
    const { namespace, name, uid } = job.metadata;
    try {
      yield* this.#client.delete('Job', namespace, name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#recorder.event(pass.cronJob, 'Warning', 'FailedDelete', `Deleted job: ${error.message}`);
      return false;
    }
    pass.active = pass.active.filter((one) => one.uid !== uid);
    pass.isChanged = true;
    this.#recorder.event(pass.cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    return true;
  }

  /** Brings the list of active Jobs and the time of the last success up to what the Jobs say. */
  *#followJobs(pass: Pass, jobs: readonly Job[]): Task<void> {
    const { cronJob } = pass;
    for (const job of jobs) {
      const { uid, name } = job.metadata;
      const isActive = pass.active.some((one) => one.uid === uid);
      const finished = finishedType(job);
      if (!isActive && finished === undefined) {
        const { status } = yield* this.#client.get('CronJob', cronJob.metadata.namespace, cronJob.metadata.name);
        if (status?.active?.some((one) => one.uid === uid)) {
          // The cache is behind: the pass goes on by what the server knows. What it writes comes to a conflict, and so to another pass.
          pass.active = status.active;
          pass.lastScheduleTime = status.lastScheduleTime;
          pass.lastSuccessfulTime = status.lastSuccessfulTime;
          continue;
        }
        this.#recorder.event(cronJob, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`);
      } else if (isActive && finished !== undefined) {
        pass.active = pass.active.filter((one) => one.uid !== uid);
        this.#recorder.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${finished}`);
        pass.isChanged = true;
      }
      const completed = job.status?.completionTime;
      if (finished === 'Complete' && completed !== undefined) {
        if (pass.lastSuccessfulTime === undefined || timeUsOf(completed) > timeUsOf(pass.lastSuccessfulTime)) {
          pass.lastSuccessfulTime = completed;
          pass.isChanged = true;
        }
      }
    }
    for (const one of pass.active) {
      if (jobs.some((job) => job.metadata.uid === one.uid)) continue;
      try {
        yield* this.#client.get('Job', one.namespace, one.name ?? '');
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 404)) throw error;
        this.#recorder.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${one.name}`);
        pass.active = pass.active.filter((other) => other.uid !== one.uid);
        pass.isChanged = true;
      }
    }
  }

  /** Starts what is due; says when to look again, undefined for not before something changes. */
  *#schedulePass(pass: Pass): Task<number | undefined> {
    const { cronJob } = pass;
    const { spec } = cronJob;
    const { nowUs } = this.#context.sim;
    if (isDeleting(cronJob)) return undefined;
    if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
      const message = `invalid timeZone: "${spec.timeZone}": unknown time zone ${spec.timeZone}`;
      this.#recorder.event(cronJob, 'Warning', 'UnknownTimeZone', message);
      return undefined;
    }
    if (spec.suspend === true) return undefined;
    const schedule = this.#schedule(cronJob);
    if (schedule instanceof Error) {
      this.#recorder.event(cronJob, 'Warning', 'UnparseableSchedule', `unparseable schedule: "${spec.schedule}" : ${schedule.message}`);
      return undefined;
    }
    const { tickUs, missed, isNever } = dueTick(this.#asKnown(pass), schedule, nowUs, true);
    if (isNever) {
      // Upstream finds this out by two equal next times.
      const message = `invalid schedule: ${spec.schedule} : time difference between two schedules is less than 1 second`;
      this.#recorder.event(cronJob, 'Warning', 'InvalidSchedule', message);
      return undefined;
    }
    if (tickUs !== undefined && missed === 'many') {
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#recorder.event(cronJob, 'Warning', 'TooManyMissedTimes', message);
    }
    const look = () => untilNextUs(this.#asKnown(pass), schedule, nowUs);
    if (tickUs === undefined) return look();
    if (spec.startingDeadlineSeconds !== undefined && tickUs + spec.startingDeadlineSeconds * SECOND_US < nowUs) {
      this.#recorder.event(cronJob, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(tickUs)}`);
      return look();
    }
    const name = `${cronJob.metadata.name}-${EPOCH_MINUTES + Math.floor(tickUs / MINUTE_US)}`;
    const isStarted = pass.active.some((one) => one.name === name) || pass.lastScheduleTime === timeText(tickUs);
    if (isStarted) return look();
    if (spec.concurrencyPolicy === 'Forbid' && pass.active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#recorder.event(cronJob, 'Normal', 'JobAlreadyActive', message);
      return look();
    }
    if (spec.concurrencyPolicy === 'Replace') yield* this.#replaceActive(pass);
    return (yield* this.#start(pass, name, tickUs)) ? look() : undefined;
  }

  *#replaceActive(pass: Pass): Task<void> {
    for (const one of pass.active) {
      let job: Job;
      try {
        job = yield* this.#client.get('Job', one.namespace, one.name ?? '');
      } catch (error) {
        if (error instanceof ApiError) this.#recorder.event(pass.cronJob, 'Warning', 'FailedGet', `Get job: ${error.message}`);
        throw error;
      }
      if (!(yield* this.#deleteJob(pass, job))) throw new Retry(`could not replace job ${one.namespace}/${one.name}`);
    }
  }

  /** False when the Job is there already and not this pass's to write down: then nothing is done before something changes. */
  *#start(pass: Pass, name: string, tickUs: number): Task<boolean> {
    const { cronJob } = pass;
    let job: Job;
    try {
      job = yield* this.#client.create('Job', this.#jobOf(cronJob, name, tickUs));
      this.#recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    } catch (error) {
      if (!(error instanceof ApiError) || isNamespaceTerminating(error)) throw error;
      if (error.reason !== 'AlreadyExists') {
        this.#recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
        throw error;
      }
      // Made by an earlier pass that did not live to write it down.
      job = yield* this.#client.get('Job', cronJob.metadata.namespace, name);
      if (controllerOf(job)?.uid !== cronJob.metadata.uid || pass.active.some((one) => one.uid === job.metadata.uid)) return false;
    }
    const { apiVersion, kind, metadata } = job;
    const { namespace = '', uid = '', resourceVersion = '' } = metadata;
    pass.active = [...pass.active, { kind, namespace, name, uid, apiVersion, resourceVersion }];
    pass.lastScheduleTime = timeText(tickUs);
    pass.isChanged = true;
    return true;
  }

  #jobOf(cronJob: CronJob, name: string, tickUs: number): Job {
    const { metadata, spec } = cronJob.spec.jobTemplate;
    const annotations = { ...metadata?.annotations, [SCHEDULED_TIMESTAMP]: zonedText(tickUs, cronJob.spec.timeZone ?? 'UTC') };
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        namespace: cronJob.metadata.namespace ?? '',
        ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
        annotations,
        ownerReferences: [controllerRef(cronJob)],
      },
      spec,
    };
  }

  #asKnown({ cronJob, lastScheduleTime }: Pass): CronJob {
    return lastScheduleTime === cronJob.status?.lastScheduleTime
      ? cronJob
      : { ...cronJob, status: { ...cronJob.status, ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }) } };
  }

  *#writeStatus({ cronJob, active, lastScheduleTime, lastSuccessfulTime }: Pass): Task<void> {
    const status = {
      ...(active.length === 0 ? {} : { active }),
      ...(lastScheduleTime === undefined ? {} : { lastScheduleTime }),
      ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
    };
    yield* this.#client.updateStatus('CronJob', { ...cronJob, status });
  }

  #schedule({ spec }: CronJob): Schedule | Error {
    const zone = spec.timeZone ?? 'UTC';
    const key = `${zone} ${spec.schedule}`;
    let schedule = this.#schedules.get(key);
    if (schedule === undefined) {
      try {
        schedule = parseSchedule(spec.schedule, zone);
      } catch (error) {
        schedule = error as Error;
      }
      this.#schedules.set(key, schedule);
    }
    return schedule;
  }
}

function controllerKeys(job: Job): readonly string[] {
  const controller = controllerOf(job);
  return controller === undefined ? [] : [keyOf(job.metadata.namespace, controller.name)];
}

/** RFC 3339 with the zone's offset. */
function zonedText(timeUs: number, zone: string): string {
  const minutes = Math.round(zoneOffsetUs(zone, timeUs) / MINUTE_US);
  if (minutes === 0) return timeText(timeUs);
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
  return timeText(timeUs + minutes * MINUTE_US).replace('Z', offset);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];

/** Go's time.RFC1123Z, in UTC. Simulated time 0 is a Thursday. */
function rfc1123(timeUs: number): string {
  const [date = '', clock = ''] = timeText(timeUs).slice(0, -1).split('T');
  const [year, month, day] = date.split('-');
  const weekday = WEEKDAYS[Math.floor(timeUs / (1440 * MINUTE_US)) % 7];
  return `${weekday}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${clock} +0000`;
}
