/**
 * Replays recorded decisions: every verdict of every plugin on every node, every score, and the node chosen.
 */
import { compareText } from '../../../base/compare.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { Pod } from '../../../model/pod.ts';
import { Diagnosis, fitMessage } from '../../../scheduler/diagnosis.ts';
import type { FastPath } from '../../../scheduler/fast/fast-path.ts';
import { CycleState, isRejected, type Status } from '../../../scheduler/framework.ts';
import { PodInfo } from '../../../scheduler/pod-info.ts';
import { Profile } from '../../../scheduler/profile.ts';
import type { ProfileSpec } from '../../../scheduler/profile-spec.ts';
import { type DecisionTrace, schedulePod, scoreNodes } from '../../../scheduler/schedule-pod.ts';
import { ReplayWorld, stored } from './replay-world.ts';

export interface RecordedStatus {
  readonly plugin: string;
  readonly code: string;
  readonly reasons: readonly string[];
}

export interface RecordedWorld<E> {
  readonly id: string;
  readonly config: unknown;
  readonly nodeOrder: readonly string[];
  readonly objects: readonly KubeObject[];
  readonly pods: readonly { readonly pod: Pod; readonly expect: E }[];
}

export interface ExpectedDecision {
  readonly ignored?: boolean;
  readonly preFilter?: RecordedStatus;
  readonly preFilterNodes?: readonly string[];
  readonly skippedFilter?: readonly string[];
  readonly filter?: { readonly [node: string]: RecordedStatus };
  readonly feasible?: readonly string[];
  readonly skippedScore?: readonly string[];
  readonly scores?: { readonly [plugin: string]: { readonly [node: string]: readonly [number, number] } };
  readonly total?: { readonly [node: string]: number };
  readonly chosen?: string;
  readonly chosenAnyOf?: readonly string[];
  readonly viaNominated?: boolean;
  readonly message?: string;
  readonly error?: string;
}

/** One decision replayed: the fields that differ, both sides; empty when it agrees. */
export interface Replayed {
  readonly id: string;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly field: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

/** Reads a KubeSchedulerConfiguration, or null for the default one. */
export type ProfileReader = (config: unknown) => { readonly profiles: readonly ProfileSpec[]; readonly percentageOfNodesToScore: number };

export function* replayDecisions(world: RecordedWorld<ExpectedDecision>, readProfiles: ProfileReader): Generator<Replayed> {
  const replayed = new ReplayWorld(world.objects);
  const { profiles } = readProfiles(world.config);
  const byName = new Map(profiles.map((spec) => [spec.schedulerName, new Profile(spec, replayed.handle)]));
  const fastPaths = new Map([...byName].map(([name, profile]) => [name, replayed.fastPath(profile)]));
  const order = replayed.snapshot.nodes.map((node) => node.name);
  const wrongOrder = differ('nodeOrder', world.nodeOrder, order);
  for (const { pod, expect } of world.pods) {
    const info = new PodInfo(stored(pod));
    const ours = decide(byName, info);
    const fields = Object.keys({ ...expect, ...ours }) as (keyof ExpectedDecision)[];
    const differences = fields.flatMap((field) => differenceIn(field, expect, ours));
    const quick = fastDifferences(fastPaths.get(info.pod.spec.schedulerName ?? ''), info, ours, order.length);
    yield { id: `${world.id}/${pod.metadata.name}`, differences: [...wrongOrder, ...differences, ...quick] };
  }
}

function differenceIn(field: keyof ExpectedDecision, recorded: ExpectedDecision, ours: ExpectedDecision): Difference[] {
  // Among equal totals of a narrowed search any node may have been met first.
  if (field === 'chosen' && recorded.chosenAnyOf !== undefined) {
    return recorded.chosenAnyOf.includes(ours.chosen ?? '') ? [] : [{ field, recorded: recorded.chosenAnyOf, ours: ours.chosen }];
  }
  return field === 'chosenAnyOf' ? [] : differ(field, recorded[field], ours[field]);
}

export function differ(field: string, recorded: unknown, ours: unknown): Difference[] {
  return canonical(recorded) === canonical(ours) ? [] : [{ field, recorded, ours }];
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => compareText(a, b)))
      : part,
  );
}

