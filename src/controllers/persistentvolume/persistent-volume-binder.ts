/**
 * Brings claims and volumes together, and lets volumes go when their claims do.
 *
 * Models pkg/controller/volume/persistentvolume/pv_controller_base.go: one worker for claims, one for volumes, a full resync, and an own
 * cache that the binder's own writes overtake. What a pass decides stands in claim-pass.ts and volume-pass.ts.
 * A pass that fails is not tried again on its own: the next event, or the resync, brings the key back.
 */
import { SECOND_US } from '../../base/units.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { objectKey } from '../../model/meta.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import { claimKeyOf } from '../../model/volume-matching.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { BindingWrites } from './binding-writes.ts';
import { ClaimPass } from './claim-pass.ts';
import { NewestObjects, VolumeCache } from './volume-cache.ts';
import { VolumePass } from './volume-pass.ts';

export class PersistentVolumeBinder implements Controller {
  readonly #context: ControllerContext;
  readonly #claimQueue: WorkQueue;
  readonly #volumeQueue: WorkQueue;
  readonly #volumes = new VolumeCache();
  readonly #claims = new NewestObjects<PersistentVolumeClaim>();
  readonly #claimPass: ClaimPass;
  readonly #volumePass: VolumePass;
  readonly #startUs: number;
  #isResyncDue = false;

  constructor(context: ControllerContext) {
    this.#context = context;
    const { sim } = context;
    this.#startUs = sim.nowUs;
    this.#claimQueue = new WorkQueue(sim);
    this.#volumeQueue = new WorkQueue(sim);
    const client = context.client('persistent-volume-binder');
    const recorder = context.recorder('persistentvolume-controller', client);
    const writes = new BindingWrites(client, recorder, this.#volumes, this.#claims);
    this.#claimPass = new ClaimPass({ context, recorder, writes, volumes: this.#volumes });
    const enqueueClaim = (key: string) => this.#claimQueue.add(key);
    this.#volumePass = new VolumePass({ context, client, recorder, writes, claims: this.#claims, enqueueClaim });
  }

  start(): void {
    const { informers, sim } = this.#context;
    const claims = informers.informer('PersistentVolumeClaim');
    const volumes = informers.informer('PersistentVolume');
    // What the caches hold at the start is known to both passes before either begins.
    for (const volume of volumes.values()) this.#volumes.store(volume);
    for (const claim of claims.values()) this.#claims.store(claim);
    const enqueueClaim = (claim: PersistentVolumeClaim) => this.#enqueue(this.#claimQueue, objectKey(claim));
    claims.addHandler({ onAdd: enqueueClaim, onUpdate: (_before, claim) => enqueueClaim(claim), onDelete: enqueueClaim });
    const enqueueVolume = (name: string) => this.#enqueue(this.#volumeQueue, name);
    volumes.addHandler({
      onAdd: ({ metadata }) => enqueueVolume(metadata.name),
      onUpdate: (_before, { metadata }) => enqueueVolume(metadata.name),
      onDelete: ({ metadata }) => enqueueVolume(metadata.name),
    });
    startWorkers(sim, this.#claimQueue, 1, (key) => this.#syncClaim(key), dropped);
    startWorkers(sim, this.#volumeQueue, 1, (name) => this.#syncVolume(name), dropped);
  }

  *#syncClaim(key: string): Task<void> {
    const claim = this.#context.informers.informer('PersistentVolumeClaim').get(key);
    if (claim !== undefined) {
      if (this.#claims.store(claim)) yield* this.#claimPass.sync(claim);
      return;
    }
    const last = this.#claims.get(key);
    this.#claims.delete(key);
    // So that its volume is released now and not at the next resync.
    if ((last?.spec.volumeName ?? '') !== '') this.#volumeQueue.add(last!.spec.volumeName!);
  }

  *#syncVolume(name: string): Task<void> {
    const volume = this.#context.informers.informer('PersistentVolume').get(name);
    if (volume !== undefined) {
      if (this.#volumes.store(volume)) yield* this.#volumePass.sync(volume);
      return;
    }
    const last = this.#volumes.get(name);
    this.#volumes.delete(name);
    const claimKey = last === undefined ? undefined : claimKeyOf(last);
    if (claimKey !== undefined) this.#claimQueue.add(claimKey);
  }

  #enqueue(queue: WorkQueue, key: string): void {
    queue.add(key);
    this.#awaitResync();
  }

  /** The clock of the resync runs from the start; it is only looked at while there is something to go through. */
  #awaitResync(): void {
    if (this.#isResyncDue) return;
    this.#isResyncDue = true;
    const { sim, options } = this.#context;
    const periodUs = options.pvClaimBinderSyncPeriodSeconds * SECOND_US;
    sim.after(periodUs - ((sim.nowUs - this.#startUs) % periodUs), () => this.#resync());
  }

  #resync(): void {
    const { informers } = this.#context;
    this.#isResyncDue = false;
    for (const claim of informers.informer('PersistentVolumeClaim').values()) this.#enqueue(this.#claimQueue, objectKey(claim));
    for (const volume of informers.informer('PersistentVolume').values()) this.#enqueue(this.#volumeQueue, volume.metadata.name);
  }
}

function dropped(): void {}
