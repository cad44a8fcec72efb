/**
 * Taking one container down while its pod lives on: its preStop hook, SIGTERM, and SIGKILL after the grace.
 *
 * Models killContainer (kuberuntime_container.go). Hook and SIGTERM share one grace; whatever the hook leaves, the process gets
 * two seconds. A pod that goes down as a whole is pod-termination.ts's.
 */
import { SECOND_US } from '../base/units.ts';
import type { FleetContext } from './fleet-context.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import type { PodWorker } from './pod-worker.ts';
import type { Processes } from './processes.ts';
import { type ContainerRecord, Run } from './runtime/container-record.ts';

// minimumGracePeriodInSeconds of kuberuntime_container.go.
export const MINIMUM_GRACE_SECONDS = 2;

export class ContainerKill {
  readonly #context: FleetContext;
  readonly #hooks: LifecycleHooks;
  readonly #processes: Processes;

  constructor(context: FleetContext, hooks: LifecycleHooks, processes: Processes) {
    this.#context = context;
    this.#hooks = hooks;
    this.#processes = processes;
  }

  /** Waits until the process is gone. */
  *kill(worker: PodWorker, record: ContainerRecord, graceSeconds: number, message: string): Generator<number, void, void> {
    this.#context.events.container(worker, record, 'Normal', 'Killing', message);
    const hookUs = this.#hooks.preStopUs(worker, record, graceSeconds * SECOND_US);
    if (hookUs > 0) yield hookUs;
    const leftSeconds = Math.max(MINIMUM_GRACE_SECONDS, graceSeconds - Math.floor(hookUs / SECOND_US));
    const takesUs = this.#processes.terminate(worker, record, leftSeconds * SECOND_US);
    // The exit's own event comes first: it was scheduled before this wait.
    if (takesUs > 0) yield takesUs;
  }

  /** With no grace but the least, and so without its hook: for a pod whose containers are all to be started again. */
  *killWithoutHook(worker: PodWorker, record: ContainerRecord, message: string): Generator<number, void, void> {
    if (record.run !== Run.Running) return;
    this.#context.events.container(worker, record, 'Normal', 'Killing', message);
    const takesUs = this.#processes.terminate(worker, record, MINIMUM_GRACE_SECONDS * SECOND_US);
    if (takesUs > 0) yield takesUs;
  }
}
