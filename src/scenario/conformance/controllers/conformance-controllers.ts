/**
 * Holds our controllers to recordings of kube-controller-manager, one small act at a time.
 *
 * Each case has a control plane of its own: the real API server, informers and controllers of this project, with the
 * recorded acts in place of scheduler, kubelet and user. A step that differs throws off those after it, so a case's first difference
 * is the one to look at.
 */
import { basename } from 'node:path';
import type { RecordingFile } from '../recordings.ts';
import { type KnownDifference, knownDifference } from './known-differences.ts';
import { readCases } from './read-cases.ts';
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
  /** Those of them that agreed at the first draw of chance, before another was tried (replay-chance.ts). */
  readonly firstAgreements: number;
  readonly casesAtFirst: number;
  /** The most draws a case took. */
  readonly drawsMax: number;
  /** The others, but for those of cases that are known to differ. */
  readonly disagreements: number;
  /** Cases that differ as they are known to. */
  readonly known: readonly KnownDifference[];
  /** The first difference of each other case that has one. */
  readonly firsts: readonly FirstDifference[];
}

export interface FirstDifference {
  readonly id: string;
  readonly act: Act;
  readonly differences: readonly Difference[];
}

const ANY_NODE = 'daemonset-rolling';
/** So many draws of chance before a case counts as one the model cannot play: some outcomes come up in one of a hundred. */
const ATTEMPTS = 500;
/** What has come out one and the same way so often is hardly chance. */
const DISTINCT_AFTER = 250;
/** A step's worth: state and writes together far more than its Events. */
const DECISIONS = 1000;
const EVENTS = 1;

/** One report for each file, as it is done; every file is read before the first is replayed. */
export function* replayControllers(files: readonly RecordingFile[], only?: string): Generator<ControllersReport> {
  for (const { file, cases } of readCases(files, only)) yield reportOf(file, cases);
}

function reportOf(file: RecordingFile, cases: readonly RecordedCase[]): ControllersReport {
  const totals = { agreeingCases: 0, steps: 0, state: 0, writes: 0, events: 0, status: 0, agreements: 0, disagreements: 0 };
  const chance = { firstAgreements: 0, casesAtFirst: 0, drawsMax: 0 };
  const firsts: FirstDifference[] = [];
  const known: KnownDifference[] = [];
  const anyNode = basename(file.name).startsWith(ANY_NODE);
  for (const recorded of cases) {
    const expected = knownDifference(recorded.id);
    const { steps, firstAgreements, draws } = closest(recorded, anyNode, expected === undefined ? ATTEMPTS : 1);
    chance.firstAgreements += firstAgreements;
    chance.casesAtFirst += Number(draws === 1);
    chance.drawsMax = Math.max(chance.drawsMax, draws);
    for (const step of steps) {
      totals.steps++;
      totals.state += Number(step.state.length === 0);
      totals.writes += Number(step.writes.length === 0);
      totals.events += Number(step.events.length === 0);
      totals.status += Number(step.isStatusAlike);
    }
    const agreements = agreementsOf(steps);
    totals.agreements += agreements;
    const differing = steps.filter((step) => step.state.length + step.writes.length + step.events.length > 0);
    totals.agreeingCases += Number(differing.length === 0);
    if (expected !== undefined && differing.every((step) => differsAs(expected, step))) {
      if (differing.length > 0) known.push(expected);
      continue;
    }
    totals.disagreements += steps.length - agreements;
    const first = differing[0];
    if (first === undefined) continue;
    const { number, act, state, writes, events } = first;
    firsts.push({ id: `${recorded.id}/${number}`, act, differences: [...state, ...writes, ...events] });
  }
  return { file: file.name, cases: cases.length, ...totals, ...chance, known, firsts };
}

function differsAs({ differs }: KnownDifference, step: ReplayedStep): boolean {
  return (['state', 'writes', 'events'] as const).every((part) => part === differs || step[part].length === 0);
}

interface Closest {
  readonly steps: readonly ReplayedStep[];
  readonly firstAgreements: number;
  readonly draws: number;
}

/** The attempt that comes closest to the recording, counted in steps whose state and writes agree, then in Events. */
function closest(recorded: RecordedCase, anyNode: boolean, attempts: number): Closest {
  let firstAgreements = 0;
  let best: readonly ReplayedStep[] = [];
  let bestLoss = Number.POSITIVE_INFINITY;
  const outcomes = new Set<string>();
  let draws = 0;
  for (const chance of chances(recorded.id, attempts)) {
    const steps: ReplayedStep[] = [];
    let loss = 0;
    for (const step of replayCase(recorded, chance, anyNode)) {
      steps.push(step);
      loss += lossOf(step);
      if (loss >= bestLoss) break;
    }
    if (++draws === 1) firstAgreements = agreementsOf(steps);
    if (loss < bestLoss) [best, bestLoss] = [steps, loss];
    if (bestLoss === 0) break;
    outcomes.add(JSON.stringify(steps.find((step) => lossOf(step) > 0)));
    if (draws === DISTINCT_AFTER && outcomes.size === 1) break;
  }
  return { steps: best, firstAgreements, draws };
}

function agreementsOf(steps: readonly ReplayedStep[]): number {
  return steps.filter((step) => step.state.length + step.writes.length === 0).length;
}

function lossOf({ state, writes, events }: ReplayedStep): number {
  return (state.length + writes.length === 0 ? 0 : DECISIONS) + (events.length === 0 ? 0 : EVENTS);
}
