/**
 * Objects field by field, by the schema: which fields one has, how two differ, what one laid over the other makes, and one without some.
 *
 * Models sigs.k8s.io/structured-merge-diff/typed (ToFieldSet, Compare, Merge, RemoveItems).
 */
import { isMap, type Json } from '../patch/json.ts';
import { isSameValue } from '../same-value.ts';
import type { FieldSchema, FieldType, StructSchema } from '../schema/struct-schema.ts';
import { type FieldPath, FieldSet } from './field-set.ts';

/** A place: its type, and how its list or map is merged. */
export interface Place {
  readonly type: FieldType;
  readonly listKeys: FieldSchema['listKeys'];
  readonly isAtomic: boolean;
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function rootOf(struct: StructSchema): Place {
  return { type: { form: 'struct', struct, goName: struct.name, isPointer: false }, listKeys: undefined, isAtomic: false };
}

/** The fields a configuration names: its leaves, the keys of its maps and the items of its lists. */
export function fieldsOf(place: Place, value: Json, path: FieldPath = [], set = new FieldSet()): FieldSet {
  const items = itemsOf(place, value);
  if (items === undefined || items.size === 0) {
    if (path.length > 0) set.insert(path);
    return set;
  }
  for (const [element, item] of items) {
    const own = [...path, element];
    if (place.type.form !== 'struct') set.insert(own);
    fieldsOf(item.place, item.value, own, set);
  }
  return set;
}

/** Null and what is not there are two things here, as they are upstream. */
export function compare(place: Place, before: Json, after: Json): Comparison {
  const comparison: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compareAt(place, before, after, [], comparison);
  return comparison;
}

function compareAt(place: Place, before: Json, after: Json, path: FieldPath, comparison: Comparison): void {
  if (before === undefined && after === undefined) return;
  if (path.length > 0) {
    if (before === undefined) comparison.added.insert(path);
    else if (after === undefined) comparison.removed.insert(path);
  }
  const old = itemsOf(place, before);
  const now = itemsOf(place, after);
  if (old === undefined && now === undefined) {
    if (before !== undefined && after !== undefined && !isSameValue(before, after)) comparison.modified.insert(path);
    return;
  }
  for (const element of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const [was, is] = [old?.get(element), now?.get(element)];
    compareAt((is ?? was)!.place, was?.value, is?.value, [...path, element], comparison);
  }
}

/** `config` laid over `live`: maps and keyed lists item by item, everything else replaced. */
export function laidOver(place: Place, live: Json, config: Json): Json {
  if (config === undefined) return live;
  const old = itemsOf(place, live);
  const given = itemsOf(place, config);
  if (old === undefined || given === undefined) return config;
  const merged = new Map<string, Json>();
  for (const [element, item] of old) merged.set(element, laidOver(item.place, item.value, given.get(element)?.value));
  for (const [element, item] of given) if (!merged.has(element)) merged.set(element, item.value);
  return assembled(place, merged);
}

/** The value without the members of `gone`; of an item that has more below it, only what is named goes. */
export function without(place: Place, value: Json, gone: FieldSet): Json {
  const items = itemsOf(place, value);
  if (items === undefined) return value;
  const kept = new Map<string, Json>();
  for (const [element, item] of items) {
    const below = gone.children.get(element);
    if (below === undefined) kept.set(element, item.value);
    else if (!below.isMember) kept.set(element, without(item.place, item.value, below));
  }
  return assembled(place, kept);
}

interface Item {
  readonly place: Place;
  readonly value: Json;
}

/** The parts of a value that are managed one by one; undefined for what is managed as a whole. */
function itemsOf({ type, listKeys, isAtomic }: Place, value: Json): Map<string, Item> | undefined {
  if (isAtomic || value === undefined || value === null) return undefined;
  const items = new Map<string, Item>();
  if (type.form === 'struct' && isMap(value) && !type.struct.isAtomic) {
    for (const [name, item] of Object.entries(value)) {
      const field = type.struct.fields.get(name);
      if (field !== undefined && item !== undefined) items.set(`f:${name}`, { place: field, value: item });
    }
    return items;
  }
  if (type.form === 'map' && isMap(value)) {
    const place = { type: type.of, listKeys: undefined, isAtomic: false };
    for (const [key, item] of Object.entries(value)) items.set(`f:${key}`, { place, value: item });
    return items;
  }
  if (type.form !== 'list' || listKeys === undefined || !Array.isArray(value)) return undefined;
  const place = { type: type.of, listKeys: undefined, isAtomic: false };
  for (const item of value) items.set(elementOf(listKeys, item), { place, value: item });
  return items;
}

/** A list item by its keys in the order of the alphabet, with the default of the one key that has one. */
/** Of keys that are no text, or have something to fall back on. */
const KEY_DEFAULTS: { readonly [key: string]: Json } = { protocol: 'TCP', port: 0, containerPort: 0 };

export function elementOf(listKeys: readonly string[] | 'set', item: Json): string {
  if (listKeys === 'set') return `v:${JSON.stringify(item)}`;
  const keys: { [key: string]: Json } = {};
  for (const key of [...listKeys].sort()) {
    const value = (item as { readonly [key: string]: Json })[key];
    keys[key] = value ?? KEY_DEFAULTS[key] ?? '';
  }
  return `k:${JSON.stringify(keys)}`;
}

function assembled({ type }: Place, items: ReadonlyMap<string, Json>): Json {
  if (type.form === 'list') return [...items.values()];
  return Object.fromEntries([...items].map(([element, value]) => [element.slice(2), value]));
}
