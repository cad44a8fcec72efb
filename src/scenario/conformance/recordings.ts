/**
 * Reads recordings of real components: gzipped JSON Lines, one case a line.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface RecordingFile {
  /** Path below the folder asked for. */
  readonly name: string;
  readonly path: string;
}

/** The recordings in a folder and in the folders below it, by name. */
export function recordingsIn(folder: string): RecordingFile[] {
  if (!existsSync(folder)) throw new Error(`Cannot read recordings: there is no folder ${folder}`);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl.gz') || name.endsWith('.jsonl'))
    .sort()
    .map((name) => ({ name, path: join(folder, name) }));
}

/** The lines of a recording, parsed as they are asked for. */
export function* linesOf<T>(path: string): Generator<T> {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end === -1 ? text.length : end);
    if (line.trim() !== '') yield JSON.parse(line) as T;
    from = end === -1 ? text.length : end + 1;
  }
}
