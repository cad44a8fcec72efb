/**
 * Reads recordings of real components: JSON Lines, gzipped or not, one case a line.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InputError, type Problem } from '../../base/errors.ts';

export interface RecordingFile {
  /** Path below the folder asked for. */
  readonly name: string;
  readonly path: string;
}

/** The recordings in a folder and in the folders below it, by name; never none. */
export function recordingsIn(folder: string): RecordingFile[] {
  if (!existsSync(folder)) throw new InputError([folderProblem(folder, 'nothing of that name')]);
  if (!statSync(folder).isDirectory()) throw new InputError([folderProblem(folder, 'a file')]);
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new InputError([folderProblem(folder, (error as Error).message)]);
  }
  const recordings = names.filter((name) => name.endsWith('.jsonl.gz') || name.endsWith('.jsonl')).sort();
  if (recordings.length === 0) {
    throw new InputError([folderProblem(folder, names.length === 0 ? 'an empty folder' : `${names.length} other files`)]);
  }
  return recordings.map((name) => ({ name, path: join(folder, name) }));
}

function folderProblem(folder: string, found: string): Problem {
  return { file: folder, line: 0, column: 0, path: '', found, wanted: 'a folder with recordings (*.jsonl, *.jsonl.gz)' };
}

/** The lines of a recording, parsed as they are asked for. */
export function* linesOf<T>(path: string): Generator<T> {
  for (const { value } of numberedLines<T>(path)) yield value;
}

/** The same with their numbers, counted from 1. */
export function* numberedLines<T>(path: string): Generator<{ readonly line: number; readonly value: T }> {
  const text = textOf(path);
  let line = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const row = text.slice(from, end === -1 ? text.length : end);
    line++;
    if (row.trim() !== '') yield { line, value: parsed<T>(row, path, line) };
    from = end === -1 ? text.length : end + 1;
  }
}

function textOf(path: string): string {
  try {
    const bytes = readFileSync(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    const wanted = path.endsWith('.gz') ? 'a readable gzip file' : 'a readable file';
    throw new InputError([{ file: path, line: 0, column: 0, path: '', found: (error as Error).message, wanted }]);
  }
}

function parsed<T>(row: string, file: string, line: number): T {
  try {
    return JSON.parse(row) as T;
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const column = position === undefined ? row.length : Number(position) + 1;
    throw new InputError([{ file, line, column, path: '', found: (error as Error).message, wanted: 'a case as one line of JSON' }]);
  }
}
