/**
 * kube-apiserver: what each verb does to the store, and what is refused.
 *
 * Models staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go and the strategies of pkg/registry. It acts at
 * the present simulated instant; how long a request travels is the client's affair.
 * Always true: a pod is bound at most once; a write that changes nothing takes no revision.
 */
import type { Kind, KindMap } from '../model/kinds.ts';
import { type KubeObject, keyOf, type LabelSelector, type ObjectMeta, objectKey } from '../model/meta.ts';
import type { Lease } from '../model/node.ts';
import type { Observers, WriteVerb } from '../model/observer.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { selectorMatches } from '../model/selector.ts';
import { timeText } from '../model/time.ts';
import type { Random } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import { Admission } from './admission.ts';
import { ApiError, noResource, notFound } from './api-error.ts';
import { boundPod, NO_METADATA } from './binding.ts';
import { withDefaults } from './defaults.ts';
import { checkPreconditions, type DeleteOptions, isLeaving } from './deletion.ts';
import { chargedBudget, withDisruptionTarget } from './eviction.ts';
import { applyPatch, type Patch as ObjectPatch } from './patch.ts';
import { withQosClassOf } from './pod-status-strategy.ts';
import { isSameValue } from './same-value.ts';
import { ServiceAddresses } from './service-addresses.ts';
import { type Slot, Store } from './store.ts';
import { checkVersion, keptMetadata, namesOf, otherUid } from './stored-metadata.ts';
import { CreateVerb } from './verbs/create.ts';
import { DeleteVerb } from './verbs/delete.ts';
import type { ListOptions, RequestInfo, Scale } from './verbs/request-info.ts';
import { UpdateVerb } from './verbs/update.ts';
import { Writer } from './verbs/writer.ts';

export type Patch = ObjectPatch;

type Fields = { readonly [field: string]: unknown };

