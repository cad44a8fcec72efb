/** A JSON value as Go prints it with `%v`: `map[a:1 b:[x y]]`, keys in order, strings bare. For messages that show a patch. */
import { isMap, type Json } from './json.ts';

export function goMapText(value: Json): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goMapText).join(' ')}]`;
  if (!isMap(value)) return String(value);
  const fields = Object.keys(value).sort();
  return `map[${fields.map((field) => `${field}:${goMapText(value[field])}`).join(' ')}]`;
}
