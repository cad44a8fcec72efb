/**
 * Manifests against the schema of the API: every unknown field, and every value of another type than the field has, at its place.
 *
 * The server would refuse the first and, unless asked to be strict, silently drop the second; in a scenario both are mistakes.
 */

import { decode, type SchemaProblem } from '../apiserver/schema/decode.ts';
import { type FieldType, type StructSchema, schemaOf } from '../apiserver/schema/struct-schema.ts';
import { nearestName, type Problem } from '../base/errors.ts';
import type { Kind } from '../model/kinds.ts';
import { valueAt } from './schema-problems.ts';
import { describe, type Path, type SourceDocument } from './source-document.ts';

/** Longer lists of fields help nobody; the name that was probably meant is said beside them. */
const FIELDS_LISTED = 12;

const WANTED: { readonly [form in FieldType['form']]?: string } = {
  string: 'a text; quote a number or true',
  bool: 'true or false',
  int32: 'a whole number',
  int64: 'a whole number',
  float64: 'a number',
  quantity: 'a Kubernetes quantity such as "16Gi", "500m" or 8',
  intOrString: 'a whole number or a text such as "25%"',
  time: 'a time such as "2026-01-01T00:00:00Z"',
  microTime: 'a time such as "2026-01-01T00:00:00.000000Z"',
  duration: 'a duration such as "90s"',
  bytes: 'data in base64',
  list: 'a list',
  map: 'a map',
  struct: 'a map',
};

/** Puts what is wrong with the object at `path` of the document into `problems`. */
export function checkSchema(document: SourceDocument, path: Path, kind: Kind, value: unknown, problems: Problem[]): void {
  for (const problem of decode(schemaOf(kind), value).problems) {
    // A key given twice is refused by the YAML reader already.
    if (problem.what !== 'duplicate') problems.push(problemOf(document, path, problem));
  }
}

function problemOf(document: SourceDocument, root: Path, { path, what, struct, type }: SchemaProblem): Problem {
  const at: Path = [...root, ...path];
  if (what !== 'unknown') return document.problem(at, wantedOf(type), describe(valueAt(document.value, at)));
  const key = String(path.at(-1));
  const parent = at.slice(0, -1);
  const known = [...(struct?.fields.keys() ?? [])];
  const place = document.keyPlace(parent, key);
  return document.problemAt(place, parent, fieldsOf(struct, known), `the unknown field "${key}"`, nearestName(key, known));
}

function fieldsOf(struct: StructSchema | undefined, known: readonly string[]): string {
  return known.length <= FIELDS_LISTED ? `one of ${known.join(', ')}` : `a field of ${struct?.name ?? 'the object'}`;
}

function wantedOf(type: FieldType | undefined): string {
  return (type === undefined ? undefined : WANTED[type.form]) ?? 'what the API has there';
}
