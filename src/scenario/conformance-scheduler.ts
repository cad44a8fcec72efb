/**
 * Holds our scheduler to recordings of the real one, decision by decision.
 *
 * A recording is replayed by the kind its file's name tells. A kind that cannot be replayed yet is counted as skipped, by name.
 */
import { basename } from 'node:path';
import { readSchedulerConfiguration } from '../scheduler/configuration.ts';
import { linesOf, type RecordingFile } from './recordings.ts';
import { type ExpectedDecision, type RecordedWorld, type Replayed, replayDecisions } from './replay-decisions.ts';
import { type ExpectedPreemption, replayPreemption } from './replay-preemption.ts';
import { type ExpectedSearch, replaySearch } from './replay-search.ts';
import { type RecordedSequence, replaySequence } from './replay-steps.ts';

export interface ReplayReport {
  readonly file: string;
  readonly cases: number;
  readonly decisions: number;
  readonly agreements: number;
  readonly disagreements: readonly Replayed[];
}

/** Replays one case, a line of its file. */
type Replay = (line: unknown) => Iterable<Replayed>;

/** These recordings stop before PostFilter and never go through the queue. */
const readProfiles = (config: unknown) => {
  const read = readSchedulerConfiguration(config, 'config');
  return { ...read, profiles: read.profiles.map((spec) => ({ ...spec, points: { ...spec.points, preEnqueue: [], postFilter: [] } })) };
};

const readAll = (config: unknown) => readSchedulerConfiguration(config, 'config');

const REPLAYS: { readonly [file: string]: Replay } = {
  decisions: (line) => replayDecisions(line as RecordedWorld<ExpectedDecision>, readProfiles),
  preemption: (line) => replayPreemption(line as RecordedWorld<ExpectedPreemption>, readAll),
  sequences: (line) => replaySequence(line as RecordedSequence, readAll),
  search: (line) => replaySearch(line as RecordedWorld<ExpectedSearch>, readProfiles),
};

export function canReplay(file: RecordingFile): boolean {
  return REPLAYS[kindOf(file)] !== undefined;
}

/** `only`: the id of a case, or of one decision in it as `case/pod`. */
export function replayRecording(file: RecordingFile, only?: string): ReplayReport {
  const replay = REPLAYS[kindOf(file)];
  if (replay === undefined) throw new Error(`Cannot replay ${file.name}: no replay is known for this kind of recording`);
  let cases = 0;
  let decisions = 0;
  const disagreements: Replayed[] = [];
  for (const line of linesOf<{ readonly id: string }>(file.path)) {
    if (only !== undefined && line.id !== only.split('/')[0]) continue;
    cases++;
    for (const replayed of replay(line)) {
      if (only?.includes('/') === true && replayed.id !== only) continue;
      decisions++;
      if (replayed.differences.length > 0) disagreements.push(replayed);
    }
  }
  return { file: file.name, cases, decisions, agreements: decisions - disagreements.length, disagreements };
}

function kindOf(file: RecordingFile): string {
  return basename(file.name).replace(/\.jsonl(\.gz)?$/, '');
}
