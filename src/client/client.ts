/**
 * One component's way to the API server: its name, its token bucket, and every verb as a Task that blocks for as long as
 * the request takes and throws the ApiError it is answered with.
 *
 * Models client-go/rest with the limits of cluster.md 1.12: the bucket is the component's own, so a slow one slows only itself.
 */
import type { ApiServer, Patch } from '../apiserver/api-server.ts';
import type { DeleteOptions } from '../apiserver/deletion.ts';
import type { PriorityLevelName } from '../apiserver/flow-control/priority-levels.ts';
import type { ListOptions, Scale } from '../apiserver/verbs/request-info.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { RequestPump } from './request-pump.ts';
import type { Awaitable, Task } from './task.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ClientOptions {
  readonly name: string;
  /** Requests a second and burst of the client's bucket; 0 for no limit. */
  readonly qps: number;
  readonly burst: number;
  /** Where its requests wait when the API server is busy; absent for administrators, whose requests never do. */
  readonly level?: PriorityLevelName;
}

export class Client {
  readonly name: string;
  readonly level: PriorityLevelName | undefined;
  readonly #sim: Simulation;
  readonly #server: ApiServer;
  readonly #pump: RequestPump;
  readonly #bucket: TokenBucket;
  readonly #request: { readonly author: string };
  /** False while the component's machine is cut off; requests then fail after the dial timeout. */
  isConnected = true;
  /** The process is gone: it sends nothing more, and hears no answer to what it has sent. */
  isGone = false;

  constructor(sim: Simulation, server: ApiServer, pump: RequestPump, options: ClientOptions) {
    this.name = options.name;
    this.level = options.level;
    this.#sim = sim;
    this.#server = server;
    this.#pump = pump;
    this.#bucket = new TokenBucket(options.qps, options.burst);
    this.#request = { author: options.name };
  }

  create<K extends Kind>(kind: K, object: KindMap[K]): Task<KindMap[K]> {
    return this.#call(kind, () => this.#server.create(kind, object, this.#request));
  }

  /** PUT: refused with a 409 when the object carries a resourceVersion that is no longer the stored one. */
  update<K extends Kind>(kind: K, object: KindMap[K]): Task<KindMap[K]> {
    return this.#call(kind, () => this.#server.update(kind, object, this.#request));
  }

  updateStatus<K extends Kind>(kind: K, object: KindMap[K]): Task<KindMap[K]> {
    return this.#call(kind, () => this.#server.update(kind, object, this.#request, 'status'));
  }

  patch<K extends Kind>(
    kind: K,
    namespace: string | undefined,
    name: string,
    patch: Patch,
    subresource?: 'status' | 'resize',
  ): Task<KindMap[K]> {
    return this.#call(kind, () => this.#server.patch(kind, namespace, name, patch, this.#request, subresource));
  }

  delete<K extends Kind>(kind: K, namespace: string | undefined, name: string, options: DeleteOptions = {}): Task<KindMap[K]> {
    return this.#call(kind, () => this.#server.delete(kind, namespace, name, options, this.#request));
  }

  deleteCollection(
    kind: Kind,
    namespace: string,
    options: DeleteOptions = {},
    selectors: Omit<ListOptions, 'namespace'> = {},
  ): Task<number> {
    return this.#call(kind, () => this.#server.deleteCollection(kind, namespace, options, selectors, this.#request));
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): Task<KindMap[K]> {
    return this.#call(undefined, () => this.#server.get(kind, namespace, name));
  }

  list<K extends Kind>(kind: K, options: ListOptions = {}): Task<{ items: readonly KindMap[K][]; revision: number }> {
    return this.#call(undefined, () => this.#server.list(kind, options));
  }

  bind(namespace: string, pod: string, node: string): Task<void> {
    return this.#call('Pod', () => this.#server.bind(namespace, pod, node, this.#request));
  }

  evict(namespace: string, pod: string, options: DeleteOptions = {}): Task<void> {
    return this.#call('Pod', () => this.#server.evict(namespace, pod, options, this.#request));
  }

  scale(kind: Kind, namespace: string, name: string): Task<Scale> {
    return this.#call(undefined, () => this.#server.scale(kind, namespace, name));
  }

  updateScale(kind: Kind, namespace: string, name: string, replicas: number, resourceVersion?: string): Task<Scale> {
    return this.#call(kind, () => this.#server.updateScale(kind, namespace, name, replicas, this.#request, resourceVersion));
  }

  finalizeNamespace(namespace: KindMap['Namespace']): Task<KindMap['Namespace']> {
    return this.#call('Namespace', () => this.#server.finalizeNamespace(namespace, this.#request));
  }

  /** Runs `operation` on the server as one request. For callers that keep no Task: `done` or `failed` is called once, later. */
  send<T>(
    isWrite: boolean,
    operation: (server: ApiServer, request: { readonly author: string }) => T,
    done?: (value: T) => void,
    failed?: (error: unknown) => void,
  ): void {
    if (this.isGone) return;
    this.#pump.send(
      this.#bucket.takeUs(this.#sim.nowUs),
      isWrite,
      this,
      () => operation(this.#server, this.#request),
      done,
      failed ?? ignore,
    );
  }

  /** `written` is absent of a read. */
  #call<T>(written: Kind | undefined, operation: () => T): Task<T> {
    // A Call is walked through as a generator is, and has all of one that a Task needs.
    return new Call(this, written, operation) as unknown as Task<T>;
  }

  /** Sends a request off. For Call alone. */
  begin<T>(written: Kind | undefined, operation: () => T, done: (value: T) => void, failed: (error: unknown) => void): void {
    if (this.isGone) return;
    this.#pump.send(this.#bucket.takeUs(this.#sim.nowUs), written !== undefined, this, operation, done, failed, written);
  }
}

/** A request as a Task of one step: what a generator with a single yield would be, at the cost of one object. */
class Call<T> implements Awaitable<T> {
  readonly #client: Client;
  readonly #written: Kind | undefined;
  readonly #operation: () => T;
  #isSent = false;

  constructor(client: Client, written: Kind | undefined, operation: () => T) {
    this.#client = client;
    this.#written = written;
    this.#operation = operation;
  }

  next(answer: T): IteratorResult<Awaitable<T>, T> {
    if (this.#isSent) return { done: true, value: answer };
    this.#isSent = true;
    return { done: false, value: this };
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: T): IteratorResult<Awaitable<T>, T> {
    return { done: true, value };
  }

  [Symbol.iterator](): this {
    return this;
  }

  start(done: (value: T) => void, failed: (error: unknown) => void): void {
    this.#client.begin(this.#written, this.#operation, done, failed);
  }
}

/** The answer to a request nobody waits for. */
function ignore(): void {}
