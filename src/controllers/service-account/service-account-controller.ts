/**
 * Gives each namespace its ServiceAccount `default`, again if somebody deletes it. Models pkg/controller/serviceaccount/serviceaccounts_controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { keyOf } from '../../model/meta.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';

const ACCOUNT = 'default';
const NAME = 'service-account-controller';

export class ServiceAccountController implements Controller {
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
    informers.informer('Namespace').addHandler({
      onAdd: (namespace) => this.#queue.add(namespace.metadata.name),
      onUpdate: (_before, namespace) => this.#queue.add(namespace.metadata.name),
    });
    informers.informer('ServiceAccount').addHandler({
      onDelete: ({ metadata }) => void (metadata.name === ACCOUNT && this.#queue.add(metadata.namespace!)),
    });
    startWorkers(sim, this.#queue, 1, (name) => this.#sync(name));
  }

  *#sync(name: string): Task<void> {
    const { informers } = this.#context;
    if (informers.informer('Namespace').get(name)?.status?.phase === 'Terminating') return;
    if (informers.informer('Namespace').get(name) === undefined) return;
    if (informers.informer('ServiceAccount').get(keyOf(name, ACCOUNT)) !== undefined) return;
    try {
      yield* this.#client.create('ServiceAccount', {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: ACCOUNT, namespace: name },
      });
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'AlreadyExists' || isNamespaceTerminating(error))) return;
      throw error;
    }
  }
}
