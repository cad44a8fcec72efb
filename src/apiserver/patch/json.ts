/** Values a patch works on: plain JSON, nothing of it ever changed in place. */
export type Json = unknown;
export type JsonMap = { readonly [field: string]: Json };

export function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function without(map: JsonMap, field: string): JsonMap {
  const { [field]: _, ...rest } = map;
  return rest;
}
