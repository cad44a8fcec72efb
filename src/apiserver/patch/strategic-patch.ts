/**
 * Strategic merge patch: a merge patch that knows which lists of a kind are merged item by item, and by which key.
 *
 * Models apimachinery/pkg/util/strategicpatch (mergeMap, mergeSlice and what they call), with the directives `$patch`, `$retainKeys`,
 * `$deleteFromPrimitiveList` and `$setElementOrder`. Nothing given is changed.
 */
import { ApiError, badRequest } from '../api-error.ts';
import type { FieldSchema, FieldType, StructSchema } from '../schema/struct-schema.ts';
import { goMapText } from './go-map-text.ts';
import { isMap, type Json, type JsonMap, without } from './json.ts';

/** What is known of the type at a place; undefined below maps and where the kind is not known. */
export type PatchSchema = StructSchema | undefined;

/** How the lists of a place without a schema are merged: the key of their items. */
export type FallbackKey = (field: string, present: readonly Json[], patch: readonly Json[]) => string | undefined;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

export class StrategicPatch {
  readonly #fallbackKey: FallbackKey;

  readonly #isComparison: boolean;

  /** `isComparison`: new items go behind those the server has, as the order lists of a patch made by comparing would say. */
  constructor(fallbackKey: FallbackKey, isComparison = false) {
    this.#fallbackKey = fallbackKey;
    this.#isComparison = isComparison;
  }

  merged(original: Json, patch: JsonMap, schema: PatchSchema): Json {
    const directive = patch[DIRECTIVE];
    if (directive === 'replace') return without(patch, DIRECTIVE);
    if (directive === 'delete') return {};
    if (directive !== undefined) throw unknownError(`unknown patch type: ${goMapText(directive)} in map: ${goMapText(patch)}`);
    const result: { [field: string]: Json } = isMap(original) ? { ...original } : {};
    retainKeys(result, patch);
    const done = new Set<string>([RETAIN_KEYS]);
    for (const field of Object.keys(patch)) {
      if (field.startsWith(ORDER_PREFIX)) this.#mergeInOrder(result, patch, field, schema, done);
    }
    for (const field of Object.keys(patch)) {
      if (!done.has(field)) this.#mergeField(result, field, patch[field], schema);
    }
    return result;
  }

