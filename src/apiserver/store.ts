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
import { ApiError } from './api-error.ts';

export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  readonly revision: number;
}

export interface WatchFilter {
  /** Only pods of this node (`spec.nodeName`). */
  readonly nodeName?: string;
}

export interface Watch {
  stop(): void;
}

interface Change {
  readonly event: WatchEvent;
  readonly previous: KubeObject | undefined;
}

type Listener = (event: WatchEvent<never>) => void;

/** Events a kind's watch cache keeps at most (defaultUpperBoundCapacity in watch_cache.go). */
const HISTORY_LIMIT = 102_400;

const NO_OBJECTS: ReadonlyMap<ObjectKey, KubeObject> = new Map();

/** The objects of one kind, who watches them, and what happened to them lately. */
class Shelf {
  readonly objects = new Map<ObjectKey, KubeObject>();
  readonly byNamespace = new Map<string, Map<ObjectKey, KubeObject>>();
  readonly listeners = new Set<Listener>();
  readonly byNode = new Map<string, Set<Listener>>();
  /** Oldest first; what is older than `oldestRevision` is forgotten. */
  history: Change[] = [];
  oldestRevision = 0;
}

export class Store {
  readonly #shelves = new Map<Kind, Shelf>();
  #revision = 1;

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
    return (this.#shelf(kind).byNamespace.get(namespace) ?? NO_OBJECTS).values() as Iterable<KindMap[K]>;
  }

  /** Stores the object under a new revision, which it then carries. */
  put<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    const shelf = this.#shelf(kind);
    const key = objectKey(object);
    const previous = shelf.objects.get(key);
    const stored = this.#stamp(object);
    shelf.objects.set(key, stored);
    const namespace = stored.metadata.namespace;
    if (namespace !== undefined) {
      let names = shelf.byNamespace.get(namespace);
      if (names === undefined) {
        names = new Map();
        shelf.byNamespace.set(namespace, names);
      }
      names.set(key, stored);
    }
    this.#tell(shelf, { type: previous === undefined ? 'ADDED' : 'MODIFIED', object: stored, revision: this.#revision }, previous);
    return stored;
  }

  /** Removes the object; its last state, as told to watches, carries the revision of the removal. */
  remove<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    const shelf = this.#shelf(kind);
    const key = objectKey(object);
    const previous = shelf.objects.get(key);
    if (previous === undefined) fail(`Cannot remove ${kind} ${key}: it is not in the store`);
    const last = this.#stamp(object);
    shelf.objects.delete(key);
    const { namespace } = object.metadata;
    if (namespace !== undefined) {
      const names = shelf.byNamespace.get(namespace)!;
      names.delete(key);
      if (names.size === 0) shelf.byNamespace.delete(namespace);
    }
    this.#tell(shelf, { type: 'DELETED', object: last, revision: this.#revision }, previous);
    return last;
  }

  /**
   * Tells `listener` of each change after `fromRevision`; 0 means of everything present first.
   * Throws 410 when the changes since then are no longer all known.
   */
  watch<K extends Kind>(kind: K, fromRevision: number, listener: (event: WatchEvent<KindMap[K]>) => void, filter: WatchFilter = {}): Watch {
    const shelf = this.#shelf(kind);
    const { nodeName } = filter;
    const hear = listener as unknown as (event: WatchEvent) => void;
    if (fromRevision > 0 && fromRevision < shelf.oldestRevision) throw tooOld(fromRevision, shelf.oldestRevision);
    if (fromRevision === 0) {
      for (const object of [...shelf.objects.values()]) {
        if (nodeName === undefined || nodeNameOf(object) === nodeName) hear({ type: 'ADDED', object, revision: revisionOf(object) });
      }
    } else {
      for (const change of shelf.history) {
        if (change.event.revision <= fromRevision) continue;
        const event = nodeName === undefined ? change.event : ofNode(change, nodeName);
        if (event !== undefined) hear(event);
      }
    }
    const listeners = nodeName === undefined ? shelf.listeners : ofNodeListeners(shelf, nodeName);
    const own: Listener = (event) => hear(event);
    listeners.add(own);
    return {
      stop: () => {
        listeners.delete(own);
        if (nodeName !== undefined && listeners.size === 0) shelf.byNode.delete(nodeName);
      },
    };
  }

  /** Forgets the changes before `revision`: a watch can no longer start from there. */
  compact(revision: number): void {
    for (const shelf of this.#shelves.values()) {
      const kept = shelf.history.findIndex((change) => change.event.revision >= revision);
      shelf.history = kept < 0 ? [] : shelf.history.slice(kept);
      shelf.oldestRevision = Math.max(shelf.oldestRevision, Math.min(revision, this.#revision));
    }
  }

  #stamp<T extends KubeObject>(object: T): T {
    this.#revision++;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #tell(shelf: Shelf, event: WatchEvent, previous: KubeObject | undefined): void {
    const change = { event, previous };
    shelf.history.push(change);
    // Dropped in halves, so that a change costs the same on average however long the history.
    if (shelf.history.length > HISTORY_LIMIT) {
      const dropped = HISTORY_LIMIT >> 1;
      shelf.oldestRevision = shelf.history[dropped - 1]!.event.revision;
      shelf.history = shelf.history.slice(dropped);
    }
    if (shelf.byNode.size > 0) this.#tellNodes(shelf, change);
    for (const listener of shelf.listeners) listener(event as WatchEvent<never>);
  }

  #tellNodes(shelf: Shelf, change: Change): void {
    const after = nodeNameOf(change.event.object);
    const before = change.previous === undefined ? undefined : nodeNameOf(change.previous);
    for (const nodeName of before === after ? [after] : [before, after]) {
      const listeners = nodeName === undefined ? undefined : shelf.byNode.get(nodeName);
      if (listeners === undefined) continue;
      const event = ofNode(change, nodeName!);
      if (event !== undefined) for (const listener of listeners) listener(event as WatchEvent<never>);
    }
  }

  #shelf(kind: Kind): Shelf {
    let shelf = this.#shelves.get(kind);
    if (shelf === undefined) {
      shelf = new Shelf();
      this.#shelves.set(kind, shelf);
    }
    return shelf;
  }
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
