/**
 * Startup, liveness and readiness probes: when each is asked, what it answers, and what follows from it.
 *
 * Models prober/worker.go. A probe whose answer cannot change costs no event: the prober works out at which tick the
 * process will next answer otherwise (its start-up ends, it hangs) and sleeps until then. Failing probes are asked at every
 * tick, because each failure is told.
 * Left out: the trigger of a pod's periodic resync (every 60 to 90 s), and probes that wait behind requests in a process that has
 * places left.
 */
import { SECOND_US } from '../base/units.ts';
import type { IntOrString } from '../model/meta.ts';
import type { HttpGetAction, Probe } from '../model/pod.ts';
import { drawUs } from '../sim/distribution.ts';
import type { FleetContext } from './fleet-context.ts';
import { type PodWorker, WorkerPhase } from './pod-worker.ts';
import { PROBE_NAMES, ProbeKind, ProbeState } from './probe-state.ts';
import { type ContainerRecord, ContainerRole, type Process, Run } from './runtime/container-record.ts';

export interface ProbeSink {
  /** An event at which `Prober.due` is to be called. */
  schedule(worker: PodWorker, record: ContainerRecord, kind: ProbeKind, delayUs: number): void;
  /** A result was published that the status shows. */
  resultChanged(worker: PodWorker): void;
  /** A probe has found its container gone: the pod is looked at once more. */
  foundGone(worker: PodWorker): void;
  /** The container is to be killed and started again. */
  unhealthy(worker: PodWorker, record: ContainerRecord, probe: ProbeState): void;
}

export class Prober {
  readonly #context: FleetContext;
  readonly #sink: ProbeSink;

  constructor(context: FleetContext, sink: ProbeSink) {
    this.#context = context;
    this.#sink = sink;
  }

  /**
   * The pod's status has just been worked out: probes of a container that has been seen to run begin, and a readiness probe
   * that has not succeeded is asked out of turn, its ticker counting from then on (manualTriggerCh).
   */
  observed(worker: PodWorker, record: ContainerRecord): void {
    if (record.role === ContainerRole.Init) return;
    if (record.seen === Run.Exited) return this.#lookForDead(worker, record);
    if (record.seen !== Run.Running) return;
    record.probes ??= makeProbes(record);
    for (const probe of record.probes) {
      if (probe.isOnHold) continue;
      // Startup holds the others back.
      if (probe.kind !== ProbeKind.Startup && !record.isStarted) continue;
      if (probe.kind === ProbeKind.Startup && probe.result === true) continue;
      if (probe.kind === ProbeKind.Readiness && !record.isReady) this.#kick(worker, record, probe);
      else if (probe.lastOutcome === undefined && !probe.isPending) {
        probe.baseUs = worker.probesBaseUs + this.#herdJitterUs(worker, probe);
        this.#schedule(worker, record, probe, this.#toTickUs(probe, eligibleUs(record, probe)));
      }
    }
  }

  /** The kubelet has started anew: its probe workers count from now, spread out, and know of no outcome; what they said last stands. */
  resumed(worker: PodWorker, record: ContainerRecord): void {
    if (record.seen !== Run.Running || record.probes === undefined) return;
    for (const probe of record.probes) {
      if (probe.isOnHold || (probe.kind !== ProbeKind.Startup && !record.isStarted)) continue;
      if (probe.kind === ProbeKind.Startup && probe.result === true) continue;
      probe.forget();
      probe.baseUs = this.#context.sim.nowUs + this.#herdJitterUs(worker, probe);
      this.#schedule(worker, record, probe, this.#toTickUs(probe, eligibleUs(record, probe)));
    }
  }

