/**
 * Two pictures of the run over its time, as SVG: what each component reported (a lane each), and the life of each pod (a bar each).
 *
 * Both are drawn here and not by the page's script, so that they also show where scripts are off, and print.
 */
import type { PodLife } from '../metrics/pod-lives.ts';
import type { EventRow } from '../metrics/run-metrics.ts';
import { clock } from './clock.ts';
import { escaped } from './markup.ts';
import { type Act, actsOf } from './page-plots.ts';
import type { ResultDocument } from './result-document.ts';

// In the pictures' own units; they scale with the page.
const WIDTH = 1100;
const LABEL_WIDTH = 270;
const ROW_HEIGHT = 20;
const AXIS_HEIGHT = 24;
/** Dots that would lie on one another are one dot: so many places along a lane. */
const PLACES = 220;
const PODS_SHOWN = 60;
const MESSAGES_SHOWN = 6;

interface Scale {
  readonly endUs: number;
  x(timeUs: number): number;
}

function scaleTo(endUs: number): Scale {
  const widthUs = Math.max(endUs, 1);
  return { endUs: widthUs, x: (timeUs) => LABEL_WIDTH + ((WIDTH - LABEL_WIDTH - 10) * timeUs) / widthUs };
}

/** A lane for what was done from outside, then one for each component that reported anything. */
export function eventTimeline(document: ResultDocument): string {
  const scale = scaleTo(document.endUs);
  const acts = actsOf(document);
  const lanes = new Map<string, EventRow[]>();
  for (const event of document.events) {
    const lane = event.source.replace(/^kubelet\/.*/, 'kubelet');
    const rows = lanes.get(lane);
    if (rows === undefined) lanes.set(lane, [event]);
    else rows.push(event);
  }
  if (lanes.size + acts.length === 0) return '';
  const names = [...lanes.keys()].sort();
  const rows = [
    laneLabel('what was done', 0),
    ...acts.map((act) => dot(scale.x(act.timeS * 1e6), 0, 5, 'act', `${clock(act.timeS * 1e6)} ${act.text}`)),
    ...names.flatMap((name, index) => [laneLabel(name, index + 1), ...laneDots(lanes.get(name)!, scale, index + 1)]),
  ];
  return picture(rows, names.length + 1, scale, acts, 'Events over time, a lane for each component');
}

function laneDots(events: readonly EventRow[], scale: Scale, row: number): string[] {
  const places = new Map<number, EventRow[]>();
  for (const event of events) {
    const place = Math.floor((event.timeUs / scale.endUs) * PLACES);
    const there = places.get(place);
    if (there === undefined) places.set(place, [event]);
    else there.push(event);
  }
  return [...places.values()].map((there) => {
    const isWarning = there.some(({ type }) => type === 'Warning');
    const lines = there.slice(0, MESSAGES_SHOWN).map((one) => `${clock(one.timeUs)} ${one.reason} ${one.object}: ${one.message}`);
    if (there.length > lines.length) lines.push(`and ${there.length - lines.length} more`);
    const radius = Math.min(9, 3 + Math.log2(there.length));
    return dot(scale.x(there[0]!.timeUs), row, radius, isWarning ? 'warning' : 'normal', lines.join('\n'));
  });
}

const STAGES = [
  ['waiting', 'waits for a node', 'createdUs', 'boundUs'],
  ['starting', 'starts', 'boundUs', 'readyUs'],
  ['ready', 'ready', 'readyUs', 'deletedUs'],
  ['leaving', 'terminates', 'deletedUs', 'goneUs'],
] as const;

/** A bar for each of the first pods: waiting for a node, starting, ready or not, terminating. */
export function podTimeline(document: ResultDocument): string {
  const pods = document.pods.lives.slice(0, PODS_SHOWN);
  if (pods.length === 0) return '';
  const scale = scaleTo(document.endUs);
  const rows = pods.flatMap((life, row) => [laneLabel(life.name, row), ...podBars(life, scale, row)]);
  return picture(rows, pods.length, scale, actsOf(document), 'The life of each pod');
}

function podBars(life: PodLife, scale: Scale, row: number): string[] {
  const bars: string[] = [];
  const lastUs = life.goneUs ?? scale.endUs;
  for (const [style, what, from, to] of STAGES) {
    const fromUs = life[from];
    if (fromUs === undefined) continue;
    // A stage that never came leaves the one before it open until the pod left, or the run was over.
    const toUs = life[to] ?? life.deletedUs ?? lastUs;
    if (toUs < fromUs) continue;
    bars.push(bar(life, style, what, fromUs, Math.min(toUs, lastUs), scale, row));
  }
  const { gapsUs = [] } = life;
  for (let i = 0; i < gapsUs.length; i += 2) {
    const toUs = Math.min(gapsUs[i + 1] ?? lastUs, life.deletedUs ?? lastUs);
    if (gapsUs[i]! < toUs) bars.push(bar(life, 'unready', 'not ready', gapsUs[i]!, toUs, scale, row));
  }
  if (life.restarts > 0) {
    bars.push(
      `<text class="restarts" x="${(scale.x(lastUs) - 4).toFixed(1)}" y="${row * ROW_HEIGHT + 14}" text-anchor="end">${life.restarts} restarts</text>`,
    );
  }
  return bars;
}

function bar(life: PodLife, style: string, what: string, fromUs: number, toUs: number, scale: Scale, row: number): string {
  const left = scale.x(fromUs);
  const width = Math.max(1, scale.x(toUs) - left);
  const title = `${life.name} ${what}: ${clock(fromUs)} to ${clock(toUs)}${life.node === '' ? '' : `, ${life.node}`}`;
  const place = `x="${left.toFixed(1)}" y="${row * ROW_HEIGHT + 3}" width="${width.toFixed(1)}" height="${ROW_HEIGHT - 6}"`;
  return `<rect class="${style}" ${place}><title>${escaped(title)}</title></rect>`;
}

function picture(rows: readonly string[], count: number, scale: Scale, acts: readonly Act[], label: string): string {
  const bottom = count * ROW_HEIGHT;
  const lines = acts.map(({ timeS }) => {
    const x = scale.x(timeS * 1e6).toFixed(1);
    return `<line class="act" x1="${x}" x2="${x}" y1="0" y2="${bottom}"/>`;
  });
  return `<div class="wide"><svg class="timeline" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}">
${lines.join('')}${axis(scale, bottom)}
${rows.join('\n')}
</svg></div>`;
}

function axis({ endUs, x }: Scale, bottom: number): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = x(part * endUs).toFixed(1);
    const anchor = part === 1 ? 'end' : part === 0 ? 'start' : 'middle';
    return `<line class="tick" x1="${at}" x2="${at}" y1="0" y2="${bottom + 4}"/><text class="tick" x="${at}" y="${bottom + 18}" text-anchor="${anchor}">${clock(part * endUs).replace(/\.000$/, '')}</text>`;
  });
  return ticks.join('');
}

function laneLabel(text: string, row: number): string {
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return `<text class="lane" x="${LABEL_WIDTH - 10}" y="${row * ROW_HEIGHT + 14}" text-anchor="end">${escaped(short)}<title>${escaped(text)}</title></text>`;
}

function dot(x: number, row: number, radius: number, style: string, title: string): string {
  return `<circle class="${style}" cx="${x.toFixed(1)}" cy="${row * ROW_HEIGHT + ROW_HEIGHT / 2}" r="${radius.toFixed(1)}"><title>${escaped(title)}</title></circle>`;
}
