/**
 * The passes over a pod: one at a time, each until it has to wait; what happens meanwhile makes one more follow.
 *
 * Models podWorkerLoop and completeWork of pod_workers.go, and the relist of pleg/generic.go by which a kubelet sees what its runtime did.
 */
import { SECOND_US } from '../base/units.ts';
import type { EventId } from '../sim/event-queue.ts';
import { type FleetContext, toNextTickUs } from './fleet-context.ts';
import type { ImagePuller } from './image-puller.ts';
import type { PodSync } from './pod-sync.ts';
import { BLOCKED, type PassResult, type PodWorker, WorkerPhase } from './pod-worker.ts';

// pod_workers.go: workerBackOffPeriod with its jitter, and the cap on waits that name their end.
const RETRY_US = 10 * SECOND_US;
const RETRY_MAX_US = 60 * SECOND_US;

export interface PassSink {
  /** Reports what is seen of the pod before a pass; true when none is to follow, because the pod leaves syncing. */
  leaves(worker: PodWorker): boolean;
  /** `advance` is to be called after that time, unless the pass has been given up by then. */
  resumeAfter(worker: PodWorker, delayUs: number): void;
  /** `retry` is to be called after that time. */
  retryAfter(worker: PodWorker, delayUs: number): EventId;
  /** `relisted` is to be called after that time. */
  relistAfter(worker: PodWorker, delayUs: number): void;
}

export class PodPasses {
  readonly #context: FleetContext;
  readonly #sync: PodSync;
  readonly #puller: ImagePuller;
  readonly #sink: PassSink;

  constructor(context: FleetContext, sync: PodSync, puller: ImagePuller, sink: PassSink) {
    this.#context = context;
    this.#sync = sync;
    this.#puller = puller;
    this.#sink = sink;
  }

  /** Something has happened to the pod: a pass over it follows, at once or after the one under way. */
  wake(worker: PodWorker): void {
    if (worker.phase !== WorkerPhase.Syncing || !worker.node.isRunning || !worker.isAdmitted) return;
    if (worker.task !== undefined) worker.isDirty = true;
    else if (this.#isRelisted(worker)) this.#start(worker);
    else this.relist(worker);
  }

  /** The pod is to go down: what can be given up is; a pass that has the runtime at work is seen through (context.WithoutCancel). */
  yield(worker: PodWorker): void {
    if (worker.task !== undefined && worker.isPassCancellable) {
      this.abandon(worker);
      worker.syncedUs = this.#context.sim.nowUs;
    }
    this.wake(worker);
  }

  /** Has the runtime been looked at since the last pass? Without that a worker does nothing more (GetNewerThan). */
  #isRelisted({ node, syncedUs }: PodWorker): boolean {
    const { nowUs } = this.#context.sim;
    return node.tickUs + Math.floor((nowUs - node.tickUs) / SECOND_US) * SECOND_US > syncedUs;
  }

  /** What a failed pass has waited for is over. */
  retry(worker: PodWorker): void {
    worker.retryEvent = undefined;
    this.wake(worker);
  }

  relisted(worker: PodWorker): void {
    worker.isRelistPending = false;
    this.wake(worker);
  }

  #start(worker: PodWorker): void {
    if (worker.retryEvent !== undefined) {
      this.#context.sim.cancel(worker.retryEvent);
      worker.retryEvent = undefined;
    }
    worker.isDirty = false;
    if (this.#sink.leaves(worker)) return;
    worker.taskEpoch++;
    worker.task = this.#sync.pass(worker);
    this.advance(worker);
  }

  /** Runs the pass until it has to wait. */
  advance(worker: PodWorker): void {
    const { task } = worker;
    if (task === undefined) return;
    const step = task.next();
    if (worker.task !== task) return;
    if (step.done === true) {
      worker.task = undefined;
      return this.#onPassDone(worker, step.value);
    }
    if (step.value !== BLOCKED) this.#sink.resumeAfter(worker, step.value);
  }

  #onPassDone(worker: PodWorker, { acted, retryUs }: PassResult): void {
    const { sim, jitter } = this.#context;
    // After a pass that did something the runtime is relisted at once (PLEGOnDemandRelist), and the pod looked at again.
    worker.syncedUs = sim.nowUs;
    if (acted && retryUs === undefined) return this.#start(worker);
    if (worker.isDirty) this.relist(worker);
    if (retryUs === undefined) return;
    const waitUs = retryUs === 0 ? RETRY_US : Math.min(RETRY_MAX_US, Math.max(0, retryUs - sim.nowUs));
    const jittered = Math.round(waitUs * (1 + jitter.uniform() / 2));
    worker.retryEvent = this.#sink.retryAfter(worker, toNextTickUs(worker.node, sim.nowUs, jittered));
    // What was started before the failure is seen at the next relist.
    if (acted) this.relist(worker);
  }

  /** What has changed in the runtime is seen at the node's next relist. */
  relist(worker: PodWorker): void {
    if (worker.isRelistPending) return;
    worker.isRelistPending = true;
    this.#sink.relistAfter(worker, toNextTickUs(worker.node, this.#context.sim.nowUs, 1));
  }

  /** The pass under way is given up, and so is what it waited for. */
  abandon(worker: PodWorker): void {
    if (worker.retryEvent !== undefined) this.#context.sim.cancel(worker.retryEvent);
    worker.retryEvent = undefined;
    worker.isDirty = false;
    worker.taskEpoch++;
    if (worker.task === undefined) return;
    worker.task = undefined;
    this.#puller.cancel(worker);
  }
}
