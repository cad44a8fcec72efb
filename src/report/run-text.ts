/**
 * The terminal summary of a run: the answer first, then the expectations, what happened, and last how exact it is and how fast the
 * simulator was.
 */
import type { LevelFigures } from '../apiserver/flow-control/flow-control.ts';
import { secondsText } from '../base/units.ts';
import { durationText } from '../scenario/duration.ts';
import { MILESTONE_MARK, type ResultDocument, story, type TrafficResult } from './result-document.ts';
import { answerOf } from './verdict.ts';

/** The simulator's own figures: never part of the result. */
export interface WallFigures {
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
}

const MARKS = { met: 'met   ', missed: 'MISSED', open: 'open  ' } as const;

/** One line: did it hold? */
export function verdictLine(document: ResultDocument): string {
  const { word, because } = answerOf(document, document.expectations);
  return `${document.scenario.name}: ${word}, ${because}`;
}

export function runText(document: ResultDocument, wall: WallFigures): string {
  const { scenario, life, fidelity } = document;
  return [
    scenario.question,
    verdictLine(document),
    '',
    ...expectationLines(document),
    ...(life.length === 0 ? [] : ['The life of the first Deployment', ...life.flatMap(noteLines), '']),
    'What happened',
    ...storyLines(document),
    '',
    ...document.requests.traffics.flatMap(trafficLines),
    ...countLines(document),
    '',
    'How exact',
    ...fidelity.map(({ part, level, note }) => `  ${level}: ${part}: ${note}`),
    '',
    ...speedLines(document, wall),
  ].join('\n');
}

function expectationLines({ expectations, stepFailures }: ResultDocument): string[] {
  const lines: string[] = [];
  if (expectations.length > 0) {
    lines.push('Expectations');
    for (const { text, outcome, observed } of expectations) lines.push(`  ${MARKS[outcome]}  ${text}  (observed ${observed})`);
    lines.push('');
  }
  for (const { timeUs, line, message } of stepFailures)
    lines.push(`Step failed at ${durationText(timeUs)}: kubectl ${line}`, `  ${message}`, '');
  return lines;
}

// Of what one step prints; a hundred copies of a Deployment are a hundred lines.
const OUTPUT_LINES = 24;

/** The story with long outputs cut short: result.json and the page have them whole. */
function storyLines(document: ResultDocument): string[] {
  const lines: string[] = [];
  let printed = 0;
  let left = 0;
  const tellWhatIsLeft = () => {
    if (left > 0) lines.push(`${' '.repeat(20)}(${left} lines more)`);
    left = 0;
  };
  for (const note of story(document)) {
    const own = noteLines(note);
    if (note.text.startsWith('  ')) {
      const room = Math.max(0, OUTPUT_LINES - printed);
      printed += own.length;
      left += Math.max(0, own.length - room);
      lines.push(...own.slice(0, room));
      continue;
    }
    if (!note.text.startsWith(MILESTONE_MARK)) {
      tellWhatIsLeft();
      printed = 0;
    }
    lines.push(...own);
  }
  tellWhatIsLeft();
  return lines;
}

function noteLines({ timeUs, text }: { readonly timeUs: number; readonly text: string }): string[] {
  const [first, ...others] = text.split('\n');
  return [`  ${secondsText(timeUs).padStart(14)}  ${first}`, ...others.map((other) => `${' '.repeat(18)}${other}`)];
}

function trafficLines({ traffic, answered, failed, meanUs, p99Us, maxUs, failures }: TrafficResult): string[] {
  const times =
    answered === 0
      ? 'none was answered'
      : `answered in ${durationText(meanUs)} on average, 99 % within ${durationText(p99Us)}, all within ${durationText(maxUs)}`;
  return [
    `Requests of ${traffic}: ${answered + failed} ended, ${failed} failed; ${times}`,
    ...failures.map(
      ({ cause, count, firstUs, lastUs }) => `  ${count} ${cause}, sent from ${durationText(firstUs)} to ${durationText(lastUs)}`,
    ),
  ];
}

// Sorts of waiting pods told in the summary.
const WAITING_LINES = 5;

function countLines({ pods, scheduling, requests, writes, waiting, flowControl }: ResultDocument): string[] {
  const { bound, unschedulable, errors } = scheduling;
  const written = Object.values(writes).reduce((sum, count) => sum + count, 0);
  const lines = [
    `Pods: ${pods.created} created, ${pods.readyOnce} came to be ready, ${pods.gone} are gone`,
    `Simulated control plane: ${bound + unschedulable + errors} scheduling attempts, ${unschedulable + errors} of them in vain; ${written} writes`,
  ];
  lines.push(...flowControl.flatMap(levelLines));
  for (const {
    why,
    count,
    pods: [first = ''],
  } of waiting.slice(0, WAITING_LINES)) {
    const who = count === 1 ? `Pod ${first} waits for a node` : `${count} pods wait for a node, ${first} among them`;
    lines.push(`${who}: ${why}`);
  }
  if (waiting.length > WAITING_LINES) lines.push(`${waiting.length - WAITING_LINES} sorts of waiting pods more; see --out`);
  if (requests.pending > 0) lines.push(`${requests.pending} of ${requests.sent} requests were still under way at the end`);
  if (bound === 0) lines.push('ATTENTION: this run scheduled no pod at all; its other figures mean little');
  if (requests.isExpected && requests.traffics.length === 0) lines.push('ATTENTION: not one request has ended');
  return lines;
}

/** Of a priority level that was never full there is nothing to tell. */
function levelLines({ level, requests, waited, refused, longestWaitUs }: LevelFigures): string[] {
  if (waited + refused === 0) return [];
  const refusals = refused === 0 ? '' : `, ${refused} were refused with 429 and sent again`;
  return [
    `API server: of ${requests} requests of priority level ${level}, ${waited} waited for a seat, up to ${durationText(longestWaitUs)}${refusals}`,
  ];
}

function speedLines({ endUs, eventCount, digest, scenario }: ResultDocument, { wallSeconds, peakMemoryBytes }: WallFigures): string[] {
  const perSecond = Math.round(eventCount / Math.max(wallSeconds, 0.001));
  return [
    `Simulator: ${durationText(endUs)} in ${wallSeconds.toFixed(2)} s of wall time, ${eventCount} events, ${perSecond} events a second, ${Math.round(peakMemoryBytes / 1048576)} MB`,
    `Digest ${digest}, seed ${scenario.seed}`,
  ];
}
