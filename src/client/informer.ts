/**
 * What a component sees of the API server: a cache per kind, fed by a watch that lags behind the store.
 *
 * Models client-go/tools/cache (shared_informer.go, reflector.go). The cache is updated before its handlers are told, each
 * kind's events arrive in revision order, and a change is seen by nobody before it has travelled: that staleness is where
 * real clusters misbehave. All controllers of one process share one informer per kind.
 */
import { ApiError } from '../apiserver/api-error.ts';
import type { Store, WatchEvent } from '../apiserver/store.ts';
import { HOUR_US } from '../base/units.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import { type KubeObject, type ObjectKey, objectKey, revisionOf } from '../model/meta.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import { BUILT_IN_INDEXES, type Entry, file, hasMoved, type Index, objectOf } from './informer-index.ts';

export interface InformerHandler<T> {
  onAdd?(object: T): void;
  /** Also called by a resync, with the same object twice. */
  onUpdate?(previous: T, object: T): void;
  /** `object` is as the server last had it, `previous` as the cache had it. */
  onDelete?(object: T, previous: T): void;
}

/** From etcd to the informer's handlers: median 3 ms, sigma 0.8 (cluster.md 9, "Suggested model"). */
export const DEFAULT_WATCH_HOP: Distribution = { kind: 'lognormal', medianUs: 3_000, sigma: 0.8 };

// Between two revisions of one object that one request writes, such as the mark and the removal of a pod: two transactions of etcd, seen one
// after the other. The recordings show the first at work on its own about as often as with this figure.
const TRANSACTION_US = 200;

// --min-resync-period of kube-controller-manager; each informer takes between once and twice as long.
const MIN_RESYNC_US = 12 * HOUR_US;

const NONE: readonly never[] = [];
// Changes that wait unread before they are taken in unasked, so that a cache nobody reads stays small.
const UNREAD_LIMIT = 4096;

const InformerEvent = { Deliver: 0, Resync: 1 } as const;

export class Informer<K extends Kind> implements EventHandler {
  readonly kind: K;
  readonly #sim: Simulation;
  readonly #random: RandomStream;
  readonly #hop: Distribution;
  readonly #handler: HandlerId;
  readonly #entries = new Map<ObjectKey, Entry<KindMap[K]>>();
  readonly #indexes = new Map<string, Index<KindMap[K]>>();
  readonly #indexList: Index<KindMap[K]>[] = [];
  readonly #handlers: InformerHandler<KindMap[K]>[] = [];
  /** Those of them that want to hear of updates: there are many informers' worth of updates to one of anything else. */
  #updateHandlers: InformerHandler<KindMap[K]>[] = [];
  /** Events on their way, oldest first, with the instant each arrives. */
  #queue: WatchEvent<KindMap[K]>[] = [];
  #dueUs: number[] = [];
  #head = 0;
  #lastDueUs = 0;
  /** When the last of what was there when the watch began has arrived. */
  #syncedUs = 0;
  #lastReceivedUs = -1;
  #lastUid: string | undefined;
  #isDelivering = false;
  #isConnected = true;
  #revision = 0;
  #stopWatch: () => void = () => undefined;
  readonly #store: Store;
  readonly #added: (takeBack: () => void) => void;

