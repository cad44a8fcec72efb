/**
 * Which fields of an object somebody owns, as managedFields keep them (FieldsV1): a tree with `f:name`, `k:{"name":"c"}` and `v:"x"` as keys.
 *
 * Models structured-merge-diff/fieldpath (set.go, serialize.go) with the merge types of the API's schema.
 */
import { isMap, type Json, type JsonMap } from '../patch/json.ts';
import type { FieldSchema, FieldType, StructSchema } from '../schema/struct-schema.ts';

export type FieldSet = { readonly [key: string]: FieldSet };

const LEAF: FieldSet = {};
/** The item itself, beside what is in it. */
const SELF = '.';

/** All fields of the value. */
export function fieldsOfStruct(struct: StructSchema, value: JsonMap): FieldSet {
  return mapped(Object.keys(value), (name) => {
    const field = struct.fields.get(name);
    return [`f:${name}`, field === undefined ? LEAF : fieldsOf(field.type, value[name], field)];
  });
}

function fieldsOf(type: FieldType, value: Json, field?: FieldSchema): FieldSet {
  if (field?.isAtomic === true) return LEAF;
  if (type.form === 'struct') return type.struct.isAtomic || !isMap(value) ? LEAF : fieldsOfStruct(type.struct, value);
  if (type.form === 'map') return isMap(value) ? mapped(Object.keys(value), (key) => [`f:${key}`, fieldsOf(type.of, value[key])]) : LEAF;
  if (type.form !== 'list' || field?.listKeys === undefined || !Array.isArray(value)) return LEAF;
  const { listKeys } = field;
  if (listKeys === 'set') return mapped(value as readonly Json[], (item) => [`v:${JSON.stringify(item)}`, LEAF]);
  return mapped((value as readonly Json[]).filter(isMap), (item) => [
    itemKey(listKeys, item),
    { [SELF]: LEAF, ...fieldsOf(type.of, item) },
  ]);
}

function mapped<T>(items: readonly T[], entry: (item: T) => readonly [string, FieldSet]): FieldSet {
  return Object.fromEntries(items.map(entry));
}

/** `k:{"name":"c"}`; a port without a protocol is one of TCP. */
export function itemKey(listKeys: readonly string[], item: JsonMap): string {
  const keys = [...listKeys].sort().map((key) => [key, item[key] ?? (key === 'protocol' ? 'TCP' : undefined)] as const);
  return `k:${JSON.stringify(Object.fromEntries(keys.filter(([, value]) => value !== undefined)))}`;
}

export function isLeaf(fields: FieldSet): boolean {
  return Object.keys(fields).length === 0;
}

/** What is in the first and not in the second. */
export function without(fields: FieldSet, others: FieldSet): FieldSet {
  const left: Record<string, FieldSet> = {};
  for (const [key, inner] of Object.entries(fields)) {
    const other = others[key];
    if (other === undefined) left[key] = inner;
    else if (!isLeaf(inner)) {
      const rest = without(inner, other);
      if (!isLeaf(rest)) left[key] = rest;
    }
  }
  return left;
}

/** What a key leads to in a value. */
export function valueAt(value: Json, key: string): Json {
  const name = key.slice(2);
  if (key.startsWith('f:')) return isMap(value) ? value[name] : undefined;
  if (!Array.isArray(value)) return undefined;
  if (key.startsWith('v:')) return value.find((item) => JSON.stringify(item) === name);
  const keys = Object.keys(JSON.parse(name) as object);
  return (value as readonly Json[]).find((item) => isMap(item) && itemKey(keys, item) === key);
}

/** The leaves both have in which the values differ, as a set. */
export function conflicting(
  mine: FieldSet,
  theirs: FieldSet,
  isSame: (path: readonly string[]) => boolean,
  path: readonly string[] = [],
): FieldSet {
  const found: Record<string, FieldSet> = {};
  for (const [key, inner] of Object.entries(mine)) {
    const other = theirs[key];
    if (other === undefined || key === SELF) continue;
    const here = [...path, key];
    if (isLeaf(inner) || isLeaf(other)) {
      if (!isSame(here)) found[key] = LEAF;
    } else {
      const deeper = conflicting(inner, other, isSame, here);
      if (!isLeaf(deeper)) found[key] = deeper;
    }
  }
  return found;
}

/** `.spec.containers[name="c"].image`, one for each leaf. */
export function pathsOf(fields: FieldSet, before = ''): string[] {
  return Object.keys(fields).flatMap((key) => {
    if (key === SELF) return [];
    const here = before + stepText(key);
    return isLeaf(fields[key]!) ? [here] : pathsOf(fields[key]!, here);
  });
}

function stepText(key: string): string {
  const name = key.slice(2);
  if (key.startsWith('f:')) return `.${name}`;
  if (key.startsWith('v:')) return `[=${name}]`;
  const keys = Object.entries(JSON.parse(name) as object).map(([field, value]) => `${field}=${JSON.stringify(value)}`);
  return `[${keys.join(',')}]`;
}
