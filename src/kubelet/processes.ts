/**
 * The life of processes: when each starts, when it ends by itself, and who is told.
 *
 * A process's future is drawn when it starts, so that it costs one event at its end and none on the way. Deaths are seen
 * by the kubelet at its next relist, once a second (pleg/generic.go).
 */
import { fail } from '../base/fail.ts';
import { flatText } from '../base/flat-text.ts';
import { SECOND_US } from '../base/units.ts';
import type { WorkloadBehaviour } from '../model/behaviour.ts';
import { quantityMilli, quantityUnits } from '../model/quantity.ts';
import type { ProcessListener } from '../model/runtime-view.ts';
import { drawUs } from '../sim/distribution.ts';
import { terminatedState } from './container-status.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodePressure } from './node-pressure.ts';
import type { PodWorker } from './pod-worker.ts';
import { type ContainerRecord, ContainerRole, Process, Run } from './runtime/container-record.ts';

export const EXIT_KILLED = 137;

/** When and how a process will end if nobody stops it; `exitUs` is infinite when it will not. */
interface Fate {
  readonly exitUs: number;
  readonly exitCode: number;
  readonly reason: string;
}

export class Processes {
  readonly #context: FleetContext;
  readonly #listeners: ProcessListener[] = [];
  readonly #pressure: NodePressure;
  readonly #scheduleExit: (worker: PodWorker, record: ContainerRecord, delayUs: number) => void;
  #nextId = 0;

  /** `scheduleExit` sees to it that `exit` is called for the record after the delay, unless its epoch has moved on. */
  constructor(
    context: FleetContext,
    pressure: NodePressure,
    scheduleExit: (worker: PodWorker, record: ContainerRecord, delayUs: number) => void,
  ) {
    this.#context = context;
    this.#pressure = pressure;
    this.#scheduleExit = scheduleExit;
  }

  addListener(listener: ProcessListener): void {
    this.#listeners.push(listener);
  }

  start(worker: PodWorker, record: ContainerRecord): void {
    const { sim, behaviours, runtime } = this.#context;
    if (record.run === Run.Running) fail(`Cannot start ${record.spec.name} of ${worker.name}: it runs already`);
    if (record.run === Run.Exited) {
      record.last = terminatedState(record);
      record.restartCount++;
    }
    const nowUs = sim.nowUs;
    const behaviour = behaviours.of(worker.pod, record.spec.name, record.role === ContainerRole.Init);
    const acceptsUs = nowUs + drawUs(behaviour.startup, runtime);
    const process = new Process(sim, worker, record.spec.name, behaviour, acceptsUs, acceptsUs + drawUs(behaviour.readinessDelay, runtime));
    if (behaviour.hang !== undefined) {
      process.hangUs = nowUs + drawUs(behaviour.hang.after, runtime);
      if (behaviour.hang.duration !== undefined) process.hangEndUs = process.hangUs + drawUs(behaviour.hang.duration, runtime);
    }
    process.cpuLimitMilli = cpuLimitMilli(worker, record);
    record.process = process;
    record.id = containerId(this.#nextId++);
    record.run = Run.Running;
    record.startUs = nowUs;
    record.waiting = undefined;
    record.killMessage = '';
    for (const probe of record.probes ?? []) probe.reset();
    record.isStarted = record.spec.startupProbe === undefined;
    record.isReady = record.isStarted && record.spec.readinessProbe === undefined;
    record.epoch++;
    record.resources = record.spec.resources;
    const own = this.#fateOf(behaviour);
    record.ownExitUs = own.exitUs;
    record.ownExitCode = own.exitCode;
    record.ownExitReason = own.reason;
    this.#foresee(worker, record, process);
    this.#pressure.started(worker.node, worker, record, process);
  }

  /** The resources of the running container have changed in the runtime: it may use more CPU, or outgrow its memory later. */
  resized(worker: PodWorker, record: ContainerRecord): void {
    const { process } = record;
    if (process === undefined || record.run !== Run.Running) return;
    record.resources = record.spec.resources;
    process.cpuLimitMilli = cpuLimitMilli(worker, record);
    // One that is on its way down goes on with that.
    if (process.isTerminating) return;
    record.epoch++;
    this.#foresee(worker, record, process);
  }

  /** Arranges for the process's end: by itself, or because it outgrows its limit. */
  #foresee(worker: PodWorker, record: ContainerRecord, process: Process): void {
    const { nowUs } = this.#context.sim;
    const outgrowsUs = outOfMemory(record, process, nowUs);
    const isOutgrown = outgrowsUs < record.ownExitUs;
    record.exitUs = isOutgrown ? outgrowsUs : record.ownExitUs;
    record.exitCode = isOutgrown ? EXIT_KILLED : record.ownExitCode;
    record.exitReason = isOutgrown ? 'OOMKilled' : record.ownExitReason;
    if (Number.isFinite(record.exitUs)) this.#scheduleExit(worker, record, Math.max(0, record.exitUs - nowUs));
  }

