/**
 * Replays recorded preemptions: who would have to go, on which node, and in what words it is told when nobody can.
 */
import { fitMessage } from '../../../scheduler/diagnosis.ts';
import type { FastPath } from '../../../scheduler/fast/fast-path.ts';
import type { DefaultPreemption } from '../../../scheduler/plugins/default-preemption.ts';
import { PodInfo } from '../../../scheduler/pod-info.ts';
import type { FoundCandidates } from '../../../scheduler/preemption/candidate-search.ts';
import { Profile } from '../../../scheduler/profile.ts';
import { schedulePod } from '../../../scheduler/schedule-pod.ts';
import { type Difference, differ, type ProfileReader, type RecordedStatus, type RecordedWorld, type Replayed } from './replay-decisions.ts';
import { ReplayWorld, stored } from './replay-world.ts';

export interface ExpectedPreemption {
  readonly fitMessage?: string;
  readonly status?: string;
  readonly message?: string;
  readonly nomination?: string;
  readonly node?: string;
  readonly nodeAnyOf?: readonly string[];
  readonly victims?: readonly string[];
  readonly deleted?: readonly string[];
  readonly pdbViolations?: number;
  readonly cleared?: readonly string[];
  readonly candidates?: { readonly [node: string]: { readonly victims: readonly string[]; readonly pdbViolations: number } };
  readonly notCandidates?: { readonly [node: string]: RecordedStatus };
}

const COMPARED = [
  'fitMessage',
  'status',
  'message',
  'nomination',
  'node',
  'victims',
  'deleted',
  'pdbViolations',
  'cleared',
  'candidates',
  'notCandidates',
] as const;
const OF_THE_DRY_RUN: ReadonlySet<string> = new Set(['candidates', 'notCandidates']);
const OF_THE_NODE: ReadonlySet<string> = new Set(['node', 'victims', 'deleted', 'pdbViolations', 'cleared']);

export function* replayPreemption(world: RecordedWorld<ExpectedPreemption>, readProfiles: ProfileReader): Generator<Replayed> {
  const replayed = new ReplayWorld(world.objects);
  const byName = new Map(readProfiles(world.config).profiles.map((spec) => [spec.schedulerName, new Profile(spec, replayed.handle)]));
  const fastPaths = new Map([...byName].map(([name, profile]) => [name, replayed.fastPath(profile)]));
  for (const { pod, expect } of world.pods) {
    const info = new PodInfo(stored(pod));
    const name = info.pod.spec.schedulerName ?? '';
    const ours = preempt(byName.get(name)!, info, replayed, undefined);
    const quick = preempt(byName.get(name)!, info, replayed, fastPaths.get(name));
    const differences = COMPARED.flatMap((field) => [
      ...differenceIn(field, expect, ours),
      ...differ(`${field} by the fast path`, ours[field], quick[field]),
    ]);
    yield { id: `${world.id}/${pod.metadata.name}`, differences };
  }
}

function differenceIn(field: (typeof COMPARED)[number], recorded: ExpectedPreemption, ours: ExpectedPreemption): Difference[] {
  // The recorder tried every node also for pods that may not preempt; the scheduler does not, so there is nothing to compare.
  if (OF_THE_DRY_RUN.has(field) && ours.nomination === 'keep') return [];
  if (recorded.nodeAnyOf === undefined || !OF_THE_NODE.has(field)) return differ(field, recorded[field], ours[field]);
  // All criteria tied: any of them may have been taken, and the rest follows from it.
  if (field !== 'node' || recorded.nodeAnyOf.includes(ours.node ?? '')) return [];
  return [{ field, recorded: recorded.nodeAnyOf, ours: ours.node }];
}

function preempt(profile: Profile, pod: PodInfo, world: ReplayWorld, fast: FastPath | undefined): ExpectedPreemption {
  const decision = schedulePod(profile, pod, { next: 0 }, { percentageOfNodesToScore: 100, fast });
  if (decision.kind !== 'unfit') return { status: decision.kind };
  const nodeCount = world.snapshot.nodes.length;
  const { result, message, outcome } = profile.runPostFilter(decision.state, pod, decision.diagnosis);
  const plan = profile.plugin<DefaultPreemption>('DefaultPreemption')?.plan;
  return {
    fitMessage: fitMessage(nodeCount, decision.diagnosis),
    status: result,
    message: fitMessage(nodeCount, decision.diagnosis, message),
    nomination: outcome?.nomination ?? 'clear',
    ...chosenOf(result === 'Success' ? plan : undefined, pod, world),
    ...triedOf(plan),
  };
}

function chosenOf(plan: FoundCandidates | undefined, pod: PodInfo, world: ReplayWorld): ExpectedPreemption {
  const chosen = plan?.chosen;
  if (chosen === undefined) return { pdbViolations: 0 };
  const cleared = world.handle.nominated.onNode(chosen.nodeName).filter(({ priority }) => priority < pod.priority);
  const deleted = chosen.victims.filter(({ isTerminating }) => !isTerminating);
  return {
    node: chosen.nodeName,
    victims: chosen.victims.map(({ key }) => key),
    ...(deleted.length === 0 ? {} : { deleted: deleted.map(({ key }) => key) }),
    pdbViolations: chosen.pdbViolations,
    ...(cleared.length === 0 ? {} : { cleared: cleared.map(({ key }) => key) }),
  };
}

function triedOf(plan: FoundCandidates | undefined): ExpectedPreemption {
  const candidates = (plan?.candidates ?? []).map(
    ({ nodeName, victims, pdbViolations }) => [nodeName, { victims: victims.map(({ key }) => key), pdbViolations }] as const,
  );
  const failures = [...(plan?.rejected ?? [])].map(([name, { plugin, code, reasons }]) => [name, { plugin, code, reasons }] as const);
  return {
    ...(candidates.length === 0 ? {} : { candidates: Object.fromEntries(candidates) }),
    ...(failures.length === 0 ? {} : { notCandidates: Object.fromEntries(failures) }),
  };
}
