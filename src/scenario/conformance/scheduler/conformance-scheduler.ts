/**
 * Holds our scheduler to recordings of the real one, decision by decision.
 *
 * The kind of a recording is told by its first line; a run is one long workload a file.
 */
import { basename } from 'node:path';
import { completeConfiguration } from '../../../scheduler/configuration.ts';
import { linesOf, type RecordingFile } from '../recordings.ts';
import { type ExpectedDecision, type RecordedWorld, type Replayed, replayDecisions } from './replay-decisions.ts';
import { type ExpectedPreemption, replayPreemption } from './replay-preemption.ts';
import { type RecordedRunLine, replayRun } from './replay-run.ts';
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
  const read = completeConfiguration(config);
  return { ...read, profiles: read.profiles.map((spec) => ({ ...spec, points: { ...spec.points, preEnqueue: [], postFilter: [] } })) };
};

const readAll = (config: unknown) => completeConfiguration(config);

const REPLAYS = {
  decisions: (line) => replayDecisions(line as RecordedWorld<ExpectedDecision>, readProfiles),
  preemption: (line) => replayPreemption(line as RecordedWorld<ExpectedPreemption>, readAll),
  sequences: (line) => replaySequence(line as RecordedSequence, readAll),
  search: (line) => replaySearch(line as RecordedWorld<ExpectedSearch>, readProfiles),
} satisfies { readonly [kind: string]: Replay };

export function canReplay(file: RecordingFile): boolean {
  return kindOf(file) !== undefined;
}

/** `only`: the id of a case, or of one decision in it as `case/pod`. */
export function replayRecording(file: RecordingFile, only?: string): ReplayReport {
  let cases = 0;
  let decisions = 0;
  const disagreements: Replayed[] = [];
  for (const replayed of replaysOf(file, only)) {
    cases++;
    for (const one of replayed) {
      if (only?.includes('/') === true && one.id !== only) continue;
      decisions++;
      if (one.differences.length > 0) disagreements.push(one);
    }
  }
  return { file: file.name, cases, decisions, agreements: decisions - disagreements.length, disagreements };
}

/** One replay for each case that is asked for. */
function* replaysOf(file: RecordingFile, only: string | undefined): Generator<Iterable<Replayed>> {
  const wanted = only?.split('/')[0];
  const kind = kindOf(file);
  if (kind === 'run') {
    const id = basename(file.path).replace(/\.jsonl(\.gz)?$/, '');
    if (wanted === undefined || wanted === id) yield replayRun(linesOf<RecordedRunLine>(file.path), readAll);
    return;
  }
  if (kind === undefined) throw new Error(`Cannot replay ${file.name}: no replay is known for this kind of recording`);
  const replay = REPLAYS[kind];
  for (const line of linesOf<{ readonly id: string }>(file.path)) if (wanted === undefined || line.id === wanted) yield replay(line);
}

/** What the first line is made of tells what kind of recording it is, whatever its file is called. */
function kindOf({ path }: RecordingFile): keyof typeof REPLAYS | 'run' | undefined {
  const first = linesOf<FirstLine>(path).next().value as FirstLine | undefined;
  if (first === undefined) return undefined;
  if (typeof first.nodes === 'number') return 'run';
  if (first.steps !== undefined) return 'sequences';
  const fields = new Set(first.pods?.flatMap(({ expect }) => Object.keys(expect)));
  if (fields.has('nextStart')) return 'search';
  if (fields.has('nomination')) return 'preemption';
  return fields.size > 0 ? 'decisions' : undefined;
}

interface FirstLine {
  /** Of a run: how many. */
  readonly nodes?: unknown;
  readonly steps?: unknown;
  readonly pods?: readonly { readonly expect: object }[];
}
