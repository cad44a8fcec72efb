/**
 * JSON patch (RFC 6902), with the leniencies of the library the server uses.
 *
 * Models gopkg.in/evanphx/json-patch.v4: `replace` of a field that is not there adds it, what stands before the first slash of a path is
 * not looked at, and whatever goes wrong is answered in the same words.
 */
import { ApiError } from '../api-error.ts';
import { isSameValue } from '../same-value.ts';
import { isMap, type Json, without } from './json.ts';

export interface JsonPatchOperation {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: Json;
}

type Change = 'add' | 'replace' | 'remove';

export function jsonPatched(object: Json, operations: readonly JsonPatchOperation[]): Json {
  let result = object;
  for (const { op, path, from, value = null } of operations) {
    if (path === undefined) throw unprocessable();
    const at = pointer(path);
    if (op === 'add' || op === 'replace' || op === 'remove') result = changed(result, at, op, value);
    else if (op === 'test') {
      const present = valueAt(result, at);
      if (!isSameValue(present ?? null, value)) throw unprocessable();
    } else if (op === 'copy' || op === 'move') {
      if (from === undefined) throw unprocessable();
      const source = pointer(from);
      const moved = valueAt(result, source);
      if (moved === undefined) throw unprocessable();
      if (op === 'move') result = changed(result, source, 'remove', null);
      result = changed(result, at, 'add', moved);
    } else throw unprocessable();
  }
  return result;
}

function pointer(path: string): readonly string[] {
  if (path === '') return [];
  const parts = path.split('/');
  if (parts.length === 1) throw unprocessable();
  return parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(object: Json, path: readonly string[]): Json {
  let value = object;
  for (const part of path) value = Array.isArray(value) ? value[indexOf(part, value.length)] : isMap(value) ? value[part] : undefined;
  return value;
}

function changed(target: Json, path: readonly string[], act: Change, value: Json): Json {
  if (path.length === 0) {
    if (act === 'remove') throw unprocessable();
    return value;
  }
  const [part, ...rest] = path as [string, ...string[]];
  if (Array.isArray(target)) return changedList(target, part, rest, act, value);
  if (!isMap(target)) throw unprocessable();
  if (rest.length > 0) {
    if (target[part] === undefined) throw unprocessable();
    return { ...target, [part]: changed(target[part], rest, act, value) };
  }
  if (act !== 'remove') return { ...target, [part]: value };
  if (target[part] === undefined) throw unprocessable();
  return without(target, part);
}

function changedList(target: readonly Json[], part: string, rest: readonly string[], act: Change, value: Json): Json {
  const list = [...target];
  if (act === 'add' && rest.length === 0) {
    const at = part === '-' ? list.length : indexOf(part, list.length + 1);
    if (Number.isNaN(at)) throw unprocessable();
    list.splice(at, 0, value);
    return list;
  }
  const at = indexOf(part, list.length);
  if (Number.isNaN(at)) throw unprocessable();
  if (rest.length > 0) list[at] = changed(list[at], rest, act, value);
  else if (act === 'remove') list.splice(at, 1);
  else list[at] = value;
  return list;
}

/** A place in a list; negative ones count from its end. NaN when there is no such place. */
function indexOf(part: string, length: number): number {
  if (!/^[+-]?\d+$/.test(part)) return Number.NaN;
  const index = Number(part);
  const at = index < 0 ? length + index : index;
  return at >= 0 && at < length ? at : Number.NaN;
}

function unprocessable(): ApiError {
  const message = 'the server rejected our request due to an error in our request';
  return new ApiError({ code: 422, reason: 'Invalid', message, details: {} });
}
