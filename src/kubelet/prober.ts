/**
 * Startup, liveness and readiness probes: when each is asked, what it answers, and what follows from it.
 *
 * Models prober/worker.go. A probe whose answer cannot change costs no event: the prober works out at which tick the
 * process will next answer otherwise (its start-up ends, it hangs) and sleeps until then. Failing probes are asked at every
 * tick, because each failure is told.
 */
import { SECOND_US } from '../base/units.ts';
import type { Probe } from '../model/pod.ts';
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

  /** The kubelet has seen the container run: its probes begin, or the readiness probe is asked out of turn. */
  observed(worker: PodWorker, record: ContainerRecord): void {
    if (record.role === ContainerRole.Init || record.seen !== Run.Running) return;
    record.probes ??= makeProbes(record);
    for (const probe of record.probes) {
      if (probe.isPending || probe.isOnHold) continue;
      // Startup holds the others back.
      if (probe.kind !== ProbeKind.Startup && !record.isStarted) continue;
      if (probe.kind === ProbeKind.Startup && probe.result === true) continue;
      if (probe.kind === ProbeKind.Readiness && probe.lastOutcome === undefined) {
        this.#schedule(
          worker,
          record,
          probe,
          this.#initialDelayUs(record, probe) || drawUs(this.#context.timings.probe, this.#context.runtime),
        );
      } else if (probe.lastOutcome === undefined) {
        probe.baseUs = worker.probesBaseUs + this.#herdJitterUs(worker, probe);
        this.#schedule(worker, record, probe, this.#toTickUs(probe, this.#context.sim.nowUs + this.#initialDelayUs(record, probe)));
      }
    }
  }

  /** The process may answer otherwise from now on: probes that slept look again at their next tick. */
  recheck(worker: PodWorker, record: ContainerRecord): void {
    if (record.seen !== Run.Running || record.probes === undefined) return;
    for (const probe of record.probes) {
      if (probe.isOnHold || probe.lastOutcome === undefined) continue;
      probe.epoch++;
      this.#schedule(worker, record, probe, this.#toTickUs(probe, this.#context.sim.nowUs + 1));
    }
  }

  /** Asks one probe now. */
  due(worker: PodWorker, record: ContainerRecord, kind: ProbeKind): void {
    const probe = record.probes?.find((one) => one.kind === kind);
    const process = record.process;
    if (probe === undefined || process === undefined) return;
    probe.isPending = false;
    if (record.run !== Run.Running || worker.phase >= WorkerPhase.Terminated || !worker.node.isRunning) return;
    // While the pod goes down only readiness is still asked.
    if (worker.phase === WorkerPhase.Terminating && kind !== ProbeKind.Readiness) return;
    const { sim } = this.#context;
    const nowUs = sim.nowUs;
    if (kind === ProbeKind.Readiness && probe.lastOutcome === undefined) probe.baseUs = nowUs;

    const problem = problemOf(process, kind, probe.spec, nowUs, worker.ip);
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
    if (probe.isOnHold || record.run !== Run.Running) return;
    if (kind === ProbeKind.Startup && probe.result === true) return;
    const nextUs = isSuccess && isSettled ? this.#nextChangeUs(process, nowUs) : nowUs + 1;
    if (Number.isFinite(nextUs)) this.#schedule(worker, record, probe, this.#toTickUs(probe, nextUs));
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
    const ticks = Math.max(0, Math.ceil((atUs - probe.baseUs) / periodUs));
    return Math.max(0, probe.baseUs + ticks * periodUs - this.#context.sim.nowUs);
  }

  #initialDelayUs(record: ContainerRecord, probe: ProbeState): number {
    const delayUs = (probe.spec.initialDelaySeconds ?? 0) * SECOND_US;
    return Math.max(0, record.startUs + delayUs - this.#context.sim.nowUs);
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
  const probes: ProbeState[] = [];
  if (startupProbe !== undefined) probes.push(new ProbeState(ProbeKind.Startup, startupProbe));
  if (livenessProbe !== undefined) probes.push(new ProbeState(ProbeKind.Liveness, livenessProbe));
  if (readinessProbe !== undefined) probes.push(new ProbeState(ProbeKind.Readiness, readinessProbe));
  return probes;
}

/** What the probe's failure says, or undefined when the process answers well. */
function problemOf(process: Process, kind: ProbeKind, probe: Probe, nowUs: number, ip: string): string | undefined {
  const isRefusing = nowUs < process.acceptsUs;
  if (!isRefusing && !process.isHanging(nowUs)) {
    if (kind !== ProbeKind.Readiness || nowUs >= process.readyUs) return undefined;
    return 'HTTP probe failed with statuscode: 503';
  }
  const timeout = probe.timeoutSeconds ?? 1;
  if (probe.httpGet !== undefined) {
    const scheme = (probe.httpGet.scheme ?? 'HTTP').toLowerCase();
    const url = `${scheme}://${probe.httpGet.host ?? ip}:${probe.httpGet.port}${probe.httpGet.path ?? '/'}`;
    if (isRefusing) return `Get "${url}": dial tcp ${ip}:${probe.httpGet.port}: connect: connection refused`;
    return `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  }
  if (probe.tcpSocket !== undefined) {
    if (isRefusing) return `dial tcp ${ip}:${probe.tcpSocket.port}: connect: connection refused`;
    return `dial tcp ${ip}:${probe.tcpSocket.port}: i/o timeout`;
  }
  if (probe.grpc !== undefined)
    return `timeout: failed to connect service "${ip}:${probe.grpc.port}" within ${timeout}s: context deadline exceeded`;
  return isRefusing ? '' : `command timed out: "${(probe.exec?.command ?? []).join(' ')}" timed out after ${timeout}s`;
}
