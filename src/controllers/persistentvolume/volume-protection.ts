/**
 * Keeps a volume that is being deleted for as long as a claim is bound to it. Models pkg/controller/volume/pvprotection/pv_protection_controller.go.
 */
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import type { PersistentVolume } from '../../model/storage.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { isHeldBy, lacks, withFinalizer, withoutFinalizer } from './protection-finalizer.ts';

const NAME = 'pv-protection-controller';
const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

export class VolumeProtection implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    const { informers, sim } = this.#context;
    const onVolume = (volume: PersistentVolume) => {
      if (isHeldBy(volume, VOLUME_PROTECTION) || lacks(volume, VOLUME_PROTECTION)) this.#queue.add(volume.metadata.name);
    };
    informers.informer('PersistentVolume').addHandler({ onAdd: onVolume, onUpdate: (_before, volume) => onVolume(volume) });
    startWorkers(sim, this.#queue, 1, (name) => this.#sync(name));
  }

  *#sync(name: string): Task<void> {
    const volume = this.#context.informers.informer('PersistentVolume').get(name);
    if (volume === undefined) return;
    if (isHeldBy(volume, VOLUME_PROTECTION)) {
      if (volume.status?.phase === 'Bound') return;
      yield* this.#client.update('PersistentVolume', withoutFinalizer(volume, VOLUME_PROTECTION));
    } else if (lacks(volume, VOLUME_PROTECTION)) {
      yield* this.#client.update('PersistentVolume', withFinalizer(volume, VOLUME_PROTECTION));
    }
  }
}