  #mergeField(result: { [field: string]: Json }, field: string, value: Json, schema: PatchSchema): void {
    const isDeletion = field.startsWith(DELETE_PREFIX);
    const name = isDeletion ? field.slice(DELETE_PREFIX.length) : field;
    if (value === null) {
      delete result[name];
      return;
    }
    const present = result[name];
    if (present === undefined || goKind(present) !== goKind(value)) {
      if (isDeletion) return;
      const cleaned = withoutDirectives(withoutNulls(value));
      if (cleaned === undefined) delete result[name];
      else result[name] = cleaned;
      return;
    }
    if (isMap(value)) {
      const { type, patchStrategy } = fieldOf(schema, name);
      result[name] = patchStrategy.includes('replace') ? value : this.merged(present, value, structOf(type));
    } else if (Array.isArray(value)) result[name] = this.#mergedList(present as readonly Json[], value, name, schema, isDeletion);
    else result[name] = value;
  }

  #mergedList(present: readonly Json[], patch: readonly Json[], name: string, schema: PatchSchema, isDeletion: boolean): readonly Json[] {
    const { type, patchStrategy, mergeKey } = this.#listOf(schema, name, present, patch);
    if (!isDeletion && !patchStrategy.split(',').includes('merge')) return patch;
    if (present.length === 0 && patch.length === 0) return present;
    checkTypes(present, patch);
    if (!isMap(present[0] ?? patch[0])) {
      if (isDeletion) return present.filter((item) => !patch.includes(item));
      const merged = [...new Set([...present, ...patch])];
      return this.#isComparison ? merged : inOrder(merged, patch, present, (item) => item);
    }
    if (mergeKey === undefined) throw unknownError(`cannot merge lists without merge key for ${schema?.name ?? ''}`);
    const plain = patch.filter((item) => (item as JsonMap)[DIRECTIVE] === undefined);
    const kept = withSpecialItems(present, patch, mergeKey);
    const merged = this.#mergedItems(kept, plain, mergeKey, structOf(elementOf(type)));
    return this.#isComparison ? merged : inOrder(merged, plain, kept, (item) => (item as JsonMap)[mergeKey]);
  }

  #mergedItems(present: readonly Json[], patch: readonly Json[], key: string, schema: PatchSchema): readonly Json[] {
    const result = [...present];
    for (const item of patch as readonly JsonMap[]) {
      const value = item[key];
      if (value === undefined) throw noMergeKey(item, key);
      const at = result.findIndex((one) => (one as JsonMap)[key] === value);
      // An item that is new is taken as it is.
      if (at < 0) result.push(item);
      else result[at] = this.merged(result[at], item, schema);
    }
    return result;
  }

  /** A list whose order the patch gives: `$setElementOrder/x` beside `x`. */
  #mergeInOrder(result: { [field: string]: Json }, patch: JsonMap, directive: string, schema: PatchSchema, done: Set<string>): void {
    const order = patch[directive];
    const name = directive.slice(ORDER_PREFIX.length);
    done.add(directive);
    const present = result[name] as readonly Json[] | undefined;
    const given = patch[name] as readonly Json[] | undefined;
    for (const list of [order, present, given]) {
      if (list !== undefined && !Array.isArray(list)) throw unknownError(`expected a slice, but received a ${goKind(list)}`);
    }
    const { mergeKey } = this.#listOf(schema, name, present ?? [], given ?? []);
    checkOrder(given ?? [], order as readonly Json[], mergeKey);
    if (given !== undefined) done.add(name);
    let merged: readonly Json[];
    if (present === undefined && given === undefined) return;
    if (given === undefined) merged = present!;
    else if (present === undefined) merged = withoutDirectives(given) as readonly Json[];
    else merged = this.#mergedList(present, given, name, schema, false);
    const keyOf = (item: Json) => (mergeKey === undefined ? item : (item as JsonMap)[mergeKey]);
    result[name] = inOrder(merged, order as readonly Json[], present ?? [], keyOf);
  }

  #listOf(schema: PatchSchema, name: string, present: readonly Json[], patch: readonly Json[]): ListMeta {
    if (schema !== undefined) return fieldOf(schema, name);
    const mergeKey = this.#fallbackKey(name, present, patch);
    return { type: undefined, patchStrategy: mergeKey === undefined && name !== 'finalizers' ? '' : 'merge', mergeKey };
  }
}

interface ListMeta {
  readonly type: FieldType | undefined;
  readonly patchStrategy: string;
  readonly mergeKey: string | undefined;
}

function fieldOf(schema: PatchSchema, name: string): ListMeta {
  if (schema === undefined) return { type: undefined, patchStrategy: '', mergeKey: undefined };
  const field: FieldSchema | undefined = schema.fields.get(name);
  if (field === undefined)
    throw unknownError(`unable to find api field in struct ${schema.name} for the json field ${JSON.stringify(name)}`);
  return field;
}

function structOf(type: FieldType | undefined): PatchSchema {
  return type?.form === 'struct' ? type.struct : undefined;
}

function elementOf(type: FieldType | undefined): FieldType | undefined {
  return type?.form === 'list' ? type.of : undefined;
}

function retainKeys(result: { [field: string]: Json }, patch: JsonMap): void {
  const kept = patch[RETAIN_KEYS];
  if (kept === undefined) return;
  const isBad = !Array.isArray(kept) || Object.keys(patch).some((field) => !isRetained(field, patch[field], kept));
  if (isBad) throw badRequest('invalid patch format of retainKeys');
  for (const field of Object.keys(result)) if (!kept.includes(field)) delete result[field];
}

function isRetained(field: string, value: Json, kept: readonly Json[]): boolean {
  if (field === RETAIN_KEYS || value === null || field.startsWith(DELETE_PREFIX) || field.startsWith(ORDER_PREFIX)) return true;
  return kept.includes(field);
}

