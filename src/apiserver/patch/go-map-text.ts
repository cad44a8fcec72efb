/** A JSON value as Go prints it with `%v`: `map[a:1 b:[x y]]`, keys in order, strings bare. For messages that show a patch. */
import { isMap, type Json } from './json.ts';

const ORDER = '$setElementOrder/';

export function goMapText(value: Json): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goMapText).join(' ')}]`;
  if (!isMap(value)) return String(value);
  const fields = Object.keys(value).filter((field) => !isMerged(value, field));
  return `map[${fields
    .sort()
    .map((field) => `${field}:${goMapText(value[field])}`)
    .join(' ')}]`;
}

/** A list with its order is taken out of the patch when it is merged, before anybody sees that something else is wrong with it. */
function isMerged(patch: { readonly [field: string]: Json }, field: string): boolean {
  return field.startsWith(ORDER) || patch[ORDER + field] !== undefined;
}
