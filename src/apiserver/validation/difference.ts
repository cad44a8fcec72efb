/**
 * What differs between two specs, as the server adds it to a refusal: a unified diff of its own structs as JSON, one blank to a level.
 *
 * Models the output of k8s.io/utils/diff as 1.36 uses it. The structs are the server's internal ones, whose fields have no JSON names;
 * those that matter here are written out below.
 */
import type { Sent } from './sent.ts';

const CONTEXT_LINES = 3;

/** A claim's spec, in the order the server declares its fields. */
export function claimSpecShown(spec: Sent): object {
  const { selector, resources = {}, dataSource, dataSourceRef } = spec;
  return {
    AccessModes: spec.accessModes ?? null,
    Selector: selector ?? null,
    Resources: { Limits: resources.limits ?? null, Requests: resources.requests ?? null },
    VolumeName: spec.volumeName ?? '',
    StorageClassName: spec.storageClassName ?? null,
    VolumeMode: spec.volumeMode ?? null,
    DataSource: dataSource === undefined ? null : { APIGroup: dataSource.apiGroup ?? null, Kind: dataSource.kind, Name: dataSource.name },
    DataSourceRef:
      dataSourceRef === undefined
        ? null
        : {
            APIGroup: dataSourceRef.apiGroup ?? null,
            Kind: dataSourceRef.kind,
            Name: dataSourceRef.name,
            Namespace: dataSourceRef.namespace ?? null,
          },
    VolumeAttributesClassName: spec.volumeAttributesClassName ?? null,
  };
}

/** The hunks that lead from one value to the other. */
export function jsonDifference(before: unknown, after: unknown): string {
  return unified(JSON.stringify(before, undefined, 1).split('\n'), JSON.stringify(after, undefined, 1).split('\n'));
}

interface Edit {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
}

function unified(before: readonly string[], after: readonly string[]): string {
  const edits = editsOf(before, after);
  const changed = edits.flatMap(({ mark }, at) => (mark === ' ' ? [] : [at]));
  let text = '';
  for (let first = 0; first < changed.length; ) {
    let last = first;
    while (last + 1 < changed.length && changed[last + 1]! - changed[last]! <= 2 * CONTEXT_LINES) last++;
    const from = Math.max(0, changed[first]! - CONTEXT_LINES);
    const to = Math.min(edits.length, changed[last]! + CONTEXT_LINES + 1);
    text += hunk(edits, from, to);
    first = last + 1;
  }
  return text;
}

function hunk(edits: readonly Edit[], from: number, to: number): string {
  const lines = edits.slice(from, to);
  const count = (list: readonly Edit[], other: '-' | '+') => list.filter(({ mark }) => mark !== other).length;
  const ahead = edits.slice(0, from);
  const range = (other: '-' | '+') => `${count(ahead, other) + 1},${count(lines, other)}`;
  return `@@ -${range('+')} +${range('-')} @@\n${lines.map(({ mark, line }) => `${mark}${line}\n`).join('')}`;
}

/** A shortest way from one list of lines to the other, removals first. */
function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push({ mark: ' ', line: before[i]! });
      i++;
      j++;
    } else if (i < before.length && (j === after.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      edits.push({ mark: '-', line: before[i]! });
      i++;
    } else {
      edits.push({ mark: '+', line: after[j]! });
      j++;
    }
  }
  return edits;
}
