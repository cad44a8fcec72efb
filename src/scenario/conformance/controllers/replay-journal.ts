/**
 * Takes down what is written during a step, as rows in the words of the recordings: decisions, status writes and Events.
 */
import { isSameValue } from '../../../apiserver/same-value.ts';
import type { Event } from '../../../model/configuration.ts';
import { KINDS } from '../../../model/kinds.ts';
import { controllerOf, type KubeObject } from '../../../model/meta.ts';
import type { Observer, Write, WriteVerb } from '../../../model/observer.ts';
import type { Pod } from '../../../model/pod.ts';
import { NAMESPACE, type ReplayNames } from './replay-names.ts';
import { actedFor, cleaned, createdSummary, type Fields, podState, recordedName, sortedEndpoints } from './replay-summary.ts';

export const RECORDER = 'recorder';

export interface WriteRow {
  readonly by: string;
  readonly verb: WriteVerb;
  readonly on?: string;
  readonly sub?: string;
  readonly object?: Fields;
  readonly set?: Fields;
  readonly unset?: readonly string[];
  readonly was?: string;
  readonly grace?: number;
  readonly finalizers?: readonly string[];
  readonly gone?: boolean;
  readonly refused?: number;
  readonly message?: string;
  readonly n?: number;
}

export interface EventRow {
  readonly by: string;
  readonly on: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

interface Noted {
  readonly owner: string;
  readonly row: WriteRow;
}

const UNRECORDED = new Set(['Event', 'Lease', 'StorageClass', 'PriorityClass']);
const REVISION = 'metadata.annotations["deployment.kubernetes.io/revision"]';

export class ReplayJournal implements Observer {
  readonly #names: ReplayNames;
  readonly #anyNode: boolean;
  #writes: Noted[] = [];
  #status: Noted[] = [];
  #refused: WriteRow[] = [];
  #events: EventRow[] = [];
  readonly #markedState = new Map<string, string>();
  readonly #deleters = new Map<string, string>();
  /** Deletions of this step that wait for finalizers, as `author uid`. */
  readonly #waiting = new Set<string>();
  readonly #createdAt = new Map<string, number>();
  /** Writes by others than the recorder so far. */
  count = 0;

  constructor(names: ReplayNames, anyNode: boolean) {
    this.#names = names;
    this.#anyNode = anyNode;
  }

  /** The order in which an object was created. */
  createdAt(object: KubeObject): number {
    return this.#createdAt.get(object.metadata.uid ?? '') ?? 0;
  }

