/**
 * The object as validation sees it.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { RequestInfo } from './request-info.ts';

/** The object as validation looks at it: what was sent as null, or is null because nothing was sent, is not there. Raw data is left alone. */
export function looked<T extends KubeObject>(kind: Kind, object: T, { settled }: RequestInfo): T {
  return settled === undefined || kind === 'ControllerRevision' ? object : (withoutNulls(object) as T);
}

/** Itself, where there is nothing to leave out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutNulls);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  const entries = present.map(([field, item]) => [field, withoutNulls(item)] as const);
  const isSame = entries.length === Object.keys(value).length && entries.every(([, item], at) => item === present[at]![1]);
  return isSame ? value : Object.fromEntries(entries);
}
