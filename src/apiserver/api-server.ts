/**
 * kube-apiserver: what each verb does to the store, and what is refused.
 *
 * Models staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go and the strategies of pkg/registry. It acts at
 * the present simulated instant; how long a request travels is the client's affair.
 * Always true: a pod is bound at most once; a write that changes nothing takes no revision.
 */
import { flatText } from '../base/flat-text.ts';
import { SECOND_US } from '../base/units.ts';
import { KINDS, type Kind, type KindMap } from '../model/kinds.ts';
import { type KubeObject, keyOf, type LabelSelector, type ObjectKey, type ObjectMeta, objectKey } from '../model/meta.ts';
import type { Lease } from '../model/node.ts';
import type { Observers, Write, WriteVerb } from '../model/observer.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { selectorMatches } from '../model/selector.ts';
import type { Service } from '../model/service.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/storage.ts';
import { timeText } from '../model/time.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import { Admission } from './admission.ts';
import { ApiError, alreadyExists, forbidden, invalidOf, notFound } from './api-error.ts';
import { boundPod, checkBoundOnce, NO_METADATA } from './binding.ts';
import { checkResize } from './claim-resize-admission.ts';
import { Compactor } from './compactor.ts';
import { withDefaults } from './defaults.ts';
import {
  checkPreconditions,
  type DeleteOptions,
  finalizersFor,
  type Grace,
  hasSpecFinalizers,
  isLeaving,
  podGraceSeconds,
  shortenedGrace,
  terminating,
  withDeletion,
} from './deletion.ts';
import { chargedBudget, withDisruptionTarget } from './eviction.ts';
import { CONDITIONAL_KINDS, GENERATION_KINDS, hasSliceChanged, newStatus, STATUS_KINDS, STATUS_RESET_KINDS } from './kind-strategy.ts';
import { checkLimits } from './limit-range.ts';
import { generatedName, newUid } from './names.ts';
import { newMetadata } from './new-metadata.ts';
import { applyPatch, type Patch as ObjectPatch } from './patch.ts';
import { withNewPodStatus, withQosClassOf } from './pod-status-strategy.ts';
import { checkResizeOnNode, withEphemeralOf, withResourcesOf } from './pod-subresources.ts';
import { chargesFor } from './quota-admission.ts';
import { isSameValue } from './same-value.ts';
import { rawTextOf } from './schema/raw-text.ts';
import { ServiceAddresses } from './service-addresses.ts';
import { type Slot, Store } from './store.ts';
import { checkVersion, keptMetadata, namesOf, otherUid, withGeneration, withStatusOf } from './stored-metadata.ts';
import { checkCreate, checkUpdate } from './validation/validate.ts';
import { withPhaseTime } from './volume-strategy.ts';
import { warningsFor } from './warnings/warnings.ts';
import { preparedForCreate, preparedForUpdate } from './workload-strategy.ts';

export type Patch = ObjectPatch;

export interface RequestInfo {
  readonly author: string;
  /** Checked and answered as usual, but nothing is stored. */
  readonly dryRun?: boolean;
  /** Told of what the server would have the caller know. */
  readonly warn?: (text: string) => void;
  /** A PUT of what is not there: the version it was made from is not looked at. */
  readonly createsByPut?: boolean;
  /** What becomes of the object on its way to the store and back; for objects that were sent with lists and maps that are empty. */
  readonly settled?: <T extends KubeObject>(kind: Kind, object: T) => T;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: LabelSelector;
  /** From a path such as `spec.nodeName` to the text wanted there. */
  readonly fieldSelector?: { readonly [path: string]: string };
}

export interface Scale {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly selector: LabelSelector | undefined;
  readonly resourceVersion: string;
}

type Subresource = Write['subresource'];
type Fields = { readonly [field: string]: unknown };

