/**
 * From what zod found to problems with file, line and column.
 */
import type { z } from 'zod';
import { nearestName, type Problem } from '../base/errors.ts';
import { describe, type Path, type SourceDocument } from './source-document.ts';

/** One problem per issue; an unknown key is placed at the key and told from the names that are known there. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], document: SourceDocument, root: z.ZodType): Problem[] {
  const misnamed = new Set(issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => path.join('.')));
  return issues.flatMap((issue) => {
    // What is missing because its name is mistyped need not be said as well.
    if (issue.code === 'custom' && misnamed.has(issue.path.join('.'))) return [];
    const path = writtenPath(issue.path, document.value);
    if (issue.code !== 'unrecognized_keys')
      return [document.problem(path, issue.message, describe(valueAt(document.value, path)), suggested(issue, document, path))];
    const known = keysAt(root, path);
    return issue.keys.map((key) => {
      const wanted = known.length === 0 ? 'a known field' : `one of ${known.join(', ')}`;
      const place = document.keyPlace(path, key);
      return document.problemAt(place, path, wanted, `the unknown field "${key}"`, nearestName(key, known));
    });
  });
}

/** The path as it stands in the file: a short form such as `{median: …, p99: …}` has no `lognormal` around it. */
function writtenPath(path: readonly PropertyKey[], value: unknown): Path {
  const written: (string | number)[] = [];
  for (const part of path) {
    const isShort = (part === 'lognormal' || part === 'constant') && valueAt(value, [...written, part]) === undefined;
    if (!isShort) written.push(typeof part === 'number' ? part : String(part));
  }
  return written;
}

/** A word out of a fixed set that was probably meant. */
function suggested(issue: z.core.$ZodIssue, document: SourceDocument, path: Path): string | undefined {
  if (issue.code !== 'invalid_value') return undefined;
  const found = valueAt(document.value, path);
  return typeof found === 'string' ? nearestName(found, issue.values.map(String)) : undefined;
}

export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

/** The names of the fields a map at that path may have. */
function keysAt(root: z.ZodType, path: Path): readonly string[] {
  let type: z.core.$ZodType | undefined = root;
  for (const part of path) {
    type = type === undefined ? undefined : inner(type);
    const def: z.core.$ZodTypeDef = (type as z.core.$ZodType)._zod.def;
    if (def.type === 'object') type = (def as z.core.$ZodObjectDef).shape[String(part)];
    else if (def.type === 'array') type = (def as z.core.$ZodArrayDef).element;
    else if (def.type === 'record') type = (def as z.core.$ZodRecordDef).valueType;
    else return [];
    if (type === undefined) return [];
  }
  const { def } = inner(type)._zod;
  return def.type === 'object' ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
}

/** The type that is left when defaults, options and transformations are taken off. */
export function inner(type: z.core.$ZodType): z.core.$ZodType {
  const { def } = type._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'readonly':
      return inner((def as z.core.$ZodOptionalDef).innerType);
    case 'pipe': {
      // A preprocessed value is checked by what comes after, a transformed one by what came before.
      const { in: before, out } = def as z.core.$ZodPipeDef;
      return inner(before._zod.def.type === 'transform' ? out : before);
    }
    default:
      return type;
  }
}
