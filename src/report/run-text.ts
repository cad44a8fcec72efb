/**
 * The terminal summary of a run: the answer first, then the expectations, what it came to in short, what happened when, and last how
 * exact it is and how fast the simulator was.
 */
import { secondsText } from '../base/units.ts';
import { durationText } from '../scenario/duration.ts';
import { inShort } from './in-short.ts';
import { MILESTONE_MARK, type ResultDocument, story } from './result-document.ts';
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
    'In short',
    ...inShort(document).map((line) => `  ${line}`),
    '',
    ...(life.length === 0 ? [] : ['The life of the first Deployment', ...life.flatMap(noteLines), '']),
    'What happened',
    ...storyLines(document),
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

// Of what one step prints: a hundred copies of a Deployment are a hundred lines. How it ended stands in the last ones.
const FIRST_LINES = 16;
const LAST_LINES = 8;

/** The story with long outputs cut short: result.json and the page have them whole. */
function storyLines(document: ResultDocument): string[] {
  const lines: string[] = [];
  let step: ToldNote[] = [];
  for (const note of story(document)) {
    const isOutput = note.text.startsWith('  ');
    // What happened by itself stands between what the step prints.
    if (!isOutput && !note.text.startsWith(MILESTONE_MARK)) {
      lines.push(...cut(step));
      step = [];
    }
    step.push({ isOutput, lines: noteLines(note) });
  }
  return [...lines, ...cut(step)];
}

interface ToldNote {
  readonly isOutput: boolean;
  readonly lines: readonly string[];
}

function cut(step: readonly ToldNote[]): string[] {
  const total = step.reduce((sum, { isOutput, lines }) => sum + (isOutput ? lines.length : 0), 0);
  // A cut that saves a line or two is not worth it.
  if (total <= FIRST_LINES + LAST_LINES + 2) return step.flatMap(({ lines }) => lines);
  const shown: string[] = [];
  let printed = 0;
  for (const { isOutput, lines } of step) {
    if (!isOutput) {
      shown.push(...lines);
      continue;
    }
    for (const line of lines) {
      printed++;
      if (printed <= FIRST_LINES || printed > total - LAST_LINES) shown.push(line);
      else if (printed === FIRST_LINES + 1) shown.push(`${' '.repeat(20)}(${total - FIRST_LINES - LAST_LINES} lines more)`);
    }
  }
  return shown;
}

function noteLines({ timeUs, text }: { readonly timeUs: number; readonly text: string }): string[] {
  const [first, ...others] = text.split('\n');
  return [`  ${secondsText(timeUs).padStart(14)}  ${first}`, ...others.map((other) => `${' '.repeat(18)}${other}`)];
}

function speedLines({ endUs, eventCount, digest, scenario }: ResultDocument, { wallSeconds, peakMemoryBytes }: WallFigures): string[] {
  const perSecond = Math.round(eventCount / Math.max(wallSeconds, 0.001));
  return [
    `Simulator: ${durationText(endUs)} in ${wallSeconds.toFixed(2)} s of wall time, ${eventCount} events, ${perSecond} events a second, ${Math.round(peakMemoryBytes / 1048576)} MB`,
    `Digest ${digest}, seed ${scenario.seed}`,
  ];
}
