/**
 * A run as Chrome trace events, which Perfetto and chrome://tracing open: a track per component and per pod.
 *
 * The format: "Trace Event Format" of the Chromium project; times are microseconds, as ours are.
 */
import type { PodLife } from '../metrics/pod-lives.ts';
import type { TraceRecorder } from '../metrics/trace-recorder.ts';
import type { ResultDocument } from './result-document.ts';

interface TraceEvent {
  readonly name: string;
  /** X a stretch, i an instant, M a name for a process or track. */
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

/** Numbers the tracks in the order they are first named. */
class Tracks {
  readonly events: TraceEvent[] = [processName(PODS, 'pods'), processName(COMPONENTS, 'components')];
  readonly #ids = new Map<string, number>();

  of(pid: number, name: string): { readonly pid: number; readonly tid: number } {
    const key = `${pid}/${name}`;
    let tid = this.#ids.get(key);
    if (tid === undefined) {
      tid = this.#ids.size + 1;
      this.#ids.set(key, tid);
      this.events.push({ name: 'thread_name', ph: 'M', pid, tid, args: { name } });
    }
    return { pid, tid };
  }

  stretch(pid: number, track: string, name: string, fromUs: number, toUs: number, args: { readonly [key: string]: unknown }): void {
    this.events.push({ name, ph: 'X', ...this.of(pid, track), ts: fromUs, dur: toUs - fromUs, args });
  }

  instant(track: string, name: string, timeUs: number, args: { readonly [key: string]: unknown }, scope: 't' | 'g' = 't'): void {
    this.events.push({ name, ph: 'i', ...this.of(COMPONENTS, track), ts: timeUs, s: scope, args });
  }
}

export function traceJson(document: ResultDocument, { spans, writes }: TraceRecorder): string {
  const tracks = new Tracks();
  for (const { timeUs, text } of document.notes) tracks.instant('scenario', text, timeUs, {}, 'g');
  for (const life of document.pods.lives) drawLife(tracks, life, document.endUs);
  for (const { track, name, startUs, endUs, detail } of spans) {
    // A container's stretch lies below its pod's.
    const [pid, where] = track.startsWith('pod/') ? [PODS, track.slice('pod/'.length)] : [COMPONENTS, track];
    tracks.stretch(pid, where, name, startUs, endUs, { detail });
  }
  for (const { author, what, timeUs } of writes) tracks.instant(author, what, timeUs, {});
  for (const { source, reason, object, message, timeUs } of document.events) {
    tracks.instant(source, `${reason} ${object}`, timeUs, { message });
  }
  return JSON.stringify({ traceEvents: tracks.events });
}

function drawLife(tracks: Tracks, life: PodLife, runEndUs: number): void {
  const stages: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['waits for a node', life.createdUs, life.boundUs],
    ['starts', life.boundUs, life.runningUs],
    ['becomes ready', life.runningUs, life.readyUs],
    ['ready', life.readyUs, life.deletedUs ?? runEndUs],
    ['terminates', life.deletedUs, life.goneUs],
  ];
  for (const [name, fromUs, toUs] of stages) {
    if (fromUs === undefined || toUs === undefined || toUs < fromUs) continue;
    tracks.stretch(PODS, `${life.namespace}/${life.name}`, name, fromUs, toUs, { node: life.node });
  }
}

function processName(pid: number, name: string): TraceEvent {
  return { name: 'process_name', ph: 'M', pid, tid: 0, args: { name } };
}
