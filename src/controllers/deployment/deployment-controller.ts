/**
 * Watches Deployments and what concerns them, and runs a pass over each that changed.
 *
 * Models pkg/controller/deployment/deployment_controller.go. Pods reach it only through the status of their ReplicaSets, except for
 * the last one that a Recreate waits for.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, keyOf, objectKey } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { isEmptySelector, selectorMatches } from '../../model/selector.ts';
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { DeploymentPass, type PassTools } from './deployment-pass.ts';
import { SettledRollouts } from './settled-rollouts.ts';

// maxRetries in deployment_controller.go.
const MAX_RETRIES = 15;
const NAME = 'deployment-controller';
const ORPHANS = 'orphansByNamespace';

export class DeploymentController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #deployments: Informer<'Deployment'>;
  readonly #replicaSets: Informer<'ReplicaSet'>;
  readonly #pods: Informer<'Pod'>;
  readonly #queue: WorkQueue;
  readonly #tools: PassTools;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#deployments = context.informers.informer('Deployment');
    this.#replicaSets = context.informers.informer('ReplicaSet');
    this.#pods = context.informers.informer('Pod');
    this.#queue = new WorkQueue(context.sim);
    this.#tools = {
      sim: context.sim,
      client: this.#client,
      recorder: this.#recorder,
      queue: this.#queue,
      replicaSets: this.#replicaSets,
      pods: this.#pods,
      settled: new SettledRollouts(),
    };
  }

  start(): void {
    this.#replicaSets.addIndex(
      ORPHANS,
      (replicaSet) => (controllerOf(replicaSet) === undefined ? [replicaSet.metadata.namespace ?? ''] : []),
      (replicaSet) => replicaSet.metadata.ownerReferences,
    );
    this.#deployments.addHandler({
      onAdd: (deployment) => this.#queue.add(objectKey(deployment)),
      onUpdate: (_before, after) => this.#queue.add(objectKey(after)),
      onDelete: (deployment) => {
        this.#tools.settled.forget(deployment);
        this.#queue.add(objectKey(deployment));
      },
    });
    this.#replicaSets.addHandler({
      onAdd: (replicaSet) => this.#onReplicaSetAdded(replicaSet),
      onUpdate: (before, after) => this.#onReplicaSetUpdated(before, after),
      onDelete: (replicaSet) => this.#queueOwner(replicaSet),
    });
    this.#pods.addHandler({ onDelete: (pod) => this.#onPodDeleted(pod) });
    startWorkers(
      this.#context.sim,
      this.#queue,
      this.#context.options.concurrentSyncs,
      (key) => this.#sync(key),
      (key, error) => this.#onFailure(key, error),
    );
  }

  #onReplicaSetAdded(replicaSet: ReplicaSet): void {
    if (controllerOf(replicaSet) !== undefined) this.#queueOwner(replicaSet);
    else if (!isDeleting(replicaSet)) this.#queueMatching(replicaSet);
  }

  #onReplicaSetUpdated(before: ReplicaSet, after: ReplicaSet): void {
    if (isSameVersion(before, after)) return;
    const isMoved = controllerOf(before)?.uid !== controllerOf(after)?.uid;
    if (isMoved) this.#queueOwner(before);
    if (controllerOf(after) !== undefined) this.#queueOwner(after);
    else if (isMoved || before.metadata.labels !== after.metadata.labels) this.#queueMatching(after);
  }

  #onPodDeleted(pod: Pod): void {
    const controller = controllerOf(pod);
    if (controller?.kind !== 'ReplicaSet') return;
    const replicaSet = this.#replicaSets.get(keyOf(pod.metadata.namespace, controller.name));
    const deployment = replicaSet === undefined ? undefined : this.#ownerOf(replicaSet);
    if (deployment?.spec.strategy?.type !== 'Recreate') return;
    const owned = this.#replicaSets.byIndex('controllerUid', deployment.metadata.uid ?? '');
    if (owned.some((one) => this.#pods.countByIndex('controllerUid', one.metadata.uid ?? '') > 0)) return;
    this.#queue.add(objectKey(deployment));
  }

  #ownerOf(replicaSet: ReplicaSet): Deployment | undefined {
    const controller = controllerOf(replicaSet);
    if (controller?.kind !== 'Deployment') return undefined;
    const deployment = this.#deployments.get(keyOf(replicaSet.metadata.namespace, controller.name));
    return deployment?.metadata.uid === controller.uid ? deployment : undefined;
  }

  #queueOwner(replicaSet: ReplicaSet): void {
    const owner = this.#ownerOf(replicaSet);
    if (owner !== undefined) this.#queue.add(objectKey(owner));
  }

  #queueMatching(replicaSet: ReplicaSet): void {
    for (const deployment of this.#deployments.byIndex('namespace', replicaSet.metadata.namespace ?? '')) {
      const { selector } = deployment.spec;
      if (!isEmptySelector(selector) && selectorMatches(selector, replicaSet.metadata.labels)) this.#queue.add(objectKey(deployment));
    }
  }

  *#sync(key: string): Task<void> {
    const deployment = this.#deployments.get(key);
    if (deployment !== undefined) yield* this.#syncDeployment(deployment);
    this.#queue.forget(key);
  }

  *#syncDeployment(deployment: Deployment): Task<void> {
    const { selector } = deployment.spec;
    if (isEmptySelector(selector)) return yield* this.#refuseAll(deployment);
    const owned = this.#replicaSets.byIndex('controllerUid', deployment.metadata.uid ?? '');
    const orphans = this.#replicaSets.byIndex(ORPHANS, deployment.metadata.namespace ?? '');
    if (orphans.length === 0 && owned.length === 1 && this.#tools.settled.has(deployment, owned[0]!)) {
      return yield* new DeploymentPass(this.#tools, deployment, owned).report(owned[0]!);
    }
    const claimant = { kind: 'Deployment', owner: deployment, selector, client: this.#client } as const;
    const claimed = yield* claim(claimant, 'ReplicaSet', [...owned, ...orphans]);
    yield* new DeploymentPass(this.#tools, deployment, claimed).run();
  }

  *#refuseAll(deployment: Deployment): Task<void> {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.';
    this.#recorder.event(deployment, 'Warning', 'SelectingAll', message);
    const { generation = 0 } = deployment.metadata;
    if ((deployment.status?.observedGeneration ?? 0) >= generation) return;
    yield* this.#client.updateStatus('Deployment', { ...deployment, status: { ...deployment.status, observedGeneration: generation } });
  }

  #onFailure(key: string, error: unknown): void {
    const isWorthIt = !isNamespaceTerminating(error) && this.#queue.requeues(key) < MAX_RETRIES;
    if (isWorthIt && (error instanceof ApiError || error instanceof Error)) this.#queue.addRateLimited(key);
    else this.#queue.forget(key);
  }
}
