/**
 * Empties a namespace that is being deleted, and lets it go when nothing is left in it.
 *
 * Models pkg/controller/namespace/namespace_controller.go and deletion/namespaced_resources_deleter.go: pods go first, everything
 * else after the last of them (OrderedNamespaceDeletion); a pass that leaves something behind comes back after half of what it should take.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { MILLISECOND_US, SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { ExponentialWithBucket } from '../../client/rate-limiter.ts';
import { sleep, type Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import type { Namespace } from '../../model/configuration.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import type { Condition, KubeObject } from '../../model/meta.ts';
import { isPodTerminal } from '../../model/pod.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { Controller, ControllerContext } from '../context.ts';

const WORKERS = 10;
// namespaceDeletionGracePeriod: what a highly available API server may need to refuse new content everywhere.
const GRACE_US = 5 * SECOND_US;
const QPS_FACTOR = 20;
const BURST_FACTOR = 100;
// NewNamespaceController: 5 ms to 60 s per namespace.
const BASE_BACK_OFF_US = 5_000;
const MAX_BACK_OFF_US = 60 * SECOND_US;
// finalizerEstimateSeconds in namespaced_resources_deleter.go.
const FINALIZER_ESTIMATE_SECONDS = 15;
// Each pass asks the server anew which resources there are: two large answers. An assumption; the recorded back-off of passes that fail is
// longer by about that much a pass.
const DISCOVERY_US = 40 * MILLISECOND_US;
const FINALIZER = 'kubernetes';
const OTHER_KINDS = (Object.keys(KINDS) as Kind[]).filter((kind) => kind !== 'Pod' && KINDS[kind].namespaced);

/** What one pass found left over. */
interface Remains {
  readonly counts: Map<string, number>;
  readonly finalizers: Map<string, number>;
  readonly failures: string[];
  estimateSeconds: number;
}

