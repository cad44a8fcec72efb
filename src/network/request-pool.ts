/**
 * Requests under way: records that are used again, so that a stream of requests costs no memory.
 */
import type { ContainerProcess } from '../model/runtime-view.ts';
import type { EventId } from '../sim/event-queue.ts';
import type { Failure } from './failure.ts';
import type { Call, Route } from './route.ts';
import type { Target } from './service-rules.ts';

export interface Request {
  readonly slot: number;
  /** The traffic it belongs to, and the link of its call graph it stands for. */
  route: Route;
  call: Call;
  startUs: number;
  /** Of the try under way. */
  deadlineUs: number;
  triesLeft: number;
  entry: string;
  /** It came through a node from outside of the cluster. */
  isFromOutside: boolean;
  /** Whose address it carries; empty when nobody shares it. */
  client: string;
  target: Target | undefined;
  process: ContainerProcess | undefined;
  /** The request on whose behalf this one is. */
  parent: Request | undefined;
  /** Calls on this one's behalf: how many have been begun, and those under way. */
  callsBegun: number;
  readonly children: Request[];
  /** Whoever asked is gone: it is served to its end, and nobody hears of it. */
  isOrphan: boolean;
  /** What it will end with when its next event comes: nobody tells it sooner. */
  failing: Failure | undefined;
  event: EventId | undefined;
}

export class RequestPool {
  readonly #all: Request[] = [];
  readonly #free: Request[] = [];

  get pending(): number {
    return this.#all.length - this.#free.length;
  }

  at(slot: number): Request {
    return this.#all[slot]!;
  }

  take(route: Route, call: Call, startUs: number): Request {
    const used = this.#free.pop();
    if (used !== undefined) {
      used.route = route;
      used.call = call;
      used.startUs = startUs;
      used.triesLeft = call.retries;
      return used;
    }
    const fresh: Request = {
      slot: this.#all.length,
      route,
      call,
      startUs,
      deadlineUs: 0,
      triesLeft: call.retries,
      entry: '',
      isFromOutside: false,
      client: '',
      target: undefined,
      process: undefined,
      parent: undefined,
      callsBegun: 0,
      children: [],
      isOrphan: false,
      failing: undefined,
      event: undefined,
    };
    this.#all.push(fresh);
    return fresh;
  }

  /** As before its first try. */
  reset(request: Request): void {
    request.target = undefined;
    request.process = undefined;
    request.callsBegun = 0;
    request.children.length = 0;
    request.failing = undefined;
    request.event = undefined;
  }

  release(request: Request): void {
    this.reset(request);
    request.entry = '';
    request.isFromOutside = false;
    request.client = '';
    request.parent = undefined;
    request.isOrphan = false;
    this.#free.push(request);
  }
}
