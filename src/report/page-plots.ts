/**
 * Which plots the page shows, as numbers for uPlot: requests and failures, times to an answer, ready replicas of each set of
 * pods, pods by state. Each shows the acts of the timeline as upright lines, so that a cause stands beside its effect.
 */
import { POD_STATES, type Point } from '../metrics/run-metrics.ts';
import type { ResultDocument, TrafficResult } from './result-document.ts';

export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly labels: readonly string[];
  /** Names of the colours in page-style.ts, one a label. */
  readonly colours: readonly string[];
  /** First the times in seconds, then one list per label; null where nothing is known. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly isStepped: boolean;
}

/** Something that was done to the cluster, as the narrative has it. */
export interface Act {
  readonly timeS: number;
  readonly text: string;
}

const SETS_SHOWN = 10;
const ACTS_SHOWN = 40;
/** They only look. */
const READING = /^\$ kubectl (get|describe|top|events|wait|explain|rollout (status|history))\b/;

/** What was done from outside: commands that change something, and faults. What they printed is indented. */
export function actsOf({ notes }: ResultDocument): readonly Act[] {
  return notes
    .filter(({ text }) => !text.startsWith(' ') && !READING.test(text))
    .slice(0, ACTS_SHOWN)
    .map(({ timeUs, text }) => ({ timeS: timeUs / 1e6, text: text.split('\n')[0]!.replace(/^\$ kubectl /, '') }));
}

export function plotsOf(document: ResultDocument): readonly Plot[] {
  const { requests, replicaSets, pods, endUs } = document;
  const plots = requests.traffics.flatMap((traffic) => trafficPlots(traffic, requests.bucketUs));
  const sets = Object.entries(replicaSets).slice(0, SETS_SHOWN);
  if (sets.length > 0) plots.push(replicaPlot(sets, endUs));
  if (pods.states.length > 0) plots.push(podPlot(pods.states, endUs));
  return plots;
}

function trafficPlots({ traffic, buckets }: TrafficResult, bucketUs: number): Plot[] {
  const times = buckets.map((_, index) => (index * bucketUs) / 1e6);
  const perSecond = bucketUs / 1e6;
  return [
    {
      title: `Requests of ${traffic}`,
      unit: 'requests a second',
      labels: ['answered', 'failed'],
      colours: ['good', 'bad'],
      data: [times, buckets.map((one) => one.answered / perSecond), buckets.map((one) => one.failed / perSecond)],
      isStepped: true,
    },
    {
      title: `Time to an answer of ${traffic}`,
      unit: 'ms',
      labels: ['mean', 'longest'],
      colours: ['series-0', 'series-3'],
      data: [
        times,
        buckets.map((one) => (one.answered === 0 ? null : one.sumUs / one.answered / 1000)),
        buckets.map((one) => (one.answered === 0 ? null : one.maxUs / 1000)),
      ],
      isStepped: false,
    },
  ];
}

/** All sets over one list of times, each with its last value until it changes. */
function replicaPlot(sets: readonly (readonly [string, readonly Point[]])[], endUs: number): Plot {
  const times = [...new Set([...sets.flatMap(([, points]) => points.map((point) => point.timeUs)), endUs])].sort((a, b) => a - b);
  const series = sets.map(([, points]) => {
    let next = 0;
    let value: number | null = null;
    return times.map((timeUs) => {
      while (next < points.length && points[next]!.timeUs <= timeUs) value = points[next++]!.values[2]!;
      return value;
    });
  });
  return {
    title: 'Ready replicas',
    unit: 'pods',
    labels: sets.map(([key]) => key.replace(/(^| )default\//, '$1')),
    colours: sets.map((_, index) => `series-${index}`),
    data: [times.map((timeUs) => timeUs / 1e6), ...series],
    isStepped: true,
  };
}

function podPlot(points: readonly Point[], endUs: number): Plot {
  const last = points.at(-1)!;
  const states = last.timeUs < endUs ? [...points, { timeUs: endUs, values: last.values }] : points;
  return {
    title: 'Pods by state',
    unit: 'pods',
    labels: POD_STATES,
    colours: ['series-3', 'series-5', 'good', 'series-6', 'bad', 'series-2'],
    data: [states.map((point) => point.timeUs / 1e6), ...POD_STATES.map((_, index) => states.map((point) => point.values[index]!))],
    isStepped: true,
  };
}
