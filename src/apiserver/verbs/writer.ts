/**
 * How an object comes into the store and out of it: a dry run writes nothing, a pod is bound at most once, a Service that goes gives its
 * addresses back, observers are told of each write, and what is too old to be listed is let go.
 *
 * Models staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go (deleteWithoutFinalizers, deleteForEmptyFinalizers).
 */
import type { Kind, KindMap } from '../../model/kinds.ts';
import type { KubeObject, ObjectKey } from '../../model/meta.ts';
import type { Observers, WriteVerb } from '../../model/observer.ts';
import type { Pod } from '../../model/pod.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { checkBoundOnce } from '../binding.ts';
import { Compactor } from '../compactor.ts';
import { hasSpecFinalizers } from '../deletion.ts';
import { chargesFor } from '../quota-admission.ts';
import type { ServiceAddresses } from '../service-addresses.ts';
import type { Store } from '../store.ts';
import type { RequestInfo, Subresource } from './request-info.ts';

export class Writer {
  readonly #store: Store;
  readonly #sim: Simulation;
  readonly #observers: Observers;
  readonly #addresses: ServiceAddresses;
  readonly #compactor: Compactor;

  constructor(options: {
    readonly store: Store;
    readonly sim: Simulation;
    readonly observers: Observers;
    readonly addresses: ServiceAddresses;
  }) {
    this.#store = options.store;
    this.#sim = options.sim;
    this.#observers = options.observers;
    this.#addresses = options.addresses;
    this.#compactor = new Compactor(options.sim.nowUs);
  }

  put<K extends Kind>(
    kind: K,
    object: KindMap[K],
    previous: KindMap[K] | undefined,
    verb: WriteVerb,
    subresource: Subresource,
    request: RequestInfo,
    key?: ObjectKey,
  ): KindMap[K] {
    if (request.dryRun === true) return object;
    if (kind === 'Pod') checkBoundOnce(object as Pod, previous as Pod | undefined);
    const stored = this.#store.put(kind, object, key);
    this.tell(kind, stored, previous, verb, subresource, request, false);
    return stored;
  }

  remove<K extends Kind>(
    kind: K,
    object: KindMap[K],
    previous: KindMap[K],
    verb: WriteVerb,
    subresource: Subresource,
    request: RequestInfo,
  ): KindMap[K] {
    if (request.dryRun === true) return object;
    if (kind === 'Service') this.#addresses.release(object as KindMap['Service']);
    const last = this.#store.remove(kind, object);
    this.tell(kind, last, previous, verb, subresource, request, true);
    return last;
  }

  /** An object whose deletion waited for this write alone is removed by it. */
  putOrRemove<K extends Kind>(
    kind: K,
    object: KindMap[K],
    previous: KindMap[K],
    verb: WriteVerb,
    subresource: Subresource,
    request: RequestInfo,
    key?: ObjectKey,
  ): KindMap[K] {
    const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
    const isGone =
      deletionTimestamp !== undefined &&
      (finalizers?.length ?? 0) === 0 &&
      (deletionGracePeriodSeconds ?? 0) === 0 &&
      !hasSpecFinalizers(kind, object);
    if (!isGone) return this.put(kind, object, previous, verb, subresource, request, key);
    // The change itself is never stored: watches are told of the object as it was, and who sent it gets it back without a new revision.
    this.remove(kind, previous, previous, verb, subresource, request);
    return { ...object, metadata: { ...object.metadata, resourceVersion: previous.metadata.resourceVersion } } as KindMap[K];
  }

  /** The last word of admission: what it takes of the namespace's quotas is written before the object is. */
  charge(kind: Kind, object: KubeObject, before: KubeObject | undefined): void {
    for (const { quota, used } of chargesFor(this.#store, { kind, object, before }, this.#sim.nowUs)) {
      this.put('ResourceQuota', { ...quota, status: { ...quota.status, used } }, quota, 'update', 'status', { author: 'kube-apiserver' });
    }
  }

  tell(
    kind: Kind,
    object: KubeObject,
    previous: KubeObject | undefined,
    verb: WriteVerb,
    subresource: Subresource,
    request: RequestInfo,
    removed: boolean,
  ): void {
    const { revision } = this.#store;
    this.forget(revision - 1);
    this.#observers.wrote({
      timeUs: this.#sim.nowUs,
      revision,
      author: request.author,
      verb,
      subresource,
      kind,
      object,
      previous,
      removed,
    });
  }

  /** Lets go of what is too old to be listed by now, of all revisions up to this one. */
  forget(revision: number): void {
    const forgotten = this.#compactor.due(this.#sim.nowUs, revision);
    if (forgotten !== undefined) this.#store.compactStates(forgotten);
  }
}
