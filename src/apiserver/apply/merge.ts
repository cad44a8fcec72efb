/**
 * Lays an applied configuration over an object, and takes away what is no longer applied.
 *
 * Models structured-merge-diff/typed (merge.go, remove.go): maps and keyed lists are merged, everything atomic is replaced.
 */
import { isMap, type Json, type JsonMap } from '../patch/json.ts';
import type { FieldSchema, FieldType, StructSchema } from '../schema/struct-schema.ts';
import { type FieldSet, isLeaf, itemKey } from './field-set.ts';

export function mergedStruct(struct: StructSchema, live: JsonMap, applied: JsonMap): JsonMap {
  const merged: Record<string, Json> = { ...live };
  for (const name of Object.keys(applied)) {
    const field = struct.fields.get(name);
    merged[name] = field === undefined ? applied[name] : mergedValue(field.type, live[name], applied[name], field);
  }
  return merged;
}

function mergedValue(type: FieldType, live: Json, applied: Json, field?: FieldSchema): Json {
  if (live === undefined || field?.isAtomic === true) return applied;
  if (type.form === 'struct' && isMap(live) && isMap(applied))
    return type.struct.isAtomic ? applied : mergedStruct(type.struct, live, applied);
  if (type.form === 'map' && isMap(live) && isMap(applied)) {
    const entries = Object.keys(applied).map((key) => [key, mergedValue(type.of, live[key], applied[key])]);
    return { ...live, ...Object.fromEntries(entries) };
  }
  if (type.form !== 'list' || field?.listKeys === undefined || !Array.isArray(live) || !Array.isArray(applied)) return applied;
  return mergedList(type.of, live, applied, field.listKeys);
}

/** What is there keeps its place, what is new comes behind it. */
function mergedList(type: FieldType, live: readonly Json[], applied: readonly Json[], listKeys: readonly string[] | 'set'): Json[] {
  const keyOf = (item: Json) => (listKeys === 'set' || !isMap(item) ? JSON.stringify(item) : itemKey(listKeys, item));
  const given = new Map(applied.map((item) => [keyOf(item), item]));
  const present = new Set(live.map(keyOf));
  const kept = live.map((item) => (given.has(keyOf(item)) ? mergedValue(type, item, given.get(keyOf(item))) : item));
  return [...kept, ...applied.filter((item) => !present.has(keyOf(item)))];
}

/** The value without these fields. */
export function removed(value: Json, fields: FieldSet): Json {
  if (isMap(value)) {
    const left: Record<string, Json> = {};
    for (const [name, inner] of Object.entries(value)) {
      const gone = fields[`f:${name}`];
      if (gone === undefined) left[name] = inner;
      else if (!isLeaf(gone)) left[name] = removed(inner, gone);
    }
    return left;
  }
  if (!Array.isArray(value)) return value;
  const keys = Object.keys(fields);
  return (value as readonly Json[]).flatMap((item) => {
    if (fields[`v:${JSON.stringify(item)}`] !== undefined) return [];
    const key = keys.find((one) => one.startsWith('k:') && isMap(item) && itemKey(Object.keys(JSON.parse(one.slice(2))), item) === one);
    if (key === undefined) return [item];
    return fields[key]!['.'] === undefined ? [removed(item, fields[key]!)] : [];
  });
}
