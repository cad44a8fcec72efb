/**
 * Holds one step of a replay to its recording: state exactly, decisions as their marks allow, Events as multisets.
 *
 * `status` rows show how many intermediate statuses a real controller wrote, which depends on timing: only what they come to in
 * the end counts, and it is reported without being a disagreement.
 */
import { compareText } from '../../../base/compare.ts';
import type { EventRow, WriteRow } from './replay-journal.ts';
import type { Fields } from './replay-summary.ts';

const GARBAGE_COLLECTOR = 'generic-garbage-collector';

export interface RecordedRow extends WriteRow {
  readonly merged?: boolean;
  readonly unordered?: boolean;
  readonly repeated?: boolean;
  readonly racy?: boolean;
  readonly of?: string;
  readonly resource?: string;
  readonly name?: string;
}

export interface StepRecord {
  readonly writes: readonly RecordedRow[];
  readonly status: readonly RecordedRow[];
  readonly events: readonly (EventRow & { readonly n?: number })[];
  readonly state: { readonly [name: string]: unknown };
  readonly either?: { readonly [name: string]: Fields };
  readonly eventsLoose?: 'order' | 'partial';
}

export interface Difference {
  readonly field: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

/** The text of a value that does not depend on the order of its keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([field, one]) => `${JSON.stringify(field)}:${isUnordered(field, one) ? one.map(canonical).sort().join() : canonical(one)}`).join()}}`;
}

/** Subsets of Endpoints are sorted by a hash over the uids of their pods, which no recording keeps; a slice's endpoints come from a map. */
function isUnordered(field: string, value: unknown): value is readonly unknown[] {
  return (field === 'subsets' || field === 'endpoints') && Array.isArray(value);
}

export function stateDifferences({ state, either = {} }: StepRecord, ours: { readonly [name: string]: unknown }): Difference[] {
  const differences: Difference[] = [];
  for (const name of new Set([...Object.keys(state), ...Object.keys(ours)])) {
    if (isEqualToOne(alternatives(state[name], either[name]), ours[name])) continue;
    differences.push({ field: `state ${name}`, recorded: state[name], ours: ours[name] });
  }
  return differences;
}

/** `before` is the recorded state the step began with. */
export function writeDifferences(
  { writes }: StepRecord,
  before: StepRecord['state'],
  ours: readonly WriteRow[],
  refused: readonly WriteRow[],
): Difference[] {
  const decisions = withoutReorderings(
    writes.filter((row) => row.refused === undefined),
    before,
  );
  const differences: Difference[] = [];
  for (const by of new Set([...decisions, ...ours].map((row) => row.by))) {
    const recorded = decisions.filter((row) => row.by === by);
    const own = withoutReorderings(
      ours.filter((row) => row.by === by),
      before,
    );
    const isLoose = recorded.some((row) => row.merged === true || row.unordered === true || row.repeated === true);
    const same = isLoose ? sum(recorded) === sum(own) : ordered(recorded) === ordered(own);
    if (!same) differences.push({ field: `writes of ${by}`, recorded, ours: own });
  }
  const said = refusals(writes.filter((row) => row.refused !== undefined));
  const heard = refusals(refused);
  if (said !== heard) differences.push({ field: 'refused writes', recorded: said, ours: heard });
  return differences;
}

export function eventDifferences({ events, eventsLoose }: StepRecord, ours: readonly EventRow[]): Difference[] {
  const recorded = new Map<string, number>();
  for (const { n = 1, ...row } of events) add(recorded, canonical(row), n);
  const own = new Map<string, number>();
  for (const row of ours) add(own, canonical(row), 1);
  const differences: Difference[] = [];
  for (const text of new Set([...recorded.keys(), ...own.keys()])) {
    const wanted = recorded.get(text) ?? 0;
    const found = own.get(text) ?? 0;
    if (wanted === found || (eventsLoose === 'partial' && found > wanted)) continue;
    differences.push({ field: `event ${text}`, recorded: wanted, ours: found });
  }
  return differences;
}

/** Do the status writes come to the same? */
export function isStatusAlike({ status: recorded }: StepRecord, ours: readonly WriteRow[]): boolean {
  const status = recorded.map((row) => (row.by === QUOTA_ADMISSION ? { ...row, by: 'kube-apiserver' } : row));
  const racy = new Set(status.filter((row) => row.racy === true).map((row) => `${row.by} ${row.on}`));
  const counts = (row: WriteRow) => !racy.has(`${row.by} ${row.on}`);
  return sum(status.filter(counts)) === sum(ours.filter(counts));
}

// The server's own client for quotas names itself by a placeholder that its build left unfilled.
const QUOTA_ADMISSION = '$Format';

/**
 * Rows in order, but for adoptions and releases side by side: the real controllers go through a map there, whose order is chance, and
 * two runs may agree on it by accident. The garbage collector does so always, with 20 workers: there, only what happens to one object has
 * an order.
 */
function ordered(given: readonly RecordedRow[]): string {
  const isCollector = given[0]?.by === GARBAGE_COLLECTOR;
  const rows = isCollector ? each(given).sort((a, b) => compareText(objectText(a), objectText(b))) : given;
  const texts: string[] = [];
  for (let from = 0; from < rows.length; ) {
    let end = from + 1;
    if (isOwnerChange(rows[from]!)) while (end < rows.length && isOwnerChange(rows[end]!)) end++;
    texts.push(...rows.slice(from, end).map(rowText).sort());
    from = end;
  }
  return texts.join('\n');
}

/** One row for each time. */
function each(rows: readonly RecordedRow[]): RecordedRow[] {
  return rows.flatMap(({ n = 1, ...row }) => Array.from({ length: n }, () => row));
}

/** What a row is about; equal pods, which go by one name, by all that is said of them. */
function objectText(row: RecordedRow): string {
  return row.on?.endsWith('*') === true ? rowText(row) : (row.on ?? '');
}

function isOwnerChange({ set = {}, unset = [], object }: RecordedRow): boolean {
  const paths = [...Object.keys(set), ...unset];
  return object === undefined && paths.length > 0 && paths.every((path) => path.startsWith('metadata.ownerReferences'));
}

function rowText({ merged: _m, unordered: _u, repeated: _r, racy: _y, set, unset, ...row }: RecordedRow): string {
  return canonical({ ...row, ...(set === undefined ? {} : { set }), ...(unset === undefined ? {} : { unset: [...unset].sort() }) });
}

/** What rows come to: for each object its last values; for all else how often it happened. */
function sum(rows: readonly RecordedRow[]): string {
  const changes = new Map<string, Map<string, string>>();
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (row.set === undefined && row.unset === undefined) {
      const { n = 1, ...rest } = row;
      add(counts, rowText(rest), row.repeated === true ? 0 : n);
      continue;
    }
    const key = `${row.by} ${row.on} ${row.sub ?? ''}`;
    const change = changes.get(key) ?? new Map<string, string>();
    for (const [path, value] of Object.entries(row.set ?? {})) change.set(path, canonical(value));
    for (const path of row.unset ?? []) change.set(path, 'unset');
    change.delete('metadata.generation');
    changes.set(key, change);
  }
  const texts = [...changes].map(([key, change]) => `${key} ${[...change].map((one) => one.join('=')).sort()}`);
  return [...texts, ...[...counts].map((one) => one.join(' '))].sort().join('\n');
}

