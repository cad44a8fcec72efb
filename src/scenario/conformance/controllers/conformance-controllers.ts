/**
 * Holds our controllers to recordings of kube-controller-manager, one small act at a time.
 *
 * Each case has a control plane of its own: the real API server, informers and controllers of this project, with the
 * recorded acts in place of scheduler, kubelet and user. A step that differs throws off those after it, so a case's first difference
 * is the one to look at.
 */
import { basename } from 'node:path';
import { MILLISECOND_US, SECOND_US } from '../../../base/units.ts';
import { linesOf, type RecordingFile } from '../recordings.ts';
import { type RecordedSettings, ReplayControlPlane } from './replay-control-plane.ts';
import { type Act, ControllerActs } from './replay-controller-acts.ts';
import {
  type Difference,
  eventDifferences,
  isStatusAlike,
  type StepRecord,
  stateDifferences,
  writeDifferences,
} from './replay-step-comparison.ts';
import { stateOf } from './replay-summary.ts';

interface RecordedStep extends StepRecord {
  readonly do: Act;
  readonly at: number;
}

interface RecordedCase {
  readonly id: string;
  readonly settings?: RecordedSettings;
  readonly steps: readonly RecordedStep[];
}

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

/** Shown only by recordings that are about them: what every namespace has, Services, ConfigMaps. */
const USUAL = ['Namespace/ns', 'ServiceAccount/default', 'ConfigMap/kube-root-ca.crt', 'ConfigMap/', 'Service/'];
const ANY_NODE = 'daemonset-rolling';
const REVISION_PAUSE_US = SECOND_US;
const LATE_SECONDS = 3 * 24 * 60 * 60;

export function replayControllers(file: RecordingFile, only?: string): ControllersReport {
  const totals = { cases: 0, agreeingCases: 0, steps: 0, state: 0, writes: 0, events: 0, status: 0, agreements: 0 };
  const firsts: ControllersReport['firsts'][number][] = [];
  const anyNode = basename(file.name).startsWith(ANY_NODE);
  for (const line of linesOf<RecordedCase>(file.path)) {
    if (only !== undefined && line.id !== only) continue;
    totals.cases++;
    let isAgreeing = true;
    for (const step of replayCase(line, anyNode)) {
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

interface ReplayedStep {
  readonly number: number;
  readonly act: Act;
  readonly state: readonly Difference[];
  readonly writes: readonly Difference[];
  readonly events: readonly Difference[];
  readonly isStatusAlike: boolean;
}

function* replayCase({ id, settings = {}, steps }: RecordedCase, anyNode: boolean): Generator<ReplayedStep> {
  const hasOwnNodes = steps.some((step) => createsNode(step.do));
  const plane = new ReplayControlPlane(settings, id, anyNode, startSecond(steps), hasOwnNodes);
  const acts = new ControllerActs(plane, anyNode);
  const hidden = USUAL.filter((prefix) => !steps.some((step) => Object.keys(step.state).some((name) => name.startsWith(prefix))));
  if (steps.some((step) => hasMinReady(step.do))) plane.waitLonger();
  let lastRevisionUs = 0;
  for (const [index, step] of steps.entries()) {
    const { sim, journal } = plane;
    const dueUs = plane.startUs + step.at * SECOND_US + 600 * MILLISECOND_US;
    if (index > 0 && dueUs > sim.nowUs) sim.runUntil(dueUs);
    if (makesRevision(step.do)) {
      if (sim.nowUs - lastRevisionUs < REVISION_PAUSE_US) sim.runUntil(lastRevisionUs + REVISION_PAUSE_US);
      lastRevisionUs = sim.nowUs;
    }
    acts.run(step.do);
    plane.settle();
    const { writes, status, refused, events } = journal.take();
    const whole = stateOf(plane.api, plane.names, anyNode, (object) => plane.isOwn(object));
    const state = Object.fromEntries(Object.entries(whole).filter(([name]) => !hidden.some((prefix) => name.startsWith(prefix))));
    yield {
      number: index + 1,
      act: step.do,
      state: stateDifferences(step, state),
      writes: writeDifferences(step, writes, refused),
      events: eventDifferences(step, events),
      isStatusAlike: isStatusAlike(step, status),
    };
  }
}

function createsNode(act: Act): boolean {
  if (act.act === 'batch') return act.acts.some(createsNode);
  return act.act === 'create' && act.object.kind === 'Node';
}

function hasMinReady(act: Act): boolean {
  return act.act === 'create' && ((act.object as { readonly spec?: { readonly minReadySeconds?: number } }).spec?.minReadySeconds ?? 0) > 0;
}

function makesRevision(act: Act): boolean {
  return act.act === 'patch' || act.act === 'kubectl' || (act.act === 'batch' && act.acts.some(makesRevision));
}

/**
 * So that full minutes fall where they fell: `at` tells when the step after a wait for one began. Days late, since pods may be said to have been
 * ready for long.
 */
function startSecond(steps: readonly RecordedStep[]): number {
  const index = steps.findIndex((step) => step.do.act === 'waitMinute');
  const wait = steps[index]?.do;
  if (wait?.act !== 'waitMinute' || steps[index + 1] === undefined) return LATE_SECONDS;
  const minuteAt = steps[index + 1]!.at - wait.seconds - 2;
  return LATE_SECONDS + 60 - (((minuteAt % 60) + 60) % 60);
}
