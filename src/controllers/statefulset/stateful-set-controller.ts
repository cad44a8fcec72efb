/**
 * Keeps the pods of each StatefulSet, one per ordinal, with names and claims that stay.
 *
 * Models pkg/controller/statefulset/{stateful_set,stateful_set_control}.go. OrderedReady takes one step per pass, and the next only
 * when all before it are ready; Parallel takes what it can. A StatefulSet that is broken low down does nothing higher up.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, keyOf, objectKey, revisionOf } from '../../model/meta.ts';
import { isPodReady, isPodTerminal, type Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { ControllerRevision, StatefulSet } from '../../model/workloads.ts';
import { CalmPods, type Judgement } from '../calm-pods.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { slowStart } from '../pod-control.ts';
import { templateOf } from '../template-revision.ts';
import { firstOrdinal, hasClaimVolumes, hasIdentity, isInRange, newStatefulPod, ordinalOf, replicasOf, revisionOfPod } from './identity.ts';
import { RevisionHistory, type Revisions } from './revision-history.ts';
import { StatefulPodControl } from './stateful-pod-control.ts';
import {
  countPods,
  isCreated,
  isRunningAndAvailable,
  isRunningAndReady,
  isWorthWriting,
  type StatefulSetStatus,
  statusOf,
} from './status.ts';

const NAME = 'statefulset-controller';
const ORPHANS = 'orphansByNamespace';

/** Does the pass end here? */
type Exit = boolean;