const INITIAL_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export class ApiServer {
  readonly store: Store;
  readonly #sim: Simulation;
  readonly #observers: Observers;
  readonly #admission: Admission;
  readonly #writer: Writer;
  readonly #creates: CreateVerb;
  readonly #updates: UpdateVerb;
  readonly #deletes: DeleteVerb;

  constructor(options: {
    readonly sim: Simulation;
    readonly random: Random;
    readonly observers: Observers;
    /** Changes of each kind kept for watches from the past; by default as many as upstream keeps at most. */
    readonly watchHistory?: number;
    /** Does each pod get its account and a token for it? On by default upstream; recordings of controllers were made without. */
    readonly isServiceAccountAdmissionOn?: boolean;
  }) {
    const { sim, random, observers } = options;
    this.store = new Store(options.watchHistory);
    this.#sim = sim;
    this.#observers = observers;
    const volumeNames = options.isServiceAccountAdmissionOn === true ? random.stream('apiserver', 'token-volumes') : undefined;
    this.#admission = new Admission(this.store, volumeNames);
    const addresses = new ServiceAddresses(random.stream('apiserver', 'addresses'));
    this.#writer = new Writer({ store: this.store, sim, observers, addresses });
    const unwritten = new WeakSet<KubeObject>();
    const parts = { store: this.store, sim, writer: this.#writer, admission: this.#admission, addresses, unwritten };
    this.#creates = new CreateVerb({ ...parts, random });
    this.#updates = new UpdateVerb(parts);
    this.#deletes = new DeleteVerb(sim, this.#writer);
    for (const name of INITIAL_NAMESPACES) {
      this.create('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { author: 'kube-apiserver' });
    }
  }

  /** Runs a call so many simulated microseconds from now; answers how to forget it. */
  readonly after = (delayUs: number, call: () => void): (() => void) => {
    let isWanted = true;
    this.#sim.after(delayUs, () => {
      if (isWanted) call();
    });
    return () => {
      isWanted = false;
    };
  };

  get nowUs(): number {
    return this.#sim.nowUs;
  }

  /** Lets go of what is too old to be listed by now; for who reads the past. */
  compact(): void {
    this.#writer.forget(this.store.revision);
  }

  create<K extends Kind>(kind: K, object: KindMap[K], request: RequestInfo): KindMap[K] {
    return this.#answer('create', kind, request, () => this.#creates.create(kind, object, request));
  }

  update<K extends Kind>(
    kind: K,
    object: KindMap[K],
    request: RequestInfo,
    subresource?: 'status' | 'resize' | 'ephemeralcontainers',
  ): KindMap[K] {
    return this.#answer('update', kind, request, () => this.#updates.update(kind, object, request, 'update', subresource ?? ''));
  }

  /**
   * What `update` of the status does with the object as stored and another status: nothing else of it can have changed, so nothing
   * else is looked at. For those who write millions of them.
   */
  replaceStatus<K extends Kind>(kind: K, slot: Slot<KindMap[K]>, status: unknown, request: RequestInfo): KindMap[K] {
    const stored = slot.object;
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = stored?.metadata ?? {};
    if (stored === undefined || (deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0)) {
      const { namespace, name } = namesOf(slot.key);
      return this.#answer('update', kind, request, () =>
        this.#updates.update(kind, { ...this.get(kind, namespace, name), status } as KindMap[K], request, 'update', 'status'),
      );
    }
    const whole = kind === 'Pod' ? withQosClassOf(stored as Pod, status as Pod['status']) : status;
    if (isSameValue((stored as unknown as { readonly status?: unknown }).status, whole)) return stored;
    const written = this.store.putStatus(kind, slot, whole);
    this.#writer.tell(kind, written, stored, 'update', 'status', request, false);
    return written;
  }

  /** What `update` does with a lease of which nothing has changed but its renewal time, whoever else may have written it. */
  renewLease(slot: Slot<Lease>, known: Lease, renewTime: string, request: RequestInfo): Lease {
    const stored = slot.object;
    if (stored === undefined || stored !== known || stored.spec?.renewTime === renewTime || isLeaving(stored)) {
      return this.update('Lease', { ...known, spec: { ...known.spec, renewTime } }, request);
    }
    const written = this.store.putLease(slot, renewTime);
    this.#writer.tell('Lease', written, stored, 'update', '', request, false);
    return written;
  }

  patch<K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    patch: Patch,
    request: RequestInfo,
    subresource?: 'status' | 'resize',
  ): KindMap[K] {
    return this.patchWith(kind, namespace, name, (stored) => applyPatch(stored, patch) as KindMap[K], request, subresource);
  }

  /** A PUT worked out from the object as it is stored. */
  updateWith<K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    change: (stored: KindMap[K]) => KindMap[K],
    request: RequestInfo,
    subresource: 'scale',
  ): KindMap[K] {
    return this.#answer('update', kind, request, () =>
      this.#updates.update(kind, change(this.get(kind, namespace, name)), request, 'update', subresource),
    );
  }

  /** A PATCH worked out from the object as it is stored. */
  patchWith<K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    change: (stored: KindMap[K]) => KindMap[K],
    request: RequestInfo,
    subresource?: 'status' | 'scale' | 'resize' | 'ephemeralcontainers',
  ): KindMap[K] {
    return this.#answer('patch', kind, request, () =>
      this.#updates.update(kind, change(this.get(kind, namespace, name)), request, 'patch', subresource ?? ''),
    );
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] {
    const stored = this.store.get(kind, keyOf(namespace, name));
    if (stored === undefined) throw notFound(kind, name);
    return stored;
  }

  has(kind: Kind, namespace: string | undefined, name: string): boolean {
    return this.store.get(kind, keyOf(namespace, name)) !== undefined;
  }

  list<K extends Kind>(kind: K, options: ListOptions = {}): { readonly items: readonly KindMap[K][]; readonly revision: number } {
    const { namespace, labelSelector, fieldSelector } = options;
    const items: KindMap[K][] = [];
    for (const object of namespace === undefined ? this.store.values(kind) : this.store.valuesIn(kind, namespace)) {
      if (labelSelector !== undefined && !selectorMatches(labelSelector, object.metadata.labels)) continue;
      if (fieldSelector !== undefined && !fieldsMatch(object, fieldSelector)) continue;
      items.push(object);
    }
    return { items, revision: this.store.revision };
  }

  delete<K extends Kind>(kind: K, namespace: string | undefined, name: string, options: DeleteOptions, request: RequestInfo): KindMap[K] {
    return this.#answer('delete', kind, request, () => this.#deletes.delete(kind, this.get(kind, namespace, name), options, request));
  }

  /** Deletes one by one what the selectors match; returns how many that were. */
  deleteCollection(
    kind: Kind,
    namespace: string | undefined,
    options: DeleteOptions,
    selectors: Omit<ListOptions, 'namespace'>,
    request: RequestInfo,
  ): number {
    const { items } = this.list(kind, namespace === undefined ? selectors : { ...selectors, namespace });
    for (const object of items) this.#deletes.delete(kind, object as KindMap[Kind], options, request);
    return items.length;
  }

  bind(namespace: string, name: string, node: string, request: RequestInfo, binding: ObjectMeta = NO_METADATA): void {
    this.#answer('create', 'Pod', request, () => {
      const pod = this.get('Pod', namespace, name);
      const bound = boundPod(pod, node, binding, timeText(this.#sim.nowUs));
      this.#writer.put('Pod', this.#admission.withTopology(bound), pod, 'create', 'binding', request);
    });
  }

  /** Deletes a pod unless that would break a disruption budget. */
  evict(namespace: string, name: string, options: DeleteOptions, request: RequestInfo): void {
    this.#answer('create', 'Pod', request, () => {
      let pod = this.get('Pod', namespace, name);
      const isFree = isPodTerminal(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;
      const now = timeText(this.#sim.nowUs);
      if (!isFree) {
        const charged = chargedBudget(this.store.valuesIn('PodDisruptionBudget', namespace), pod, now);
        const before = charged === undefined ? undefined : this.store.get('PodDisruptionBudget', objectKey(charged));
        if (charged !== undefined && before !== undefined)
          this.#writer.put('PodDisruptionBudget', charged, before, 'update', 'status', request);
      }
      checkPreconditions('Pod', pod.metadata, options);
      const marked = withDisruptionTarget(pod, now);
      if (marked !== pod) pod = this.#writer.put('Pod', marked, pod, 'create', 'eviction', request);
      this.#deletes.delete('Pod', pod, options, request);
    });
  }

  scale(kind: Kind, namespace: string, name: string): Scale {
    if (!SCALABLE.has(kind)) throw noResource();
    const stored = this.store.get(kind, keyOf(namespace, name));
    // Of these two, reading the scale of what is not there names the subresource; writing it does not, nor do others
    // (ScaleREST.Get in pkg/registry/apps/{deployment,replicaset}/storage).
    if (stored === undefined) throw notFound(kind, name, kind === 'Deployment' || kind === 'ReplicaSet' ? 'scale' : undefined);
    return scaleOf(stored);
  }

  updateScale(
    kind: Kind,
    namespace: string,
    name: string,
    replicas: number,
    request: RequestInfo,
    resourceVersion?: string,
    uid?: string,
  ): Scale {
    return this.#rescale('update', kind, namespace, name, replicas, request, resourceVersion, uid);
  }

  /** The same as a PATCH, which has no version to be held to. */
  patchScale(kind: Kind, namespace: string, name: string, replicas: number, request: RequestInfo): Scale {
    return this.#rescale('patch', kind, namespace, name, replicas, request, undefined, undefined);
  }

  #rescale(
    verb: 'update' | 'patch',
    kind: Kind,
    namespace: string,
    name: string,
    replicas: number,
    request: RequestInfo,
    resourceVersion: string | undefined,
    uid: string | undefined,
  ): Scale {
    return this.#answer(verb, kind, request, () => {
      if (!SCALABLE.has(kind)) throw noResource();
      const stored = this.get(kind, namespace, name);
      if (uid !== undefined && uid !== stored.metadata.uid) throw otherUid(kind, stored, uid);
      if (resourceVersion !== undefined) checkVersion(kind, stored.metadata, resourceVersion);
      const spec = { ...(stored as unknown as { spec: Fields }).spec, replicas };
      return scaleOf(this.#updates.update(kind, { ...stored, spec } as unknown as KindMap[Kind], request, verb, 'scale'));
    });
  }

  /** Takes the namespace's finalizers as given; the last one gone, the namespace goes too. */
  finalizeNamespace(object: KindMap['Namespace'], request: RequestInfo): KindMap['Namespace'] {
    return this.#answer('update', 'Namespace', request, () => {
      const stored = this.get('Namespace', undefined, object.metadata.name);
      if (object.metadata.resourceVersion !== undefined) checkVersion('Namespace', stored.metadata, object.metadata.resourceVersion);
      const metadata = keptMetadata(stored.metadata, withDefaults('Namespace', object).metadata);
      const changed = { ...stored, metadata, spec: { ...stored.spec, finalizers: object.spec?.finalizers ?? [] } };
      const settled = request.settled?.('Namespace', changed) ?? changed;
      return this.#writer.putOrRemove('Namespace', settled, stored, 'update', 'finalize', request);
    });
  }

  #answer<T>(verb: WriteVerb, kind: Kind, request: RequestInfo, act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof ApiError) this.#observers.refused(this.#sim.nowUs, request.author, verb, kind, error.code, error.message);
      throw error;
    }
  }
}

/** The kinds with a subresource `scale`. */
const SCALABLE: ReadonlySet<Kind> = new Set<Kind>(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

function scaleOf(object: KubeObject): Scale {
  const { spec, status } = object as unknown as {
    readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
    readonly status?: { readonly replicas?: number };
  };
  return {
    specReplicas: spec?.replicas ?? 0,
    statusReplicas: status?.replicas ?? 0,
    selector: spec?.selector,
    resourceVersion: object.metadata.resourceVersion ?? '',
  };
}

function fieldsMatch(object: KubeObject, wanted: { readonly [path: string]: string }): boolean {
  for (const path in wanted) {
    let value: unknown = object;
    for (const part of path.split('.')) value = (value as Fields | undefined)?.[part];
    if (String(value ?? '') !== wanted[path]) return false;
  }
  return true;
}
