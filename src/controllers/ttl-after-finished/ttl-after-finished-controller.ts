/**
 * Deletes finished Jobs once they have been finished for as long as they asked. Models pkg/controller/ttlafterfinished.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import type { Job } from '../../model/batch.ts';
import { isDeleting, objectKey } from '../../model/meta.ts';
import { timeUsOf } from '../../model/time.ts';
import type { Controller, ControllerContext } from '../context.ts';

const NAME = 'ttl-after-finished-controller';

export class TtlAfterFinishedController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #jobs: Informer<'Job'>;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#jobs = context.informers.informer('Job');
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    const look = (job: Job) => {
      if (!isDeleting(job) && expiryUs(job) !== undefined) this.#queue.add(objectKey(job));
    };
    this.#jobs.addHandler({ onAdd: look, onUpdate: (_before, job) => look(job) });
    startWorkers(this.#context.sim, this.#queue, this.#context.options.concurrentSyncs, (key) => this.#sync(key));
  }

  *#sync(key: string): Task<void> {
    const job = this.#jobs.get(key);
    if (job === undefined || !this.#isExpired(key, job)) return;
    try {
      // The TTL may have been raised, or the Job replaced, since the cache last heard of it.
      const fresh = yield* this.#client.get('Job', job.metadata.namespace, job.metadata.name);
      if (fresh.metadata.uid !== job.metadata.uid || !this.#isExpired(key, fresh)) return;
      const { namespace, name, uid = '' } = fresh.metadata;
      yield* this.#client.delete('Job', namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid } });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  /** Asks to be called again when it is not expired yet. */
  #isExpired(key: string, job: Job): boolean {
    const expiry = expiryUs(job);
    if (expiry === undefined || isDeleting(job)) return false;
    const waitUs = expiry - this.#context.sim.nowUs;
    if (waitUs > 0) this.#queue.addAfter(key, waitUs);
    return waitUs <= 0;
  }
}

/** When the Job is to go; undefined while it runs or when it has no TTL. */
export function expiryUs(job: Job): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec;
  if (ttlSecondsAfterFinished === undefined) return undefined;
  const finished = job.status?.conditions?.find((one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True');
  if (finished?.lastTransitionTime === undefined) return undefined;
  return timeUsOf(finished.lastTransitionTime) + ttlSecondsAfterFinished * SECOND_US;
}
