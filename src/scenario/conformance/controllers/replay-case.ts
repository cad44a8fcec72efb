/**
 * Plays one recorded case on a control plane of our own, step by step, and says where it came out otherwise.
 *
 * Each case has the real API server, informers and controllers of this project, with the recorded acts in place of scheduler, kubelet and
 * user. The steps begin in the seconds they were recorded in, as far as the controllers come to rest in time.
 */
import { MILLISECOND_US, SECOND_US } from '../../../base/units.ts';
import type { ReplayChance } from './replay-chance.ts';
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

export interface RecordedStep extends StepRecord {
  readonly do: Act;
  readonly at: number;
}

export interface RecordedCase {
  readonly id: string;
  readonly settings?: RecordedSettings;
  readonly steps: readonly RecordedStep[];
}

/** Shown only by recordings that are about them: what every namespace has, Services, ConfigMaps. */
const USUAL = ['Namespace/ns', 'ServiceAccount/default', 'ConfigMap/kube-root-ca.crt', 'ConfigMap/', 'Service/'];
const REVISION_PAUSE_US = SECOND_US;
const LATE_SECONDS = 3 * 24 * 60 * 60;
/** A request, and half a second of quiet. */
const SHORTEST_STEP_US = 550 * MILLISECOND_US;

export interface ReplayedStep {
  readonly number: number;
  readonly act: Act;
  readonly state: readonly Difference[];
  readonly writes: readonly Difference[];
  readonly events: readonly Difference[];
  readonly isStatusAlike: boolean;
}

export function* replayCase({ settings = {}, steps }: RecordedCase, chance: ReplayChance, anyNode: boolean): Generator<ReplayedStep> {
  const hasOwnNodes = steps.some((step) => createsNode(step.do));
  const plane = new ReplayControlPlane(settings, chance, anyNode, startSecond(steps), hasOwnNodes);
  const acts = new ControllerActs(plane, anyNode);
  const hidden = USUAL.filter((prefix) => !steps.some((step) => Object.keys(step.state).some((name) => name.startsWith(prefix))));
  if (steps.some((step) => hasMinReady(step.do))) plane.waitLonger();
  const beginUs = beginnings(steps, chance.phaseUs);
  let lastRevisionUs = 0;
  for (const [index, step] of steps.entries()) {
    const { sim, journal } = plane;
    const runUntilStep = (next: number) => {
      if (next > 0 && next < steps.length) sim.runUntil(Math.max(sim.nowUs, plane.startUs + beginUs[next]!));
    };
    runUntilStep(index);
    if (makesRevision(step.do)) {
      if (sim.nowUs - lastRevisionUs < REVISION_PAUSE_US) sim.runUntil(lastRevisionUs + REVISION_PAUSE_US);
      lastRevisionUs = sim.nowUs;
    }
    acts.run(step.do);
    plane.settle();
    // What comes before the next step belongs to this one, unless the recorder had written it down already and was only late to go on.
    if (!chance.isHasty) runUntilStep(index + 1);
    const { writes, status, refused, events } = journal.take();
    const whole = stateOf(plane.api, plane.names, anyNode, (object) => plane.isOwn(object));
    const state = Object.fromEntries(Object.entries(whole).filter(([name]) => !hidden.some((prefix) => name.startsWith(prefix))));
    yield {
      number: index + 1,
      act: step.do,
      state: stateDifferences(step, state),
      writes: writeDifferences(step, steps[index - 1]?.state ?? {}, writes, refused),
      events: eventDifferences(step, events),
      isStatusAlike: isStatusAlike(step, status),
    };
  }
}

/**
 * When each step begins: so far into the second it was recorded in, or sooner where several steps have to find room in a second.
 */
function beginnings(steps: readonly RecordedStep[], phaseUs: () => number): number[] {
  const beginUs: number[] = [];
  let latestUs = Number.POSITIVE_INFINITY;
  for (const { at } of [...steps].reverse()) {
    latestUs = Math.min(latestUs - SHORTEST_STEP_US, at * SECOND_US + phaseUs());
    beginUs.push(latestUs);
  }
  return beginUs.reverse();
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