  /** The rows since the last call. */
  take(): {
    readonly writes: readonly WriteRow[];
    readonly status: readonly WriteRow[];
    readonly refused: readonly WriteRow[];
    readonly events: readonly EventRow[];
  } {
    const taken = { writes: arranged(this.#writes), status: arranged(this.#status), refused: this.#refused, events: this.#events };
    this.#writes = [];
    this.#status = [];
    this.#refused = [];
    this.#events = [];
    this.#waiting.clear();
    return taken;
  }

  /** Who asked last for the deletion of an object that is still there, be it in vain. */
  deletedBy(object: KubeObject, by: string): void {
    this.#deleters.set(object.metadata.uid ?? '', by);
  }

  refused(_timeUs: number, author: string, verb: WriteVerb, _kind: unknown, code: number, message: string): void {
    if (author === RECORDER || code === 409 || code === 404) return;
    this.#refused.push({ by: author, verb, refused: code, message: this.#names.text(message) });
  }

  wrote(write: Write): void {
    const { object, verb, removed } = write;
    this.#names.learn(object);
    if (verb === 'create' && write.previous === undefined) this.#createdAt.set(object.metadata.uid ?? '', write.revision);
    if (object.kind === 'Event') return this.#onEvent(write);
    const { namespace } = object.metadata;
    if (UNRECORDED.has(object.kind) || (namespace !== undefined && namespace !== NAMESPACE)) return;
    if (!KINDS[write.kind].namespaced && object.kind === 'Namespace' && object.metadata.name !== NAMESPACE) return;
    if (this.isEvicting && write.subresource !== '') return this.#onUpdate({ ...write, author: 'kube-apiserver', verb: 'update' });
    if (write.author !== RECORDER) this.count++;
    else if (removed && verb !== 'delete') return this.#onReleased(write);
    else if (!(verb === 'delete' && write.subresource === '' && this.isEvicting)) return;
    if (verb === 'create' && write.previous === undefined) this.#note(write, { object: this.#shown(createdSummary(object, this.#names)) });
    else if (verb === 'delete') this.#onDelete(write);
    else if (!removed) this.#onUpdate(write);
    else if (write.subresource === 'finalize') this.#onGone(write);
    else this.#onReleased(write);
  }

  /** While the recorder evicts, the deletion that follows is taken down in its name; what leads up to it is the server's doing. */
  isEvicting = false;

  #onGone(write: Write): void {
    const row: WriteRow = { by: 'kube-apiserver', verb: 'update', on: recordedName(write.object, this.#names), gone: true };
    this.#writes.push({ owner: row.on!, row });
  }

  /** What goes with its last finalizer is gone by the hand of who had it deleted. */
  #onReleased(write: Write): void {
    const { uid = '' } = write.object.metadata;
    const by = this.#deleters.get(uid) ?? RECORDER;
    // In the step of its deletion the one row says it all.
    if (by === RECORDER || this.#waiting.has(`${by} ${uid}`)) return;
    const was = write.object.kind === 'Pod' ? { was: podState((write.previous ?? write.object) as Pod) } : {};
    const { owner, row } = this.#noted(write, was);
    this.#writes.push({ owner, row: { ...row, by, verb: 'delete' } });
  }

  #onDelete(write: Write): void {
    const { object, previous, removed } = write;
    const uid = object.metadata.uid ?? '';
    if (previous?.metadata.deletionTimestamp !== undefined && !removed) return this.#onUpdate({ ...write, verb: 'update' });
    const was = this.#markedState.get(uid) ?? (object.kind === 'Pod' ? podState((previous ?? object) as Pod) : undefined);
    const { deletionGracePeriodSeconds: grace = 0, finalizers = [] } = object.metadata;
    const isGoing = !removed && object.kind === 'Pod' && grace === 0 && finalizers.length === 0;
    if (isGoing) {
      // Marked and removed by the same request: one row, when it is gone.
      if (was !== undefined) this.#markedState.set(uid, was);
      return;
    }
    if (!removed) this.#waiting.add(`${write.author} ${uid}`);
    this.#note(write, {
      ...(was === undefined ? {} : { was }),
      ...(grace > 0 && !removed ? { grace } : {}),
      ...(finalizers.length > 0 && !removed ? { finalizers } : {}),
    });
  }

  #onUpdate(write: Write): void {
    const set: Record<string, unknown> = {};
    const unset: string[] = [];
    compare('', this.#comparable(write.previous!), this.#comparable(write.object), set, unset);
    const change = {
      ...(Object.keys(set).length === 0 ? {} : { set }),
      ...(unset.length === 0 ? {} : { unset }),
    };
    const paths = [...Object.keys(set), ...unset];
    const isStatus =
      write.subresource === 'status' ||
      (paths.length > 0 &&
        paths.every((path) => path.startsWith('status') || path === REVISION) &&
        paths.some((path) => path.startsWith('status')));
    if (paths.length === 0) return;
    if (isStatus) this.#status.push(this.#noted(write, change));
    else this.#note(write, { ...(write.subresource === '' ? {} : { sub: write.subresource }), ...change });
  }

  #note(write: Write, rest: Partial<WriteRow>): void {
    this.#writes.push(this.#noted(write, rest));
  }

