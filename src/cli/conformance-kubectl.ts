/**
 * `orrery conformance kubectl [--vectors DIR] [--only ID] [--explain]`: replays recorded sessions of kubectl and says how many commands agree.
 */
import { isKubectlRecording, replayKubectl } from '../scenario/conformance/kubectl/conformance-kubectl.ts';
import { recordingsIn } from '../scenario/conformance/recordings.ts';

export const DEFAULT_KUBECTL_VECTORS = '../shared/conformance/api';

export interface KubectlConformanceOptions {
  readonly vectors?: string;
  /** A session, or what the ids of several begin with. */
  readonly only?: string;
  /** Print the first difference of each session. */
  readonly explain?: boolean;
}

/** Prints a line for each session, then the total. Answers the exit code: 1 on any disagreement, or when nothing was compared. */
export function runKubectlConformance({ vectors, only, explain }: KubectlConformanceOptions, print: (line: string) => void): number {
  let commands = 0;
  let agreements = 0;
  for (const file of recordingsIn(vectors ?? DEFAULT_KUBECTL_VECTORS).filter(isKubectlRecording)) {
    for (const report of replayKubectl(file, only)) {
      print(`${report.id}: ${report.agreements} of ${report.commands} commands agree`);
      const first = report.differences[0];
      if (explain === true && first !== undefined) for (const line of [`$ ${first.command}`, ...first.diff]) print(`  ${line}`);
      commands += report.commands;
      agreements += report.agreements;
    }
  }
  const percent = commands === 0 ? '0' : String(Math.floor((agreements * 10_000) / commands) / 100);
  print(`agreement: ${agreements} of ${commands} (${percent} %)`);
  return commands > 0 && agreements === commands ? 0 : 1;
}
