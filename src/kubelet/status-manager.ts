/**
 * Writes pods' statuses to the API server: one at a time per node, each a read and a patch, and a delete once a pod is over.
 *
 * Models status/status_manager.go. What several changes of one pod add up to while the writer is busy is written once.
 * Conditions that belong to others stay as they are found. A node that is cut off keeps its queue and goes on later.
 */
import { ApiError, notFound } from '../apiserver/api-error.ts';
import { SECOND_US } from '../base/units.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import { TokenBucket } from '../client/token-bucket.ts';
import type { Condition } from '../model/meta.ts';
import type { Pod, PodStatus } from '../model/pod.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import type { NodeState } from './node-state.ts';
import { type PodWorker, WorkerPhase } from './pod-worker.ts';

const StatusEvent = { Begin: 0, Commit: 1, Delete: 2 } as const;

// status_manager.go: syncPeriod, after which what failed is tried again.
const SYNC_PERIOD_US = 10 * SECOND_US;

const KUBELET_CONDITIONS = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
  'PodResizePending',
  'PodResizeInProgress',
  'AllContainersRestarting',
]);

export class StatusManager implements EventHandler {
  readonly #sim: Simulation;
  readonly #client: FleetClient;
  readonly #nodes: readonly NodeState[];
  readonly #handler: HandlerId;
  readonly #removed: (worker: PodWorker) => void;

  /** `removed` is told when a pod's last write is done and nothing more is owed to it. */
  constructor(sim: Simulation, client: FleetClient, nodes: readonly NodeState[], removed: (worker: PodWorker) => void) {
    this.#sim = sim;
    this.#client = client;
    this.#nodes = nodes;
    this.#handler = sim.register(this);
    this.#removed = removed;
  }

  /** The pod's status is to be written, if it differs from what was written last, and the pod removed if it is finished. */
  changed(worker: PodWorker): void {
    if (worker.isStatusQueued) return;
    if (worker.status === worker.written && !worker.isFinished) return;
    const { node } = worker;
    if (!node.isWritingStatus && node.statusQueue === undefined) return this.#write(node, worker);
    worker.isStatusQueued = true;
    node.statusQueue ??= [];
    node.statusQueue.push(worker);
    if (!node.isWritingStatus) this.#begin(node);
  }

  /** Compares with the API server again: after a cut, or when somebody else has written the status. */
  reconcile(worker: PodWorker): void {
    worker.written = undefined;
    worker.isReconciling = true;
    this.changed(worker);
  }

  /** The kubelet of that node has lost what it was about to write. */
  reset(node: NodeState): void {
    for (const worker of node.statusQueue ?? []) worker.isStatusQueued = false;
    node.statusQueue = undefined;
    node.isWritingStatus = false;
    node.writing = undefined;
  }

  on(event: number, nodeIndex: number, epoch: number): void {
    const node = this.#nodes[nodeIndex]!;
    if (epoch !== node.epoch) return;
    if (event === StatusEvent.Begin) this.#begin(node);
    else if (event === StatusEvent.Commit) this.#onCommit(node);
    else this.#onDelete(node);
  }

