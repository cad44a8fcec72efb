/**
 * Objects as plain JSON, which is how kubectl handles them: it knows few of their types.
 */
import type { KubeObject } from '../../model/meta.ts';

export type Json = unknown;
export type JsonMap = { readonly [field: string]: Json };

export function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is at `path` (`spec.template.spec`), or undefined. */
export function at(value: Json, path: string): Json {
  let found: Json = value;
  for (const field of path.split('.')) {
    if (!isMap(found)) return undefined;
    found = found[field];
  }
  return found;
}

export function mapAt(value: Json, path: string): JsonMap {
  const found = at(value, path);
  return isMap(found) ? found : {};
}

export function listAt(value: Json, path: string): readonly Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The list of maps at `path`. */
export function mapsAt(value: Json, path: string): readonly JsonMap[] {
  return listAt(value, path).filter(isMap);
}

export function textAt(value: Json, path: string): string | undefined {
  const found = at(value, path);
  return found === undefined || found === null ? undefined : String(found);
}

export function numberAt(value: Json, path: string): number | undefined {
  const found = at(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** The value with `change` put at `path`; maps on the way are made, undefined takes the field away. */
export function withAt<T extends Json>(value: T, path: string, change: Json): T {
  const [field, ...rest] = path.split('.');
  const map: Record<string, Json> = isMap(value) ? { ...value } : {};
  const next = rest.length === 0 ? change : withAt(map[field!], rest.join('.'), change);
  if (next === undefined) delete map[field!];
  else map[field!] = next;
  return map as T;
}

/** The same value with the keys of every map in order, and without fields that are undefined. */
export function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .filter((key) => value[key] !== undefined)
      .map((key) => [key, sorted(value[key])]),
  );
}

/** As encoding/json of Go writes text: `<`, `>` and `&` as escapes. */
export function goJson(value: Json, indent = 0): string {
  return (JSON.stringify(value, undefined, indent) ?? 'null').replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function asMap(object: KubeObject): JsonMap {
  return object as unknown as JsonMap;
}
