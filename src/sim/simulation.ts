/**
 * The kernel: a clock, the pending events, and one `step()` that takes the next event, sets the clock and runs it.
 *
 * It has never heard of a pod. Handlers are numbered in the order they register; the number goes into the digest.
 * Always true: time never goes back, and there is no second copy of the step.
 */
import { fail } from '../base/fail.ts';
import { Digest } from './digest.ts';
import { type EventId, EventQueue } from './event-queue.ts';

/** What an event is delivered to. `event`, `a` and `b` mean what the handler's own file says they mean. */
export interface EventHandler {
  on(event: number, a: number, b: number): void;
}

/** A registered handler, as the queue carries it. */
export type HandlerId = number & { readonly __brand: 'HandlerId' };

/** Priorities among events of one instant: lower comes first. */
export const Priority = { First: 0, Normal: 4, Last: 7 } as const;

// Far above what a cluster of 15,000 nodes does in one instant; what goes on and on without time passing would hang the run.
const MAX_EVENTS_OF_INSTANT = 20_000_000;

export class Simulation {
  readonly #queue = new EventQueue();
  readonly #handlers: EventHandler[] = [];
  readonly #digest = new Digest();
  #nowUs = 0;
  #eventCount = 0;
  /** How many events had run when the clock last moved. */
  #eventsBefore = 0;

  /** Closures waiting in `after`, by slot; freed slots are taken again in last-freed order. */
  readonly #calls: ((() => void) | undefined)[] = [];
  readonly #freeCalls: number[] = [];
  readonly #callHandler: HandlerId;
  readonly #maxEventsOfInstant: number;

  constructor(maxEventsOfInstant = MAX_EVENTS_OF_INSTANT) {
    this.#maxEventsOfInstant = maxEventsOfInstant;
    this.#callHandler = this.register({ on: (_event, slot) => this.#runCall(slot) });
  }

  /** Simulated time since the start of the run, in microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** Events run so far. */
  get eventCount(): number {
    return this.#eventCount;
  }

  get pendingCount(): number {
    return this.#queue.length;
  }

  get nextTimeUs(): number {
    return this.#queue.nextTimeUs;
  }

  /** Sixteen hexadecimal digits that stand for every event run so far. */
  get digest(): string {
    return this.#digest.hex;
  }

  register(handler: EventHandler): HandlerId {
    return (this.#handlers.push(handler) - 1) as HandlerId;
  }

  /** Runs `handler.on(event, a, b)` after `delayUs`, a whole number of microseconds, 0 or more. */
  schedule(delayUs: number, handler: HandlerId, event: number, a = 0, b = 0, priority: number = Priority.Normal): EventId {
    if (!(delayUs >= 0) || !Number.isInteger(delayUs)) {
      fail(`Cannot schedule event ${event} of handler ${handler}: the delay must be a whole number of microseconds from 0, got ${delayUs}`);
    }
    return this.#queue.push(this.#nowUs + delayUs, priority, handler, event, a, b);
  }

  /** Runs `call` after `delayUs`. Convenient where a closure per event does not matter; hot paths use `schedule`. */
  after(delayUs: number, call: () => void): EventId {
    const slot = this.#freeCalls.pop() ?? this.#calls.length;
    this.#calls[slot] = call;
    return this.schedule(delayUs, this.#callHandler, 0, slot);
  }

  /** Forgets a pending event made by `schedule`; false when it has already run. */
  cancel(id: EventId): boolean {
    return this.#queue.cancel(id);
  }

  /** Runs the next event; false when none is pending. */
  step(): boolean {
    const queue = this.#queue;
    if (!queue.pop()) return false;
    if (queue.timeUs < this.#nowUs) fail(`Cannot run an event at ${queue.timeUs} us: it is already ${this.#nowUs} us`);
    if (queue.timeUs > this.#nowUs) this.#eventsBefore = this.#eventCount;
    else if (this.#eventCount - this.#eventsBefore >= this.#maxEventsOfInstant) this.#failStanding();
    this.#nowUs = queue.timeUs;
    this.#eventCount++;
    const { handler, event, a, b } = queue;
    this.#digest.event(queue.timeUs, handler, event, a);
    this.#handlers[handler]!.on(event, a, b);
    return true;
  }

  /** Runs every event up to and including `endUs`, then sets the clock to `endUs`. */
  runUntil(endUs: number): void {
    while (this.#queue.nextTimeUs <= endUs) this.step();
    if (endUs > this.#nowUs) this.#nowUs = endUs;
  }

  /** Folds a fact into the digest that the events alone do not show, such as what was written to the store. */
  note(text: string, value: number): void {
    this.#digest.text(text);
    this.#digest.number(value);
  }

  #failStanding(): never {
    const { handler, event } = this.#queue;
    fail(
      `Cannot run event ${event} of handler ${handler}: ${this.#maxEventsOfInstant} events have run at ${this.#nowUs} us, and the clock must move on`,
    );
  }

  #runCall(slot: number): void {
    const call = this.#calls[slot];
    if (call === undefined) fail(`Cannot run call ${slot}: it has already run`);
    this.#calls[slot] = undefined;
    this.#freeCalls.push(slot);
    call();
  }
}
