/**
 * How pods reach their nodes: one watch for the whole fleet, and for each node its own delay and its own order.
 *
 * Models the kubelet's watch of pods with its spec.nodeName (config/apiserver.go). What a node wrote itself is not carried
 * back to it: the kubelet finds nothing new in it. A node that is cut off or down hears everything when it is back.
 */
import type { Store, WatchEvent } from '../apiserver/store.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import type { ObjectKey } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import type { NodeState } from './node-state.ts';
import type { PodWorker } from './pod-worker.ts';
import type { PodWorkers } from './pod-workers.ts';

interface Arrival {
  node: NodeState | undefined;
  uid: string;
  key: ObjectKey;
  /** Undefined: the pod has been removed from the API server. */
  pod: Pod | undefined;
}

export interface PodSourceOptions {
  readonly sim: Simulation;
  readonly store: Store;
  readonly client: FleetClient;
  readonly random: RandomStream;
  readonly hop: Distribution;
  readonly nodes: ReadonlyMap<string, NodeState>;
  readonly workers: PodWorkers;
}

export class PodSource implements EventHandler {
  readonly #options: PodSourceOptions;
  readonly #handler: HandlerId;
  readonly #arrivals: Arrival[] = [];
  readonly #free: number[] = [];

  constructor(options: PodSourceOptions) {
    this.#options = options;
    this.#handler = options.sim.register(this);
    options.store.watch('Pod', 0, (event) => this.#receive(event));
  }

  on(_event: number, slot: number): void {
    const arrival = this.#arrivals[slot]!;
    const { node, uid, key, pod } = arrival;
    arrival.node = undefined;
    arrival.pod = undefined;
    this.#free.push(slot);
    this.#deliver(node!, uid, key, pod);
  }

  /** The node can hear again: it lists its pods, which brings it what it has missed. */
  catchUp(node: NodeState): void {
    if (!node.isWatching) return;
    const { late } = node;
    node.late = undefined;
    for (const { uid, key, pod } of late ?? []) this.#deliver(node, uid, key, pod);
  }

  #receive(event: WatchEvent<Pod>): void {
    const { nodes, client, workers } = this.#options;
    // Our own writes come back in the answer; only a removal that its finalizers have put off is news.
    if (client.isWriting && event.type !== 'DELETED') return;
    const pod = event.object;
    const nodeName = pod.spec.nodeName;
    if (nodeName === undefined) return;
    const uid = pod.metadata.uid ?? '';
    if (client.isWriting && workers.table.byUid(uid)?.isFinished !== false) return;
    const node = nodes.get(nodeName);
    if (node === undefined) return;
    this.#send(node, uid, event.key, event.type === 'DELETED' ? undefined : pod);
  }

  #send(node: NodeState, uid: string, key: ObjectKey, pod: Pod | undefined): void {
    const { sim, hop, random } = this.#options;
    // In order: an event never overtakes the one before it, however lucky its draw.
    node.lastArrivalUs = Math.max(node.lastArrivalUs, sim.nowUs + drawUs(hop, random));
    const slot = this.#free.pop() ?? this.#arrivals.push({ node: undefined, uid: '', key: '', pod: undefined }) - 1;
    const arrival = this.#arrivals[slot]!;
    arrival.node = node;
    arrival.uid = uid;
    arrival.key = key;
    arrival.pod = pod;
    sim.schedule(node.lastArrivalUs - sim.nowUs, this.#handler, 0, slot);
  }

  #deliver(node: NodeState, uid: string, key: ObjectKey, pod: Pod | undefined): void {
    if (!node.isRunning || !node.isConnected || !node.isWatching || node.late !== undefined) {
      node.late ??= [];
      node.late.push({ uid, key, pod });
      return;
    }
    const { workers } = this.#options;
    const worker = workers.table.byUid(uid);
    if (worker === undefined) {
      if (pod !== undefined) workers.add(node, pod, key);
    } else if (pod === undefined) this.#onRemoved(worker);
    else if (isNewer(pod, worker.pod)) this.#onChanged(worker, pod);
  }

  #onRemoved(worker: PodWorker): void {
    if (worker.isFinished) return;
    this.#options.workers.orphan(worker);
  }

  #onChanged(worker: PodWorker, pod: Pod): void {
    const { workers } = this.#options;
    const hasOthersStatus = pod.status !== worker.pod.status;
    workers.update(worker, pod);
    // Somebody else has written the status: the kubelet holds its own against it.
    if (hasOthersStatus && worker.status !== undefined) workers.status.reconcile(worker);
  }
}

function isNewer(pod: Pod, known: Pod): boolean {
  if (pod === known) return false;
  return Number(pod.metadata.resourceVersion ?? 0) > Number(known.metadata.resourceVersion ?? 0);
}
