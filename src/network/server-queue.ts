/**
 * The requests inside one process: so many are served at once, so many may wait, and one more is turned away.
 */
import type { ContainerProcess } from '../model/runtime-view.ts';
import { CpuQuota } from './cpu-quota.ts';
import type { Request } from './request-pool.ts';

export class ServerQueue {
  /** Of the container the process runs in. */
  readonly quota = new CpuQuota();
  readonly #process: ContainerProcess;
  readonly #active = new Set<Request>();
  /** In the order of arrival. */
  readonly #waiting = new Set<Request>();

  constructor(process: ContainerProcess) {
    this.#process = process;
  }

  get hasFreeWorker(): boolean {
    return this.#active.size < this.#process.behaviour.concurrency;
  }

  enter(request: Request): void {
    this.#active.add(request);
    this.#process.activeRequests = this.#active.size;
  }

  /** False when nobody more may wait. */
  wait(request: Request): boolean {
    if (this.#waiting.size >= this.#process.behaviour.queueLimit) return false;
    this.#waiting.add(request);
    this.#process.waitingRequests = this.#waiting.size;
    return true;
  }

  leave(request: Request): void {
    this.#active.delete(request);
    this.#waiting.delete(request);
    this.#process.activeRequests = this.#active.size;
    this.#process.waitingRequests = this.#waiting.size;
  }

  /** The one that has waited longest; it waits no more. */
  next(): Request | undefined {
    for (const request of this.#waiting) {
      this.#waiting.delete(request);
      this.#process.waitingRequests = this.#waiting.size;
      return request;
    }
    return undefined;
  }

  /** Everything inside, served or waiting; the queue is empty afterwards. */
  takeAll(): readonly Request[] {
    const all = [...this.#active, ...this.#waiting];
    this.#active.clear();
    this.#waiting.clear();
    this.#process.activeRequests = 0;
    this.#process.waitingRequests = 0;
    return all;
  }
}
