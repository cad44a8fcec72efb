/**
 * The workers of all nodes: by slot for the kernel's events, by uid for those who ask, and how much of each node they take.
 *
 * Slots are used again; events carry the serial number of the worker they are meant for, and an epoch of what they are about.
 */
import { fail } from '../base/fail.ts';
import type { ObjectKey } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { NodeState } from './node-state.ts';
import type { PodRoom } from './pod-admission.ts';
import { PodWorker, WorkerPhase } from './pod-worker.ts';

// The low part of a stamp is an epoch, the rest the serial: 2^37 pods in one run.
const EPOCHS = 65_536;

export class PodWorkerTable {
  readonly #slots: (PodWorker | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #byUid = new Map<string, PodWorker>();
  #nextSerial = 1;

  get size(): number {
    return this.#byUid.size;
  }

  add(node: NodeState, pod: Pod, key: ObjectKey): PodWorker {
    const slot = this.#free.pop() ?? this.#slots.length;
    const worker = new PodWorker(slot, this.#nextSerial++, node, pod, key);
    if (this.#byUid.has(worker.uid)) fail(`Cannot start a worker for ${worker.name}: its uid ${worker.uid} has one already`);
    this.#slots[slot] = worker;
    this.#byUid.set(worker.uid, worker);
    node.workers.add(worker);
    return worker;
  }

  remove(worker: PodWorker): void {
    if (worker.phase === WorkerPhase.Gone) return;
    worker.phase = WorkerPhase.Gone;
    this.#slots[worker.slot] = undefined;
    this.#free.push(worker.slot);
    this.#byUid.delete(worker.uid);
    worker.node.workers.delete(worker);
  }

  /** The pod goes by another object of the API server from now on: a static pod with a new mirror. */
  rename(worker: PodWorker, pod: Pod): void {
    this.#byUid.delete(worker.uid);
    worker.uid = pod.metadata.uid ?? '';
    worker.pod = pod;
    this.#byUid.set(worker.uid, worker);
  }

  byUid(uid: string): PodWorker | undefined {
    return this.#byUid.get(uid);
  }

  stamp(worker: PodWorker, epoch: number): number {
    return worker.serial * EPOCHS + (epoch & (EPOCHS - 1));
  }

  /** The worker an event is meant for, if it still lives. */
  at(slot: number, stamp: number): PodWorker | undefined {
    const worker = this.#slots[slot];
    return worker !== undefined && worker.serial === Math.floor(stamp / EPOCHS) ? worker : undefined;
  }

  isCurrent(stamp: number, epoch: number): boolean {
    return stamp % EPOCHS === (epoch & (EPOCHS - 1));
  }

  /** The pod takes its room on the node. */
  count(worker: PodWorker, room: PodRoom): void {
    const { node } = worker;
    worker.isCounted = true;
    worker.cpuMilli = room.cpuMilli;
    worker.memoryBytes = room.memoryBytes;
    worker.ephemeralBytes = room.ephemeralBytes;
    node.admittedPods++;
    node.usedCpuMilli += room.cpuMilli;
    node.usedMemoryBytes += room.memoryBytes;
    node.usedEphemeralBytes += room.ephemeralBytes;
  }

  uncount(worker: PodWorker): void {
    if (!worker.isCounted) return;
    const { node } = worker;
    worker.isCounted = false;
    node.admittedPods--;
    node.usedCpuMilli -= worker.cpuMilli;
    node.usedMemoryBytes -= worker.memoryBytes;
    node.usedEphemeralBytes -= worker.ephemeralBytes;
  }
}
