/**
 * `--sort-by`: objects in the order of one of their fields. Models kubectl/pkg/cmd/get/sorter.go.
 */
import { quantityNanos } from '../../../model/quantity.ts';
import { KubectlError } from '../errors.ts';
import { isMap, type Json } from '../json.ts';
import { JsonPath } from './jsonpath.ts';

const RELAXED = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/;

/** `metadata.name`, `.metadata.name` and `{.metadata.name}` all mean the last. */
export function relaxedPath(path: string): string {
  if (path === '') return path;
  const match = RELAXED.exec(path);
  if (match === null)
    throw new KubectlError("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'");
  return `{.${match[1] ?? match[2]}}`;
}

/** Throws when no object has the field. */
export function sortedBy<T>(items: readonly T[], path: string, contentOf: (item: T) => Json): T[] {
  const relaxed = relaxedPath(path);
  const parsed = new JsonPath(relaxed);
  const keyed = items.map((item, at) => ({ item, at, found: parsed.find(contentOf(item))[0] ?? [] }));
  if (items.length > 0 && keyed.every(({ found }) => found.length === 0))
    throw new KubectlError(`couldn't find any field with path "${relaxed}" in the list of objects`);
  return keyed.sort((a, b) => compareFound(a.found, b.found) || a.at - b.at).map(({ item }) => item);
}

/** What has no such field comes first. */
function compareFound(a: readonly Json[], b: readonly Json[]): number {
  if (a.length === 0 || b.length === 0) return b.length === 0 && a.length === 0 ? 0 : a.length === 0 ? -1 : 1;
  return compareValues(a[0], b[0]);
}

function compareValues(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') {
    const [first, second] = [quantityNanos(a), quantityNanos(b)];
    if (first !== undefined && second !== undefined) return first < second ? -1 : first > second ? 1 : 0;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'boolean' || isMap(a) || Array.isArray(a)) throw new KubectlError(`unsortable type: ${typeof a}`);
  return 0;
}
