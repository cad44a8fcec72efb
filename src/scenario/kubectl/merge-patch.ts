/**
 * The patches kubectl works out itself: what turns one object into another, for lists with a key item by item.
 *
 * Models apimachinery/pkg/util/strategicpatch (CreateTwoWayMergePatch, CreateThreeWayMergePatch) and jsonmergepatch.
 */
import { mergeKey } from '../../apiserver/patch.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import { isMap, type Json, type JsonMap } from './json.ts';

/** The strategic merge patch from `before` to `after`; undefined when there is nothing to do. */
export function twoWayPatch(before: JsonMap, after: JsonMap): JsonMap | undefined {
  return threeWayPatch(before, after, before);
}

/** The strategic merge patch that makes `current` what `modified` says, and takes away what only `original` said; undefined when empty. */
export function threeWayPatch(original: JsonMap, modified: JsonMap, current: JsonMap): JsonMap | undefined {
  const patch: Record<string, Json> = {};
  for (const field of Object.keys(modified)) {
    const wanted = modified[field];
    if (wanted === null || wanted === undefined) continue;
    const present = current[field];
    if (isMap(wanted) && isMap(present)) {
      const inner = threeWayPatch(mapOf(original[field]), wanted, present);
      if (inner !== undefined) patch[field] = inner;
    } else if (Array.isArray(wanted) && Array.isArray(present)) listPatch(patch, field, listOf(original[field]), wanted, present);
    else if (!isSameValue(wanted, present)) patch[field] = wanted;
  }
  for (const field of Object.keys(original)) {
    if (modified[field] === undefined && current[field] !== undefined) patch[field] = null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** Puts what has to be sent for the list into `patch`: all of it, or only the items that differ, and then the order of all. */
function listPatch(
  patch: Record<string, Json>,
  field: string,
  original: readonly Json[],
  wanted: readonly Json[],
  present: readonly Json[],
): void {
  const key = mergeKey(field, present, wanted);
  if (key === undefined) {
    if (!isSameValue(wanted, present)) patch[field] = wanted;
    return;
  }
  const keyed = (items: readonly Json[], value: Json) => items.find((item): item is JsonMap => isMap(item) && item[key] === value);
  const changes: Json[] = [];
  for (const item of wanted) {
    if (!isMap(item)) continue;
    const there = keyed(present, item[key]);
    const change = there === undefined ? item : threeWayPatch(keyed(original, item[key]) ?? {}, item, there);
    if (change !== undefined) changes.push({ ...change, [key]: item[key] });
  }
  for (const item of original) {
    if (isMap(item) && keyed(wanted, item[key]) === undefined && keyed(present, item[key]) !== undefined)
      changes.push({ $patch: 'delete', [key]: item[key] });
  }
  if (changes.length === 0) return;
  patch[`$setElementOrder/${field}`] = wanted.filter(isMap).map((item) => ({ [key]: item[key] }));
  patch[field] = changes;
}

/** The JSON merge patch (RFC 7386) from one object to another; undefined when they are the same. */
export function jsonMergePatch(before: JsonMap, after: JsonMap): JsonMap | undefined {
  const patch: Record<string, Json> = {};
  for (const field of Object.keys(after)) {
    const [was, is] = [before[field], after[field]];
    if (is === undefined) continue;
    if (isMap(was) && isMap(is)) {
      const inner = jsonMergePatch(was, is);
      if (inner !== undefined) patch[field] = inner;
    } else if (!isSameValue(was, is)) patch[field] = is;
  }
  for (const field of Object.keys(before)) if (before[field] !== undefined && after[field] === undefined) patch[field] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function mapOf(value: Json): JsonMap {
  return isMap(value) ? value : {};
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
