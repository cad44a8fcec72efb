/**
 * Carries requests to the API server and answers back, through simulated time: two events a request, whoever sends it, and one more for
 * what its client holds back at first.
 *
 * The operation itself runs at the instant of the commit. What it throws is the answer too, and reaches the sender as late. A request that
 * flow control refuses is sent again as client-go does (rest/with_retry.go).
 */

import { ApiError } from '../apiserver/api-error.ts';
import type { FlowControl } from '../apiserver/flow-control/flow-control.ts';
import type { PriorityLevelName } from '../apiserver/flow-control/priority-levels.ts';
import type { RequestLatency } from '../apiserver/request-latency.ts';
import { BrokenInvariant } from '../base/fail.ts';
import { SECOND_US } from '../base/units.ts';
import type { Kind } from '../model/kinds.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';

/** What a request meets on its way. */
const RequestEvent = { Commit: 0, Answer: 1, Arrive: 2 } as const;

/** Whether the sender's machine can reach the API server at the moment. */
export interface Link {
  readonly isConnected: boolean;
  /** The sender itself is no more: what waits to be sent never is, and answers find nobody. */
  readonly isGone?: boolean;
  /** Where the sender's requests wait when the API server is busy; absent for administrators, whose requests never do. */
  readonly level?: PriorityLevelName | undefined;
}

interface Request {
  operation: (() => unknown) | undefined;
  done: ((value: never) => void) | undefined;
  failed: ((error: unknown) => void) | undefined;
  link: Link | undefined;
  outcome: unknown;
  isError: boolean;
  /** What the server takes for it once it is served. */
  serviceUs: number;
  /** Of a write: what it writes, by which flow control knows how many hear of it. */
  written: Kind | undefined;
  refusals: number;
}

// Dial timeout of client-go's transport (net.Dialer in client-go/rest): what a partitioned client waits before it knows.
const DIAL_TIMEOUT_US = 30 * SECOND_US;
// Retry-After of a refusal, and how often client-go tries again (maxRetries in rest/request.go).
const RETRY_AFTER_US = SECOND_US;
const MAX_RETRIES = 10;

export class RequestPump implements EventHandler {
  readonly #sim: Simulation;
  readonly #latency: RequestLatency;
  readonly #flow: FlowControl | undefined;
  readonly #handler: HandlerId;
  readonly #requests: Request[] = [];
  readonly #free: number[] = [];

  /** Without `flow` no request ever waits for another. */
  constructor(sim: Simulation, latency: RequestLatency, flow?: FlowControl) {
    this.#sim = sim;
    this.#latency = latency;
    this.#flow = flow;
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
    written?: Kind,
  ): void {
    const slot = this.#free.pop() ?? this.#newSlot();
    const request = this.#requests[slot]!;
    request.operation = operation;
    request.done = done as ((value: never) => void) | undefined;
    request.failed = failed;
    request.link = link;
    request.serviceUs = this.#latency.commitUs(isWrite);
    if (this.#flow === undefined || link.level === undefined) {
      this.#sim.schedule(delayUs + request.serviceUs, this.#handler, RequestEvent.Commit, slot);
      return;
    }
    request.written = isWrite ? written : undefined;
    request.refusals = 0;
    if (delayUs === 0) this.#arrive(slot);
    else this.#sim.schedule(delayUs, this.#handler, RequestEvent.Arrive, slot);
  }

  on(event: number, slot: number): void {
    if (event === RequestEvent.Commit) this.#onCommit(slot);
    else if (event === RequestEvent.Answer) this.#onAnswer(slot);
    else this.#arrive(slot);
  }

  /** At the server, if it can be reached: the request is served, waits its turn, or is refused. */
  #arrive(slot: number): void {
    const request = this.#requests[slot]!;
    const { link, serviceUs } = request;
    const isReached = link!.isGone !== true && link!.isConnected && this.#latency.isUp;
    const wait = isReached ? this.#flow!.admit(link!.level!, this.#sim.nowUs, serviceUs, request.written) : 0;
    if (typeof wait === 'number') {
      this.#sim.schedule(wait + serviceUs, this.#handler, RequestEvent.Commit, slot);
    } else if (request.refusals++ < MAX_RETRIES) {
      this.#sim.schedule(wait.afterUs + RETRY_AFTER_US, this.#handler, RequestEvent.Arrive, slot);
    } else {
      request.isError = true;
      request.outcome = tooManyRequests();
      this.#sim.schedule(wait.afterUs + this.#latency.answerUs(), this.#handler, RequestEvent.Answer, slot);
    }
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
        serviceUs: 0,
        written: undefined,
        refusals: 0,
      }) - 1
    );
  }
}

function unreachableError(): ApiError {
  return new ApiError({ code: 0, reason: 'Unreachable', message: 'dial tcp: connect: no route to the API server' });
}

function tooManyRequests(): ApiError {
  const message = 'Too many requests, please try again later.';
  return new ApiError({ code: 429, reason: 'TooManyRequests', message, retryAfterSeconds: RETRY_AFTER_US / SECOND_US });
}
