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

const NO_OBJECTS: ReadonlyMap<ObjectKey, KubeObject> = new Map();

/** The objects of one kind, who watches them, and what happened to them lately. */
class Shelf {
  readonly objects = new Map<ObjectKey, KubeObject>();
  /** Made when first asked for: most kinds are never listed by namespace. */
  byNamespace: Map<string, Map<ObjectKey, KubeObject>> | undefined = undefined;
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
    return this.#shelf(kind).objects.get(key) as KindMap[K] | undefined;
  }

  values<K extends Kind>(kind: K): IterableIterator<KindMap[K]> {
    return this.#shelf(kind).objects.values() as IterableIterator<KindMap[K]>;
  }

  size(kind: Kind): number {
    return this.#shelf(kind).objects.size;
  }

  valuesIn<K extends Kind>(kind: K, namespace: string): Iterable<KindMap[K]> {
    const shelf = this.#shelf(kind);
    shelf.byNamespace ??= byNamespace(shelf.objects);
    return (shelf.byNamespace.get(namespace) ?? NO_OBJECTS).values() as Iterable<KindMap[K]>;
  }

  /** Stores the object under a new revision, which it then carries. `key` spares its being put together from the name. */
  put<K extends Kind>(kind: K, object: KindMap[K], key: ObjectKey = objectKey(object)): KindMap[K] {
    const stored = storedCopy(kind, object, this.#nextRevision());
    this.#keep(kind, key, stored);
    return stored;
  }

  /** Stores `stored` again with another status and nothing else changed: the same as `put`, at the cost of one copy. */
  putStatus<K extends Kind>(kind: K, stored: KindMap[K], status: unknown, key: ObjectKey): KindMap[K] {
    const changed = storedCopyWithStatus(kind, stored, status, this.#nextRevision());
    this.#keep(kind, key, changed);
    return changed;
  }

  /** Stores a lease again with another renewal time. */
  putLease(stored: Lease, renewTime: string, key: ObjectKey): Lease {
    const renewed = renewedCopy(stored, renewTime, this.#nextRevision());
    this.#keep('Lease', key, renewed);
    return renewed;
  }

  /** Removes the object; its last state, as told to watches, carries the revision of the removal. */
  remove<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    const shelf = this.#shelf(kind);
    const key = objectKey(object);
    const previous = shelf.objects.get(key);
    if (previous === undefined) fail(`Cannot remove ${kind} ${key}: it is not in the store`);
    const last = storedCopy(kind, object, this.#nextRevision());
    shelf.objects.delete(key);
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
      for (const [key, object] of [...shelf.objects]) {
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
    if (revision >= this.#revision) return objects;
    if (revision < Math.max(history.oldestRevision, this.#compactedRevision)) return undefined;
    const then = new Map(objects);
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
    const previous = shelf.objects.get(key);
    shelf.objects.set(key, stored);
    if (shelf.byNamespace !== undefined) file(shelf.byNamespace, key, stored);
    this.#tell(shelf, { type: previous === undefined ? 'ADDED' : 'MODIFIED', object: stored, key, revision: this.#revision }, previous);
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

function byNamespace(objects: ReadonlyMap<ObjectKey, KubeObject>): Map<string, Map<ObjectKey, KubeObject>> {
  const namespaces = new Map<string, Map<ObjectKey, KubeObject>>();
  for (const [key, object] of objects) file(namespaces, key, object);
  return namespaces;
}

function file(namespaces: Map<string, Map<ObjectKey, KubeObject>>, key: ObjectKey, object: KubeObject): void {
  const namespace = object.metadata.namespace ?? '';
  let names = namespaces.get(namespace);
  if (names === undefined) {
    names = new Map();
    namespaces.set(namespace, names);
  }
  names.set(key, object);
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