export class NamespaceController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #queue: WorkQueue;
  readonly #order: RandomStream;

  constructor(context: ControllerContext) {
    const { kubeApiQps, kubeApiBurst } = context.options;
    this.#context = context;
    this.#client = context.client('namespace-controller', kubeApiQps * QPS_FACTOR, kubeApiBurst * BURST_FACTOR);
    this.#order = context.random.stream('namespace-controller', 'kinds');
    this.#queue = new WorkQueue(context.sim, new ExponentialWithBucket(BASE_BACK_OFF_US, MAX_BACK_OFF_US));
  }

  start(): void {
    this.#context.informers.informer('Namespace').addHandler({
      onAdd: (namespace) => this.#onNamespace(namespace),
      // Only the deletion itself: the recorded rhythm of passes shows that the writes of their own conditions bring none forward.
      onUpdate: (before, namespace) => void (before.metadata.deletionTimestamp === undefined && this.#onNamespace(namespace)),
    });
    startWorkers(this.#context.sim, this.#queue, WORKERS, (name) => this.#sync(name));
  }

  #onNamespace(namespace: Namespace): void {
    if (namespace.metadata.deletionTimestamp !== undefined) this.#queue.addAfter(namespace.metadata.name, GRACE_US);
  }

  *#sync(name: string): Task<void> {
    if (this.#context.informers.informer('Namespace').get(name)?.metadata.deletionTimestamp === undefined) return;
    let namespace = yield* this.#client.get('Namespace', undefined, name);
    if (namespace.metadata.deletionTimestamp === undefined) return;
    namespace = yield* this.#retried(namespace, (latest) => this.#markTerminating(latest));
    if ((namespace.spec?.finalizers ?? []).length === 0) return;

    const remains: Remains = { counts: new Map(), finalizers: new Map(), failures: [], estimateSeconds: 0 };
    yield* sleep(this.#context.sim, DISCOVERY_US);
    const arePodsGone = yield* this.#empty('Pod', namespace, remains);
    if (arePodsGone) {
      for (const kind of this.#kindsInAnyOrder()) yield* this.#empty(kind, namespace, remains);
    } else {
      // The pass ends before anything is counted.
      remains.counts.clear();
    }
    namespace = yield* this.#report(namespace, remains);
    if (remains.failures.length > 0) throw new Retry(remains.failures[0]!);
    if (remains.estimateSeconds > 0) {
      this.#queue.addAfter(name, (Math.floor(remains.estimateSeconds / 2) + 1) * SECOND_US);
      return;
    }
    yield* this.#retried(namespace, (latest) => this.#finalize(latest));
  }

  *#markTerminating(namespace: Namespace): Task<Namespace> {
    if (namespace.status?.phase === 'Terminating') return namespace;
    return yield* this.#client.updateStatus('Namespace', { ...namespace, status: { ...namespace.status, phase: 'Terminating' } });
  }

  *#finalize(namespace: Namespace): Task<Namespace> {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    yield* this.#client.finalizeNamespace({ ...namespace, spec: { ...namespace.spec, finalizers } });
    return namespace;
  }

  /** With the namespace as it is by then, when somebody has written it in between. */
  *#retried(namespace: Namespace, write: (latest: Namespace) => Task<Namespace>): Task<Namespace> {
    for (let latest = namespace; ; ) {
      try {
        return yield* write(latest);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 409)) throw error;
        latest = yield* this.#client.get('Namespace', undefined, namespace.metadata.name);
        if (latest.metadata.uid !== namespace.metadata.uid) throw new Retry('namespace uid has changed across retries');
      }
    }
  }

  /** Upstream goes through a map, whose order is another one each time: a Deployment may go before its ReplicaSet, or after. */
  #kindsInAnyOrder(): readonly Kind[] {
    const kinds = [...OTHER_KINDS];
    for (let last = kinds.length - 1; last > 0; last--) {
      const other = this.#order.below(last + 1);
      [kinds[last], kinds[other]] = [kinds[other]!, kinds[last]!];
    }
    return kinds;
  }

  /** True when none of that kind is left. */
  *#empty(kind: Kind, namespace: Namespace, remains: Remains): Task<boolean> {
    const { name } = namespace.metadata;
    // How long the pods may take is asked before they are told to go: those without a node are gone at once.
    const estimate = kind === 'Pod' ? yield* this.#estimateSeconds(namespace) : 0;
    yield* this.#client.deleteCollection(kind, name, { propagationPolicy: 'Background' });
    const { items } = yield* this.#client.list(kind, { namespace: name });
    if (items.length === 0) return true;
    const { group, version, resource } = KINDS[kind];
    const qualified = group === '' ? `${resource}.` : `${resource}.${group}`;
    remains.counts.set(qualified, items.length);
    let held = 0;
    for (const object of items as readonly KubeObject[]) {
      const finalizers = object.metadata.finalizers ?? [];
      if (finalizers.length > 0) held++;
      for (const finalizer of finalizers) remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1);
    }
    if (estimate > 0) remains.estimateSeconds = Math.max(remains.estimateSeconds, estimate);
    else if (held > 0) remains.estimateSeconds = Math.max(remains.estimateSeconds, FINALIZER_ESTIMATE_SECONDS);
    else remains.failures.push(`unexpected items still remain in namespace: ${name} for gvr: ${group}/${version}, Resource=${resource}`);
    return false;
  }

  /** The longest grace of pods that still run; 0 once it has been over for the whole namespace. */
  *#estimateSeconds({ metadata }: Namespace): Task<number> {
    const { items } = yield* this.#client.list('Pod', { namespace: metadata.name });
    let seconds = 0;
    for (const pod of items) if (!isPodTerminal(pod)) seconds = Math.max(seconds, pod.spec.terminationGracePeriodSeconds ?? 0);
    const sinceDeletionUs = this.#context.sim.nowUs - timeUsOf(metadata.deletionTimestamp!);
    return sinceDeletionUs >= seconds * SECOND_US ? 0 : seconds;
  }

  *#report(namespace: Namespace, remains: Remains): Task<Namespace> {
    const now = timeText(this.#context.sim.nowUs);
    const known = namespace.status?.conditions ?? [];
    const conditions = [...known];
    let isChanged = false;
    for (const wanted of conditionsOf(remains)) {
      const index = conditions.findIndex((condition) => condition.type === wanted.type);
      const before = conditions[index];
      if (before?.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message) continue;
      const lastTransitionTime = before?.status === wanted.status ? (before.lastTransitionTime ?? now) : now;
      if (index < 0) conditions.push({ ...wanted, lastTransitionTime });
      else conditions[index] = { ...wanted, lastTransitionTime };
      isChanged = true;
    }
    if (!isChanged) return namespace;
    try {
      return yield* this.#client.updateStatus('Namespace', { ...namespace, status: { ...namespace.status, conditions } });
    } catch (error) {
      // What could not be said does not keep the namespace.
      if (!(error instanceof ApiError)) throw error;
      return namespace;
    }
  }
}

function conditionsOf({ counts, finalizers, failures }: Remains): readonly Condition[] {
  const condition = (type: string, isTrue: boolean, reason: string, message: string): Condition => ({
    type,
    status: isTrue ? 'True' : 'False',
    reason,
    message,
  });
  const content = [...counts].sort().map(([resource, count]) => `${resource} has ${count} resource instances`);
  const held = [...finalizers].sort().map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return [
    condition('NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'),
    condition('NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    failures.length > 0
      ? condition(
          'NamespaceDeletionContentFailure',
          true,
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${failures.length} remaining: ${[...failures].sort().join(', ')}`,
        )
      : condition(
          'NamespaceDeletionContentFailure',
          false,
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ),
    content.length > 0
      ? condition('NamespaceContentRemaining', true, 'SomeResourcesRemain', `Some resources are remaining: ${content.join(', ')}`)
      : condition('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
    held.length > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
        )
      : condition('NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'),
  ];
}
