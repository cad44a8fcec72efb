/**
 * etcd and the watch cache: every object by kind and key, one counter of revisions, and who is told of each change.
 *
 * Models staging/src/k8s.io/apiserver/pkg/storage/{etcd3,cacher}. A change is told at once, within the instant of the write;
 * how long it travels is the reader's own affair (client/informer.ts). Watches of one node's pods are found through an
 * index, so a change to a pod costs its own kubelet's watch and the watches of everything, never one look per node.
 * Always true: the revision only grows, and each watch sees each change once, in revision order.
 */
import { fail } from '../base/fail.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import { type KubeObject, type ObjectKey, objectKey, revisionOf } from '../model/meta.ts';
import type { Lease } from '../model/node.ts';
import { ApiError } from './api-error.ts';
import { renewedCopy, storedCopy, storedCopyWithStatus } from './stored-copy.ts';
import { type Change, WatchHistory } from './watch-history.ts';

export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  /** The object's key, so that no cache has to put it together again. */
  readonly key: ObjectKey;
  readonly revision: number;
}

/** One object through all its versions: who holds its slot need not look it up again. Empty once it is removed. */
export interface Slot<T extends KubeObject = KubeObject> {
  readonly key: ObjectKey;
  readonly object: T | undefined;
}

interface OwnSlot extends Slot {
  object: KubeObject | undefined;
}

export interface WatchFilter {
  /** Only pods of this node (`spec.nodeName`). */
  readonly nodeName?: string;
}

export interface Watch {
  stop(): void;
}

/** Told of a change, and of how the object was before it. */
type Listener = (event: WatchEvent<never>, previous: KubeObject | undefined) => void;

/** Events a kind's watch cache keeps at most (defaultUpperBoundCapacity in watch_cache.go). */
export const WATCH_HISTORY_LIMIT = 102_400;

const NO_OBJECTS: ReadonlyMap<ObjectKey, OwnSlot> = new Map();

/** The objects of one kind, who watches them, and what happened to them lately. */
class Shelf {
  readonly objects = new Map<ObjectKey, OwnSlot>();
  /** Made when first asked for: most kinds are never listed by namespace. */
  byNamespace: Map<string, Map<ObjectKey, OwnSlot>> | undefined = undefined;
  readonly listeners = new Set<Listener>();
  readonly byNode = new Map<string, Set<Listener>>();
  readonly history: WatchHistory;

  constructor(historyLimit: number) {
    this.history = new WatchHistory(historyLimit);
  }
}

export class Store {
  readonly #shelves = new Map<Kind, Shelf>();
  readonly #historyLimit: number;
  #revision = 1;
  #compactedRevision = 0;

  /** `historyLimit`: changes of each kind that are kept for watches from the past. */
  constructor(historyLimit: number = WATCH_HISTORY_LIMIT) {
    this.#historyLimit = historyLimit;
  }

  /** The revision of the last write of any kind. */
  get revision(): number {
    return this.#revision;
  }

  get<K extends Kind>(kind: K, key: ObjectKey): KindMap[K] | undefined {
    return this.#shelf(kind).objects.get(key)?.object as KindMap[K] | undefined;
  }

  slot<K extends Kind>(kind: K, key: ObjectKey): Slot<KindMap[K]> | undefined {
    return this.#shelf(kind).objects.get(key) as Slot<KindMap[K]> | undefined;
  }

