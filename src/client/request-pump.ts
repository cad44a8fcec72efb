/**
 * Carries requests to the API server and answers back, through simulated time: two events a request, whoever sends it.
 *
 * The operation itself runs at the instant of the commit. What it throws is the answer too, and reaches the sender as late.
 */

import { ApiError } from '../apiserver/api-error.ts';
import type { RequestLatency } from '../apiserver/request-latency.ts';
import { BrokenInvariant } from '../base/fail.ts';
import { SECOND_US } from '../base/units.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';

/** What a request meets on its way. */
const RequestEvent = { Commit: 0, Answer: 1 } as const;

/** Whether the sender's machine can reach the API server at the moment. */
export interface Link {
  readonly isConnected: boolean;
  /** The sender itself is no more: what waits to be sent never is, and answers find nobody. */
  readonly isGone?: boolean;
}

interface Request {
  operation: (() => unknown) | undefined;
  done: ((value: never) => void) | undefined;
  failed: ((error: unknown) => void) | undefined;
  link: Link | undefined;
  outcome: unknown;
  isError: boolean;
}

// Dial timeout of client-go's transport (net.Dialer in client-go/rest): what a partitioned client waits before it knows.
const DIAL_TIMEOUT_US = 30 * SECOND_US;

export class RequestPump implements EventHandler {
  readonly #sim: Simulation;
  readonly #latency: RequestLatency;
  readonly #handler: HandlerId;
  readonly #requests: Request[] = [];
  readonly #free: number[] = [];

  constructor(sim: Simulation, latency: RequestLatency) {
    this.#sim = sim;
    this.#latency = latency;
    this.#handler = sim.register(this);
  }

  /** Sends after `delayUs` of the client's own waiting. Exactly one of `done` and `failed` is called, later. */
  send<T>(
    delayUs: number,
    isWrite: boolean,
    link: Link,
    operation: () => T,
    done: ((value: T) => void) | undefined,
    failed: (error: unknown) => void,
  ): void {
    const slot = this.#free.pop() ?? this.#newSlot();
    const request = this.#requests[slot]!;
    request.operation = operation;
    request.done = done as ((value: never) => void) | undefined;
    request.failed = failed;
    request.link = link;
    this.#sim.schedule(delayUs + this.#latency.commitUs(isWrite), this.#handler, RequestEvent.Commit, slot);
  }

  on(event: number, slot: number): void {
    if (event === RequestEvent.Commit) this.#onCommit(slot);
    else this.#onAnswer(slot);
  }

  #onCommit(slot: number): void {
    const request = this.#requests[slot]!;
    if (request.link!.isGone === true) {
      this.#release(slot);
      return;
    }
    if (!request.link!.isConnected || !this.#latency.isUp) {
      request.isError = true;
      request.outcome = unreachableError();
      this.#sim.schedule(this.#latency.isUp ? DIAL_TIMEOUT_US : 0, this.#handler, RequestEvent.Answer, slot);
      return;
    }
    try {
      request.outcome = request.operation!();
      request.isError = false;
    } catch (error) {
      if (error instanceof BrokenInvariant || !(error instanceof ApiError)) throw error;
      request.outcome = error;
      request.isError = true;
    }
    this.#sim.schedule(this.#latency.answerUs(), this.#handler, RequestEvent.Answer, slot);
  }

  #onAnswer(slot: number): void {
    const request = this.#requests[slot]!;
    const { outcome, isError, done, failed, link } = request;
    this.#release(slot);
    if (link!.isGone === true) return;
    if (isError) failed!(outcome);
    else done?.(outcome as never);
  }

  #release(slot: number): void {
    const request = this.#requests[slot]!;
    request.operation = undefined;
    request.done = undefined;
    request.failed = undefined;
    request.link = undefined;
    request.outcome = undefined;
    this.#free.push(slot);
  }

  #newSlot(): number {
    return (
      this.#requests.push({
        operation: undefined,
        done: undefined,
        failed: undefined,
        link: undefined,
        outcome: undefined,
        isError: false,
      }) - 1
    );
  }
}

function unreachableError(): ApiError {
  return new ApiError({ code: 0, reason: 'Unreachable', message: 'dial tcp: connect: no route to the API server' });
}