  /** `added` is told of each new handler, with what takes it back. */
  constructor(
    sim: Simulation,
    store: Store,
    random: Random,
    process: string,
    kind: K,
    hop: Distribution,
    added: (takeBack: () => void) => void = () => undefined,
  ) {
    this.kind = kind;
    this.#added = added;
    this.#sim = sim;
    this.#random = random.stream('watch', process, kind);
    this.#hop = hop;
    this.#handler = sim.register(this);
    this.#store = store;
    this.#watch(0);
    sim.schedule(Math.round(MIN_RESYNC_US * (1 + this.#random.uniform())), this.#handler, InformerEvent.Resync);
  }

  /** Store revision of the last event delivered. */
  get revision(): number {
    this.#catchUp();
    return this.#revision;
  }

  get size(): number {
    this.#catchUp();
    return this.#entries.size;
  }

  /** From when on HasSynced is true; undefined while there is no connection. */
  get syncedUs(): number | undefined {
    return this.#isConnected ? this.#syncedUs : undefined;
  }

  get(key: ObjectKey): KindMap[K] | undefined {
    this.#catchUp();
    return this.#entries.get(key)?.object;
  }

  *values(): IterableIterator<KindMap[K]> {
    this.#catchUp();
    for (const entry of this.#entries.values()) yield entry.object;
  }

  /** The objects the index files under `value`, in the order they came to be filed there. */
  byIndex(name: string, value: string): readonly KindMap[K][] {
    const bucket = this.#index(name).byValue.get(value);
    return bucket === undefined ? NONE : Array.from(bucket, objectOf);
  }

  countByIndex(name: string, value: string): number {
    return this.#index(name).byValue.get(value)?.size ?? 0;
  }

  addIndex(name: string, valuesOf: (object: KindMap[K]) => readonly string[], basisOf?: (object: KindMap[K]) => unknown): void {
    if (this.#indexes.has(name)) return;
    const index: Index<KindMap[K]> = { valuesOf, basisOf, byValue: new Map() };
    this.#indexes.set(name, index);
    this.#indexList.push(index);
    for (const entry of this.#entries.values()) file(index, entry, undefined, entry.object);
  }

  /** Handlers are told in the order they were added; one added late first sees everything present as added. */
  addHandler(handler: InformerHandler<KindMap[K]>): void {
    this.#catchUp();
    this.#handlers.push(handler);
    this.#sortOut();
    this.#schedule();
    this.#added(() => {
      const at = this.#handlers.indexOf(handler);
      if (at >= 0) this.#handlers.splice(at, 1);
      this.#sortOut();
    });
    if (handler.onAdd !== undefined) for (const { object } of this.#entries.values()) handler.onAdd(object);
  }

  on(event: number): void {
    if (event === InformerEvent.Deliver) return this.#deliver();
    this.resync();
    this.#sim.schedule(Math.round(MIN_RESYNC_US * (1 + this.#random.uniform())), this.#handler, InformerEvent.Resync);
  }

  /** Tells every handler of every object once more. */
  resync(): void {
    for (const { object } of this.#entries.values()) for (const handler of this.#handlers) handler.onUpdate?.(object, object);
  }

  /** The watch breaks: what was under way is lost with the connection. */
  disconnect(): void {
    if (!this.#isConnected) return;
    this.#catchUp();
    this.#isConnected = false;
    this.#stopWatch();
    this.#forgetQueue();
  }

  /** Watches on from the last revision that was heard; when that is too old by now, lists anew. */
  reconnect(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    try {
      this.#watch(this.#revision);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 410)) throw error;
      this.#relist();
    }
  }

  /** The process is gone: nothing more is delivered. */
  stop(): void {
    this.#stopWatch();
    this.#handlers.length = 0;
    this.#sortOut();
    this.#forgetQueue();
  }

  #watch(fromRevision: number): void {
    const watch = this.#store.watch(this.kind, fromRevision, (event) => this.#receive(event));
    this.#stopWatch = () => watch.stop();
    // What lies between is told by now, and on its way.
    this.#syncedUs = this.#lastDueUs;
  }

  /** What is there is held against what was known: of all that happened in between only the outcome is heard. */
  #relist(): void {
    const { revision } = this.#store;
    const present = new Set<ObjectKey>();
    const events: WatchEvent<KindMap[K]>[] = [];
    for (const object of this.#store.values(this.kind)) {
      const key = objectKey(object);
      present.add(key);
      const known = this.#entries.get(key)?.object;
      const type = known === undefined ? 'ADDED' : 'MODIFIED';
      if (known === undefined || revisionOf(known) !== revisionOf(object)) events.push({ type, object, key, revision: revisionOf(object) });
    }
    for (const [key, { object }] of this.#entries) if (!present.has(key)) events.push({ type: 'DELETED', object, key, revision });
    // In the order of revisions: what has been heard by the next break is then all there was until then.
    for (const event of events.sort((one, other) => one.revision - other.revision)) this.#receive(event);
    this.#watch(revision);
  }

  #forgetQueue(): void {
    this.#queue = [];
    this.#dueUs = [];
    this.#head = 0;
  }

  #receive(event: WatchEvent<KindMap[K]>): void {
    const { nowUs } = this.#sim;
    // In revision order: an event never overtakes the one before it, however lucky its draw.
    let dueUs = Math.max(this.#lastDueUs, nowUs + drawUs(this.#hop, this.#random));
    if (nowUs === this.#lastReceivedUs && event.object.metadata.uid === this.#lastUid) {
      dueUs = Math.max(dueUs, this.#lastDueUs + TRANSACTION_US);
    }
    this.#lastReceivedUs = nowUs;
    this.#lastUid = event.object.metadata.uid;
    this.#lastDueUs = dueUs;
    this.#queue.push(event);
    this.#dueUs.push(dueUs);
    if (this.#queue.length - this.#head > UNREAD_LIMIT) this.#catchUp();
    this.#schedule();
  }

  /** With nobody to tell, what has arrived is taken in when somebody looks: an event of the kernel for each would change nothing. */
  #catchUp(): void {
    if (this.#handlers.length === 0 && this.#head < this.#queue.length) this.#takeArrived();
  }

  #sortOut(): void {
    this.#updateHandlers = this.#handlers.filter((handler) => handler.onUpdate !== undefined);
  }

  #schedule(): void {
    if (this.#isDelivering || !this.#isConnected || this.#head === this.#queue.length || this.#handlers.length === 0) return;
    this.#isDelivering = true;
    this.#sim.schedule(Math.max(0, this.#dueUs[this.#head]! - this.#sim.nowUs), this.#handler, InformerEvent.Deliver);
  }

  #deliver(): void {
    this.#takeArrived();
    this.#isDelivering = false;
    this.#schedule();
  }

  #takeArrived(): void {
    while (this.#isConnected && this.#head < this.#queue.length && this.#dueUs[this.#head]! <= this.#sim.nowUs) {
      this.#apply(this.#queue[this.#head++]!);
    }
    if (this.#head === this.#queue.length) this.#forgetQueue();
    else if (this.#head > 4096 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#dueUs = this.#dueUs.slice(this.#head);
      this.#head = 0;
    }
  }

  #apply(event: WatchEvent<KindMap[K]>): void {
    const { object, key } = event;
    const entry = this.#entries.get(key);
    if (event.revision > this.#revision) this.#revision = event.revision;
    if (event.type === 'DELETED') {
      if (entry === undefined) return;
      const previous = entry.object;
      this.#entries.delete(key);
      for (const index of this.#indexes.values()) file(index, entry, previous, undefined);
      for (const handler of this.#handlers) handler.onDelete?.(object, previous);
    } else if (entry === undefined) {
      const added = { object };
      this.#entries.set(key, added);
      for (const index of this.#indexes.values()) file(index, added, undefined, object);
      for (const handler of this.#handlers) handler.onAdd?.(object);
    } else {
      const previous = entry.object;
      entry.object = object;
      for (const index of this.#indexList) if (hasMoved(index, previous, object)) file(index, entry, previous, object);
      for (const handler of this.#updateHandlers) handler.onUpdate!(previous, object);
    }
  }

  /** The built-in indexes are made when first asked for, so that nobody pays for one that is not used. */
  #index(name: string): Index<KindMap[K]> {
    let index = this.#indexes.get(name);
    if (index === undefined) {
      const builtIn = BUILT_IN_INDEXES[name];
      if (builtIn === undefined) throw new Error(`Cannot look up ${this.kind} by ${name}: no such index`);
      this.addIndex(name, builtIn.valuesOf, builtIn.basisOf);
      index = this.#indexes.get(name)!;
    }
    return index;
  }
}

/** The informers of one process. */
export class InformerFactory {
  readonly #sim: Simulation;
  readonly #store: Store;
  readonly #random: Random;
  readonly #process: string;
  readonly #hop: Distribution;
  readonly #informers = new Map<Kind, Informer<never>>();
  /** Handlers added since `during` began. */
  #added: (() => void)[] | undefined = undefined;
  #isConnected = true;

  constructor(sim: Simulation, store: Store, random: Random, process: string, hop: Distribution = DEFAULT_WATCH_HOP) {
    this.#sim = sim;
    this.#store = store;
    this.#random = random;
    this.#process = process;
    this.#hop = hop;
  }

  /** The process's informer of that kind, started when first asked for. */
  informer<K extends Kind>(kind: K): Informer<K> {
    let informer = this.#informers.get(kind) as Informer<K> | undefined;
    if (informer === undefined) {
      informer = new Informer(this.#sim, this.#store, this.#random, this.#process, kind, this.#hop, (takeBack) =>
        this.#added?.push(takeBack),
      );
      if (!this.#isConnected) informer.disconnect();
      this.#informers.set(kind, informer as unknown as Informer<never>);
    }
    return informer;
  }

  /** What is watched so far. */
  get kinds(): readonly Kind[] {
    return [...this.#informers.keys()];
  }

  /** Watches these, and says when all that is there will have arrived: WaitForCacheSync. Undefined while there is no connection. */
  syncedUs(kinds: readonly Kind[]): number | undefined {
    let latestUs = 0;
    for (const kind of kinds) {
      const { syncedUs } = this.informer(kind);
      if (syncedUs === undefined) return undefined;
      latestUs = Math.max(latestUs, syncedUs);
    }
    return latestUs;
  }

  /** Runs `act`, and returns what takes back every handler it has added: a controller that stops while its process lives on. */
  during(act: () => void): () => void {
    const added: (() => void)[] = [];
    this.#added = added;
    act();
    this.#added = undefined;
    return () => {
      for (const takeBack of added) takeBack();
    };
  }

  disconnect(): void {
    this.#isConnected = false;
    for (const informer of this.#informers.values()) informer.disconnect();
  }

  reconnect(): void {
    this.#isConnected = true;
    for (const informer of this.#informers.values()) informer.reconnect();
  }

  stop(): void {
    for (const informer of this.#informers.values()) informer.stop();
  }
}

/** Is `object` the same version as `previous`? A resync delivers it so. */
export function isSameVersion(previous: KubeObject, object: KubeObject): boolean {
  return previous === object || previous.metadata.resourceVersion === object.metadata.resourceVersion;
}
