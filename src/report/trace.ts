/**
 * A run as Chrome trace events, which Perfetto and chrome://tracing open: a track per component and per pod.
 */
import type { Span } from '../model/observer.ts';
import type { ResultDocument } from './result-document.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'i' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: 't' | 'g';
  readonly args?: { readonly [key: string]: unknown };
}

const PODS = 1;
const COMPONENTS = 2;

export function traceJson(document: ResultDocument, spans: readonly Span[]): string {
  const events: TraceEvent[] = [processName(PODS, 'pods'), processName(COMPONENTS, 'components')];
  const tracks = new Map<string, number>();
  const trackOf = (pid: number, name: string): number => {
    const key = `${pid}/${name}`;
    let tid = tracks.get(key);
    if (tid === undefined) {
      tid = tracks.size + 1;
      tracks.set(key, tid);
      events.push({ name: 'thread_name', ph: 'M', pid, tid, args: { name } });
    }
    return tid;
  };
  for (const life of document.pods.lives) {
    const tid = trackOf(PODS, `${life.namespace}/${life.name}`);
    const stages: readonly (readonly [string, number | undefined, number | undefined])[] = [
      ['waits for a node', life.createdUs, life.boundUs],
      ['starts', life.boundUs, life.runningUs],
      ['becomes ready', life.runningUs, life.readyUs],
      ['ready', life.readyUs, life.deletedUs ?? document.endUs],
      ['terminates', life.deletedUs, life.goneUs],
    ];
    for (const [name, fromUs, toUs] of stages) {
      if (fromUs === undefined || toUs === undefined || toUs < fromUs) continue;
      events.push({ name, ph: 'X', pid: PODS, tid, ts: fromUs, dur: toUs - fromUs, args: { node: life.node } });
    }
  }
  for (const span of spans) {
    const tid = trackOf(COMPONENTS, span.track);
    events.push({
      name: span.name,
      ph: 'X',
      pid: COMPONENTS,
      tid,
      ts: span.startUs,
      dur: span.endUs - span.startUs,
      args: { detail: span.detail },
    });
  }
  for (const { timeUs, text } of document.notes) {
    events.push({ name: text, ph: 'i', pid: COMPONENTS, tid: trackOf(COMPONENTS, 'scenario'), ts: timeUs, s: 'g' });
  }
  for (const event of document.events) {
    const tid = trackOf(COMPONENTS, event.source);
    events.push({
      name: `${event.reason} ${event.object}`,
      ph: 'i',
      pid: COMPONENTS,
      tid,
      ts: event.timeUs,
      s: 't',
      args: { message: event.message },
    });
  }
  return JSON.stringify({ traceEvents: events });
}

function processName(pid: number, name: string): TraceEvent {
  return { name: 'process_name', ph: 'M', pid, tid: 0, args: { name } };
}
