/**
 * The terminal summary of a run: the answer first, then the expectations, what happened, and last how fast the simulator was.
 */
import { secondsText } from '../base/units.ts';
import type { FidelityItem } from '../report/fidelity-note.ts';
import { answerOf } from '../report/verdict.ts';
import { durationText } from '../scenario/duration.ts';
import type { RunOutcome } from '../scenario/runner.ts';

export interface WallFigures {
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
}

const MARKS = { met: 'met   ', missed: 'MISSED', open: 'open  ' } as const;

/** One line: did it hold? */
export function verdictLine(outcome: RunOutcome): string {
  const { word, because } = answerOf(outcome, outcome.verdicts);
  return `${outcome.scenario.name}: ${word}, ${because}`;
}

/** The whole answer, and last how exact it is and how fast the simulator was. */
export function runText(outcome: RunOutcome, fidelity: readonly FidelityItem[], wall: WallFigures): string {
  const exactness = fidelity.map(({ part, level, note }) => `  ${level}: ${part}: ${note}`);
  return [answerText(outcome), '', 'How exact', ...exactness, '', ...speedLines(outcome, wall)].join('\n');
}

/** What the scenario asked and what came of it: a function of scenario and seed alone. */
export function answerText(outcome: RunOutcome): string {
  const { scenario, record } = outcome;
  const lines = [scenario.question, verdictLine(outcome), ''];
  if (outcome.verdicts.length > 0) {
    lines.push('Expectations');
    for (const { text, outcome: result, observed } of outcome.verdicts) lines.push(`  ${MARKS[result]}  ${text}  (observed ${observed})`);
    lines.push('');
  }
  for (const { timeUs, line, message } of outcome.stepFailures)
    lines.push(`Step failed at ${durationText(timeUs)}: kubectl ${line}`, `  ${message}`, '');
  if (record.life.length > 0) {
    lines.push('The life of the first Deployment');
    for (const { timeUs, text } of record.life) lines.push(`  ${secondsText(timeUs).padStart(14)}  ${text}`);
    lines.push('');
  }
  lines.push('What happened');
  for (const { timeUs, text } of record.notes) {
    const [first, ...others] = text.split('\n');
    lines.push(`  ${secondsText(timeUs).padStart(14)}  ${first}`, ...others.map((other) => `${' '.repeat(18)}${other}`));
  }
  lines.push('', ...trafficLines(outcome), ...countLines(outcome));
  return lines.join('\n');
}

function trafficLines({ record }: RunOutcome): string[] {
  const lines: string[] = [];
  for (const { name, total, failed, meanUs, maxUs, failures } of record.traffic) {
    lines.push(
      `Requests of ${name}: ${total} ended, ${failed} failed; answered in ${durationText(meanUs)} on average, ${durationText(maxUs)} at most`,
    );
    for (const { cause, count, firstUs, lastUs } of failures)
      lines.push(`  ${count} ${cause}, from ${durationText(firstUs)} to ${durationText(lastUs)}`);
  }
  return lines;
}

function countLines({ record, scenario }: RunOutcome): string[] {
  const { podsCreated, podsBound, podsReady, podsDeleted, attempts, unschedulable, writes } = record.counts;
  const lines = [
    `Pods: ${podsCreated} created, ${podsBound} bound, ${podsReady} times ready, ${podsDeleted} removed`,
    `Simulated control plane: ${attempts} scheduling attempts, ${unschedulable} of them in vain; ${writes} writes`,
  ];
  if (podsBound === 0) lines.push('ATTENTION: this run scheduled no pod at all; its other figures mean little');
  if (scenario.traffic.length > 0 && record.traffic.length === 0) lines.push('ATTENTION: not one request has ended');
  return lines;
}

function speedLines(outcome: RunOutcome, { wallSeconds, peakMemoryBytes }: WallFigures): string[] {
  const { endUs, eventCount, digest, seed } = outcome;
  const perSecond = Math.round(eventCount / Math.max(wallSeconds, 0.001));
  return [
    `Simulator: ${durationText(endUs)} in ${wallSeconds.toFixed(2)} s of wall time, ${eventCount} events, ${perSecond} events a second, ${Math.round(peakMemoryBytes / 1048576)} MB`,
    `Digest ${digest}, seed ${seed}`,
  ];
}
