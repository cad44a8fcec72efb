/**
 * `orrery conformance scheduler [--vectors DIR] [--only ID] [--explain]`: replays recordings and says how many decisions agree.
 */
import { canReplay, type ReplayReport, replayRecording } from '../scenario/conformance-scheduler.ts';
import { recordingsIn } from '../scenario/recordings.ts';

export const DEFAULT_SCHEDULER_VECTORS = '../shared/conformance/scheduler';

export interface ConformanceOptions {
  readonly vectors?: string;
  readonly only?: string;
  readonly explain?: boolean;
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
  const percent = decisions === 0 ? '0' : String(Math.floor((agreements * 10_000) / decisions) / 100);
  print(`agreement: ${agreements} of ${decisions} (${percent} %)`);
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
