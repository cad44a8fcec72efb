/**
 * Fields in the order of the Go types they come from, for objects kubectl puts together itself.
 */
import type { Json } from '../json.ts';
import { isMap } from '../json.ts';

const TOP = ['kind', 'apiVersion', 'metadata'];

/** kind, apiVersion and metadata come first; the verbs that make objects list their fields in the order of the types already. */
export function goOrdered(value: Json): Json {
  if (!isMap(value)) return value;
  const fields = Object.keys(value).filter((field) => !TOP.includes(field) && value[field] !== undefined);
  return Object.fromEntries([...TOP.filter((field) => value[field] !== undefined), ...fields].map((field) => [field, value[field]]));
}
