/**
 * Keeps what a trace of the run shows beside what the result has: stretches of work, the scheduler's attempts, and each component's
 * writes. Listens only when a trace is asked for; what it keeps is bounded.
 */
import type { Observer, SchedulingAttempt, Span, Write } from '../model/observer.ts';

/** A write as one instant of its author's track. */
export interface WriteMark {
  readonly timeUs: number;
  readonly author: string;
  readonly what: string;
}

// A larger file no viewer opens with pleasure.
const SPAN_LIMIT = 200_000;
const WRITE_LIMIT = 200_000;

export class TraceRecorder implements Observer {
  readonly spans: Span[] = [];
  readonly writes: WriteMark[] = [];
  /** What found no room. */
  dropped = 0;

  spanEnded(span: Span): void {
    if (this.spans.length < SPAN_LIMIT) this.spans.push(span);
    else this.dropped++;
  }

  attempted({ timeUs, durationUs, pod, result, node, message }: SchedulingAttempt): void {
    const { namespace, name } = pod.metadata;
    this.spanEnded({
      track: 'kube-scheduler',
      name: `${namespace}/${name}: ${result}`,
      startUs: timeUs,
      endUs: timeUs + durationUs,
      detail: node ?? message,
    });
  }

  wrote({ timeUs, author, verb, subresource, kind, object }: Write): void {
    // Events stand in the result; heartbeats would bury everything else.
    if (kind === 'Event' || kind === 'Lease') return;
    if (this.writes.length >= WRITE_LIMIT) {
      this.dropped++;
      return;
    }
    this.writes.push({ timeUs, author, what: `${verb} ${kind}${subresource === '' ? '' : `/${subresource}`} ${object.metadata.name}` });
  }
}