  values<K extends Kind>(kind: K): IterableIterator<KindMap[K]> {
    return objectsOf(this.#shelf(kind).objects) as IterableIterator<KindMap[K]>;
  }

  size(kind: Kind): number {
    return this.#shelf(kind).objects.size;
  }

  valuesIn<K extends Kind>(kind: K, namespace: string): Iterable<KindMap[K]> {
    const shelf = this.#shelf(kind);
    shelf.byNamespace ??= byNamespace(shelf.objects);
    return objectsOf(shelf.byNamespace.get(namespace) ?? NO_OBJECTS) as Iterable<KindMap[K]>;
  }

  /** Stores the object under a new revision, which it then carries. `key` spares its being put together from the name. */
  put<K extends Kind>(kind: K, object: KindMap[K], key: ObjectKey = objectKey(object)): KindMap[K] {
    const stored = storedCopy(kind, object, this.#nextRevision());
    this.#keep(kind, key, stored);
    return stored;
  }

  /** Stores `stored` again with another status and nothing else changed: the same as `put`, at the cost of one copy. */
  putStatus<K extends Kind>(kind: K, slot: Slot<KindMap[K]>, status: unknown): KindMap[K] {
    const changed = storedCopyWithStatus(kind, slot.object!, status, this.#nextRevision());
    this.#replace(this.#shelf(kind), slot as OwnSlot, changed);
    return changed;
  }

  /** Stores a lease again with another renewal time. */
  putLease(slot: Slot<Lease>, renewTime: string): Lease {
    const renewed = renewedCopy(slot.object!, renewTime, this.#nextRevision());
    this.#replace(this.#shelf('Lease'), slot as OwnSlot, renewed);
    return renewed;
  }

  /** Removes the object; its last state, as told to watches, carries the revision of the removal. */
  remove<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    const shelf = this.#shelf(kind);
    const key = objectKey(object);
    const slot = shelf.objects.get(key);
    const previous = slot?.object;
    if (slot === undefined) fail(`Cannot remove ${kind} ${key}: it is not in the store`);
    const last = storedCopy(kind, object, this.#nextRevision());
    shelf.objects.delete(key);
    slot.object = undefined;
    const names = shelf.byNamespace?.get(object.metadata.namespace ?? '');
    names?.delete(key);
    if (names?.size === 0) shelf.byNamespace!.delete(object.metadata.namespace ?? '');
    this.#tell(shelf, { type: 'DELETED', object: last, key, revision: this.#revision }, previous);
    return last;
  }

  /**
   * Tells `listener` of each change after `fromRevision`; 0 means of everything present first.
   * Throws 410 when the changes since then are no longer all known.
   */
  watch<K extends Kind>(
    kind: K,
    fromRevision: number,
    listener: (event: WatchEvent<KindMap[K]>, previous: KubeObject | undefined) => void,
    filter: WatchFilter = {},
  ): Watch {
    const shelf = this.#shelf(kind);
    const { nodeName } = filter;
    const hear = listener as unknown as (event: WatchEvent, previous: KubeObject | undefined) => void;
    const { oldestRevision } = shelf.history;
    if (fromRevision > 0 && fromRevision < oldestRevision) throw tooOld(fromRevision, oldestRevision);
    if (fromRevision === 0) {
      for (const [key, { object }] of [...shelf.objects] as [ObjectKey, Slot & { object: KubeObject }][]) {
        if (nodeName === undefined || nodeNameOf(object) === nodeName)
          hear({ type: 'ADDED', object, key, revision: revisionOf(object) }, undefined);
      }
    } else {
      for (const change of shelf.history.since(fromRevision)) {
        const event = nodeName === undefined ? change.event : ofNode(change, nodeName);
        if (event !== undefined) hear(event, change.previous);
      }
    }
    const listeners = nodeName === undefined ? shelf.listeners : ofNodeListeners(shelf, nodeName);
    const own: Listener = (event, previous) => hear(event, previous);
    listeners.add(own);
    return {
      stop: () => {
        listeners.delete(own);
        if (nodeName !== undefined && listeners.size === 0) shelf.byNode.delete(nodeName);
      },
    };
  }

  /**
   * The objects of a kind as they were at a revision, worked out backwards from how they are; undefined when not all that has changed since
   * is known any more.
   */
  objectsAt(kind: Kind, revision: number): ReadonlyMap<ObjectKey, KubeObject> | undefined {
    const { objects, history } = this.#shelf(kind);
    const then = new Map<ObjectKey, KubeObject>();
    for (const [key, { object }] of objects) then.set(key, object!);
    if (revision >= this.#revision) return then;
    if (revision < Math.max(history.oldestRevision, this.#compactedRevision)) return undefined;
    for (const { event, previous } of history.since(revision).reverse()) {
      if (previous === undefined) then.delete(event.key);
      else then.set(event.key, previous);
    }
    return then;
  }

  /** Forgets how things were before `revision`; watches, which have a memory of their own, do not notice. */
  compactStates(revision: number): void {
    this.#compactedRevision = Math.max(this.#compactedRevision, Math.min(revision, this.#revision));
  }

  /** Forgets the changes before `revision`: a watch can no longer start from there. */
  compact(revision: number): void {
    for (const shelf of this.#shelves.values()) shelf.history.compact(Math.min(revision, this.#revision));
  }

  #keep(kind: Kind, key: ObjectKey, stored: KubeObject): void {
    const shelf = this.#shelf(kind);
    const slot = shelf.objects.get(key);
    if (slot !== undefined) return this.#replace(shelf, slot, stored);
    const added: OwnSlot = { key, object: stored };
    shelf.objects.set(key, added);
    if (shelf.byNamespace !== undefined) file(shelf.byNamespace, added, stored.metadata.namespace);
    this.#tell(shelf, { type: 'ADDED', object: stored, key, revision: this.#revision }, undefined);
  }

  #replace(shelf: Shelf, slot: OwnSlot, stored: KubeObject): void {
    const previous = slot.object;
    slot.object = stored;
    this.#tell(shelf, { type: 'MODIFIED', object: stored, key: slot.key, revision: this.#revision }, previous);
  }

  #nextRevision(): string {
    return String(++this.#revision);
  }

  #tell(shelf: Shelf, event: WatchEvent, previous: KubeObject | undefined): void {
    shelf.history.push(event, previous);
    if (shelf.byNode.size > 0) this.#tellNodes(shelf, { event, previous });
    for (const listener of shelf.listeners) listener(event as WatchEvent<never>, previous);
  }

  #tellNodes(shelf: Shelf, change: Change): void {
    const after = nodeNameOf(change.event.object);
    const before = change.previous === undefined ? undefined : nodeNameOf(change.previous);
    for (const nodeName of before === after ? [after] : [before, after]) {
      const listeners = nodeName === undefined ? undefined : shelf.byNode.get(nodeName);
      if (listeners === undefined) continue;
      const event = ofNode(change, nodeName!);
      if (event !== undefined) for (const listener of listeners) listener(event as WatchEvent<never>, change.previous);
    }
  }

  #shelf(kind: Kind): Shelf {
    let shelf = this.#shelves.get(kind);
    if (shelf === undefined) {
      shelf = new Shelf(this.#historyLimit);
      this.#shelves.set(kind, shelf);
    }
    return shelf;
  }
}

function byNamespace(objects: ReadonlyMap<ObjectKey, OwnSlot>): Map<string, Map<ObjectKey, OwnSlot>> {
  const namespaces = new Map<string, Map<ObjectKey, OwnSlot>>();
  for (const slot of objects.values()) file(namespaces, slot, slot.object?.metadata.namespace);
  return namespaces;
}

function file(namespaces: Map<string, Map<ObjectKey, OwnSlot>>, slot: OwnSlot, namespace = ''): void {
  let names = namespaces.get(namespace);
  if (names === undefined) {
    names = new Map();
    namespaces.set(namespace, names);
  }
  names.set(slot.key, slot);
}

function* objectsOf(slots: ReadonlyMap<ObjectKey, OwnSlot>): Generator<KubeObject> {
  for (const slot of slots.values()) yield slot.object!;
}

/** The change as a watch of one node's pods sees it: coming into view is ADDED, leaving it DELETED. */
function ofNode({ event, previous }: Change, nodeName: string): WatchEvent | undefined {
  const isIn = event.type !== 'DELETED' && nodeNameOf(event.object) === nodeName;
  const wasIn = previous !== undefined && nodeNameOf(previous) === nodeName;
  if (isIn) return wasIn ? event : { ...event, type: 'ADDED' };
  return wasIn ? { ...event, type: 'DELETED' } : undefined;
}

function nodeNameOf(object: KubeObject): string | undefined {
  return (object as KindMap['Pod']).spec?.nodeName;
}

function ofNodeListeners(shelf: Shelf, nodeName: string): Set<Listener> {
  let listeners = shelf.byNode.get(nodeName);
  if (listeners === undefined) {
    listeners = new Set();
    shelf.byNode.set(nodeName, listeners);
  }
  return listeners;
}

function tooOld(asked: number, oldest: number): ApiError {
  return new ApiError({ code: 410, reason: 'Expired', message: `too old resource version: ${asked} (${oldest})` });
}
