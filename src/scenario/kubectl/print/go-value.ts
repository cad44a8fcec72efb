/**
 * JSON values as Go's fmt prints them: `map[a:1 b:two]`, `[a b]`, `<nil>`. Models fmt.Sprint on unstructured values.
 */
import { isMap, type Json } from '../json.ts';

export function goValueText(value: Json): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValueText).join(' ')}]`;
  if (isMap(value)) {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort();
    return `map[${keys.map((key) => `${key}:${goValueText(value[key])}`).join(' ')}]`;
  }
  return String(value);
}