  #begin(node: NodeState): void {
    node.isWritingStatus = false;
    const worker = node.statusQueue?.shift();
    if (worker === undefined) {
      node.statusQueue = undefined;
      return;
    }
    worker.isStatusQueued = false;
    if (worker.status === undefined) return this.#begin(node);
    this.#write(node, worker);
  }

  #write(node: NodeState, worker: PodWorker): void {
    const status = worker.status!;
    node.isWritingStatus = true;
    node.writing = worker;
    node.writingStatus = status;
    node.isLastWrite = worker.isFinished;
    const waitUs = this.#takeTokens(node, 2);
    const commitUs = waitUs + this.#client.readUs() + this.#client.writeUs();
    this.#sim.schedule(commitUs, this.#handler, StatusEvent.Commit, node.index, node.epoch);
  }

  #onCommit(node: NodeState): void {
    const worker = node.writing!;
    const status = node.writingStatus!;
    const isLast = node.isLastWrite;
    if (!this.#isReachable(node)) return this.#retry(node, worker);
    if (status !== worker.written) {
      try {
        this.#commit(worker, status);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Gone: whatever deleted it will be seen through the watch. Anything else is tried again.
        if (error.code !== 404) return this.#retry(node, worker);
        worker.written = status;
      }
    }
    if (isLast && worker.pod.metadata.deletionTimestamp !== undefined) {
      this.#sim.schedule(this.#takeTokens(node, 1) + this.#client.writeUs(), this.#handler, StatusEvent.Delete, node.index, node.epoch);
      return;
    }
    this.#done(node, worker, isLast);
  }

  #onDelete(node: NodeState): void {
    const worker = node.writing!;
    if (!this.#isReachable(node)) return this.#retry(node, worker);
    try {
      this.#client.remove('Pod', worker.namespace, worker.name, worker.uid, node.author);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== 404 && error.code !== 409) return this.#retry(node, worker);
    }
    this.#done(node, worker, true);
  }

  #commit(worker: PodWorker, status: PodStatus): void {
    // The name may have passed to another object since; that one has a slot of its own.
    if (worker.stored?.object === undefined) worker.stored = this.#client.slot('Pod', worker.key);
    const current = worker.stored?.object;
    if (current === undefined) throw notFound('Pod', worker.name);
    // The name may belong to another pod by now.
    if (current.metadata.uid === worker.uid) {
      const merged = mergeStatus(current.status, status);
      // Only after a cut, or against another's write, can there be nothing to say.
      if (!worker.isReconciling || !isEqual(merged, current.status)) {
        adopt(worker, this.#client.replaceStatus('Pod', worker.stored!, merged, worker.node.author));
      }
    }
    worker.written = status;
    worker.isReconciling = false;
  }

  #done(node: NodeState, worker: PodWorker, isLast: boolean): void {
    node.writing = undefined;
    node.writingStatus = undefined;
    node.isWritingStatus = false;
    if (isLast && worker.phase !== WorkerPhase.Gone) this.#removed(worker);
    else if (worker.status !== worker.written) this.changed(worker);
    if (!node.isWritingStatus) this.#begin(node);
  }

  #retry(node: NodeState, worker: PodWorker): void {
    node.writing = undefined;
    node.writingStatus = undefined;
    if (!worker.isStatusQueued) {
      worker.isStatusQueued = true;
      node.statusQueue ??= [];
      node.statusQueue.unshift(worker);
    }
    node.isWritingStatus = true;
    this.#sim.schedule(SYNC_PERIOD_US, this.#handler, StatusEvent.Begin, node.index, node.epoch);
  }

  #isReachable(node: NodeState): boolean {
    return node.isConnected && this.#client.isUp;
  }

  #takeTokens(node: NodeState, count: number): number {
    node.bucket ??= new TokenBucket(node.config.kubeApiQps, node.config.kubeApiBurst);
    let waitUs = 0;
    for (let i = 0; i < count; i++) waitUs = node.bucket.takeUs(this.#sim.nowUs);
    return waitUs;
  }
}

/** Takes over what the server has answered, unless it carries news the node has yet to hear through its watch. */
function adopt(worker: PodWorker, written: Pod): void {
  const { generation, deletionTimestamp } = worker.pod.metadata;
  if (written.metadata.generation === generation && written.metadata.deletionTimestamp === deletionTimestamp) worker.pod = written;
}

/** The kubelet's status over the stored one; conditions that others have put there stay, and come first (mergePodStatus). */
export function mergeStatus(current: PodStatus | undefined, mine: PodStatus): PodStatus {
  if (current === undefined) return mine;
  const own = mine.conditions ?? NO_CONDITIONS;
  let foreign: Condition[] | undefined;
  for (const one of current.conditions ?? NO_CONDITIONS) {
    if (KUBELET_CONDITIONS.has(one.type) || mine.conditions?.some((own) => own.type === one.type)) continue;
    foreign ??= [];
    foreign.push(one);
  }
  // Nearly always: nothing is stored that the kubelet does not say itself.
  if (foreign === undefined && own === mine.conditions && saysAll(mine, current)) return mine;
  const { conditions: _, ...merged } = { ...current, ...mine };
  if (foreign === undefined && own.length === 0) return merged;
  return { ...merged, conditions: foreign === undefined ? own : [...foreign, ...own] };
}

/** Does `mine` name every field that `current` has? */
function saysAll(mine: PodStatus, current: PodStatus): boolean {
  return (
    mine.hostIP !== undefined &&
    mine.qosClass === current.qosClass &&
    current.nominatedNodeName === undefined &&
    current.message === undefined &&
    current.reason === undefined &&
    current.resize === undefined &&
    current.resources === undefined &&
    current.allocatedResources === undefined &&
    current.ephemeralContainerStatuses === undefined &&
    (current.podIP === undefined || mine.podIP !== undefined) &&
    (current.initContainerStatuses === undefined || mine.initContainerStatuses !== undefined)
  );
}

const NO_CONDITIONS: readonly Condition[] = [];

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = a as { readonly [key: string]: unknown };
  const right = b as { readonly [key: string]: unknown };
  let count = 0;
  for (const key in left) {
    count++;
    if (!isEqual(left[key], right[key])) return false;
  }
  for (const _ in right) count--;
  return count === 0;
}
