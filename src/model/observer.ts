/**
 * What components tell of what they do. They neither know nor care who listens, and a listener cannot schedule anything:
 * watching a run changes nothing in it.
 */
import type { Kind } from './kinds.ts';
import type { KubeObject } from './meta.ts';
import type { Pod } from './pod.ts';

export type WriteVerb = 'create' | 'update' | 'patch' | 'delete';

/** One accepted write: one store revision. */
export interface Write {
  readonly timeUs: number;
  readonly revision: number;
  /** Who asked: a component's name such as `deployment-controller`, `kubelet/n1`, `kube-scheduler`, `kubectl`. */
  readonly author: string;
  readonly verb: WriteVerb;
  readonly subresource: '' | 'status' | 'scale' | 'binding' | 'eviction' | 'finalize' | 'resize' | 'ephemeralcontainers';
  readonly kind: Kind;
  /** As stored; of a deletion, the last state. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  /** The object is no longer in the store. */
  readonly removed: boolean;
}

/** One try of the scheduler to place one pod. */
export interface SchedulingAttempt {
  readonly timeUs: number;
  readonly pod: Pod;
  readonly result: 'bound' | 'unschedulable' | 'error';
  readonly node: string | undefined;
  readonly message: string;
  readonly evaluatedNodes: number;
  readonly feasibleNodes: number;
  /** What the modelled scheduler took, in simulated time. */
  readonly durationUs: number;
}

/** One request of the traffic, when it has ended; it ends exactly once. */
export interface RequestEnd {
  readonly traffic: string;
  readonly service: string;
  readonly startUs: number;
  readonly endUs: number;
  /** Absent when it was answered; otherwise the named link that was missing. */
  readonly failure: string | undefined;
  readonly node: string | undefined;
  readonly pod: string | undefined;
}

/** Something a component did over a stretch of time: an image pull, a container's life, a node's outage. */
export interface Span {
  readonly track: string;
  readonly name: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly detail: string;
}

export interface Observer {
  wrote?(write: Write): void;
  refused?(timeUs: number, author: string, verb: WriteVerb, kind: Kind, code: number, message: string): void;
  attempted?(attempt: SchedulingAttempt): void;
  requestEnded?(request: RequestEnd): void;
  spanEnded?(span: Span): void;
  /** A fault began or ended, a step of the scenario ran. */
  noted?(timeUs: number, what: string): void;
}

/** Passes everything on to several observers, in the order they were added. */
export class Observers implements Required<Observer> {
  readonly #observers: Observer[] = [];

  add(observer: Observer): void {
    this.#observers.push(observer);
  }

  wrote(write: Write): void {
    for (const observer of this.#observers) observer.wrote?.(write);
  }

  refused(timeUs: number, author: string, verb: WriteVerb, kind: Kind, code: number, message: string): void {
    for (const observer of this.#observers) observer.refused?.(timeUs, author, verb, kind, code, message);
  }

  attempted(attempt: SchedulingAttempt): void {
    for (const observer of this.#observers) observer.attempted?.(attempt);
  }

  requestEnded(request: RequestEnd): void {
    for (const observer of this.#observers) observer.requestEnded?.(request);
  }

  spanEnded(span: Span): void {
    for (const observer of this.#observers) observer.spanEnded?.(span);
  }

  noted(timeUs: number, what: string): void {
    for (const observer of this.#observers) observer.noted?.(timeUs, what);
  }
}
