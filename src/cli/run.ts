/**
 * `orrery run FILE...`, `orrery check FILE...` and `orrery list`.
 *
 * Exit codes: 0 when every expectation holds, 1 when one does not, 2 when the input is wrong; then nothing has been run.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, type Problem, problemText } from '../base/errors.ts';
import { RunMetrics } from '../metrics/run-metrics.ts';
import { TraceRecorder } from '../metrics/trace-recorder.ts';
import type { Observer } from '../model/observer.ts';
import { explanationText } from '../report/explanation-text.ts';
import { type ResultDocument, resultDocument } from '../report/result-document.ts';
import { runText, verdictLine } from '../report/run-text.ts';
import { durationText, parseDurationUs } from '../scenario/duration.ts';
import { questionOf, readScenario } from '../scenario/read-scenario.ts';
import { type RunOutcome, ScenarioRun } from '../scenario/runner.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { PluginFailure } from '../scheduler/custom-plugin.ts';
import { writeResultFiles, writeTrace } from './result-files.ts';

export const EXIT_MET = 0;
export const EXIT_MISSED = 1;
export const EXIT_WRONG_INPUT = 2;
/** Orrery itself is wrong. */
export const EXIT_BROKEN = 3;

export interface RunFlags {
  readonly seed?: string;
  readonly until?: string;
  readonly untilEvent?: string;
  readonly set?: readonly string[];
  readonly format?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly trace?: string;
  readonly slowScheduler?: boolean;
  /** Pods to explain, by name. */
  readonly why?: readonly string[];
}

/** Where the commands write. */
export interface Terminal {
  print(text: string): void;
  warn(text: string): void;
  /** Replaces the progress line; undefined when there is no terminal to draw it on. */
  progress: ((text: string) => void) | undefined;
  /** True once the user has asked to stop. */
  isInterrupted(): boolean;
}

// Few enough that a key press is heard at once, many enough that looking at the clock costs nothing.
const EVENTS_A_SLICE = 20_000;
const PROGRESS_MS = 200;
// Looking at a node once more to keep why takes some microseconds: this much is under a second.
const EXPLAINED_NODES = 20_000;

export async function runFiles(files: readonly string[], flags: RunFlags, terminal: Terminal): Promise<number> {
  const problems: Problem[] = [...flagProblems(flags)];
  const scenarios = readAll(files, flags.set ?? [], problems);
  if (problems.length > 0) return complain(problems, terminal);
  let exitCode = EXIT_MET;
  for (const scenario of scenarios) {
    const startMs = performance.now();
    const metrics = new RunMetrics(scenario.durationUs);
    const recorder = flags.trace === undefined ? undefined : new TraceRecorder();
    const outcome = await play(scenario, flags, terminal, metrics, recorder === undefined ? [] : [recorder]).catch((error: unknown) => {
      if (error instanceof PluginFailure) return error;
      throw error;
    });
    // Not ours, and not the scenario's answer either.
    if (outcome instanceof PluginFailure) {
      terminal.warn(outcome.message);
      return EXIT_WRONG_INPUT;
    }
    const wall = { wallSeconds: (performance.now() - startMs) / 1000, peakMemoryBytes: process.memoryUsage.rss() };
    const document = resultDocument(outcome, metrics);
    const isJson = flags.json === true || flags.format === 'json';
    if (isJson) terminal.print(JSON.stringify(document, undefined, 1));
    else terminal.print(flags.quiet === true ? verdictLine(document) : runText(document, wall));
    if (!isJson) for (const pod of flags.why ?? []) terminal.print(`\n${whyText(pod, document)}`);
    if (flags.out !== undefined) {
      const page = writeResultFiles(scenarios.length === 1 ? flags.out : join(flags.out, scenario.name), document);
      if (!isJson && flags.quiet !== true) terminal.print(`Open ${page} to see why`);
    }
    if (recorder !== undefined) writeTrace(flags.trace!, document, recorder);
    if (!outcome.isMet) exitCode = EXIT_MISSED;
    if (!outcome.isWhole) break;
  }
  return exitCode;
}

function whyText(pod: string, { explanations }: ResultDocument): string {
  const explanation = explanations.find(({ pod: key, alike }) => [key, ...alike].some((one) => one === pod || one.endsWith(`/${pod}`)));
  return explanation === undefined ? `Cannot explain pod ${pod}: no scheduler has tried a pod of that name` : explanationText(explanation);
}

