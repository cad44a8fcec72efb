/**
 * Taking a pod down: hooks, signals, grace, and the order of sidecars after the containers they serve.
 *
 * Models killContainer (kuberuntime_container.go) and kuberuntime_termination_order.go. The preStop hook and SIGTERM share
 * one grace; whatever the hook leaves, the process gets two seconds. A kill that is under way keeps its grace, even if the API server has
 * shortened it since (kubernetes issue 83916).
 */
import { SECOND_US } from '../base/units.ts';
import type { Pod } from '../model/pod.ts';
import { MINIMUM_GRACE_SECONDS } from './container-kill.ts';
import type { FleetContext } from './fleet-context.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import type { PodWorker } from './pod-worker.ts';
import type { Processes } from './processes.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

export class PodTermination {
  readonly #context: FleetContext;
  readonly #hooks: LifecycleHooks;
  readonly #processes: Processes;
  readonly #scheduleSignal: (worker: PodWorker, record: ContainerRecord, delayUs: number) => void;

  /** `scheduleSignal` sees to it that `signal` is called for the record after the delay, unless its epoch has moved on. */
  constructor(
    context: FleetContext,
    hooks: LifecycleHooks,
    processes: Processes,
    scheduleSignal: (worker: PodWorker, record: ContainerRecord, delayUs: number) => void,
  ) {
    this.#context = context;
    this.#hooks = hooks;
    this.#processes = processes;
    this.#scheduleSignal = scheduleSignal;
  }

  /** Begins to stop every running container; true when there was none. */
  begin(worker: PodWorker): boolean {
    const { sim, events } = this.#context;
    let running = 0;
    for (const record of worker.containers) {
      if (record.run !== Run.Running) continue;
      running++;
      events.container(worker, record, 'Normal', 'Killing', `Stopping container ${record.spec.name}`);
      const hookUs = this.#hooks.preStopUs(worker, record, worker.graceSeconds * SECOND_US);
      record.stopFromUs = sim.nowUs + hookUs;
      record.stopGraceSeconds = worker.graceSeconds - Math.floor(hookUs / SECOND_US);
    }
    for (const record of worker.containers) {
      if (record.run !== Run.Running) continue;
      const waitUs = record.stopFromUs - sim.nowUs;
      if (this.#isTurnOf(worker, record)) this.#signalAfter(worker, record, waitUs);
      else this.#signalAfter(worker, record, waitUs + record.stopGraceSeconds * SECOND_US);
    }
    return running === 0;
  }

  /** SIGTERM is due: the hook is through, or the wait for the others has used up the grace. */
  signal(worker: PodWorker, record: ContainerRecord): void {
    const waitedSeconds = Math.floor((this.#context.sim.nowUs - record.stopFromUs) / SECOND_US);
    const graceSeconds = Math.max(MINIMUM_GRACE_SECONDS, record.stopGraceSeconds - waitedSeconds);
    this.#processes.terminate(worker, record, graceSeconds * SECOND_US);
  }

  /** A container has ended: sidecars that waited for it may be next. True when none runs any more. */
  ended(worker: PodWorker): boolean {
    let isAnyRunning = false;
    for (const record of worker.containers) {
      if (record.run !== Run.Running) continue;
      isAnyRunning = true;
      if (record.role !== ContainerRole.Sidecar || record.process?.isTerminating === true || !this.#isTurnOf(worker, record)) continue;
      record.epoch++;
      this.#signalAfter(worker, record, Math.max(0, record.stopFromUs - this.#context.sim.nowUs));
    }
    return !isAnyRunning;
  }

  #signalAfter(worker: PodWorker, record: ContainerRecord, delayUs: number): void {
    if (delayUs <= 0) this.signal(worker, record);
    else this.#scheduleSignal(worker, record, delayUs);
  }

  /** A sidecar stops after all app containers, and after the sidecars declared behind it. */
  #isTurnOf(worker: PodWorker, record: ContainerRecord): boolean {
    if (record.role !== ContainerRole.Sidecar) return true;
    for (const other of worker.containers) {
      if (other.run !== Run.Running || other === record) continue;
      if (other.role === ContainerRole.App || other.index > record.index) return false;
    }
    return true;
  }
}

/** What a pod that is deleted, or ends by itself, is given. */
export function graceOf({ metadata, spec }: Pod): number {
  return metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
}