const GENERATE_ATTEMPTS = 8; // maxNameGenerationCreateAttempts in store.go
const PROTECTED_NAMESPACES = ['default', 'kube-system', 'kube-public'];
const SYSTEM_CLASSES = ['system-cluster-critical', 'system-node-critical'];
const INITIAL_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export class ApiServer {
  readonly store: Store;
  readonly #sim: Simulation;
  readonly #observers: Observers;
  readonly #names: RandomStream;
  readonly #uids: RandomStream;
  readonly #admission: Admission;
  readonly #addresses: ServiceAddresses;
  readonly #compactor: Compactor;
  /** Objects that show what is not stored yet: even a write that changes nothing changes that. */
  readonly #unwritten = new WeakSet<KubeObject>();

  constructor(options: {
    readonly sim: Simulation;
    readonly random: Random;
    readonly observers: Observers;
    /** Changes of each kind kept for watches from the past; by default as many as upstream keeps at most. */
    readonly watchHistory?: number;
    /** Does each pod get its account and a token for it? On by default upstream; recordings of controllers were made without. */
    readonly isServiceAccountAdmissionOn?: boolean;
  }) {
    this.store = new Store(options.watchHistory);
    this.#sim = options.sim;
    this.#compactor = new Compactor(options.sim.nowUs);
    this.#observers = options.observers;
    this.#names = options.random.stream('apiserver', 'names');
    this.#uids = options.random.stream('apiserver', 'uids');
    const volumeNames = options.isServiceAccountAdmissionOn === true ? options.random.stream('apiserver', 'token-volumes') : undefined;
    this.#admission = new Admission(this.store, volumeNames);
    this.#addresses = new ServiceAddresses(options.random.stream('apiserver', 'addresses'));
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
    this.#forget(this.store.revision);
  }

  create<K extends Kind>(kind: K, object: KindMap[K], request: RequestInfo): KindMap[K] {
    return this.#answer('create', kind, request, () => this.#create(kind, object, request));
  }

  update<K extends Kind>(
    kind: K,
    object: KindMap[K],
    request: RequestInfo,
    subresource?: 'status' | 'resize' | 'ephemeralcontainers',
  ): KindMap[K] {
    return this.#answer('update', kind, request, () => this.#update(kind, object, request, 'update', subresource ?? ''));
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
        this.#update(kind, { ...this.get(kind, namespace, name), status } as KindMap[K], request, 'update', 'status'),
      );
    }
    const whole = kind === 'Pod' ? withQosClassOf(stored as Pod, status as Pod['status']) : status;
    if (isSameValue((stored as unknown as { readonly status?: unknown }).status, whole)) return stored;
    const written = this.store.putStatus(kind, slot, whole);
    this.#tell(kind, written, stored, 'update', 'status', request, false);
    return written;
  }

  /** What `update` does with a lease of which nothing has changed but its renewal time, whoever else may have written it. */
  renewLease(slot: Slot<Lease>, known: Lease, renewTime: string, request: RequestInfo): Lease {
    const stored = slot.object;
    if (stored === undefined || stored !== known || stored.spec?.renewTime === renewTime || isLeaving(stored)) {
      return this.update('Lease', { ...known, spec: { ...known.spec, renewTime } }, request);
    }
    const written = this.store.putLease(slot, renewTime);
    this.#tell('Lease', written, stored, 'update', '', request, false);
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
      this.#update(kind, change(this.get(kind, namespace, name)), request, 'update', subresource),
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
      this.#update(kind, change(this.get(kind, namespace, name)), request, 'patch', subresource ?? ''),
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
    return this.#answer('delete', kind, request, () => this.#delete(kind, this.get(kind, namespace, name), options, request));
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
    for (const object of items) this.#delete(kind, object as KindMap[Kind], options, request);
    return items.length;
  }

  bind(namespace: string, name: string, node: string, request: RequestInfo, binding: ObjectMeta = NO_METADATA): void {
    this.#answer('create', 'Pod', request, () => {
      const pod = this.get('Pod', namespace, name);
      const bound = boundPod(pod, node, binding, timeText(this.#sim.nowUs));
      this.#put('Pod', this.#admission.withTopology(bound), pod, 'create', 'binding', request);
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
        if (charged !== undefined && before !== undefined) this.#put('PodDisruptionBudget', charged, before, 'update', 'status', request);
      }
      checkPreconditions('Pod', pod.metadata, options);
      const marked = withDisruptionTarget(pod, now);
      if (marked !== pod) pod = this.#put('Pod', marked, pod, 'create', 'eviction', request);
      this.#delete('Pod', pod, options, request);
    });
  }

  scale(kind: Kind, namespace: string, name: string): Scale {
    return scaleOf(this.get(kind, namespace, name));
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
      const stored = this.get(kind, namespace, name);
      if (uid !== undefined && uid !== stored.metadata.uid) throw otherUid(kind, stored, uid);
      if (resourceVersion !== undefined) checkVersion(kind, stored.metadata, resourceVersion);
      const spec = { ...(stored as unknown as { spec: Fields }).spec, replicas };
      return scaleOf(this.#update(kind, { ...stored, spec } as unknown as KindMap[Kind], request, verb, 'scale'));
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
      return this.#putOrRemove('Namespace', settled, stored, 'update', 'finalize', request);
    });
  }

  #create<K extends Kind>(kind: K, object: KindMap[K], request: RequestInfo): KindMap[K] {
    const name = this.#nameFor(kind, object);
    const metadata = newMetadata(object.metadata, {
      name,
      uid: newUid(this.#uids),
      creationTimestamp: timeText(this.#sim.nowUs),
      generation: GENERATION_KINDS.has(kind) ? 1 : undefined,
    });
    const named = { ...object, metadata } as KindMap[K];
    let complete = preparedForCreate(kind, this.#admission.admit(kind, withDefaults(kind, named)));
    if (kind === 'Pod') complete = withNewPodStatus(complete as Pod, timeText(this.#sim.nowUs)) as KindMap[K];
    else if (STATUS_RESET_KINDS.has(kind)) complete = { ...complete, status: newStatus(kind) };
    if (kind === 'Service') complete = this.#addresses.allocate(complete as KindMap['Service'], request.dryRun) as KindMap[K];
    const key = flatText(objectKey(complete));
    this.#orUndo(kind, () => {
      checkCreate(kind, looked(kind, complete, request));
      if (request.warn !== undefined) warningsFor(kind, complete).forEach(request.warn);
      checkLimits(this.store, kind, complete);
      this.#admission.checkCreate(kind, complete);
      if (request.dryRun !== true) this.#charge(kind, complete, undefined);
      if (request.createsByPut !== true && /^\d+$/.test(object.metadata.resourceVersion ?? '')) {
        throw new ApiError({ code: 500, reason: '', message: 'resourceVersion should not be set on objects to be created' });
      }
      const present = this.store.get(kind, key);
      if (present !== undefined) {
        throw alreadyExists(kind, name, present.metadata.deletionTimestamp === undefined ? '' : 'object is being deleted: ');
      }
    });
    if (kind === 'PersistentVolume') complete = withPhaseTime(complete as PersistentVolume, undefined, this.#sim.nowUs) as KindMap[K];
    const created = this.#put(kind, request.settled?.(kind, complete) ?? complete, undefined, 'create', '', request, key);
    if (isUnwritten(kind, object)) this.#unwritten.add(created);
    return created;
  }

  /** A Service has its addresses before it is looked at; refused, it gives them back. */
  #orUndo(kind: Kind, check: () => void): void {
    if (kind !== 'Service') return check();
    try {
      check();
    } catch (error) {
      this.#addresses.undo();
      throw error;
    }
  }

  /** The last word of admission: what it takes of the namespace's quotas is written before the object is. */
  #charge(kind: Kind, object: KubeObject, before: KubeObject | undefined): void {
    for (const { quota, used } of chargesFor(this.store, kind, object, before)) {
      this.#put('ResourceQuota', { ...quota, status: { ...quota.status, used } }, quota, 'update', 'status', { author: 'kube-apiserver' });
    }
  }

  #nameFor(kind: Kind, object: KubeObject): string {
    const { name, generateName, namespace } = object.metadata;
    if ((name ?? '') !== '') return name;
    // Validation says that one of them is needed; of a LimitRange its strategy does not.
    if ((generateName ?? '') === '') return kind === 'LimitRange' ? newUid(this.#uids) : '';
    let generated = '';
    for (let attempt = 0; attempt < GENERATE_ATTEMPTS; attempt++) {
      generated = generatedName(generateName!, this.#names);
      if (this.store.get(kind, keyOf(namespace, generated)) === undefined) return generated;
    }
    throw alreadyExists(kind, generated, '', ', the server was not able to generate a unique name for the object');
  }

  #update<K extends Kind>(kind: K, object: KindMap[K], request: RequestInfo, verb: WriteVerb, subresource: Subresource): KindMap[K] {
    const key = objectKey(object);
    const stored = this.store.get(kind, key);
    if (stored === undefined) throw notFound(kind, object.metadata.name);
    const { resourceVersion, uid } = object.metadata;
    // A patch has no preconditions: another uid is a field that may not change.
    if (uid !== undefined && uid !== stored.metadata.uid && verb === 'update') throw otherUid(kind, stored, uid);
    if (resourceVersion !== undefined) checkVersion(kind, stored.metadata, resourceVersion);
    else if (CONDITIONAL_KINDS.has(kind)) {
      const message = 'Invalid value: 0: must be specified for an update';
      const { group, resource } = KINDS[kind];
      const cause = { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' };
      throw invalidOf({ kind: resource, group }, object.metadata.name, [cause]);
    }
    let changed =
      subresource === 'status' ? withStatusOf(stored, object) : this.#withSpecOf(kind, stored, partOf(object, stored, subresource));
    if (kind === 'PersistentVolume')
      changed = withPhaseTime(changed as PersistentVolume, stored as PersistentVolume, this.#sim.nowUs) as KindMap[K];
    if (isSameValue(changed, stored) && !this.#unwritten.has(stored) && hasSameText(changed, stored)) return stored;
    const isService = kind === 'Service' && subresource === '';
    if (isService) changed = this.#addresses.reallocate(changed as Service, stored as Service, request.dryRun) as KindMap[K];
    this.#orUndo(kind, () => {
      checkUpdate(kind, looked(kind, changed, request), stored, subresource);
      if (kind === 'PersistentVolumeClaim' && subresource === '') {
        checkLimits(this.store, kind, changed);
        checkResize(this.store, changed as PersistentVolumeClaim, stored as PersistentVolumeClaim);
      }
      if (subresource === '') this.#admission.checkUpdate(kind, changed);
      if (subresource === 'resize') checkResizeOnNode(this.store, changed as Pod, stored as Pod);
      if (subresource === '' && request.dryRun !== true && (kind === 'Service' || kind === 'PersistentVolumeClaim'))
        this.#charge(kind, changed, stored);
    });
    if (request.warn !== undefined && subresource === '') warningsFor(kind, changed, stored).forEach(request.warn);
    if (isService && request.dryRun !== true) this.#addresses.releaseUnused(changed as Service, stored as Service);
    return this.#putOrRemove(kind, request.settled?.(kind, changed) ?? changed, stored, verb, subresource, request, key);
  }

  #withSpecOf<K extends Kind>(kind: K, stored: KindMap[K], object: KindMap[K]): KindMap[K] {
    const before = stored as unknown as { readonly spec?: Fields; readonly status?: unknown };
    const filled = preparedForUpdate(kind, withDefaults(kind, object), stored);
    const after = filled as unknown as { readonly spec?: Fields };
    const isChanged =
      (kind === 'EndpointSlice' ? hasSliceChanged(stored, filled) : !isSameValue(before.spec, after.spec)) ||
      (kind === 'Deployment' && !isSameValue(stored.metadata.annotations, object.metadata.annotations));
    const counts = GENERATION_KINDS.has(kind) || kind === 'CSIDriver';
    const generation = counts && isChanged ? (stored.metadata.generation ?? 0) + 1 : stored.metadata.generation;
    return {
      ...filled,
      metadata: withGeneration(keptMetadata(stored.metadata, filled.metadata), generation),
      ...(STATUS_KINDS.has(kind) ? { status: before.status } : {}),
      ...(after.spec !== undefined && isSameValue(before.spec, after.spec) ? { spec: before.spec } : {}),
    } as unknown as KindMap[K];
  }

  #delete<K extends Kind>(kind: K, stored: KindMap[K], options: DeleteOptions, request: RequestInfo): KindMap[K] {
    checkPreconditions(kind, stored.metadata, options);
    if (kind === 'Namespace' && PROTECTED_NAMESPACES.includes(stored.metadata.name)) {
      throw forbidden(kind, stored.metadata.name, 'this namespace may not be deleted');
    }
    if (kind === 'PriorityClass' && SYSTEM_CLASSES.includes(stored.metadata.name)) {
      throw forbidden(kind, stored.metadata.name, 'this is a system priority class and cannot be deleted');
    }
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = stored.metadata;
    const { gracePeriodSeconds } = options;
    const { nowUs } = this.#sim;
    let grace: Grace | undefined;
    if (deletionTimestamp === undefined) {
      const seconds = kind === 'Pod' ? podGraceSeconds(stored as Pod, gracePeriodSeconds) : 0;
      grace = { seconds, endUs: nowUs + seconds * SECOND_US };
    } else if (deletionGracePeriodSeconds > 0) {
      grace = shortenedGrace(stored.metadata, gracePeriodSeconds, nowUs);
      // It is on its way, and finalizers cannot be asked for any more.
      if (grace === undefined) return stored;
    }
    const finalizers = finalizersFor(kind, stored.metadata.finalizers ?? [], options);
    let current = stored;
    if (grace !== undefined) {
      const marked = withDeletion(stored, timeText(grace.endUs), grace.seconds, finalizers);
      const isKept = kind === 'Pod' || finalizers.length > 0 || hasSpecFinalizers(kind, stored);
      if (!isKept) return this.#remove(kind, stored, stored, 'delete', '', request);
      current = this.#put(kind, kind === 'Namespace' ? terminating(marked) : marked, stored, 'delete', '', request);
    } else if (!isSameValue(finalizers, stored.metadata.finalizers ?? [])) {
      current = this.#put(kind, { ...stored, metadata: { ...stored.metadata, finalizers } } as KindMap[K], stored, 'delete', '', request);
    }
    const isOver = kind !== 'Pod' || current.metadata.deletionGracePeriodSeconds === 0;
    if (!isOver || finalizers.length > 0 || hasSpecFinalizers(kind, current)) return current;
    return this.#remove(kind, current, current, 'delete', '', request);
  }

  /** An object whose deletion waited for this write alone is removed by it. */
  #putOrRemove<K extends Kind>(
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
    if (!isGone) return this.#put(kind, object, previous, verb, subresource, request, key);
    // The change itself is never stored: watches are told of the object as it was, and who sent it gets it back without a new revision.
    this.#remove(kind, previous, previous, verb, subresource, request);
    return { ...object, metadata: { ...object.metadata, resourceVersion: previous.metadata.resourceVersion } } as KindMap[K];
  }

  #put<K extends Kind>(
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
    const stored = this.store.put(kind, object, key);
    this.#tell(kind, stored, previous, verb, subresource, request, false);
    return stored;
  }

  #remove<K extends Kind>(
    kind: K,
    object: KindMap[K],
    previous: KindMap[K],
    verb: WriteVerb,
    subresource: Subresource,
    request: RequestInfo,
  ): KindMap[K] {
    if (request.dryRun === true) return object;
    if (kind === 'Service') this.#addresses.release(object as KindMap['Service']);
    const last = this.store.remove(kind, object);
    this.#tell(kind, last, previous, verb, subresource, request, true);
    return last;
  }

  #tell(
    kind: Kind,
    object: KubeObject,
    previous: KubeObject | undefined,
    verb: WriteVerb,
    subresource: Subresource,
    request: RequestInfo,
    removed: boolean,
  ): void {
    const { revision } = this.store;
    this.#forget(revision - 1);
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

  #forget(revision: number): void {
    const forgotten = this.#compactor.due(this.#sim.nowUs, revision);
    if (forgotten !== undefined) this.store.compactStates(forgotten);
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

/** The object as validation looks at it: what was sent as null, or is null because nothing was sent, is not there. Raw data is left alone. */
function looked<T extends KubeObject>(kind: Kind, object: T, { settled }: RequestInfo): T {
  return settled === undefined || kind === 'ControllerRevision' ? object : (withoutNulls(object) as T);
}

/** Itself, where there is nothing to leave out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutNulls);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  const entries = present.map(([field, item]) => [field, withoutNulls(item)] as const);
  const isSame = entries.length === Object.keys(value).length && entries.every(([, item], at) => item === present[at]![1]);
  return isSame ? value : Object.fromEntries(entries);
}

/** A claim's phase, and the labels a Job without any has of its template, are shown before anyone has written them. */
function isUnwritten(kind: Kind, object: KubeObject): boolean {
  if (kind === 'PersistentVolumeClaim') return true;
  const template = (object as KindMap['Job']).spec?.template?.metadata?.labels ?? {};
  return kind === 'Job' && Object.keys(object.metadata.labels ?? {}).length === 0 && Object.keys(template).length === 0;
}

/** Raw data is more than its value. */
function hasSameText(changed: KubeObject, stored: KubeObject): boolean {
  if (changed.kind !== 'ControllerRevision') return true;
  const { data } = changed as KindMap['ControllerRevision'];
  return rawTextOf(data) === rawTextOf((stored as KindMap['ControllerRevision']).data);
}

/** Of a request to a part of a pod, that part. */
function partOf<T extends KubeObject>(object: T, stored: T, subresource: Subresource): T {
  const [given, before] = [object as unknown as Pod, stored as unknown as Pod];
  if (subresource === 'ephemeralcontainers') return withEphemeralOf(before, given) as unknown as T;
  return subresource === 'resize' ? (withResourcesOf(before, given) as unknown as T) : object;
}

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
