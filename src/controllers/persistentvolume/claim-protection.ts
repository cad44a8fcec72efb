/**
 * Keeps a claim that is being deleted until no pod on a node uses it.
 *
 * Models pkg/controller/volume/pvcprotection/pvc_protection_controller.go. A pod that has ended uses its claims until it is deleted. The
 * cache may miss a pod that has just been created, so before a claim is let go the server is asked, once for all claims of a namespace
 * that wait at that moment.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, type ObjectKey, objectKey } from '../../model/meta.ts';
import { type ContainerStatus, isPodTerminal, type Pod } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claimKeysOf, claimNameOf, podsOfClaim } from './pods-of-claims.ts';
import { isHeldBy, lacks, withFinalizer, withoutFinalizer } from './protection-finalizer.ts';

const NAME = 'pvc-protection-controller';
const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';

export class ClaimProtection implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #namespaces: WorkQueue;
  /** Counts failures, and brings keys back after their pause. */
  readonly #retries: WorkQueue;
  readonly #waiting = new Map<string, Set<ObjectKey>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#namespaces = new WorkQueue(context.sim);
    this.#retries = new WorkQueue(context.sim);
  }

  start(): void {
    const { informers, sim } = this.#context;
    const onClaim = (claim: PersistentVolumeClaim) => {
      if (isHeldBy(claim, CLAIM_PROTECTION) || lacks(claim, CLAIM_PROTECTION)) this.#add(objectKey(claim));
    };
    informers.informer('PersistentVolumeClaim').addHandler({ onAdd: onClaim, onUpdate: (_before, claim) => onClaim(claim) });
    // A pod that runs on a node holds its claims; only one that does not can free any.
    const onPod = (pod: Pod) => {
      if (pod.spec.volumes !== undefined && ((pod.spec.nodeName ?? '') === '' || isOver(pod))) this.#addClaimsOf(pod);
    };
    const onPodUpdate = (before: Pod, pod: Pod) => {
      onPod(pod);
      // Another pod of that name: nobody has told of the end of the first.
      if (before.metadata.uid !== pod.metadata.uid) this.#addClaimsOf(before);
    };
    informers.informer('Pod').addHandler({
      onAdd: onPod,
      onUpdate: onPodUpdate,
      onDelete: (pod) => this.#addClaimsOf(pod),
    });
    startWorkers(sim, this.#namespaces, 1, (namespace) => this.#sync(namespace));
    startWorkers(sim, this.#retries, 1, (key) => this.#again(key), noop);
  }

  #addClaimsOf(pod: Pod): void {
    const claims = this.#context.informers.informer('PersistentVolumeClaim');
    for (const key of claimKeysOf(pod)) {
      const claim = claims.get(key);
      if (claim !== undefined && isHeldBy(claim, CLAIM_PROTECTION)) this.#add(key);
    }
  }

  #add(key: ObjectKey): void {
    const namespace = key.slice(0, key.indexOf('/'));
    const waiting = this.#waiting.get(namespace);
    if (waiting !== undefined) return void waiting.add(key);
    this.#waiting.set(namespace, new Set([key]));
    this.#namespaces.add(namespace);
  }

  // biome-ignore lint/correctness/useYield: a worker's pass is a Task, and this one has nothing to wait for.
  *#again(key: ObjectKey): Task<void> {
    this.#add(key);
  }

  *#sync(namespace: string): Task<void> {
    const keys = this.#waiting.get(namespace) ?? [];
    this.#waiting.delete(namespace);
    const list = new LivePods(this.#client, namespace);
    for (const key of keys) {
      try {
        yield* this.#syncClaim(key, list);
        this.#retries.forget(key);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#retries.addRateLimited(key);
      }
    }
  }

  *#syncClaim(key: ObjectKey, live: LivePods): Task<void> {
    const claim = this.#context.informers.informer('PersistentVolumeClaim').get(key);
    if (claim === undefined) return;
    if (isHeldBy(claim, CLAIM_PROTECTION)) {
      const known = podsOfClaim(this.#context.informers, claim);
      if (known.some((pod) => usesClaim(pod, claim))) return;
      if ((yield* live.get()).some((pod) => usesClaim(pod, claim))) return;
      yield* this.#client.update('PersistentVolumeClaim', withoutFinalizer(claim, CLAIM_PROTECTION));
    } else if (lacks(claim, CLAIM_PROTECTION)) {
      yield* this.#client.update('PersistentVolumeClaim', withFinalizer(claim, CLAIM_PROTECTION));
    }
  }
}

/** The pods of a namespace as the server has them, asked for once if at all. */
class LivePods {
  readonly #client: Client;
  readonly #namespace: string;
  #pods: readonly Pod[] | undefined;

  constructor(client: Client, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  *get(): Task<readonly Pod[]> {
    this.#pods ??= (yield* this.#client.list('Pod', { namespace: this.#namespace })).items;
    return this.#pods;
  }
}

/** It has come to an end, or is on its way out with no container running (IsPodTerminated in pkg/volume/util/util.go). */
function isOver(pod: Pod): boolean {
  if (isPodTerminal(pod)) return true;
  const isStopped = ({ state }: ContainerStatus) => state?.terminated !== undefined || state?.waiting !== undefined;
  return isDeleting(pod) && (pod.status?.containerStatuses ?? []).every(isStopped);
}

/** Only a pod that has a node can have mounted anything. One the kubelet is done with has let go of its ephemeral volumes. */
function usesClaim(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if ((pod.spec.nodeName ?? '') === '') return false;
  const isShutDown = isDeleting(pod) && pod.metadata.deletionGracePeriodSeconds === 0;
  return (pod.spec.volumes ?? []).some((volume) => {
    if (claimNameOf(pod, volume) !== claim.metadata.name) return false;
    return volume.persistentVolumeClaim !== undefined || (!isShutDown && controllerOf(claim)?.uid === pod.metadata.uid);
  });
}

function noop(): void {}
