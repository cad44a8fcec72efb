/**
 * What is wrong with a merged map that is to become a struct again, in the words of the converter strategic patches go through.
 *
 * Models fromUnstructured in apimachinery/pkg/runtime/converter.go: it names what it found, and not where.
 */
import type { FieldType, StructSchema } from '../schema/struct-schema.ts';
import { isMap, type Json } from './json.ts';
import { goKind } from './strategic-patch.ts';

const FITS: { readonly [form: string]: (value: Json) => boolean } = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int32: (value) => typeof value === 'number',
  int64: (value) => typeof value === 'number',
  float64: (value) => typeof value === 'number',
};

/** The first problem in the order of the struct's fields; `otherwise` when the trouble is a value its own type refuses. */
export function restoreProblem(struct: StructSchema, value: Json, otherwise: string): string {
  return inStruct(struct, value) ?? otherwise;
}

function inStruct(struct: StructSchema, value: Json): string | undefined {
  if (!isMap(value)) return `cannot restore struct from: ${goKind(value)}`;
  for (const [name, field] of struct.fields) {
    const problem = value[name] === undefined || value[name] === null ? undefined : inValue(field.type, value[name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function inValue(type: FieldType, value: Json): string | undefined {
  switch (type.form) {
    case 'struct':
      return inStruct(type.struct, value);
    case 'list':
      return Array.isArray(value) ? first(value.map((item) => inValue(type.of, item))) : `cannot restore slice from ${goKind(value)}`;
    case 'map':
      return isMap(value) ? first(Object.values(value).map((item) => inValue(type.of, item))) : `cannot restore map from ${goKind(value)}`;
    default: {
      const fits = FITS[type.form];
      return fits === undefined || fits(value) ? undefined : `unrecognized type: ${type.form}`;
    }
  }
}

function first(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((one) => one !== undefined);
}