export class StatefulSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #podControl: StatefulPodControl;
  readonly #history: RevisionHistory;
  readonly #sets: Informer<'StatefulSet'>;
  readonly #pods: Informer<'Pod'>;
  readonly #revisions: Informer<'ControllerRevision'>;
  readonly #queue: WorkQueue;
  readonly #written = new WrittenRevisions();
  readonly #calm: CalmPods<CalmBasis>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    const recorder = context.recorder(NAME, this.#client);
    this.#sets = context.informers.informer('StatefulSet');
    this.#pods = context.informers.informer('Pod');
    this.#revisions = context.informers.informer('ControllerRevision');
    this.#podControl = new StatefulPodControl(context, this.#client, recorder);
    this.#history = new RevisionHistory(this.#client, (key, revision) => this.#written.wrote(key, this.#revisions, revision));
    this.#queue = new WorkQueue(context.sim);
    this.#calm = new CalmPods(this.#pods);
  }

  start(): void {
    this.#pods.addIndex(
      ORPHANS,
      (pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []),
      (pod) => pod.metadata.ownerReferences,
    );
    this.#revisions.addIndex(ORPHANS, (one) => (controllerOf(one) === undefined ? [one.metadata.namespace ?? ''] : []));
    this.#sets.addHandler({
      onAdd: (set) => this.#queue.add(objectKey(set)),
      onUpdate: (_before, set) => this.#queue.add(objectKey(set)),
      onDelete: (set) => {
        this.#calm.forget(set.metadata.uid ?? '');
        this.#queue.add(objectKey(set));
      },
    });
    const onRevision = (revision: ControllerRevision) => this.#calm.forget(controllerOf(revision)?.uid ?? '');
    this.#revisions.addHandler({ onAdd: onRevision, onUpdate: onRevision, onDelete: onRevision });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPod(pod),
      onUpdate: (before, after) => this.#onPodUpdated(before, after),
      onDelete: (pod) => this.#onPod(pod),
    });
    startWorkers(this.#context.sim, this.#queue, this.#context.options.concurrentSyncs, (key) => this.#sync(key));
  }

  #onPod(pod: Pod): void {
    const owner = this.#ownerOf(pod);
    if (owner !== undefined) this.#queue.add(objectKey(owner));
    else if (controllerOf(pod) === undefined && !isDeleting(pod)) {
      for (const set of this.#sets.byIndex('namespace', pod.metadata.namespace ?? '')) {
        if (selectorMatches(set.spec.selector, pod.metadata.labels)) this.#queue.add(objectKey(set));
      }
    }
  }

  #onPodUpdated(before: Pod, after: Pod): void {
    if (isSameVersion(before, after)) return;
    const former = this.#ownerOf(before);
    const owner = this.#ownerOf(after);
    if (former !== undefined && former !== owner) this.#queue.add(objectKey(former));
    if (owner === undefined) return this.#onPod(after);
    this.#queue.add(objectKey(owner));
    const { minReadySeconds = 0 } = owner.spec;
    if (minReadySeconds > 0 && !isPodReady(before) && isPodReady(after))
      this.#queue.addAfter(objectKey(owner), minReadySeconds * SECOND_US);
  }

  #ownerOf(pod: Pod): StatefulSet | undefined {
    const controller = controllerOf(pod);
    if (controller?.kind !== 'StatefulSet') return undefined;
    const set = this.#sets.get(keyOf(pod.metadata.namespace, controller.name));
    return set?.metadata.uid === controller.uid ? set : undefined;
  }

  *#sync(key: string): Task<void> {
    const set = this.#sets.get(key);
    if (set === undefined) return this.#written.forget(key);
    if (!this.#written.isCaughtUp(key)) throw new Retry(`the caches have not seen the last writes for StatefulSet ${key}`);
    const calm = this.#calmStatus(set);
    if (calm !== undefined) {
      if (isWorthWriting(set.status, calm)) yield* this.#writeStatus(key, set, calm);
      return;
    }
    const { uid = '', namespace = '' } = set.metadata;
    const claimant = { kind: 'StatefulSet', owner: set, selector: set.spec.selector, client: this.#client } as const;
    const loose = [...this.#revisions.byIndex(ORPHANS, namespace)];
    const revisions = yield* claim(claimant, 'ControllerRevision', [...this.#revisions.byIndex('controllerUid', uid), ...loose]);
    const orphans = this.#pods.byIndex(ORPHANS, namespace).filter((pod) => ordinalOf(set, pod) >= 0);
    const pods = yield* claim(claimant, 'Pod', [...this.#pods.byIndex('controllerUid', uid), ...orphans]);

    const now = yield* this.#history.present(key, set, revisions);
    const { currentReplicasLost, failure, all } = yield* this.#manage(key, set, pods, now);
    const { nowUs } = this.#context.sim;
    const counts = countPods(set, all, now.current.metadata.name, now.update.metadata.name, nowUs);
    counts.currentReplicas -= currentReplicasLost;
    const status = statusOf(set, counts, now.current.metadata.name, now.update.metadata.name, now.collisionCount);
    if (isWorthWriting(set.status, status)) yield* this.#writeStatus(key, set, status);
    yield* this.#history.truncate(set, pods, revisions, now);
    if (failure !== undefined) throw failure;
    if (mayBeCalm(set)) this.#keepCalm(set, now);
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && status.availableReplicas !== replicasOf(set)) this.#queue.addAfter(key, minReadySeconds * SECOND_US);
  }

  /** From now on the sums of the set's pods are kept, for as long as its specification and its revisions stay as they are. */
  #keepCalm(set: StatefulSet, { update, collisionCount }: Revisions): void {
    const { uid = '' } = set.metadata;
    const { spec } = set;
    const known = this.#calm.basisOf(uid);
    if (known?.spec === spec && known.update === update.metadata.name) return;
    const revision = update.metadata.name;
    this.#calm.begin(uid, { spec, update: revision, collisionCount }, (pod) => judged(set, revision, pod));
  }

  /** What a whole pass would report and no more, when every pod is one that it would leave alone. */
  #calmStatus(set: StatefulSet): StatefulSetStatus | undefined {
    const { uid = '', namespace = '' } = set.metadata;
    const sums = this.#calm.of(uid);
    if (sums === undefined || isDeleting(set)) return undefined;
    const { spec, update, collisionCount } = sums.basis;
    if (spec !== set.spec || sums.total !== replicasOf(set) || set.status?.currentRevision !== update) return undefined;
    if ((set.status?.collisionCount ?? 0) !== collisionCount) return undefined;
    if (this.#pods.countByIndex(ORPHANS, namespace) > 0 || this.#revisions.countByIndex(ORPHANS, namespace) > 0) return undefined;
    if (this.#revisions.countByIndex('controllerUid', uid) > (spec.revisionHistoryLimit ?? 10)) return undefined;
    const { total, ready } = sums;
    const counts = { replicas: total, readyReplicas: ready, availableReplicas: ready, currentReplicas: total, updatedReplicas: total };
    return statusOf(set, counts, update, update, collisionCount);
  }

  /** One pass: living replicas, then the condemned, then the update. What stops it is told with the error that did. */
  *#manage(
    key: string,
    set: StatefulSet,
    pods: readonly Pod[],
    now: Revisions,
  ): Task<{ currentReplicasLost: number; failure: unknown; all: readonly Pod[] }> {
    const replicas = this.#replicas(set, pods, now);
    const condemned = pods
      .filter((pod) => ordinalOf(set, pod) >= 0 && !isInRange(set, ordinalOf(set, pod)))
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
    const all = [...replicas, ...condemned];
    let currentReplicasLost = 0;
    try {
      if (isDeleting(set)) return { currentReplicasLost, failure: undefined, all };
      const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
      if (yield* each(replicas, isOrdered, (pod) => this.#keep(key, set, pod, isOrdered))) {
        return { currentReplicasLost, failure: undefined, all };
      }
      for (const pod of condemned) if (!this.#podControl.hasClaimsRetained(set, pod)) yield* this.#podControl.retainClaims(set, pod);
      const sick = [...replicas, ...[...condemned].reverse()].find((pod) => this.#isUnavailable(set, pod));
      if (yield* each(condemned, isOrdered, (pod) => this.#condemn(set, pod, isOrdered, sick))) {
        return { currentReplicasLost, failure: undefined, all };
      }
      if (set.spec.updateStrategy?.type !== 'OnDelete' && (yield* this.#update(set, replicas, now))) {
        currentReplicasLost = 1;
      }
      return { currentReplicasLost, failure: undefined, all };
    } catch (failure) {
      return { currentReplicasLost, failure, all };
    }
  }

  /** One pod per ordinal, lowest first: the one that is there, or the one to be made. */
  #replicas(set: StatefulSet, pods: readonly Pod[], { current, update }: Revisions): Pod[] {
    const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
    const start = firstOrdinal(set);
    return Array.from({ length: replicasOf(set) }, (_, index) => {
      const ordinal = start + index;
      const present = byOrdinal.get(ordinal);
      if (present !== undefined) return present;
      const revision = needsCurrent(set, ordinal) ? current : update;
      return newStatefulPod(set, templateOf(revision), revision.metadata.name, ordinal);
    });
  }

  *#keep(key: string, set: StatefulSet, pod: Pod, isOrdered: boolean): Task<Exit> {
    if (isPodTerminal(pod)) {
      // Its successor has the same name, so it has to be gone first.
      if (!isDeleting(pod)) yield* this.#delete(set, pod);
      return true;
    }
    if (!isCreated(pod)) {
      if (this.#podControl.hasStaleClaim(set, pod)) return true;
      const created = yield* this.#podControl.create(set, pod);
      this.#written.wrote(key, this.#pods, revisionOf(created));
      if (isOrdered) return true;
    }
    if (pod.status?.phase === 'Pending') {
      yield* this.#podControl.createMissingClaims(set, pod);
    }
    const { minReadySeconds = 0 } = set.spec;
    if (isOrdered && (isDeleting(pod) || !isRunningAndAvailable(pod, minReadySeconds, this.#context.sim.nowUs))) return true;
    if (!hasIdentity(pod) || !hasClaimVolumes(set, pod) || !this.#podControl.hasClaimsRetained(set, pod)) {
      yield* this.#podControl.mend(set, pod);
    }
    return false;
  }

  *#condemn(set: StatefulSet, pod: Pod, isOrdered: boolean, sick: Pod | undefined): Task<Exit> {
    if (isDeleting(pod)) return isOrdered;
    const isFine = isRunningAndAvailable(pod, set.spec.minReadySeconds ?? 0, this.#context.sim.nowUs);
    if (isOrdered && !isFine && pod !== sick) return true;
    yield* this.#delete(set, pod);
    return true;
  }

  /** Deletes the highest pod of another revision, if everything above it is well; says whether it did. */
  *#update(set: StatefulSet, replicas: readonly Pod[], { update }: Revisions): Task<boolean> {
    // Counted from the first ordinal, wherever ordinals start.
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let index = replicas.length - 1; index >= partition; index--) {
      const pod = replicas[index]!;
      if (revisionOfPod(pod) !== update.metadata.name && !isDeleting(pod)) {
        if (!isCreated(pod)) return false;
        yield* this.#delete(set, pod);
        return true;
      }
      if (this.#isUnavailable(set, pod)) return false;
    }
    return false;
  }

  #isUnavailable(set: StatefulSet, pod: Pod): boolean {
    return isDeleting(pod) || !isRunningAndAvailable(pod, set.spec.minReadySeconds ?? 0, this.#context.sim.nowUs);
  }

  *#delete(set: StatefulSet, pod: Pod): Task<void> {
    try {
      yield* this.#podControl.delete(set, pod);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  *#writeStatus(key: string, set: StatefulSet, status: NonNullable<StatefulSet['status']>): Task<void> {
    let stored: StatefulSet;
    try {
      stored = yield* this.#client.updateStatus('StatefulSet', { ...set, status });
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409)) throw error;
      const fresh = yield* this.#client.get('StatefulSet', set.metadata.namespace, set.metadata.name);
      stored = yield* this.#client.updateStatus('StatefulSet', { ...fresh, status });
    }
    this.#written.wrote(key, this.#sets, revisionOf(stored));
  }
}

/** What the judgement of a set's pods rests on. */
interface CalmBasis {
  readonly spec: StatefulSet['spec'];
  /** The name of the revision every pod is to have. */
  readonly update: string;
  readonly collisionCount: number;
}

/** Claims have a life of their own, and a time to wait passes without any event: such sets are looked at in full. */
function mayBeCalm({ spec }: StatefulSet): boolean {
  return (spec.volumeClaimTemplates ?? []).length === 0 && (spec.minReadySeconds ?? 0) === 0;
}

/** A calm pod is in its place, of the revision wanted, neither over nor leaving, and does not hold up those behind it. */
function judged(set: StatefulSet, update: string, pod: Pod): Judgement {
  const isReady = isRunningAndReady(pod);
  const isInPlace = isInRange(set, ordinalOf(set, pod)) && hasIdentity(pod) && selectorMatches(set.spec.selector, pod.metadata.labels);
  const isSettled = isCreated(pod) && !isPodTerminal(pod) && !isDeleting(pod) && (isReady || set.spec.podManagementPolicy === 'Parallel');
  return { isCalm: isInPlace && isSettled && revisionOfPod(pod) === update, isReady, place: pod.metadata.name };
}

/** A pod below the partition is made anew from the revision it had. */
export function needsCurrent(set: StatefulSet, ordinal: number): boolean {
  const { updateStrategy } = set.spec;
  if (updateStrategy?.type === 'OnDelete') return false;
  const { rollingUpdate } = updateStrategy ?? {};
  if (rollingUpdate === undefined) return ordinal < firstOrdinal(set) + (set.status?.currentReplicas ?? 0);
  return ordinal < firstOrdinal(set) + (rollingUpdate.partition ?? 0);
}

/** In order up to the first that ends the pass, or all of them in growing batches. */
function* each(pods: readonly Pod[], isOrdered: boolean, step: (pod: Pod) => Task<Exit>): Task<Exit> {
  if (isOrdered) {
    for (const pod of pods) if (yield* step(pod)) return true;
    return false;
  }
  let next = 0;
  const { error } = yield* slowStart(pods.length, function* () {
    yield* step(pods[next++]!);
  });
  if (error !== undefined) throw error;
  return false;
}