  /** Asks one probe now, or hears what became of the question. */
  due(worker: PodWorker, record: ContainerRecord, kind: ProbeKind): void {
    const probe = record.probes?.find((one) => one.kind === kind);
    const process = record.process;
    if (probe === undefined || process === undefined) return;
    probe.isPending = false;
    probe.isKicked = false;
    if (!worker.node.isRunning) return;
    if (record.run === Run.Exited && worker.phase === WorkerPhase.Syncing && probe.result !== false) {
      probe.result = false;
      return this.#sink.foundGone(worker);
    }
    if (record.run !== Run.Running || worker.phase >= WorkerPhase.Terminated) return;
    // While the pod goes down only readiness is still asked.
    if (worker.phase === WorkerPhase.Terminating && kind !== ProbeKind.Readiness) return;
    const { nowUs } = this.#context.sim;
    const timeoutUs = (probe.spec.timeoutSeconds ?? 1) * SECOND_US;
    if (probe.askedUs === undefined) {
      probe.askedUs = nowUs;
      // Nothing comes back from a process that hangs: the answer is known after the timeout, or when it wakes up before.
      if (isLeftWaiting(process, probe.spec, nowUs)) {
        return this.#schedule(worker, record, probe, Math.min(timeoutUs, process.hangEndUs - nowUs));
      }
    }
    const { askedUs } = probe;
    probe.askedUs = undefined;
    const problem = problemOf(process, kind, record, probe.spec, nowUs, worker.ip);
    const isSuccess = problem === undefined;
    if (!isSuccess) {
      this.#context.events.container(worker, record, 'Warning', 'Unhealthy', `${PROBE_NAMES[kind]} probe failed: ${problem}`);
    }
    if (probe.lastOutcome === isSuccess) probe.resultRun++;
    else {
      probe.lastOutcome = isSuccess;
      probe.resultRun = 1;
    }
    const threshold = isSuccess ? (probe.spec.successThreshold ?? 1) : (probe.spec.failureThreshold ?? 3);
    const isSettled = probe.resultRun >= threshold;
    if (isSettled && probe.result !== isSuccess) this.#publish(worker, record, probe, isSuccess);
    // What was published may have had it asked out of turn, or its container taken down.
    if (probe.isPending || probe.isOnHold || record.run !== Run.Running) return;
    if (kind === ProbeKind.Startup && probe.result === true) return;
    // A tick that passed while the answer was waited for is kept, and asks at once.
    const nextUs = isSuccess && isSettled ? this.#nextChangeUs(process, nowUs) : askedUs + 1;
    if (Number.isFinite(nextUs)) this.#schedule(worker, record, probe, this.#toTickUs(probe, nextUs));
  }

  /** The process has no place for anybody: probes that slept, because their answer could not change, are asked again at their ticks. */
  turnedAway(worker: PodWorker, record: ContainerRecord): void {
    for (const probe of record.probes ?? NO_PROBES) {
      const isAsleep = !probe.isPending && probe.askedUs === undefined && !probe.isOnHold;
      if (!isAsleep || probe.kind === ProbeKind.Startup || probe.lastOutcome !== true) continue;
      this.#schedule(worker, record, probe, this.#toTickUs(probe, this.#context.sim.nowUs + 1));
    }
  }

  /** At its next tick a probe finds that its container does not run: that counts as a failure, and what changes a result has the pod looked at. */
  #lookForDead(worker: PodWorker, record: ContainerRecord): void {
    for (const probe of record.probes ?? NO_PROBES) {
      if (probe.isOnHold || probe.result === false || (probe.kind === ProbeKind.Startup && probe.result === true)) continue;
      probe.epoch++;
      probe.askedUs = undefined;
      this.#schedule(worker, record, probe, this.#toTickUs(probe, this.#context.sim.nowUs + 1));
    }
  }

  #kick(worker: PodWorker, record: ContainerRecord, probe: ProbeState): void {
    // One trigger is enough, and a question that is under way is not put twice.
    if (probe.isKicked || probe.askedUs !== undefined) return;
    const { sim, timings, runtime } = this.#context;
    probe.epoch++;
    probe.baseUs = sim.nowUs;
    const fromUs = eligibleUs(record, probe);
    if (fromUs > sim.nowUs) return this.#schedule(worker, record, probe, this.#toTickUs(probe, fromUs));
    probe.isKicked = true;
    const delayUs = drawUs(timings.probe, runtime);
    probe.baseUs += delayUs;
    this.#schedule(worker, record, probe, delayUs);
  }

  #publish(worker: PodWorker, record: ContainerRecord, probe: ProbeState, isSuccess: boolean): void {
    probe.result = isSuccess;
    if (probe.kind === ProbeKind.Readiness) {
      record.isReady = isSuccess;
      return this.#sink.resultChanged(worker);
    }
    if (!isSuccess) {
      probe.isOnHold = true;
      return this.#sink.unhealthy(worker, record, probe);
    }
    if (probe.kind === ProbeKind.Startup) {
      record.isStarted = true;
      if (record.spec.readinessProbe === undefined) record.isReady = true;
      this.#sink.resultChanged(worker);
    }
  }

  #nextChangeUs(process: Process, nowUs: number): number {
    return process.hangUs > nowUs ? process.hangUs : Number.POSITIVE_INFINITY;
  }

  /** Microseconds to the first tick of the probe at or after `atUs`. */
  #toTickUs(probe: ProbeState, atUs: number): number {
    const periodUs = (probe.spec.periodSeconds ?? 10) * SECOND_US;
    const ticks = Math.max(0, Math.ceil((Math.max(atUs, 0) - probe.baseUs) / periodUs));
    const tickUs = probe.baseUs + ticks * periodUs;
    const { nowUs } = this.#context.sim;
    // Of the ticks that have passed unheard one is kept.
    return Math.max(0, tickUs - nowUs);
  }

  /** A kubelet that has just come up spreads its probes, lest all of them be asked at once. */
  #herdJitterUs(worker: PodWorker, probe: ProbeState): number {
    const periodUs = (probe.spec.periodSeconds ?? 10) * SECOND_US;
    const { kubeletStartUs } = worker.node;
    if (kubeletStartUs === 0 || this.#context.sim.nowUs - kubeletStartUs >= periodUs) return 0;
    return this.#context.jitter.below(periodUs);
  }

  #schedule(worker: PodWorker, record: ContainerRecord, probe: ProbeState, delayUs: number): void {
    probe.isPending = true;
    this.#sink.schedule(worker, record, probe.kind, delayUs);
  }
}

