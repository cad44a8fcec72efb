/**
 * Would two values be stored as the same bytes? Fields that are undefined count as absent, lists and maps without anything in them too, and
 * the order of fields as nothing.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return isNothing(a) && isNothing(b);
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && isSameList(a, b);
  const left = a as { readonly [field: string]: unknown };
  const right = b as { readonly [field: string]: unknown };
  for (const field in left) if (!isSameValue(left[field], right[field])) return false;
  for (const field in right) if (right[field] !== undefined && left[field] === undefined && !isNothing(right[field])) return false;
  return true;
}

/** By number, for their names would have to be made. */
function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at++) if (!isSameValue(a[at], b[at])) return false;
  return true;
}

/** The one map that is empty: `{}` of any other identity is a struct, which is something even when nothing is in it. */
export const EMPTY_MAP: { readonly [key: string]: never } = Object.freeze({});

/** Neither a null nor nothing at all says more than a list or a map that is empty. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === EMPTY_MAP || (Array.isArray(value) && value.length === 0);
}
