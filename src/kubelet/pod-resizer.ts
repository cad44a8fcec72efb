/**
 * Changes of a running pod in place: another image, or other resources, as far as its node has the room.
 *
 * Models pkg/kubelet/allocation and doPodResizeAction (kuberuntime_manager.go). What is granted is the pod's at once and comes
 * into force in the runtime a little later; what is not is looked at again when room has come free, by priority, then quality
 * of service, then the longest wait.
 */
import { SECOND_US } from '../base/units.ts';
import { drawUs } from '../sim/distribution.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import { roomOf } from './pod-admission.ts';
import { asksForResize, grantResize, pendingResize, resizeText, specOf } from './pod-resize.ts';
import type { PodWorker } from './pod-worker.ts';
import type { PodWorkerTable } from './pod-worker-table.ts';
import type { Processes } from './processes.ts';
import { type QosClass, qosOf } from './qos.ts';
import { ContainerRole, Run } from './runtime/container-record.ts';

/** The grace of a pod that names none. */
const DEFAULT_GRACE_SECONDS = 30;
const QOS_RANK: { readonly [qos in QosClass]: number } = { Guaranteed: 0, Burstable: 1, BestEffort: 2 };

export interface ResizeSink {
  /** `PodResizer.settled` is to be called after the delay. */
  scheduleSettled(worker: PodWorker, delayUs: number): void;
  wake(worker: PodWorker): void;
}

export class PodResizer {
  readonly #context: FleetContext;
  readonly #table: PodWorkerTable;
  readonly #processes: Processes;
  readonly #sink: ResizeSink;

  constructor(context: FleetContext, table: PodWorkerTable, processes: Processes, sink: ResizeSink) {
    this.#context = context;
    this.#table = table;
    this.#processes = processes;
    this.#sink = sink;
  }

  /** The pod's spec has changed: containers with another image are started again, and other resources are granted or put off. */
  changed(worker: PodWorker): void {
    const graceSeconds = worker.pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    for (const record of worker.containers) {
      const spec = specOf(worker, worker.pod, record);
      if (spec === undefined || spec.image === record.spec.image) continue;
      if (record.run === Run.Running) {
        const isApp = record.role === ContainerRole.App;
        record.killMessage = isApp
          ? `Container ${spec.name} definition changed, will be restarted`
          : `Init container ${spec.name} definition changed`;
        record.isKilledToRestart = true;
        record.killGraceSeconds = graceSeconds;
      }
      record.spec = { ...record.spec, ...(spec.image === undefined ? {} : { image: spec.image }) };
    }
    this.#resize(worker);
  }

  /** Room has come free on the node. */
  roomFreed(node: NodeState): void {
    let waiting: PodWorker[] | undefined;
    for (const worker of node.workers) {
      if (worker.resize?.reason !== 'Deferred') continue;
      waiting ??= [];
      waiting.push(worker);
    }
    waiting?.sort(
      (a, b) =>
        (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0) ||
        QOS_RANK[qosOf(a.pod)] - QOS_RANK[qosOf(b.pod)] ||
        a.resizeDeferredUs - b.resizeDeferredUs ||
        a.serial - b.serial,
    );
    for (const worker of waiting ?? []) {
      this.#resize(worker);
      this.#sink.wake(worker);
    }
  }

  /** The runtime has taken over what was granted. */
  settled(worker: PodWorker): void {
    worker.isResizing = false;
    this.#context.events.pod(worker, 'Normal', 'ResizeCompleted', resizeText(worker.pod, 'Pod resize completed'));
    for (const record of worker.containers) if (record.resources !== record.spec.resources) this.#processes.resized(worker, record);
    this.#sink.wake(worker);
  }

  #resize(worker: PodWorker): void {
    const { pod } = worker;
    const isAsked = asksForResize(worker, pod);
    const before = worker.resize;
    worker.resize = isAsked ? pendingResize(worker, pod) : undefined;
    if (worker.resize?.reason === 'Deferred' && before?.reason !== 'Deferred') worker.resizeDeferredUs = this.#context.sim.nowUs;
    if (worker.resize !== undefined) {
      // Told once for each change that is asked for.
      if (before === undefined || worker.resizeGeneration !== pod.metadata.generation) {
        const { reason, message } = worker.resize;
        this.#context.events.pod(worker, 'Warning', `Resize${reason}`, resizeText(pod, `Pod resize ${reason}`, message));
      }
      worker.resizeGeneration = pod.metadata.generation;
      return;
    }
    if (!worker.isCounted) return;
    if (isAsked) this.#context.events.pod(worker, 'Normal', 'ResizeStarted', resizeText(pod, 'Pod resize started'));
    grantResize(worker, pod);
    this.#table.uncount(worker);
    this.#table.count(worker, roomOf({ ...pod, status: {} }));
    const isInForce = !worker.containers.some((record) => record.run === Run.Running && record.resources !== record.spec.resources);
    if (!isAsked || isInForce || worker.isResizing) return;
    worker.isResizing = true;
    this.#sink.scheduleSettled(worker, drawUs(RESIZE, this.#context.runtime));
  }
}

// UpdateContainerResources and the relist that sees its effect: some tens of milliseconds.
const RESIZE = { kind: 'uniform', lowUs: SECOND_US / 50, highUs: SECOND_US / 10 } as const;
