/**
 * The status a new object of a kind begins with, as the server writes an empty one: what the schema says of a status without any field.
 */
import type { Kind } from '../model/kinds.ts';
import { decode } from './schema/decode.ts';
import { schemaOf } from './schema/struct-schema.ts';

const statuses = new Map<Kind, unknown>();
const NOTHING = {};

export function emptyStatusOf(kind: Kind): unknown {
  let status = statuses.get(kind);
  if (status === undefined) {
    status = (decode(schemaOf(kind), {}).value as { readonly status?: unknown }).status ?? NOTHING;
    statuses.set(kind, status);
  }
  return status;
}
