/**
 * The queue of keys a controller has to look at: many events, one pass.
 *
 * Models client-go/util/workqueue (queue.go, delaying_queue.go, rate_limiting_queue.go): a key waits once however often it
 * is added; added while it is being worked on, it comes up once more afterwards; of several delays the earliest counts.
 */
import type { EventId } from '../sim/event-queue.ts';
import type { HandlerId, Simulation } from '../sim/simulation.ts';
import { defaultRateLimiter, type RateLimiter } from './rate-limiter.ts';

interface Delayed {
  readonly dueUs: number;
  readonly event: EventId;
  readonly slot: number;
}

export class WorkQueue {
  readonly #sim: Simulation;
  readonly #limiter: RateLimiter;
  readonly #handler: HandlerId;
  #ready: string[] = [];
  #head = 0;
  /** Keys that wait in `#ready`, or that were added again while being worked on. */
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #slots: string[] = [];
  readonly #freeSlots: number[] = [];
  #wake: (() => void) | undefined;

  constructor(sim: Simulation, limiter: RateLimiter = defaultRateLimiter()) {
    this.#sim = sim;
    this.#limiter = limiter;
    this.#handler = sim.register({ on: (_event, slot) => this.#onDue(slot) });
  }

  /** Keys ready to be worked on. */
  get length(): number {
    return this.#ready.length - this.#head;
  }

  /** Nothing ready, nothing in work; delayed keys may remain. */
  get isIdle(): boolean {
    return this.length === 0 && this.#processing.size === 0;
  }

  add(key: string): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (this.#processing.has(key)) return;
    this.#ready.push(key);
    this.#wake?.();
  }

  addAfter(key: string, delayUs: number): void {
    if (delayUs <= 0) return this.add(key);
    const dueUs = this.#sim.nowUs + Math.ceil(delayUs);
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined) {
      if (earlier.dueUs <= dueUs) return;
      this.#sim.cancel(earlier.event);
      this.#freeSlots.push(earlier.slot);
    }
    const slot = this.#freeSlots.pop() ?? this.#slots.length;
    this.#slots[slot] = key;
    this.#delayed.set(key, { dueUs, slot, event: this.#sim.schedule(dueUs - this.#sim.nowUs, this.#handler, 0, slot) });
  }

  addRateLimited(key: string): void {
    this.addAfter(key, this.#limiter.whenUs(key, this.#sim.nowUs));
  }

  forget(key: string): void {
    this.#limiter.forget(key);
  }

  requeues(key: string): number {
    return this.#limiter.requeues(key);
  }

  /** The next key to work on; `finish` must follow. */
  take(): string | undefined {
    if (this.length === 0) return undefined;
    const key = this.#ready[this.#head++]!;
    // The spent front is dropped once it is the larger half, so that a queue in motion stays linear.
    if (this.#head > 1024 && this.#head * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }

  finish(key: string): void {
    this.#processing.delete(key);
    if (!this.#dirty.has(key)) return;
    this.#ready.push(key);
    this.#wake?.();
  }

  /** Called whenever a key becomes ready. */
  onReady(wake: () => void): void {
    this.#wake = wake;
  }

  /** Forgets everything: the process that owned the queue is gone. */
  clear(): void {
    for (const { event } of this.#delayed.values()) this.#sim.cancel(event);
    this.#delayed.clear();
    this.#dirty.clear();
    this.#ready = [];
    this.#head = 0;
    this.#wake = undefined;
  }

  #onDue(slot: number): void {
    const key = this.#slots[slot]!;
    this.#freeSlots.push(slot);
    this.#delayed.delete(key);
    this.add(key);
  }
}
