/**
 * Wakes for each StatefulSet when it, a pod or a revision changes, and reports what a pass over it has come to.
 *
 * Models pkg/controller/statefulset/{stateful_set,stateful_set_control}.go. What is done to pods is decided in StatefulSetPass, which
 * revision they are to have in RevisionHistory.
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
import { isPodReady, type Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { ControllerRevision, StatefulSet } from '../../model/workloads.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { type Claimant, claim } from '../controller-ref-manager.ts';
import { ordinalOf, replicasOf } from './identity.ts';
import { ORPHANS, OrdinalTables } from './ordinal-tables.ts';
import { RevisionHistory, type Revisions } from './revision-history.ts';
import { StatefulPodControl } from './stateful-pod-control.ts';
import { StatefulSetPass } from './stateful-set-pass.ts';
import { type StatefulView, WholeView } from './stateful-view.ts';
import { isWorthWriting, type StatefulSetStatus, statusOf } from './status.ts';

const NAME = 'statefulset-controller';

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
  readonly #tables: OrdinalTables;

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
    this.#tables = new OrdinalTables(context.sim, this.#pods, context.informers.informer('PersistentVolumeClaim'), this.#podControl);
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
        this.#tables.forget(set);
        this.#history.forget(set.metadata.uid ?? '');
        this.#queue.add(objectKey(set));
      },
    });
    const onRevision = (revision: ControllerRevision) => this.#history.forget(controllerOf(revision)?.uid ?? '');
    this.#revisions.addHandler({
      onAdd: onRevision,
      onUpdate: (before, after) => [before, after].forEach(onRevision),
      onDelete: onRevision,
    });
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
    const found = this.#knownHistory(set);
    const revisions = found?.revisions ?? (yield* this.#claimRevisions(set));
    const table = this.#tables.open(set);
    try {
      const view = table ?? new WholeView(set, yield* this.#claimPods(set));
      const now = found?.now ?? (yield* this.#history.present(key, set, revisions));
      table?.expect(now.update.metadata.name, this.#context.sim.nowUs);
      yield* this.#pass(key, set, view, revisions, now);
    } finally {
      if (table !== undefined) this.#tables.close(set, table, this.#sets.get(key)?.metadata.uid !== set.metadata.uid);
    }
  }

  /** What the last pass found, unless there is a revision to be adopted or one that is still to be seen released. */
  #knownHistory(set: StatefulSet): ReturnType<RevisionHistory['known']> {
    const { uid = '', namespace = '' } = set.metadata;
    if (this.#revisions.countByIndex(ORPHANS, namespace) > 0) return undefined;
    const found = this.#history.known(set);
    return found?.revisions.length === this.#revisions.countByIndex('controllerUid', uid) ? found : undefined;
  }

  *#claimRevisions(set: StatefulSet): Task<ControllerRevision[]> {
    const { uid = '', namespace = '' } = set.metadata;
    const loose = this.#revisions.byIndex(ORPHANS, namespace);
    return yield* claim(this.#claimant(set), 'ControllerRevision', [...this.#revisions.byIndex('controllerUid', uid), ...loose]);
  }

  *#claimPods(set: StatefulSet): Task<Pod[]> {
    const { uid = '', namespace = '' } = set.metadata;
    const orphans = this.#pods.byIndex(ORPHANS, namespace).filter((pod) => ordinalOf(set, pod) >= 0);
    return yield* claim(this.#claimant(set), 'Pod', [...this.#pods.byIndex('controllerUid', uid), ...orphans]);
  }

  #claimant(set: StatefulSet): Claimant<'StatefulSet'> {
    return { kind: 'StatefulSet', owner: set, selector: set.spec.selector, client: this.#client };
  }

  /** What stops the pass among pods is told once the status is stored. */
  *#pass(key: string, set: StatefulSet, view: StatefulView, revisions: readonly ControllerRevision[], now: Revisions): Task<void> {
    const { sim } = this.#context;
    const created = (pod: Pod) => this.#written.wrote(key, this.#pods, revisionOf(pod));
    const parts = { sim, podControl: this.#podControl, created };
    let currentReplicasLost = 0;
    let failure: unknown;
    try {
      currentReplicasLost = yield* new StatefulSetPass(parts, set, view, now).run();
    } catch (error) {
      failure = error;
    }
    const counts = view.counts(now.current.metadata.name, now.update.metadata.name, sim.nowUs);
    counts.currentReplicas -= currentReplicasLost;
    const status = statusOf(set, counts, now.current.metadata.name, now.update.metadata.name, now.collisionCount);
    if (isWorthWriting(set.status, status)) yield* this.#writeStatus(key, set, status);
    yield* this.#history.truncate(set, revisions, now, (revision) => view.hasRevision(revision));
    if (failure !== undefined) throw failure;
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && status.availableReplicas !== replicasOf(set)) this.#queue.addAfter(key, minReadySeconds * SECOND_US);
  }

  *#writeStatus(key: string, set: StatefulSet, status: StatefulSetStatus): Task<void> {
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
