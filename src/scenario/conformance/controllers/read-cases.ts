/**
 * Reads the recorded cases of controllers, and says of all files at once what in them cannot be replayed: a line that is no JSON, a case without
 * steps, an act nobody knows, a kind the API server does not have.
 */
import { InputError, type Problem } from '../../../base/errors.ts';
import { isKind } from '../../../model/kinds.ts';
import { numberedLines, type RecordingFile } from '../recordings.ts';
import type { RecordedCase, RecordedStep } from './replay-case.ts';
import { ACTS } from './replay-controller-acts.ts';
import { POD_OPERATIONS } from './replay-pod-acts.ts';

export interface CasesOfFile {
  readonly file: RecordingFile;
  readonly cases: readonly RecordedCase[];
}

type Fields = { readonly [field: string]: unknown };

/** With `only`, the one case of that id: it has to be there. */
export function readCases(files: readonly RecordingFile[], only?: string): CasesOfFile[] {
  const problems: Problem[] = [];
  const read = files.map((file) => ({ file, cases: casesOf(file, only, problems) }));
  if (problems.length > 0) throw new InputError(problems);
  if (only !== undefined && read.every(({ cases }) => cases.length === 0)) {
    const wanted = `the id of a case in one of ${files.length} recordings`;
    throw new InputError([{ file: '--only', line: 0, column: 0, path: '', found: `"${only}"`, wanted }]);
  }
  return read;
}

function casesOf(file: RecordingFile, only: string | undefined, problems: Problem[]): RecordedCase[] {
  const cases: RecordedCase[] = [];
  try {
    for (const { line, value } of numberedLines<unknown>(file.path)) {
      const found = problemsOf(value).map(([path, found, wanted]) => ({ file: file.path, line, column: 1, path, found, wanted }));
      problems.push(...found);
      if (found.length > 0) continue;
      const recorded = value as RecordedCase;
      if (only === undefined || recorded.id === only) cases.push({ ...recorded, steps: recorded.steps.map(complete) });
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
  }
  return cases;
}

/** An empty list may be left out. */
function complete(step: RecordedStep): RecordedStep {
  return { ...NO_ROWS, ...step };
}

const NO_ROWS = { writes: [], status: [], events: [] };

/** Path, what was found, what was wanted. */
type Finding = readonly [string, string, string];

function problemsOf(value: unknown): Finding[] {
  if (!isFields(value)) return [['', shown(value), 'a case: an object with `id` and `steps`']];
  const problems: Finding[] = [];
  if (typeof value.id !== 'string') problems.push(['id', shown(value.id), 'a text']);
  if (!Array.isArray(value.steps)) return [...problems, ['steps', shown(value.steps), 'a list of steps']];
  for (const [index, step] of value.steps.entries()) {
    const path = `steps[${index}]`;
    if (!isFields(step)) {
      problems.push([path, shown(step), 'a step: an object with `do`, `at`, `writes`, `status`, `events` and `state`']);
      continue;
    }
    for (const list of ['writes', 'status', 'events']) {
      if (step[list] !== undefined && !Array.isArray(step[list])) problems.push([`${path}.${list}`, shown(step[list]), 'a list']);
    }
    if (!isFields(step.state)) problems.push([`${path}.state`, shown(step.state), 'an object']);
    if (typeof step.at !== 'number') problems.push([`${path}.at`, shown(step.at), 'a number of seconds']);
    problems.push(...problemsOfAct(step.do, `${path}.do`));
  }
  return problems;
}

function problemsOfAct(act: unknown, path: string): Finding[] {
  if (!isFields(act)) return [[path, shown(act), 'an act: an object with `act`']];
  if (!ACTS.has(String(act.act))) return [[`${path}.act`, shown(act.act), `one of ${[...ACTS].join(', ')}`]];
  switch (act.act) {
    case 'batch':
      if (!Array.isArray(act.acts)) return [[`${path}.acts`, shown(act.acts), 'a list of acts']];
      return act.acts.flatMap((one, index) => problemsOfAct(one, `${path}.acts[${index}]`));
    case 'pods':
      return POD_OPERATIONS.has(String(act.op)) ? [] : [[`${path}.op`, shown(act.op), `one of ${[...POD_OPERATIONS].join(', ')}`]];
    case 'create': {
      const kind = isFields(act.object) ? act.object.kind : undefined;
      return isKind(String(kind)) ? [] : [[`${path}.object.kind`, shown(kind), 'a kind the API server has']];
    }
    case 'patch':
    case 'scale':
    case 'delete': {
      const [kind = ''] = String(act.on).split('/');
      return isKind(kind) ? [] : [[`${path}.on`, shown(act.on), '`Kind/name`, of a kind the API server has']];
    }
    default:
      return [];
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
