/**
 * The attacher beside every CSI driver: it attaches for each VolumeAttachment that appears, and detaches before it lets one go.
 *
 * Models kubernetes-csi/external-attacher. What is to be attached where decides kube-controller-manager (controllers/attach-detach).
 */
import { ApiError } from '../apiserver/api-error.ts';
import { SECOND_US } from '../base/units.ts';
import { Client } from '../client/client.ts';
import { InformerFactory } from '../client/informer.ts';
import { sleep, type Task } from '../client/task.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { startWorkers } from '../client/workers.ts';
import { isDeleting } from '../model/meta.ts';
import type { VolumeAttachment } from '../model/storage.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { RandomStream } from '../sim/random.ts';
import type { ControlPlane } from './control-plane-process.ts';

const NAME = 'external-attacher';
// --worker-threads, --kube-api-qps and --kube-api-burst of external-attacher.
const WORKERS = 10;
const QPS = 5;
const BURST = 10;
// A cloud's disk takes some seconds to attach and to detach; no measurement is cited, the order of magnitude counts.
const ATTACH: Distribution = { kind: 'lognormal', medianUs: 3 * SECOND_US, sigma: 0.6 };
const DETACH: Distribution = { kind: 'lognormal', medianUs: 2 * SECOND_US, sigma: 0.6 };

export class CsiAttacher {
  readonly #plane: ControlPlane;
  readonly #informers: InformerFactory;
  readonly #client: Client;
  readonly #random: RandomStream;
  readonly #queue: WorkQueue;

  constructor(plane: ControlPlane) {
    const { sim, api, pump, random, watchHop } = plane;
    this.#plane = plane;
    this.#informers = new InformerFactory(sim, api.store, random, NAME, watchHop);
    this.#client = new Client(sim, api, pump, { name: NAME, qps: QPS, burst: BURST, level: 'workload-high' });
    this.#random = random.stream('storage', 'attacher');
    this.#queue = new WorkQueue(sim);
  }

  /** Call it when there are volumes that have to be attached. */
  start(): void {
    const onAttachment = ({ metadata }: VolumeAttachment) => this.#queue.add(metadata.name);
    this.#informers.informer('VolumeAttachment').addHandler({ onAdd: onAttachment, onUpdate: (_before, one) => onAttachment(one) });
    startWorkers(this.#plane.sim, this.#queue, WORKERS, (name) => this.#sync(name));
  }

  *#sync(name: string): Task<void> {
    const attachment = this.#informers.informer('VolumeAttachment').get(name);
    if (attachment === undefined) return;
    const { sim } = this.#plane;
    try {
      if (isDeleting(attachment)) {
        if (!holds(attachment)) return;
        yield* sleep(sim, drawUs(DETACH, this.#random));
        yield* this.#patch(attachment, { metadata: { finalizers: null } });
      } else if (attachment.status?.attached !== true) {
        if (!holds(attachment)) yield* this.#patch(attachment, { metadata: { finalizers: [finalizerOf(attachment)] } });
        yield* sleep(sim, drawUs(ATTACH, this.#random));
        yield* this.#patch(attachment, { status: { attached: true } }, 'status');
      }
    } catch (error) {
      // Gone meanwhile.
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  #patch({ metadata: { name } }: VolumeAttachment, body: object, subresource?: 'status'): Task<VolumeAttachment> {
    return this.#client.patch('VolumeAttachment', undefined, name, { type: 'merge', body }, subresource);
  }
}

/** Until it is detached, the object stays. */
function finalizerOf({ spec: { attacher } }: VolumeAttachment): string {
  return `external-attacher/${attacher.replaceAll('.', '-')}`;
}

function holds(attachment: VolumeAttachment): boolean {
  return attachment.metadata.finalizers?.includes(finalizerOf(attachment)) === true;
}