  /** SIGTERM now, SIGKILL when the grace is over; returns after how long the process will be gone. */
  terminate(worker: PodWorker, record: ContainerRecord, graceUs: number): number {
    const process = record.process;
    if (process === undefined || record.run !== Run.Running) return 0;
    const { sim, runtime } = this.#context;
    const nowUs = sim.nowUs;
    const { behaviour } = process;
    const takesUs = process.isTerminating ? Number.POSITIVE_INFINITY : drawUs(behaviour.termination, runtime);
    process.isTerminating = true;
    const endsUs = nowUs + Math.min(takesUs, graceUs);
    // It may end by itself before that, or on an earlier signal.
    if (endsUs < record.exitUs) {
      const isKilled = takesUs > graceUs;
      record.exitUs = endsUs;
      record.exitCode = isKilled ? EXIT_KILLED : behaviour.terminationExitCode;
      record.exitReason = record.exitCode === 0 ? 'Completed' : 'Error';
      record.epoch++;
      this.#scheduleExit(worker, record, endsUs - nowUs);
    }
    return record.exitUs - nowUs;
  }

  /** The process is gone now: by itself as its fate had it, or as the caller says. */
  end(worker: PodWorker, record: ContainerRecord, why: 'exited' | 'killed' | 'node-lost'): void {
    const process = record.process;
    if (process === undefined || record.run !== Run.Running) return;
    const { sim, observers } = this.#context;
    process.isRunning = false;
    record.run = Run.Exited;
    record.finishUs = sim.nowUs;
    record.isStarted = false;
    record.isReady = false;
    record.epoch++;
    this.#pressure.ended(worker.node, process);
    for (const listener of this.#listeners) listener.processEnded(process, why);
    observers.spanEnded({
      track: `pod/${worker.namespace}/${worker.name}`,
      name: record.spec.name,
      startUs: record.startUs,
      endUs: sim.nowUs,
      detail: why === 'node-lost' ? 'node lost' : `exit code ${record.exitCode}`,
    });
  }

  #fateOf(behaviour: WorkloadBehaviour): Fate {
    const { sim, runtime } = this.#context;
    const nowUs = sim.nowUs;
    const { crash } = behaviour;
    let exitUs = behaviour.run === undefined ? Number.POSITIVE_INFINITY : nowUs + drawUs(behaviour.run, runtime);
    let exitCode = behaviour.exitCode;
    let reason = exitCode === 0 ? 'Completed' : 'Error';
    const consider = (atUs: number, code: number, why: string) => {
      if (atUs >= exitUs) return;
      exitUs = atUs;
      exitCode = code;
      reason = why;
    };
    if (crash !== undefined) {
      const why = crash.exitCode === 0 ? 'Completed' : 'Error';
      if (crash.after !== undefined) consider(nowUs + drawUs(crash.after, runtime), crash.exitCode, why);
      if (crash.atUs !== undefined && crash.atUs >= nowUs) consider(crash.atUs, crash.exitCode, why);
      if (crash.meanBetweenUs !== undefined) consider(nowUs + Math.round(runtime.exponential(crash.meanBetweenUs)), crash.exitCode, why);
    }
    return { exitUs, exitCode, reason };
  }
}

/** Its container's limit; without one, all its machine has. */
export function cpuLimitMilli({ node }: PodWorker, { spec }: ContainerRecord): number {
  const limit = spec.resources?.limits?.cpu;
  const ofNode = quantityMilli(node.spec.capacity.cpu);
  return limit === undefined ? ofNode || Number.POSITIVE_INFINITY : quantityMilli(limit);
}

/** When the process outgrows its container's memory limit, if ever: the kernel kills the whole group (cluster.md 5.9). */
function outOfMemory(record: ContainerRecord, process: Process, nowUs: number): number {
  const limit = record.spec.resources?.limits?.memory;
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  const room = quantityUnits(limit) - process.memoryBytes(nowUs);
  // A process that needs more than it may have from the start dies while it loads.
  if (room < 0) return nowUs + SECOND_US / 10;
  const growth = process.behaviour.memoryGrowthBytesPerSecond;
  return growth > 0 ? nowUs + Math.ceil((room / growth) * SECOND_US) : Number.POSITIVE_INFINITY;
}

const HEX_ZEROS = '0'.repeat(64);

/** Unique among all containers of a run; the real ones are random, and nothing depends on their value. */
function containerId(number: number): string {
  const digits = (number + 1).toString(16);
  return flatText(`containerd://${HEX_ZEROS.slice(digits.length)}${digits}`);
}
