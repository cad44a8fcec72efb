/**
 * The gate of each node: takes a pod in, turns it away for good, or has room made for a critical one.
 *
 * Models HandlePodAdditions (kubelet.go), rejectPod, and what lifecycle/predicate.go and preemption/preemption.go do between them.
 * Pods that have to go are killed side by side, each within its own grace; upstream kills one after the other.
 */
import { fail } from '../base/fail.ts';
import type { Pod } from '../model/pod.ts';
import { podsToPreempt } from './critical-preemption.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import { devicesOf, isCritical, type Refusal, refusal, roomOf } from './pod-admission.ts';
import { type PodWorker, type Verdict, WorkerPhase } from './pod-worker.ts';
import type { PodWorkerTable } from './pod-worker-table.ts';

const UNEXPECTED = 'UnexpectedAdmissionError';

// evictPodsToFreeRequests in preemption.go.
const PREEMPTED: Verdict = {
  reason: 'Preempting',
  message: 'Preempted in order to admit critical pod',
  disruption: { reason: 'TerminationByKubelet', message: 'Pod was preempted by Kubelet to accommodate a critical pod.' },
};

export interface GateSink {
  kill(victim: PodWorker, graceSeconds: number, verdict: Verdict): void;
  /** The pod is to stay as Failed; nothing more will be done for it. */
  refused(worker: PodWorker): void;
}

export class PodGate {
  readonly #context: FleetContext;
  readonly #table: PodWorkerTable;
  readonly #sink: GateSink;

  constructor(context: FleetContext, table: PodWorkerTable, sink: GateSink) {
    this.#context = context;
    this.#table = table;
    this.#sink = sink;
  }

  /** True when the node takes the pod now; a critical one may be left waiting for room that is being made. */
  admit(worker: PodWorker): boolean {
    const { node, pod } = worker;
    const { client } = this.#context;
    const room = roomOf(pod);
    const others = podsBeside(worker);
    const object = node.isUp && client.has('Node', undefined, node.name) ? client.get('Node', undefined, node.name) : undefined;
    const refused = refusal(node, pod, room, object, others);
    if (refused === undefined) {
      worker.isAdmitted = true;
      this.#table.count(worker, room);
      if (node.usedCpuMilli > node.allocatableCpuMilli)
        fail(`Cannot admit ${worker.name} to ${node.name}: its CPU would be over-committed`);
      return true;
    }
    if (refused.shortages === undefined || !isCritical(pod)) {
      this.#refuse(worker, refused);
      return false;
    }
    // Room that is being made for another already may do for this one too.
    if (isRoomBeingMade(node)) worker.isAwaitingRoom = true;
    else this.#makeRoom(worker, podsToPreempt(pod, [...others], refused.shortages));
    return false;
  }

  /** Critical pods that have waited for room and are taken in now. */
  admitWaiting(node: NodeState): PodWorker[] {
    if (!node.isRunning) return [];
    const waiting = [...node.workers].filter((worker) => worker.isAwaitingRoom && worker.phase === WorkerPhase.Syncing);
    return waiting.filter((worker) => {
      worker.isAwaitingRoom = false;
      return this.admit(worker);
    });
  }

  /** After a boot: devices are unhealthy until their plugin has registered again, and admission does not wait for that. */
  refuseWithoutDevices(worker: PodWorker): boolean {
    const [device] = devicesOf(worker.pod);
    if (!worker.isAdmitted || device === undefined) return false;
    this.#table.uncount(worker);
    // In the words of cm/devicemanager/manager.go.
    const message = `Allocate failed due to no healthy devices present; cannot allocate unhealthy devices ${device}, which is unexpected`;
    this.#refuse(worker, { reason: UNEXPECTED, message });
    return true;
  }

  #makeRoom(worker: PodWorker, victims: readonly Pod[] | string): void {
    if (typeof victims === 'string') {
      const why = `preemption: error finding a set of pods to preempt: ${victims}`;
      const message = `Unexpected error while attempting to recover from admission failure: ${why}`;
      return this.#refuse(worker, { reason: UNEXPECTED, message });
    }
    worker.isAwaitingRoom = true;
    for (const { metadata, spec } of victims) {
      const victim = this.#table.byUid(metadata.uid ?? '') ?? fail(`Cannot preempt ${metadata.name}: it has no worker`);
      this.#context.events.pod(victim, 'Warning', PREEMPTED.reason, PREEMPTED.message);
      this.#sink.kill(victim, spec.terminationGracePeriodSeconds ?? 30, PREEMPTED);
    }
  }

  #refuse(worker: PodWorker, refused: Refusal): void {
    worker.verdict = { reason: refused.reason, message: `Pod was rejected: ${refused.message}` };
    worker.isAdmitted = false;
    worker.status = undefined;
    this.#context.events.pod(worker, 'Warning', refused.reason, refused.message);
    worker.phase = WorkerPhase.Terminated;
    this.#sink.refused(worker);
  }
}

/** The other pods that take room on the node; walked again each time. */
function podsBeside(worker: PodWorker): Iterable<Pod> {
  return {
    *[Symbol.iterator]() {
      for (const other of worker.node.workers) if (other !== worker && other.isCounted) yield other.pod;
    },
  };
}

function isRoomBeingMade(node: NodeState): boolean {
  for (const worker of node.workers) {
    if (worker.isCounted && (worker.stop?.verdict === PREEMPTED || worker.verdict === PREEMPTED)) return true;
  }
  return false;
}