/** What `$patch` inside items asks for: items deleted, or none kept at all. */
function withSpecialItems(present: readonly Json[], patch: readonly Json[], key: string): readonly Json[] {
  let kept = present;
  let isReplaced = false;
  for (const item of patch as readonly JsonMap[]) {
    const directive = item[DIRECTIVE];
    if (directive === undefined) continue;
    if (directive === 'delete') {
      if (item[key] === undefined) throw noMergeKey(item, key);
      kept = kept.filter((one) => (one as JsonMap)[key] !== item[key]);
    } else if (directive === 'replace') isReplaced = true;
    else if (directive === 'merge') throw unknownError('merging lists cannot yet be specified in the patch');
    else throw unknownError(`unknown patch type: ${goMapText(directive)} in map: ${goMapText(item)}`);
  }
  return isReplaced ? [] : kept;
}

/** The items of the patch must stand in the order the patch itself asks for. */
function checkOrder(patch: readonly Json[], order: readonly Json[], key: string | undefined): void {
  if (patch.length === 0 || order.length === 0) return;
  const plain = patch.filter((item) => !isMap(item) || item[DIRECTIVE] === undefined);
  let at = 0;
  for (const wanted of order) {
    if (at >= plain.length) break;
    if (key === undefined ? plain[at] === wanted : keyIn(plain[at], key) === keyIn(wanted, key)) at++;
  }
  if (at < plain.length) {
    throw unknownError(`The order in patch list:\n${goMapText(patch)}\n doesn't match $setElementOrder list:\n${goMapText(order)}\n`);
  }
}

function keyIn(item: Json, key: string): Json {
  if (!isMap(item)) throw unknownError(`expected a map, but received a ${goKind(item)}`);
  if (item[key] === undefined) throw noMergeKey(item, key);
  return item[key];
}

/**
 * Items the patch names in its order, the server's own in theirs; the server's come before the first item of the patch that stood behind
 * them on the server (normalizeElementOrder, mergeSortedSlice).
 */
function inOrder(merged: readonly Json[], patch: readonly Json[], server: readonly Json[], keyOf: (item: Json) => Json): readonly Json[] {
  const placesIn = (list: readonly Json[]) => {
    const places = new Map<Json, number>();
    list.forEach((item, at) => {
      if (!places.has(keyOf(item))) places.set(keyOf(item), at);
    });
    return places;
  };
  const patchPlaces = placesIn(patch);
  const serverPlaces = placesIn(server);
  const sorted = (items: readonly Json[], places: ReadonlyMap<Json, number>) =>
    [...items].sort((a, b) => (places.get(keyOf(a)) ?? 0) - (places.get(keyOf(b)) ?? 0));
  const ofPatch = sorted(
    merged.filter((item) => patchPlaces.has(keyOf(item))),
    patchPlaces,
  );
  const ofServer = sorted(
    merged.filter((item) => !patchPlaces.has(keyOf(item))),
    serverPlaces,
  );
  const result: Json[] = [];
  let next = 0;
  for (const item of ofPatch) {
    const place = serverPlaces.get(keyOf(item));
    while (place !== undefined && next < ofServer.length && serverPlaces.get(keyOf(ofServer[next]))! < place) result.push(ofServer[next++]);
    result.push(item);
  }
  return [...result, ...ofServer.slice(next)];
}

/** A value without what only steers the merge; undefined when it is itself such a thing. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (value[DIRECTIVE] !== undefined) return undefined;
  const entries = Object.entries(value).map(([field, item]) => [field, withoutDirectives(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([field, item]) => [field, withoutNulls(item)]));
}

function checkTypes(present: readonly Json[], patch: readonly Json[]): void {
  const kinds = new Set([...present, ...patch].map(goKind));
  if (kinds.has('slice')) {
    throw new ApiError({
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: {},
    });
  }
  if (kinds.size > 1) throw unknownError(`list element types are not identical: [${goMapText(present)} ${goMapText(patch)}]`);
}

/** How Go names what a JSON value is held in. */
export function goKind(value: Json): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map';
}

function noMergeKey(item: JsonMap, key: string): ApiError {
  return unknownError(`map: ${goMapText(item)} does not contain declared merge key: ${key}`);
}

/** An error the server has no kinder word for: it becomes a 500 without a reason. */
function unknownError(message: string): ApiError {
  return new ApiError({ code: 500, reason: '', message });
}