export function checkFiles(files: readonly string[], flags: RunFlags, terminal: Terminal): number {
  const problems: Problem[] = [];
  const scenarios = readAll(files, flags.set ?? [], problems);
  if (problems.length > 0) return complain(problems, terminal);
  for (const { file, events, expectations } of scenarios)
    terminal.print(`${file}: no problem found, ${events.length} events, ${expectations.length} expectations`);
  return EXIT_MET;
}

/** The scenarios of a folder, each with its question. */
export function listScenarios(folder: string, terminal: Terminal): number {
  if (!existsSync(folder)) {
    terminal.warn(`Cannot list scenarios: expected a folder, got "${folder}", which does not exist`);
    return EXIT_WRONG_INPUT;
  }
  const files = readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
  const width = Math.max(...files.map((file) => file.length), 0);
  for (const file of files) terminal.print(`${file.padEnd(width)}  ${questionOf(readFileSync(join(folder, file), 'utf8')) ?? ''}`);
  return EXIT_MET;
}

async function play(
  scenario: Scenario,
  flags: RunFlags,
  terminal: Terminal,
  metrics: RunMetrics,
  observers: readonly Observer[],
): Promise<RunOutcome> {
  const seed = flags.seed === undefined ? undefined : Number(flags.seed);
  const { why = [] } = flags;
  const untilUs = flags.until === undefined ? undefined : parseDurationUs(flags.until);
  const scenarioRun = new ScenarioRun(scenario, {
    ...(seed === undefined ? {} : { seed }),
    ...(untilUs === undefined ? {} : { untilUs }),
    ...(flags.untilEvent === undefined ? {} : { untilEvent: Number(flags.untilEvent) }),
    observers: [metrics, ...observers],
    isSlowScheduler: flags.slowScheduler === true,
    ...(flags.out === undefined && why.length === 0
      ? {}
      : { explain: { pods: why, nodeBudget: flags.out === undefined ? 0 : EXPLAINED_NODES } }),
  });
  const draw = flags.quiet === true ? undefined : terminal.progress;
  let drawnMs = performance.now();
  while (scenarioRun.advance(EVENTS_A_SLICE)) {
    const nowMs = performance.now();
    if (nowMs - drawnMs < PROGRESS_MS) continue;
    drawnMs = nowMs;
    draw?.(progressText(scenarioRun, metrics));
    // Lets the signal handler have its turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (terminal.isInterrupted()) {
      draw?.('');
      return scenarioRun.outcome(false);
    }
  }
  draw?.('');
  return scenarioRun.outcome(true);
}

function progressText({ scenario, nowUs, endUs, cluster }: ScenarioRun, { requests }: RunMetrics): string {
  const percent = Math.floor((nowUs / endUs) * 100);
  let answered = 0;
  let failed = 0;
  for (const figures of requests.values()) {
    answered += figures.answered;
    failed += figures.failed;
  }
  const second = Math.floor(nowUs / 1e6) * 1e6;
  return `${scenario.name} ${percent}%  ${durationText(second)} of ${durationText(endUs)}  ${cluster.api.store.size('Pod')} pods  ${answered + failed} requests, ${failed} failed`;
}

function readAll(files: readonly string[], overrides: readonly string[], problems: Problem[]): Scenario[] {
  return files.flatMap((file) => {
    try {
      return [readScenario(file, overrides)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
}

function flagProblems({ seed, until, untilEvent, format }: RunFlags): Problem[] {
  const at = (file: string, found: string, wanted: string): Problem => ({
    file,
    line: 0,
    column: 0,
    path: '',
    found: JSON.stringify(found),
    wanted,
  });
  const problems: Problem[] = [];
  if (seed !== undefined && !/^\d{1,15}$/.test(seed)) problems.push(at('--seed', seed, 'a whole number from 0'));
  if (until !== undefined && !((parseDurationUs(until) ?? 0) > 0))
    problems.push(at('--until', until, 'a duration longer than 0, such as "90s" or "1h30m"'));
  if (untilEvent !== undefined && !/^\d{1,15}$/.test(untilEvent)) problems.push(at('--until-event', untilEvent, 'a whole number from 0'));
  if (format !== undefined && format !== 'text' && format !== 'json') problems.push(at('--format', format, 'one of text, json'));
  return problems;
}

function complain(problems: readonly Problem[], terminal: Terminal): number {
  for (const problem of problems) terminal.warn(problemText(problem));
  terminal.warn(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was run`);
  return EXIT_WRONG_INPUT;
}