const NO_PROBES: readonly ProbeState[] = [];

function makeProbes(record: ContainerRecord): readonly ProbeState[] {
  const { startupProbe, livenessProbe, readinessProbe } = record.spec;
  if (startupProbe === undefined && livenessProbe === undefined && readinessProbe === undefined) return NO_PROBES;
  // Far from those of an earlier record in this one's place, whose questions may still be on their way.
  const epoch = record.epoch * 64;
  const probes: ProbeState[] = [];
  if (startupProbe !== undefined) probes.push(new ProbeState(ProbeKind.Startup, startupProbe, epoch));
  if (livenessProbe !== undefined) probes.push(new ProbeState(ProbeKind.Liveness, livenessProbe, epoch));
  if (readinessProbe !== undefined) probes.push(new ProbeState(ProbeKind.Readiness, readinessProbe, epoch));
  return probes;
}

/** From when on the probe is asked: whole seconds after the start, which the status knows to the second only (prober/worker.go). */
function eligibleUs(record: ContainerRecord, probe: ProbeState): number {
  return Math.floor(record.startUs / SECOND_US) * SECOND_US + (probe.spec.initialDelaySeconds ?? 0) * SECOND_US;
}

/** Does nothing answer the question for now? A process that hangs still has its connections accepted by the kernel. */
function isLeftWaiting(process: Process, probe: Probe, nowUs: number): boolean {
  return probe.tcpSocket === undefined && nowUs >= process.acceptsUs && process.hangsAt(nowUs);
}

/** Is the question turned away like any request, because the process has no place for one more? A command runs beside the requests. */
function isTurnedAway(process: Process, probe: Probe): boolean {
  return (probe.httpGet !== undefined || probe.grpc !== undefined) && process.isSaturated;
}

/** What the probe's failure says, or undefined when the process answers well. */
function problemOf(
  process: Process,
  kind: ProbeKind,
  record: ContainerRecord,
  probe: Probe,
  nowUs: number,
  ip: string,
): string | undefined {
  if (nowUs < process.acceptsUs) return refusal(record, probe, ip);
  if (isLeftWaiting(process, probe, nowUs)) return silence(record, probe, ip);
  if (isTurnedAway(process, probe)) return probe.grpc === undefined ? UNAVAILABLE : 'rpc error: code = ResourceExhausted';
  // Readiness alone looks further than to a process that answers; a connection is all that a TCP probe asks for.
  if (kind !== ProbeKind.Readiness || nowUs >= process.readyUs || probe.tcpSocket !== undefined) return undefined;
  if (probe.httpGet !== undefined) return UNAVAILABLE;
  return probe.grpc === undefined ? '' : 'service unhealthy (responded with "NOT_SERVING")';
}

const UNAVAILABLE = 'HTTP probe failed with statuscode: 503';

function refusal(record: ContainerRecord, probe: Probe, ip: string): string {
  const { httpGet, tcpSocket, grpc } = probe;
  if (httpGet !== undefined) {
    return `Get "${urlOf(record, httpGet, ip)}": dial tcp ${ip}:${portNumber(record, httpGet.port)}: connect: connection refused`;
  }
  if (tcpSocket !== undefined) return `dial tcp ${ip}:${portNumber(record, tcpSocket.port)}: connect: connection refused`;
  return grpc === undefined ? '' : silence(record, probe, ip);
}

function silence(record: ContainerRecord, probe: Probe, ip: string): string {
  const timeout = probe.timeoutSeconds ?? 1;
  const { httpGet, grpc, exec } = probe;
  if (httpGet !== undefined) {
    return `Get "${urlOf(record, httpGet, ip)}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  }
  if (grpc !== undefined) return `timeout: failed to connect service "${ip}:${grpc.port}" within ${timeout}s: context deadline exceeded`;
  return `command timed out: "${(exec?.command ?? []).join(' ')}" timed out after ${timeout}s`;
}

function urlOf(record: ContainerRecord, { scheme = 'HTTP', host, port, path = '/' }: HttpGetAction, ip: string): string {
  return `${scheme.toLowerCase()}://${host ?? ip}:${portNumber(record, port)}${path}`;
}

/** A port that is called by its name in the probe. */
function portNumber({ spec }: ContainerRecord, port: IntOrString): IntOrString {
  return spec.ports?.find((one) => one.name === port)?.containerPort ?? port;
}
