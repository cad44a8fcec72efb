/**
 * Makes the claims of ephemeral volumes, each named for its pod and volume and owned by the pod, so that it goes with it.
 *
 * Models pkg/controller/volume/ephemeral/controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, objectKey } from '../../model/meta.ts';
import type { Pod, Volume } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { controllerRef } from '../controller-ref-manager.ts';
import { claimNameOf, podsOfClaim } from './pods-of-claims.ts';

const NAME = 'ephemeral-volume-controller';

export class EphemeralVolumeController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder('ephemeral_volume', this.#client);
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    const { informers, options, sim } = this.#context;
    const onPod = (pod: Pod) => {
      if (!isDeleting(pod) && ephemeralVolumes(pod).length > 0) this.#queue.add(objectKey(pod));
    };
    informers.informer('Pod').addHandler({ onAdd: onPod });
    // Someone deleted a claim that its pod still needs.
    informers.informer('PersistentVolumeClaim').addHandler({ onDelete: (claim) => podsOfClaim(informers, claim).forEach(onPod) });
    startWorkers(sim, this.#queue, options.concurrentSyncs, (key) => this.#sync(key));
  }

  *#sync(key: string): Task<void> {
    const pod = this.#context.informers.informer('Pod').get(key);
    if (pod === undefined || isDeleting(pod)) return;
    for (const volume of ephemeralVolumes(pod)) {
      try {
        yield* this.#provide(pod, volume);
      } catch (error) {
        if (!(error instanceof Retry)) throw error;
        this.#recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${error.message}`);
        throw error;
      }
    }
  }

  *#provide(pod: Pod, volume: Volume): Task<void> {
    const { namespace } = pod.metadata;
    const name = claimNameOf(pod, volume)!;
    const present = this.#context.informers.informer('PersistentVolumeClaim').get(`${namespace}/${name}`);
    if (present !== undefined) {
      if (controllerOf(present)?.uid === pod.metadata.uid) return;
      throw new Retry(`PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`);
    }
    try {
      yield* this.#client.create('PersistentVolumeClaim', claimOf(pod, volume, name));
    } catch (error) {
      throw error instanceof ApiError ? new Retry(`create PVC ${name}: ${error.message}`) : error;
    }
  }
}

function ephemeralVolumes({ spec }: Pod): readonly Volume[] {
  return spec.volumes?.filter(({ ephemeral }) => ephemeral !== undefined) ?? [];
}

function claimOf(pod: Pod, volume: Volume, name: string): PersistentVolumeClaim {
  const { metadata, spec } = volume.ephemeral!.volumeClaimTemplate!;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: pod.metadata.namespace,
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [controllerRef(pod)],
    },
    spec,
  };
}