/** What the fast path comes to, held against the traced decision; nothing where it leaves the decision to that. */
function fastDifferences(fast: FastPath | undefined, pod: PodInfo, ours: ExpectedDecision, nodeCount: number): Difference[] {
  const decision = fast?.decide(pod, { next: 0 }, 100);
  if (decision === undefined) return [];
  if (decision.kind === 'chosen') return differ('chosen by the fast path', ours.chosen, decision.node.name);
  return differ('message of the fast path', ours.message, fitMessage(nodeCount, decision.diagnosis));
}

function decide(profiles: ReadonlyMap<string, Profile>, info: PodInfo): ExpectedDecision {
  const profile = profiles.get(info.pod.spec.schedulerName ?? '');
  if (profile === undefined) return { ignored: true, feasible: [] };
  const trace: DecisionTrace = {};
  const decision = schedulePod(profile, info, { next: 0 }, { percentageOfNodesToScore: 100, trace });
  const searched = searchOf(profile, info, trace);
  const state = trace.state!;
  return {
    ...searched,
    ...(trace.preFilterNodes === undefined ? {} : { preFilterNodes: [...trace.preFilterNodes].sort(compareText) }),
    ...skips('skippedFilter', state.skippedFilter),
    ...scoresOf(profile, info, searched.feasible ?? []),
    ...(decision.kind === 'chosen' ? { chosen: decision.node.name } : {}),
    ...(trace.isViaNominated === true ? { viaNominated: true } : {}),
    ...(decision.kind === 'unfit' ? { message: fitMessage(profile.handle.snapshot.nodes.length, decision.diagnosis) } : {}),
    ...(decision.kind === 'failed' ? { error: decision.message } : {}),
  };
}

function skips(field: 'skippedFilter' | 'skippedScore', names: ReadonlySet<string>): ExpectedDecision {
  return names.size === 0 ? {} : { [field]: [...names].sort(compareText) };
}

/** The verdict on every node PreFilter left, whether or not the search would have gone that far. */
function searchOf(profile: Profile, pod: PodInfo, trace: DecisionTrace): ExpectedDecision {
  const { preFilterStatus, preFilterNodes } = trace;
  if (preFilterStatus !== undefined) return { preFilter: recorded(preFilterStatus), feasible: [] };
  const state = new CycleState();
  profile.runPreFilter(state, pod);
  const diagnosis = new Diagnosis();
  const feasible: string[] = [];
  for (const node of profile.handle.snapshot.nodes) {
    if (preFilterNodes !== undefined && !preFilterNodes.has(node.name)) continue;
    const status = profile.runFiltersWithNominated(state, pod, node);
    if (status === undefined) feasible.push(node.name);
    else if (isRejected(status)) diagnosis.reject(node.name, status);
  }
  const filter = Object.fromEntries([...diagnosis.explicit].map(([name, status]) => [name, recorded(status)]));
  return { ...(diagnosis.explicit.size === 0 ? {} : { filter }), feasible };
}

function recorded({ plugin, code, reasons }: Status): RecordedStatus {
  return { plugin, code, reasons };
}

function scoresOf(profile: Profile, pod: PodInfo, feasible: readonly string[]): ExpectedDecision {
  if (feasible.length < 2) return {};
  const nodes = feasible.map((name) => profile.handle.snapshot.get(name)!);
  const state = new CycleState();
  profile.runPreFilter(state, pod);
  const trace: DecisionTrace = {};
  scoreNodes(profile, state, pod, nodes, trace);
  if (trace.scores === undefined) return {};
  const pairs = (raw: Float64Array, normalized: Float64Array, weight: number) =>
    Object.fromEntries(feasible.map((name, i) => [name, [raw[i]!, normalized[i]! * weight]] as const));
  return {
    ...skips('skippedScore', state.skippedScore),
    scores: Object.fromEntries(trace.scores.map(({ name, raw, normalized, weight }) => [name, pairs(raw, normalized, weight)])) as never,
    total: Object.fromEntries(feasible.map((name, i) => [name, trace.totals![i]!])),
  };
}