  #noted(write: Write, rest: Partial<WriteRow>): Noted {
    const subject = controllerOf(write.object) === undefined ? (write.previous ?? write.object) : write.object;
    const on = recordedName(write.object, this.#names);
    return { owner: actedFor(subject, this.#names), row: { by: write.author, verb: write.verb, on, ...rest } };
  }

  #comparable(object: KubeObject): Fields {
    const { apiVersion: _, kind, metadata, ...rest } = object as KubeObject & Fields;
    const { labels, annotations, finalizers, ownerReferences, generation, deletionGracePeriodSeconds } = metadata as KubeObject['metadata'];
    const shown = { metadata: { labels, annotations, finalizers, ownerReferences, generation, deletionGracePeriodSeconds }, ...rest };
    const clean = { ...(cleaned(shown, this.#names) as Record<string, unknown>) };
    clean.metadata ??= {};
    if (kind === 'EndpointSlice') {
      clean.endpoints = sortedEndpoints(clean.endpoints as readonly Fields[] | undefined) ?? null;
      clean.ports ??= null;
    }
    return clean;
  }

  #shown(object: Fields): Fields {
    if (!this.#anyNode || object.spec === undefined) return object;
    const text = JSON.stringify(object).replace(/("matchFields":\[\{"key":"metadata.name","operator":"In","values":\[")[^"]+/g, '$1n*');
    return JSON.parse(text) as Fields;
  }

  #onEvent({ object, previous, verb, author }: Write): void {
    if (author !== RECORDER) this.count++;
    const event = object as Event;
    if (event.metadata.namespace !== NAMESPACE || verb === 'delete') return;
    const times = (event.count ?? 1) - ((previous as Event | undefined)?.count ?? 0);
    const { kind = '', name = '' } = event.involvedObject;
    const row: EventRow = {
      by: event.source?.component ?? '',
      on: `${kind}/${this.#names.text(name)}`,
      type: event.type ?? '',
      reason: event.reason ?? '',
      message: this.#names.text(event.message ?? ''),
    };
    for (let time = 0; time < times; time++) this.#events.push(row);
  }
}

/** By author and by the object acted for; within these in the order made, pods side by side sorted, equal rows counted. */
function arranged(noted: readonly Noted[]): WriteRow[] {
  const groups = new Map<string, WriteRow[]>();
  for (const { owner, row } of noted) {
    const key = `${row.by}\u0000${owner}`;
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return [...groups.keys()].sort().flatMap((key) => counted(groups.get(key)!));
}

function counted(rows: readonly WriteRow[]): WriteRow[] {
  const result: WriteRow[] = [];
  for (let from = 0; from < rows.length; ) {
    const { verb, on } = rows[from]!;
    let end = from + 1;
    const isPods = on?.startsWith('Pod/') === true;
    while (isPods && end < rows.length && rows[end]!.verb === verb && rows[end]!.on?.startsWith('Pod/') === true) end++;
    const lines = rows.slice(from, end).map((row) => ({ row, text: JSON.stringify(row) }));
    if (isPods && (verb === 'create' || verb === 'delete')) lines.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    for (let line = 0; line < lines.length; ) {
      let last = line + 1;
      while (last < lines.length && lines[last]!.text === lines[line]!.text) last++;
      const { row } = lines[line]!;
      result.push(last - line > 1 ? { ...row, n: last - line } : row);
      line = last;
    }
    from = end;
  }
  return result;
}

function compare(path: string, before: unknown, after: unknown, set: Record<string, unknown>, unset: string[]): void {
  if (isSameValue(before, after)) return;
  if (isFields(before) && isFields(after)) {
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const below = path === '' ? field : /^[A-Za-z0-9_-]+$/.test(field) ? `${path}.${field}` : `${path}["${field}"]`;
      if (after[field] === undefined) unset.push(below);
      else if (before[field] === undefined && keyOf(below) === undefined) set[below] = after[field];
      else compare(below, before[field] === undefined ? [] : before[field], after[field], set, unset);
    }
    return;
  }
  const key = keyOf(path);
  if (key === undefined || !Array.isArray(before) || !Array.isArray(after)) {
    set[path] = after;
    return;
  }
  const names = new Set([...before, ...after].map((one) => String(one[key])));
  for (const name of names) {
    const old = before.find((one) => one[key] === name);
    const now = after.find((one) => one[key] === name);
    if (now === undefined) unset.push(`${path}[${name}]`);
    else if (!isSameValue(old, now)) set[`${path}[${name}]`] = now;
  }
}

/** What elements of a list are addressed by, where a recording does. */
function keyOf(path: string): string | undefined {
  return path.endsWith('.conditions') ? 'type' : path.endsWith('.ownerReferences') ? 'name' : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
