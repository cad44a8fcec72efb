/**
 * One pass over one Deployment: what it decides from the sets it owns, and the writes that follow, in their order.
 *
 * Models syncDeployment and what it calls: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate,rollback}.go.
 * A status written early in a pass leaves the pass with the version from before, so a second one is refused with a conflict
 * and the pass is repeated; the real controller does the same. And as there, what a pass reports is what the sets were when it began: the
 * sizes it has just given them count from the next one on.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { controllerOf, isDeleting, keyOf, objectKey } from '../../model/meta.ts';
import { isPodTerminal } from '../../model/pod.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../model/workloads.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { newReplicaSet, sizeAnnotations } from './new-replica-set.ts';
import {
  isSameTemplate,
  lastRevision,
  maxRevision,
  newReplicaSetAnnotations,
  REVISION,
  type Revisions,
  ROLLBACK_TO,
  revisionNumber,
  revisionsOf,
} from './revisions.ts';
import { rollbackRevision, rolledBack } from './rollback.ts';
import { expiredReplicaSets, isSaturated, isScalingEvent, newReplicas, oldResizes, proportionalResizes, replicasOf } from './rolling.ts';
import type { SettledRollouts } from './settled-rollouts.ts';
import {
  conditionOf,
  countedStatus,
  hasProgressDeadline,
  isComplete,
  newCondition,
  rolloutStatus,
  stuckCheckUs,
  withCondition,
} from './status.ts';

export interface PassTools {
  readonly sim: Simulation;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly queue: WorkQueue;
  readonly replicaSets: Informer<'ReplicaSet'>;
  readonly pods: Informer<'Pod'>;
  readonly settled: SettledRollouts;
}

export class DeploymentPass {
  readonly #tools: PassTools;
  readonly #replicaSets: readonly ReplicaSet[];
  /** The working copy: carries the changes of this pass and the version it was read with. */
  #deployment: Deployment;

  constructor(tools: PassTools, deployment: Deployment, replicaSets: readonly ReplicaSet[]) {
    this.#tools = tools;
    this.#deployment = deployment;
    this.#replicaSets = replicaSets;
  }

  *run(): Task<void> {
    const deployment = this.#deployment;
    if (isDeleting(deployment)) return yield* this.#syncStatusOnly();
    yield* this.#notePause();
    if (deployment.spec.paused === true) return yield* this.#scaleAndReport();
    if (rollbackRevision(deployment) !== undefined) return yield* this.#rollBack();
    const { newest, old } = yield* this.#revisions(false);
    if (isScalingEvent(deployment, present(newest, old))) return yield* this.#scaleAndReport();
    if (deployment.spec.strategy?.type === 'Recreate') return yield* this.#recreate();
    return yield* this.#rollingUpdate(deployment);
  }

  *#rollingUpdate(deployment: Deployment): Task<void> {
    const { newest, old } = yield* this.#revisions(true);
    const all = present(newest, old);
    const wanted = replicasOf(this.#deployment);
    const current = replicasOf(newest!);
    const target = current >= wanted ? wanted : newReplicas(this.#deployment, all, current);
    if (target !== current) {
      yield* this.#resize(newest!, target);
      return yield* this.#reportRollout(all, newest);
    }
    let isScaled = false;
    const after = new Map(old.map((replicaSet) => [replicaSet, replicaSet]));
    try {
      const { resizes, isCutShort } = oldResizes(this.#deployment, newest!, old);
      for (const { replicaSet, replicas } of resizes) after.set(replicaSet, yield* this.#resize(after.get(replicaSet)!, replicas));
      isScaled = resizes.length > 0 && !isCutShort;
    } catch (error) {
      // Upstream gives up on scaling down for this pass and goes on.
      if (!(error instanceof ApiError)) throw error;
      isScaled = false;
    }
    if (!isScaled && isComplete(this.#deployment, this.#deployment.status)) yield* this.#cleanUp(old);
    if (old.length === 0 && this.#deployment === deployment && this.#replicaSets[0] === newest)
      this.#tools.settled.note(deployment, newest!);
    return yield* this.#reportRollout(all, newest);
  }

  /** What is left of a pass over a rollout that is settled. */
  *report(replicaSet: ReplicaSet): Task<void> {
    yield* this.#reportRollout([replicaSet], replicaSet);
  }

  *#recreate(): Task<void> {
    let { newest, old } = yield* this.#revisions(false);
    const running = old.filter((replicaSet) => replicasOf(replicaSet) > 0);
    for (const replicaSet of running) yield* this.#resize(replicaSet, 0);
    if (running.length > 0) {
      return yield* this.#reportRollout(present(newest, old), newest);
    }
    if (this.#hasOldPodsRunning(newest, old)) return yield* this.#reportRollout(present(newest, old), newest);
    if (newest === undefined) ({ newest, old } = yield* this.#revisions(true));
    const wanted = replicasOf(this.#deployment);
    if (replicasOf(newest!) !== wanted) yield* this.#resize(newest!, wanted);
    if (isComplete(this.#deployment, this.#deployment.status)) yield* this.#cleanUp(old);
    return yield* this.#reportRollout(present(newest, old), newest);
  }

  /** A pod that is on its way out still counts, until its object is gone. */
  #hasOldPodsRunning(newest: ReplicaSet | undefined, old: readonly ReplicaSet[]): boolean {
    if (old.some((replicaSet) => (replicaSet.status?.replicas ?? 0) > 0)) return true;
    return this.#replicaSets
      .filter((replicaSet) => replicaSet.metadata.uid !== newest?.metadata.uid)
      .some((replicaSet) => this.#tools.pods.byIndex('controllerUid', replicaSet.metadata.uid ?? '').some((pod) => !isPodTerminal(pod)));
  }

  /** sync() upstream: sizes first, then history if paused, then status; never a rollout. */
  *#scaleAndReport(): Task<void> {
    const { newest, old } = yield* this.#revisions(false);
    for (const { replicaSet, replicas, isForced } of this.#scaling(newest, old)) {
      if (replicas !== replicasOf(replicaSet) || isForced) yield* this.#resize(replicaSet, replicas);
    }
    if (this.#deployment.spec.paused === true && rollbackRevision(this.#deployment) === undefined) yield* this.#cleanUp(old);
    yield* this.#reportCounts(present(newest, old), newest);
  }

  #scaling(
    newest: ReplicaSet | undefined,
    old: readonly ReplicaSet[],
  ): readonly { readonly replicaSet: ReplicaSet; readonly replicas: number; readonly isForced?: boolean }[] {
    const deployment = this.#deployment;
    // FindActiveOrLatest leaves the old ones sorted the other way round, and what follows goes through them so.
    const youngestFirst = [...old].reverse();
    const active = present(newest, youngestFirst).filter((replicaSet) => replicasOf(replicaSet) > 0);
    if (active.length <= 1) {
      const only = active[0] ?? newest ?? youngestFirst[0];
      return only === undefined ? [] : [{ replicaSet: only, replicas: replicasOf(deployment) }];
    }
    if (isSaturated(deployment, newest)) {
      return active.filter((replicaSet) => replicaSet !== newest).map((replicaSet) => ({ replicaSet, replicas: 0 }));
    }
    if (deployment.spec.strategy?.type === 'Recreate') return [];
    return proportionalResizes(deployment, active).map((resize) => ({ ...resize, isForced: true }));
  }

  *#syncStatusOnly(): Task<void> {
    const { newest, old } = yield* this.#revisions(false);
    yield* this.#reportCounts(present(newest, old), newest);
  }

  /** Finds the new set and keeps its annotations and the Deployment's revision; creates it if it is wanted and missing. */
  *#revisions(mayCreate: boolean): Task<Revisions> {
    const { newest, old } = revisionsOf(this.#deployment, this.#replicaSets);
    const revision = maxRevision(old) + 1;
    if (newest !== undefined) return { newest: yield* this.#syncExisting(newest, revision), old };
    return { newest: mayCreate ? yield* this.#create(old, revision) : undefined, old };
  }

  *#syncExisting(newest: ReplicaSet, revision: number): Task<ReplicaSet> {
    const { sim, client } = this.#tools;
    const annotations = newReplicaSetAnnotations(this.#deployment, newest.metadata.annotations, revision);
    const { minReadySeconds = 0 } = this.#deployment.spec;
    if (
      (annotations !== newest.metadata.annotations && Object.keys(annotations).length > 0) ||
      minReadySeconds !== (newest.spec.minReadySeconds ?? 0)
    ) {
      const { minReadySeconds: _former, ...spec } = newest.spec;
      const next = {
        ...newest,
        metadata: { ...newest.metadata, annotations },
        spec: { ...spec, ...(minReadySeconds === 0 ? {} : { minReadySeconds }) },
      };
      return yield* client.update('ReplicaSet', next);
    }
    let needsWrite = this.#setRevision(annotations[REVISION] ?? '');
    if (hasProgressDeadline(this.#deployment) && conditionOf(this.#deployment.status, 'Progressing') === undefined) {
      const message = `Found new replica set "${newest.metadata.name}"`;
      this.#setCondition(newCondition('Progressing', 'True', 'FoundNewReplicaSet', message, sim.nowUs));
      needsWrite = true;
    }
    if (needsWrite) yield* client.updateStatus('Deployment', this.#deployment);
    return newest;
  }

  *#create(old: readonly ReplicaSet[], revision: number): Task<ReplicaSet> {
    const { sim, client, recorder } = this.#tools;
    const deployment = this.#deployment;
    const wanted = newReplicaSet(deployment, old, revision);
    let created: ReplicaSet;
    let isNew = true;
    try {
      created = yield* client.create('ReplicaSet', wanted);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'AlreadyExists') {
        created = yield* this.#existing(wanted, error);
        isNew = false;
      } else {
        if (!isNamespaceTerminating(error)) yield* this.#reportCreateError(wanted, error);
        throw error;
      }
    }
    const replicas = replicasOf(created);
    if (isNew && replicas > 0) {
      recorder.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${created.metadata.name} from 0 to ${replicas}`);
    }
    let needsWrite = this.#setRevision(String(revision));
    if (isNew && hasProgressDeadline(deployment)) {
      const message = `Created new replica set "${created.metadata.name}"`;
      this.#setCondition(newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, sim.nowUs));
      needsWrite = true;
    }
    if (needsWrite) yield* client.updateStatus('Deployment', this.#deployment);
    return created;
  }

  /** A set of that name is there: our own from a pass whose answer was lost, or a collision of two hashes. */
  *#existing(wanted: ReplicaSet, error: ApiError): Task<ReplicaSet> {
    const deployment = this.#deployment;
    const known = this.#tools.replicaSets.get(keyOf(wanted.metadata.namespace, wanted.metadata.name));
    if (known === undefined) throw error;
    if (controllerOf(known)?.uid === deployment.metadata.uid && isSameTemplate(known.spec.template, deployment.spec.template)) return known;
    const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
    this.#deployment = { ...deployment, status };
    yield* this.#tools.client.updateStatus('Deployment', this.#deployment);
    throw error;
  }

  *#reportCreateError(wanted: ReplicaSet, error: ApiError): Task<void> {
    const { sim, client, recorder } = this.#tools;
    const message = `Failed to create new replica set "${wanted.metadata.name}": ${error.message}`;
    if (hasProgressDeadline(this.#deployment)) {
      this.#setCondition(newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, sim.nowUs));
      try {
        yield* client.updateStatus('Deployment', this.#deployment);
      } catch (second) {
        // The first error is the one to report; the next pass writes the status again.
        if (!(second instanceof ApiError)) throw second;
      }
    }
    recorder.event(this.#deployment, 'Warning', 'ReplicaSetCreateError', message);
  }

  /** One update, with an Event when the size changes; nothing at all when size and annotations are right already. */
  *#resize(replicaSet: ReplicaSet, replicas: number): Task<ReplicaSet> {
    const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(this.#deployment) };
    const before = replicasOf(replicaSet);
    if (before === replicas && isSameValue(annotations, replicaSet.metadata.annotations)) return replicaSet;
    const next = { ...replicaSet, metadata: { ...replicaSet.metadata, annotations }, spec: { ...replicaSet.spec, replicas } };
    const stored = yield* this.#tools.client.update('ReplicaSet', next);
    if (before !== replicas) {
      const message = `Scaled ${before < replicas ? 'up' : 'down'} replica set ${replicaSet.metadata.name} from ${before} to ${replicas}`;
      this.#tools.recorder.event(this.#deployment, 'Normal', 'ScalingReplicaSet', message);
    }
    return stored;
  }

  *#cleanUp(old: readonly ReplicaSet[]): Task<void> {
    for (const { metadata } of expiredReplicaSets(this.#deployment, old, revisionNumber)) {
      try {
        yield* this.#tools.client.delete('ReplicaSet', metadata.namespace, metadata.name);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      }
    }
  }

  /** Pausing and resuming are told in a condition of their own, written at once. */
  *#notePause(): Task<void> {
    const deployment = this.#deployment;
    if (!hasProgressDeadline(deployment)) return;
    const reason = conditionOf(deployment.status, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded') return;
    const isPaused = deployment.spec.paused === true;
    if (isPaused === (reason === 'DeploymentPaused')) return;
    const { nowUs } = this.#tools.sim;
    this.#setCondition(
      isPaused
        ? newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', nowUs)
        : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', nowUs),
    );
    yield* this.#tools.client.updateStatus('Deployment', this.#deployment);
  }

  *#rollBack(): Task<void> {
    const { newest, old } = yield* this.#revisions(true);
    const all = present(newest, old);
    const asked = rollbackRevision(this.#deployment)!;
    const revision = asked === 0 ? lastRevision(all) : asked;
    const { recorder } = this.#tools;
    const deployment = this.#deployment;
    if (revision === 0) {
      recorder.event(deployment, 'Warning', 'DeploymentRollbackRevisionNotFound', 'Unable to find last revision.');
      return yield* this.#clearRollback(deployment);
    }
    const source = all.find((replicaSet) => revisionNumber(replicaSet) === revision);
    if (source === undefined) {
      recorder.event(deployment, 'Warning', 'DeploymentRollbackRevisionNotFound', 'Unable to find the revision to rollback to.');
      return yield* this.#clearRollback(deployment);
    }
    if (isSameTemplate(source.spec.template, deployment.spec.template)) {
      const message = `The rollback revision contains the same template as current deployment "${deployment.metadata.name}"`;
      recorder.event(deployment, 'Warning', 'DeploymentRollbackTemplateUnchanged', message);
      return yield* this.#clearRollback(deployment);
    }
    yield* this.#clearRollback(rolledBack(deployment, source));
    const message = `Rolled back deployment "${deployment.metadata.name}" to revision ${revision}`;
    recorder.event(deployment, 'Normal', 'DeploymentRollback', message);
  }

  *#clearRollback(deployment: Deployment): Task<void> {
    const { [ROLLBACK_TO]: _done, ...annotations } = deployment.metadata.annotations ?? {};
    yield* this.#tools.client.update('Deployment', { ...deployment, metadata: { ...deployment.metadata, annotations } });
  }

  *#reportRollout(all: readonly ReplicaSet[], newest: ReplicaSet | undefined): Task<void> {
    const { sim, queue } = this.#tools;
    const deployment = this.#deployment;
    const status = rolloutStatus(deployment, all, newest, sim.nowUs);
    if (!isSameValue(deployment.status, status)) return yield* this.#writeStatus(status);
    const waitUs = stuckCheckUs(deployment, status, sim.nowUs);
    if (waitUs === undefined) return;
    if (waitUs < SECOND_US) queue.addRateLimited(objectKey(deployment));
    else queue.addAfter(objectKey(deployment), waitUs + SECOND_US);
  }

  *#reportCounts(all: readonly ReplicaSet[], newest: ReplicaSet | undefined): Task<void> {
    const status = countedStatus(this.#deployment, all, newest, this.#tools.sim.nowUs);
    if (!isSameValue(this.#deployment.status, status)) yield* this.#writeStatus(status);
  }

  *#writeStatus(status: DeploymentStatus): Task<void> {
    yield* this.#tools.client.updateStatus('Deployment', { ...this.#deployment, status });
  }

  /** Did the Deployment's own revision annotation change? */
  #setRevision(revision: string): boolean {
    const { metadata } = this.#deployment;
    if (metadata.annotations?.[REVISION] === revision) return false;
    this.#deployment = { ...this.#deployment, metadata: { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision } } };
    return true;
  }

  #setCondition(condition: ReturnType<typeof newCondition>): void {
    this.#deployment = { ...this.#deployment, status: withCondition(this.#deployment.status ?? {}, condition) };
  }
}

function present(newest: ReplicaSet | undefined, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return newest === undefined ? old : [...old, newest];
}
