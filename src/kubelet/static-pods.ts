/**
 * Static pods: the kubelet runs them from files of its node, and shows each in the API server as a mirror pod.
 *
 * Models config/file.go and pod/mirror_client.go. Deleting the mirror does not stop the pod: the kubelet makes a new mirror.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { objectKey } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import type { PodWorker } from './pod-worker.ts';
import type { PodWorkers } from './pod-workers.ts';

const CONFIG_SOURCE = 'kubernetes.io/config.source';
const CONFIG_MIRROR = 'kubernetes.io/config.mirror';
const CONFIG_HASH = 'kubernetes.io/config.hash';

export function isStaticPod(pod: Pod): boolean {
  return pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}

export class StaticPods {
  readonly #context: FleetContext;
  readonly #workers: PodWorkers;

  constructor(context: FleetContext, workers: PodWorkers) {
    this.#context = context;
    this.#workers = workers;
  }

  /** The node's kubelet has registered: it starts what its manifest folder holds and is not running yet. */
  start(node: NodeState): void {
    for (const manifest of node.spec.staticPods ?? []) {
      const name = `${manifest.metadata.name}-${node.name}`;
      const namespace = manifest.metadata.namespace ?? 'default';
      if ([...node.workers].some((worker) => worker.name === name && worker.namespace === namespace)) continue;
      const mirror = this.#mirror(node, mirrorOf(node, manifest));
      if (mirror !== undefined) this.#workers.add(node, mirror, objectKey(mirror));
    }
  }

  /** Somebody has deleted the mirror: it is removed at once, and a new one made for the pod that runs on. */
  replace(worker: PodWorker): void {
    const { client } = this.#context;
    const { node, pod } = worker;
    try {
      client.remove('Pod', worker.namespace, worker.name, worker.uid, node.author);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    const {
      uid: _,
      resourceVersion: __,
      creationTimestamp: ___,
      deletionTimestamp: ____,
      deletionGracePeriodSeconds: _____,
      ...metadata
    } = pod.metadata;
    const { status: ______, ...rest } = pod;
    const mirror = this.#mirror(node, { ...rest, metadata });
    if (mirror === undefined) return;
    this.#workers.table.rename(worker, mirror);
    this.#workers.status.reconcile(worker);
  }

  #mirror(node: NodeState, pod: Pod): Pod | undefined {
    try {
      return this.#context.client.create('Pod', pod, node.author);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return undefined;
    }
  }
}

function mirrorOf(node: NodeState, manifest: Pod): Pod {
  const hash = `${manifest.metadata.name}-${node.name}`;
  const owner = node.node?.metadata.uid;
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      name: hash,
      namespace: manifest.metadata.namespace ?? 'default',
      annotations: { ...manifest.metadata.annotations, [CONFIG_SOURCE]: 'file', [CONFIG_MIRROR]: hash, [CONFIG_HASH]: hash },
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: owner, controller: true }] }),
    },
    spec: { ...manifest.spec, nodeName: node.name, tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] },
  };
}
