/**
 * Server-side apply: the object as an applied configuration leaves it, with who owns which of its fields; or the conflict with another owner.
 *
 * Models apimachinery/pkg/util/managedfields and structured-merge-diff/merge/update.go (Apply). Approximated: only appliers are owners here,
 * changes made in other ways own nothing.
 */
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { isMap, type Json, type JsonMap } from '../patch/json.ts';
import { isSameValue } from '../same-value.ts';
import type { StructSchema } from '../schema/struct-schema.ts';
import { conflicting, type FieldSet, fieldsOfStruct, pathsOf, valueAt, without } from './field-set.ts';
import { mergedStruct, removed } from './merge.ts';

export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

export interface ApplyRequest {
  readonly manager: string;
  /** Takes what others own. */
  readonly isForced: boolean;
  /** The present, as the API writes it. */
  readonly time: string;
}

/** Nobody owns what says which object it is, or what the server alone sets. */
const UNOWNED: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': Object.fromEntries(
    ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion'].map((name) => [
      `f:${name}`,
      {},
    ]),
  ),
  'f:status': {},
};

/** `applied` is the configuration as sent, `decoded` the same as the server reads it; `live` the object, if there is one. */
export function appliedObject(
  struct: StructSchema,
  live: KubeObject | undefined,
  applied: KubeObject,
  decoded: KubeObject,
  { manager, isForced, time }: ApplyRequest,
): KubeObject {
  if (managedFieldsOf(applied).length > 0) throw badRequest('metadata.managedFields must be nil');
  const { status: _, ...sent } = onlyGiven(asJson(applied), asJson(decoded)) as JsonMap;
  const mine = without(fieldsOfStruct(struct, asJson(applied)), UNOWNED);
  const entries = live === undefined ? [] : managedFieldsOf(live);
  const own = entries.find((entry) => entry.manager === manager && entry.operation === 'Apply');
  let others = entries.filter((entry) => entry !== own);
  const conflicts = others
    .map((entry) => ({ entry, fields: conflictsWith(entry, mine, sent, live!) }))
    .filter(({ fields }) => pathsOf(fields).length > 0);
  if (conflicts.length > 0) {
    if (!isForced) throw conflictError(conflicts);
    const taken = new Map(conflicts.map(({ entry, fields }) => [entry, fields]));
    others = others.map((entry) => ({ ...entry, fieldsV1: without(entry.fieldsV1, taken.get(entry) ?? {}) }));
  }
  const kept = others.filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0);
  const dropped = kept.reduce((fields, entry) => without(fields, entry.fieldsV1), without(own?.fieldsV1 ?? {}, mine));
  const base = live === undefined ? {} : (removed(asJson(live), dropped) as JsonMap);
  const merged = mergedStruct(struct, base, sent) as unknown as KubeObject;
  const isChanged = live === undefined || !isSameValue(merged, live);
  const since = isChanged ? time : own?.time;
  const entry: ManagedFieldsEntry = {
    manager,
    operation: 'Apply',
    apiVersion: applied.apiVersion,
    ...(since === undefined ? {} : { time: since }),
    fieldsType: 'FieldsV1',
    fieldsV1: mine,
  };
  const managedFields = [...kept, ...(Object.keys(mine).length === 0 ? [] : [entry])].sort(compareEntries);
  return { ...merged, metadata: { ...merged.metadata, managedFields } } as KubeObject;
}

export function managedFieldsOf(object: KubeObject): readonly ManagedFieldsEntry[] {
  return (object.metadata as { readonly managedFields?: readonly ManagedFieldsEntry[] }).managedFields ?? [];
}

function conflictsWith({ fieldsV1 }: ManagedFieldsEntry, mine: FieldSet, sent: Json, live: KubeObject): FieldSet {
  return conflicting(mine, fieldsV1, (path) => isSameValue(path.reduce(valueAt, sent), path.reduce(valueAt, live as Json)));
}

interface Conflict {
  readonly entry: ManagedFieldsEntry;
  readonly fields: FieldSet;
}

/** Models managedfields/internal/conflict.go. */
function conflictError(conflicts: readonly Conflict[]): ApiError {
  const named = conflicts.map(({ entry, fields }) => ({ name: nameOf(entry), paths: pathsOf(fields) }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  const count = named.reduce((sum, { paths }) => sum + paths.length, 0);
  const text = named.map(({ name, paths }) =>
    paths.length === 1 && named.length === 1
      ? `conflict with ${name}: ${paths[0]}`
      : `conflicts with ${name}:\n${paths.map((path) => `- ${path}`).join('\n')}`,
  );
  const message = `Apply failed with ${count} conflict${count === 1 ? '' : 's'}: ${text.join('\n')}`;
  const causes = named.flatMap(({ name, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field })),
  );
  return new ApiError({ code: 409, reason: 'Conflict', message, causes, details: {} });
}

function nameOf({ manager, operation, apiVersion, subresource, time }: ManagedFieldsEntry): string {
  if (operation === 'Apply') return JSON.stringify(manager);
  const part = subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${part} using ${apiVersion}${time === undefined ? '' : ` at ${time}`}`;
}

/** Models sortEncodedManagedFields. */
function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  const key = ({ operation, time = '', manager }: ManagedFieldsEntry) => [operation, time, manager];
  const [first, second] = [key(a), key(b)];
  const at = first.findIndex((part, index) => part !== second[index]);
  return at < 0 ? 0 : first[at]! < second[at]! ? -1 : 1;
}

/** Of the value as read, what was in the text. */
function onlyGiven(given: Json, read: Json): Json {
  if (isMap(given) && isMap(read)) {
    const names = Object.keys(given).filter((name) => read[name] !== undefined);
    return Object.fromEntries(names.map((name) => [name, onlyGiven(given[name], read[name])]));
  }
  if (!Array.isArray(given) || !Array.isArray(read)) return read;
  return given.map((item, at) => onlyGiven(item, read[at]));
}

function asJson(object: KubeObject): JsonMap {
  return object as unknown as JsonMap;
}
