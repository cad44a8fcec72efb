/**
 * JSON merge patch (RFC 7386): maps are merged, null takes away, everything else replaces.
 *
 * Models jsonpatch.MergePatch of gopkg.in/evanphx/json-patch.v4.
 */
import { isMap, type Json, type JsonMap } from './json.ts';

export function mergePatched(target: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const result: { [field: string]: Json } = isMap(target) ? { ...target } : {};
  for (const field of Object.keys(patch as JsonMap)) {
    if (patch[field] === null) delete result[field];
    else result[field] = mergePatched(result[field], patch[field]);
  }
  return result;
}
