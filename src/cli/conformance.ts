/**
 * `orrery conformance scheduler|controllers|api [--vectors DIR] [--only ID] [--explain]`: replays recordings and says how many decisions agree.
 */
import { type ApiReport, canReplayApi, replayApi } from '../scenario/conformance/api/conformance-api.ts';
import { type ControllersReport, replayControllers } from '../scenario/conformance/controllers/conformance-controllers.ts';
import { recordingsIn } from '../scenario/conformance/recordings.ts';
import { canReplay, type ReplayReport, replayRecording } from '../scenario/conformance/scheduler/conformance-scheduler.ts';

export const DEFAULT_SCHEDULER_VECTORS = '../shared/conformance/scheduler';
export const DEFAULT_CONTROLLERS_VECTORS = '../shared/conformance/controllers';
export const DEFAULT_API_VECTORS = '../shared/conformance/api';

export interface ConformanceOptions {
  readonly vectors?: string;
  readonly only?: string;
  readonly explain?: boolean;
  /** Of the recordings, only those whose name begins so. */
  readonly suite?: string;
}

/** Prints a line for each recording, then the total. Answers the exit code: 1 on any disagreement, or when nothing was compared. */
export function runSchedulerConformance(options: ConformanceOptions, print: (line: string) => void): number {
  let decisions = 0;
  let agreements = 0;
  for (const file of recordingsIn(options.vectors ?? DEFAULT_SCHEDULER_VECTORS)) {
    if (!canReplay(file)) {
      print(`${file.name}: not replayed, this kind of recording is not known yet`);
      continue;
    }
    const startMs = performance.now();
    const report = replayRecording(file, options.only);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(2);
    print(`${file.name}: ${report.cases} cases, ${report.decisions} decisions, ${report.agreements} agree, ${seconds} s`);
    if (options.explain === true) explainFirst(report, print);
    decisions += report.decisions;
    agreements += report.agreements;
  }
  print(`agreement: ${agreements} of ${decisions} (${percentOf(agreements, decisions)} %)`);
  return decisions > 0 && agreements === decisions ? 0 : 1;
}

/** The first decision that differs, field by field, both sides. */
function explainFirst({ disagreements }: ReplayReport, print: (line: string) => void): void {
  const first = disagreements[0];
  if (first === undefined) return;
  print(`  first difference: ${first.id}`);
  for (const { field, recorded, ours } of first.differences) {
    print(`    ${field}`);
    print(`      recorded: ${JSON.stringify(recorded)}`);
    print(`      ours:     ${JSON.stringify(ours)}`);
  }
}

/**
 * Prints steps agreed for each recording, in state, writes and Events, what is known to differ, then the total of steps that agree in state
 * and writes. Answers 1 when one differs in these that is not known to.
 */
export function runControllersConformance(options: ConformanceOptions, print: (line: string) => void): number {
  let steps = 0;
  let agreements = 0;
  let disagreements = 0;
  let firstAgreements = 0;
  let drawsMax = 0;
  const files = recordingsIn(options.vectors ?? DEFAULT_CONTROLLERS_VECTORS).filter(({ name }) => name.startsWith(options.suite ?? ''));
  let startMs = performance.now();
  for (const report of replayControllers(files, options.only)) {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(2);
    startMs = performance.now();
    if (report.cases === 0 && options.only !== undefined) continue;
    print(
      `${report.file}: ${report.agreeingCases} of ${report.cases} cases, ${report.casesAtFirst} at the first draw of chance; of ${report.steps} steps state ${report.state}, writes ${report.writes}, events ${report.events}, status ${report.status}; ${seconds} s`,
    );
    for (const { id, differs, reason } of report.known) print(`  known difference: ${id}, ${differs}: ${reason}`);
    if (options.explain === true) explainFirsts(report, print);
    steps += report.steps;
    agreements += report.agreements;
    disagreements += report.disagreements;
    firstAgreements += report.firstAgreements;
    drawsMax = Math.max(drawsMax, report.drawsMax);
  }
  // What two runs of the real controllers agreed on may still have come about by chance, so other draws are tried: this says how many needed it.
  print(
    `at the first draw of chance: ${firstAgreements} of ${steps} steps (${percentOf(firstAgreements, steps)} %); the hardest case took ${drawsMax} draws`,
  );
  print(`agreement: ${agreements} of ${steps} steps (${percentOf(agreements, steps)} %)`);
  return steps > 0 && disagreements === 0 ? 0 : 1;
}

function explainFirsts({ firsts }: ControllersReport, print: (line: string) => void): void {
  for (const { id, act, differences } of firsts) {
    print(`  ${id}: ${JSON.stringify(act)}`);
    for (const { field, recorded, ours } of differences) {
      print(`    ${field}`);
      print(`      recorded: ${JSON.stringify(recorded)}`);
      print(`      ours:     ${JSON.stringify(ours)}`);
    }
  }
}

/** Prints cases and requests agreed for each recording of the API server, then the total of requests. */
export function runApiConformance(options: ConformanceOptions, print: (line: string) => void): number {
  let requests = 0;
  let agreements = 0;
  for (const file of recordingsIn(options.vectors ?? DEFAULT_API_VECTORS)) {
    if (!canReplayApi(file) || !file.name.startsWith(options.suite ?? '')) continue;
    const startMs = performance.now();
    const report = replayApi(file, options.only);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(2);
    print(
      `${file.name}: ${report.agreeingCases} of ${report.cases} cases, ${report.agreements} of ${report.requests} requests agree, ${seconds} s`,
    );
    if (options.explain === true) explainApi(report, print);
    requests += report.requests;
    agreements += report.agreements;
  }
  print(`agreement: ${agreements} of ${requests} (${percentOf(agreements, requests)} %)`);
  return requests > 0 && agreements === requests ? 0 : 1;
}

function explainApi({ firsts }: ApiReport, print: (line: string) => void): void {
  for (const { id, request, mismatches } of firsts) {
    print(`  ${id}: ${request}`);
    for (const { path, recorded, ours } of mismatches) {
      print(`    ${path}`);
      print(`      recorded: ${JSON.stringify(recorded)}`);
      print(`      ours:     ${JSON.stringify(ours)}`);
    }
  }
}

/** To two places, rounded down: only all is 100. */
function percentOf(part: number, whole: number): string {
  return whole === 0 ? '0' : String(Math.floor((part * 10_000) / whole) / 100);
}
