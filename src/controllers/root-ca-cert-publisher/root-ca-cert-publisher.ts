/**
 * Keeps the certificate bundle of the API server in every namespace. Models pkg/controller/certificates/rootcacertpublisher/publisher.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import type { ConfigMap } from '../../model/configuration.ts';
import { keyOf } from '../../model/meta.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';

const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
// No certificate is simulated: the bundle is there, and empty.
const BUNDLE = '';
const NAME = 'root-ca-cert-publisher';

/** What every namespace holds. */
export function rootCaConfigMap(namespace: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: ROOT_CA, namespace, annotations: { 'kubernetes.io/description': DESCRIPTION } },
    data: { 'ca.crt': BUNDLE },
  };
}

export class RootCaCertPublisher implements Controller {
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
      onUpdate: (_before, namespace) => void (namespace.status?.phase === 'Terminating' || this.#queue.add(namespace.metadata.name)),
    });
    informers.informer('ConfigMap').addHandler({
      onUpdate: (_before, { metadata }) => void (metadata.name === ROOT_CA && this.#queue.add(metadata.namespace!)),
      onDelete: ({ metadata }) => void (metadata.name === ROOT_CA && this.#queue.add(metadata.namespace!)),
    });
    startWorkers(sim, this.#queue, 1, (name) => this.#sync(name));
  }

  *#sync(namespace: string): Task<void> {
    const { informers } = this.#context;
    const wanted = rootCaConfigMap(namespace);
    const known = informers.informer('ConfigMap').get(keyOf(namespace, ROOT_CA));
    try {
      if (known === undefined) {
        const phase = informers.informer('Namespace').get(namespace)?.status?.phase;
        if (phase === undefined || phase === 'Terminating') return;
        yield* this.#client.create('ConfigMap', wanted);
        return;
      }
      const keys = Object.keys(known.data ?? {});
      const hasDescription = known.metadata.annotations?.['kubernetes.io/description'] === DESCRIPTION;
      if (keys.length === 1 && known.data?.['ca.crt'] === BUNDLE && hasDescription) return;
      const annotations = { ...known.metadata.annotations, ...wanted.metadata.annotations };
      yield* this.#client.update('ConfigMap', { ...known, metadata: { ...known.metadata, annotations }, data: wanted.data! });
    } catch (error) {
      if (error instanceof ApiError && (error.reason === 'AlreadyExists' || isNamespaceTerminating(error))) return;
      throw error;
    }
  }
}
