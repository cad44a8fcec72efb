/**
 * Keeps as many pods alive as each ReplicaSet asks for. Models pkg/controller/replicaset/replica_set.go.
 *
 * It acts on what its caches show once they show its own last writes, creates in growing batches and deletes the cheapest
 * to lose; status is written after every pass that changed it, also after one that failed.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { Expectations } from '../../client/expectations.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import { all, type Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, objectKey, revisionOf } from '../../model/meta.ts';
import { isPodActive, isPodReady, isPodTerminal, type Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { ReplicaSet } from '../../model/workloads.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { availableInUs } from '../pod-availability.ts';
import { isNamespaceTerminating, PodControl, podFromTemplate, podNamePrefix, slowStart } from '../pod-control.ts';
import { PodTallies } from './pod-tally.ts';
import { isSameStatus, replicaSetStatus, statusOfSums } from './status.ts';
import { cheapestToLoseFirst } from './victims.ts';

// BurstReplicas in replica_set.go: pods created or deleted in one pass.
const BURST_REPLICAS = 500;
const ORPHANS = 'orphansByNamespace';
const NAME = 'replicaset-controller';

export class ReplicaSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #replicaSets: Informer<'ReplicaSet'>;
  readonly #pods: Informer<'Pod'>;
  readonly #tallies: PodTallies;
  readonly #queue: WorkQueue;
  readonly #expectations: Expectations;
  readonly #written = new WrittenRevisions();
  /** Keys of the sets in the cache, by uid: a pod names its owner by uid too. */
  readonly #keys = new Map<string, string>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#podControl = new PodControl(this.#client, this.#recorder);
    this.#replicaSets = context.informers.informer('ReplicaSet');
    this.#pods = context.informers.informer('Pod');
    this.#tallies = new PodTallies(this.#pods);
    this.#queue = new WorkQueue(context.sim);
    this.#expectations = new Expectations(context.sim);
  }

  start(): void {
    this.#pods.addIndex(
      ORPHANS,
      (pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []),
      (pod) => pod.metadata.ownerReferences,
    );
    this.#replicaSets.addHandler({
      onAdd: (replicaSet) => this.#onReplicaSetAdded(replicaSet),
      onUpdate: (before, after) => this.#onReplicaSet(before, after),
      onDelete: (replicaSet) => this.#onReplicaSetDeleted(replicaSet),
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPodAdded(pod),
      onUpdate: (before, after) => this.#onPodUpdated(before, after),
      onDelete: (pod) => this.#onPodDeleted(pod),
    });
    startWorkers(this.#context.sim, this.#queue, this.#context.options.concurrentSyncs, (key) => this.#sync(key));
  }

  #onReplicaSetAdded(replicaSet: ReplicaSet): void {
    const key = objectKey(replicaSet);
    this.#keys.set(replicaSet.metadata.uid ?? '', key);
    this.#queue.add(key);
  }

  #onReplicaSet(before: ReplicaSet, after: ReplicaSet): void {
    if (before.metadata.uid === after.metadata.uid) return this.#queue.add(this.#keys.get(after.metadata.uid ?? '')!);
    this.#onReplicaSetDeleted(before);
    this.#onReplicaSetAdded(after);
  }

  #onReplicaSetDeleted(replicaSet: ReplicaSet): void {
    const key = objectKey(replicaSet);
    this.#expectations.forget(key);
    this.#written.forget(key);
    this.#tallies.forget(replicaSet.metadata.uid ?? '');
    this.#keys.delete(replicaSet.metadata.uid ?? '');
    this.#queue.add(key);
  }

  #onPodAdded(pod: Pod): void {
    // Seen first when it was already on its way out, as after a restart of this process.
    if (isDeleting(pod)) return this.#onPodDeleted(pod);
    const key = this.#ownerKey(pod);
    if (key !== undefined) {
      this.#expectations.creationObserved(key);
      this.#queue.add(key);
    } else if (controllerOf(pod) === undefined) this.#queueMatching(pod);
  }

  #onPodUpdated(before: Pod, after: Pod): void {
    if (isSameVersion(before, after)) return;
    if (isDeleting(after)) return this.#onPodDeleted(after);
    const wasOwnedBy = controllerOf(before)?.uid;
    const isOwnedBy = controllerOf(after)?.uid;
    if (wasOwnedBy !== isOwnedBy) {
      const former = this.#ownerKey(before);
      if (former !== undefined) this.#queue.add(former);
    }
    if (isOwnedBy !== undefined) {
      const key = this.#ownerKey(after);
      if (key === undefined) return;
      this.#queue.add(key);
      const { minReadySeconds = 0 } = this.#replicaSets.get(key)!.spec;
      if (minReadySeconds > 0 && !isPodReady(before) && isPodReady(after)) this.#queue.addAfter(key, minReadySeconds * SECOND_US);
    } else if (wasOwnedBy !== isOwnedBy || before.metadata.labels !== after.metadata.labels) this.#queueMatching(after);
  }

  #onPodDeleted(pod: Pod): void {
    const key = this.#ownerKey(pod);
    if (key === undefined) return;
    this.#expectations.deletionObserved(key, objectKey(pod));
    this.#queue.add(key);
  }

  /** The key of the set that controls the pod, if the cache has it. */
  #ownerKey(pod: Pod): string | undefined {
    const controller = controllerOf(pod);
    return controller?.kind === 'ReplicaSet' ? this.#keys.get(controller.uid) : undefined;
  }

  #queueMatching(pod: Pod): void {
    for (const replicaSet of this.#replicaSets.byIndex('namespace', pod.metadata.namespace ?? '')) {
      if (selectorMatches(replicaSet.spec.selector, pod.metadata.labels)) this.#queue.add(objectKey(replicaSet));
    }
  }

  *#sync(key: string): Task<void> {
    const replicaSet = this.#replicaSets.get(key);
    if (replicaSet === undefined) {
      this.#expectations.forget(key);
      this.#written.forget(key);
      return;
    }
    if (!this.#written.isCaughtUp(key)) throw new Retry(`the caches have not seen the last writes for ReplicaSet ${key}`);
    const mayManage = this.#expectations.areMet(key);
    const { minReadySeconds = 0 } = replicaSet.spec;
    const { active, fullyLabeled, ready, leaving, foreign } = this.#tallies.of(replicaSet);
    const hasOrphans = this.#pods.countByIndex(ORPHANS, replicaSet.metadata.namespace ?? '') > 0;
    // Nothing to adopt, to let go of or to time: the sums say all that a list of the pods would.
    if (foreign === 0 && !hasOrphans && minReadySeconds === 0) {
      const failure = mayManage && !isDeleting(replicaSet) ? yield* this.#manageReplicas(key, replicaSet, active) : undefined;
      const sums = { active, fullyLabeled, ready, available: ready, leaving };
      return yield* this.#report(key, replicaSet, statusOfSums(replicaSet, sums, failure, this.#context.sim.nowUs), failure);
    }
    const owned = this.#ownedPods(replicaSet);
    const pods = yield* this.#claimPods(replicaSet, owned);
    const failure = mayManage && !isDeleting(replicaSet) ? yield* this.#manageReplicas(key, replicaSet, pods.length, pods) : undefined;
    const { nowUs } = this.#context.sim;
    const status = replicaSetStatus(replicaSet, pods, terminatingPods(replicaSet, owned), failure, nowUs);
    yield* this.#report(key, replicaSet, status, failure);
    if (minReadySeconds > 0 && (status.readyReplicas ?? 0) !== (status.availableReplicas ?? 0)) {
      this.#queue.addAfter(key, nextCheckUs(pods, minReadySeconds, nowUs));
    }
  }

  #ownedPods(replicaSet: ReplicaSet): readonly Pod[] {
    return this.#pods.byIndex('controllerUid', replicaSet.metadata.uid ?? '');
  }

  /** The active pods that are the set's own once it has adopted and let go. */
  *#claimPods(replicaSet: ReplicaSet, owned: readonly Pod[]): Task<readonly Pod[]> {
    const orphans = this.#pods.byIndex(ORPHANS, replicaSet.metadata.namespace ?? '');
    const candidates = [...owned, ...orphans].filter(isPodActive);
    const claimant = { kind: 'ReplicaSet', owner: replicaSet, selector: replicaSet.spec.selector, client: this.#client } as const;
    return yield* claim(claimant, 'Pod', candidates);
  }

  *#report(key: string, replicaSet: ReplicaSet, status: NonNullable<ReplicaSet['status']>, failure: unknown): Task<void> {
    if (!isSameStatus(replicaSet.status, status)) yield* this.#writeStatus(key, replicaSet, status);
    if (failure !== undefined) throw failure;
  }

  /** The first error met, or undefined. */
  *#manageReplicas(key: string, replicaSet: ReplicaSet, count: number, claimed?: readonly Pod[]): Task<unknown> {
    const missing = (replicaSet.spec.replicas ?? 1) - count;
    if (missing > 0) return yield* this.#createPods(key, replicaSet, Math.min(missing, BURST_REPLICAS));
    if (missing === 0) return undefined;
    const active = claimed ?? this.#ownedPods(replicaSet).filter(isPodActive);
    return yield* this.#deletePods(key, replicaSet, active, Math.min(-missing, BURST_REPLICAS));
  }

  *#createPods(key: string, replicaSet: ReplicaSet, count: number): Task<unknown> {
    this.#expectations.expectCreations(key, count);
    const pod = podFromTemplate(replicaSet.spec.template, replicaSet, { name: '', generateName: podNamePrefix(replicaSet.metadata.name) });
    const { successes, error } = yield* slowStart(count, () => this.#createPod(key, replicaSet, pod));
    if (successes < count) this.#expectations.creationsSkipped(key, count - successes);
    return error;
  }

  *#createPod(key: string, replicaSet: ReplicaSet, pod: Pod): Task<void> {
    try {
      const created = yield* this.#podControl.create(replicaSet, pod);
      this.#written.wrote(key, this.#pods, revisionOf(created));
    } catch (error) {
      // Nothing will ever come back through the watch, but nothing has to be tried again either.
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  *#deletePods(key: string, replicaSet: ReplicaSet, active: readonly Pod[], count: number): Task<unknown> {
    const victims = count < active.length ? this.#victims(replicaSet, active).slice(0, count) : active;
    this.#expectations.expectDeletions(key, victims.map(objectKey));
    const outcomes = yield* all(victims.map((pod) => this.#deletePod(key, replicaSet, pod)));
    const failed = outcomes.find((outcome) => !outcome.ok);
    return failed === undefined || failed.ok ? undefined : failed.error;
  }

  *#deletePod(key: string, replicaSet: ReplicaSet, pod: Pod): Task<void> {
    try {
      yield* this.#podControl.delete(replicaSet, pod);
    } catch (error) {
      this.#expectations.deletionObserved(key, objectKey(pod));
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  /** Pods of sets of one owner compete for the place they share: the node that holds most of them gives one up first. */
  #victims(replicaSet: ReplicaSet, active: readonly Pod[]): Pod[] {
    const owner = controllerOf(replicaSet);
    const related = owner === undefined ? [] : this.#replicaSets.byIndex('controllerUid', owner.uid);
    const perNode = new Map<string, number>();
    for (const { metadata } of related) {
      for (const pod of this.#pods.byIndex('controllerUid', metadata.uid ?? '')) {
        if (!isPodActive(pod)) continue;
        const node = pod.spec.nodeName ?? '';
        perNode.set(node, (perNode.get(node) ?? 0) + 1);
      }
    }
    return cheapestToLoseFirst(active, (pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0, this.#context.sim.nowUs);
  }

  *#writeStatus(key: string, replicaSet: ReplicaSet, status: NonNullable<ReplicaSet['status']>): Task<void> {
    let stored: ReplicaSet;
    try {
      stored = yield* this.#client.updateStatus('ReplicaSet', { ...replicaSet, status });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // statusUpdateRetries = 1: once more, on what the server has now.
      const { namespace, name } = replicaSet.metadata;
      const fresh = yield* this.#client.get('ReplicaSet', namespace, name);
      stored = yield* this.#client.updateStatus('ReplicaSet', { ...fresh, status });
    }
    this.#written.wrote(key, this.#replicaSets, revisionOf(stored));
  }
}

function terminatingPods(replicaSet: ReplicaSet, owned: readonly Pod[]): number {
  const { selector } = replicaSet.spec;
  return owned.filter((pod) => isDeleting(pod) && !isPodTerminal(pod) && selectorMatches(selector, pod.metadata.labels)).length;
}

/** Until the first of the pods that are ready becomes available. */
function nextCheckUs(active: readonly Pod[], minReadySeconds: number, nowUs: number): number {
  let nextUs = Number.POSITIVE_INFINITY;
  for (const pod of active) {
    const waitUs = availableInUs(pod, minReadySeconds, nowUs);
    if (waitUs !== undefined && waitUs > 0) nextUs = Math.min(nextUs, waitUs);
  }
  return nextUs === Number.POSITIVE_INFINITY ? minReadySeconds * SECOND_US : nextUs;
}