/** Refusals by author and message; how often one was tried again is chance. */
function refusals(rows: readonly RecordedRow[]): string {
  return [...new Set(rows.map(({ by, verb, refused, message }) => canonical({ by, verb, refused, message })))].sort().join('\n');
}

/**
 * A slice takes its endpoints from a map, in whatever order: the first change of a slice that leaves it with the endpoints it had only says that
 * they came out in another one.
 */
function withoutReorderings(rows: readonly RecordedRow[], before: StepRecord['state']): readonly RecordedRow[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const { on = '', set } = row;
    if (!on.startsWith('EndpointSlice/') || !Array.isArray(set?.endpoints) || seen.has(on)) return row;
    seen.add(on);
    const former = ((before[on] as Fields | undefined)?.endpoints ?? []) as readonly Fields[];
    const isSame = canonical({ endpoints: former }) === canonical({ endpoints: set.endpoints });
    if (!isSame) return row;
    const { endpoints: _, ...rest } = set;
    return { ...row, set: rest };
  });
}

function alternatives(recorded: unknown, either: Fields | undefined): readonly unknown[] {
  if (either === undefined) return [recorded];
  let found: unknown[] = [recorded];
  for (const [path, value] of Object.entries(either)) found = [...found, ...found.map((one) => replaced(one, path, value))];
  return found;
}

/** `value` with another value at a path such as `status.conditions[Progressing]`. */
function replaced(value: unknown, path: string, other: unknown): unknown {
  const match = /^([^.[]+)?(?:\[([^\]]+)\])?\.?(.*)$/.exec(path)!;
  const [, field, type, rest = ''] = match;
  if (field === undefined) return other;
  const fields = (value ?? {}) as Record<string, unknown>;
  if (type === undefined) return { ...fields, [field]: rest === '' ? other : replaced(fields[field], rest, other) };
  if (type.startsWith('"')) return { ...fields, [field]: { ...(fields[field] as object), [JSON.parse(type) as string]: other } };
  const list = (fields[field] ?? []) as readonly { readonly type?: string }[];
  return { ...fields, [field]: list.map((one) => (one.type === type ? other : one)) };
}

function isEqualToOne(wanted: readonly unknown[], ours: unknown): boolean {
  const text = canonical(ours ?? null);
  return wanted.some((one) => canonical(one ?? null) === text);
}

function add(counts: Map<string, number>, key: string, n: number): void {
  counts.set(key, (counts.get(key) ?? 0) + n);
}
