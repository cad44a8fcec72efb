/**
 * Holds our controllers to recordings of kube-controller-manager, one small act at a time.
 *
 * Each case has a control plane of its own: the real API server, informers and controllers of this project, with the
 * recorded acts in place of scheduler, kubelet and user. A step that differs throws off those after it, so a case's first difference
 * is the one to look at.
 */
import { basename } from 'node:path';
import { linesOf, type RecordingFile } from '../recordings.ts';
import { type RecordedCase, type ReplayedStep, replayCase } from './replay-case.ts';
import { chances } from './replay-chance.ts';
import type { Act } from './replay-controller-acts.ts';
import type { Difference } from './replay-step-comparison.ts';

export interface ControllersReport {
  readonly file: string;
  readonly cases: number;
  readonly agreeingCases: number;
  readonly steps: number;
  readonly state: number;
  readonly writes: number;
  readonly events: number;
  readonly status: number;
  /** Steps whose state and writes both agree. */
  readonly agreements: number;
  /** The first difference of each case that has one. */
  readonly firsts: readonly { readonly id: string; readonly act: Act; readonly differences: readonly Difference[] }[];
}

const ANY_NODE = 'daemonset-rolling';
/** So many draws of chance before a case counts as one the model cannot play. */
const ATTEMPTS = 120;

export function replayControllers(file: RecordingFile, only?: string): ControllersReport {
  const totals = { cases: 0, agreeingCases: 0, steps: 0, state: 0, writes: 0, events: 0, status: 0, agreements: 0 };
  const firsts: ControllersReport['firsts'][number][] = [];
  const anyNode = basename(file.name).startsWith(ANY_NODE);
  for (const line of linesOf<RecordedCase>(file.path)) {
    if (only !== undefined && line.id !== only) continue;
    totals.cases++;
    let isAgreeing = true;
    for (const step of closest(line, anyNode)) {
      totals.steps++;
      totals.state += Number(step.state.length === 0);
      totals.writes += Number(step.writes.length === 0);
      totals.events += Number(step.events.length === 0);
      totals.status += Number(step.isStatusAlike);
      if (step.state.length + step.writes.length === 0) totals.agreements++;
      const differences = [...step.state, ...step.writes, ...step.events];
      if (differences.length > 0 && isAgreeing) {
        isAgreeing = false;
        firsts.push({ id: `${line.id}/${step.number}`, act: step.act, differences });
      }
    }
    totals.agreeingCases += Number(isAgreeing);
  }
  return { file: file.name, ...totals, firsts };
}

/** The attempt that comes closest to the recording, counted in steps whose state and writes agree, then in Events. */
function closest(recorded: RecordedCase, anyNode: boolean): readonly ReplayedStep[] {
  let best: readonly ReplayedStep[] = [];
  let bestScore = -1;
  for (const chance of chances(recorded.id, ATTEMPTS)) {
    const steps = [...replayCase(recorded, chance, anyNode)];
    const score = steps.reduce((sum, step) => sum + scoreOf(step), 0);
    if (score > bestScore) [best, bestScore] = [steps, score];
    if (score === steps.length * AGREED) break;
  }
  return best;
}

const AGREED = 1000;

function scoreOf({ state, writes, events }: ReplayedStep): number {
  return (state.length + writes.length === 0 ? AGREED - 1 : 0) + (events.length === 0 ? 1 : 0);
}
