/**
 * Does a configuration have the types of the schema? Each place where it does not, in the words of server-side apply.
 *
 * Models sigs.k8s.io/structured-merge-diff/typed/validate.go, which prints values as Go prints its own.
 */
import { isMap, type Json } from '../patch/json.ts';
import type { FieldSchema, FieldType } from '../schema/struct-schema.ts';
import type { FieldPath } from './field-set.ts';
import { pathText } from './field-set.ts';
import { elementOf, type Place } from './typed-value.ts';

/** Undefined when everything is as it should be. */
export function typingProblem(root: Place, value: Json): string | undefined {
  const problems: string[] = [];
  check(problems, root, value, []);
  if (problems.length === 0) return undefined;
  return problems.length === 1 ? problems[0]! : `errors:\n${problems.map((one) => `  ${one}`).join('\n')}`;
}

function check(problems: string[], { type, listKeys }: Place, value: Json, path: FieldPath): void {
  const refuse = (why: string) => problems.push(path.length === 0 ? why : `${pathText(path)}: ${why}`);
  if (value === null || value === undefined) return;
  switch (type.form) {
    case 'struct':
      if (!isMap(value)) return void refuse(`expected map, got &{${goValue(value)}}`);
      return checkFields(problems, type.struct.fields, value, path);
    case 'map':
      if (!isMap(value)) return void refuse(`expected map, got &{${goValue(value)}}`);
      for (const key of Object.keys(value).sort()) check(problems, placeOf(type.of), value[key], [...path, `f:${key}`]);
      return;
    case 'list':
      if (!Array.isArray(value)) return void refuse(`expected list, got &{${goValue(value)}}`);
      return checkItems(problems, type.of, listKeys, value, path);
    case 'int32':
    case 'int64':
    case 'float64':
      if (typeof value !== 'number') refuse(`expected numeric (int or float), got ${goType(value)}`);
      return;
    case 'string':
    case 'bytes':
      if (typeof value !== 'string') refuse(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
      return;
    case 'bool':
      if (typeof value !== 'boolean') refuse(`expected boolean, got &{${goValue(value)}}`);
      return;
    case 'raw':
      return;
    default:
      if (typeof value === 'object') refuse(`expected any scalar, got &{${goValue(value)}}`);
  }
}

function checkFields(
  problems: string[],
  fields: ReadonlyMap<string, FieldSchema>,
  value: { readonly [field: string]: Json },
  path: FieldPath,
): void {
  for (const name of Object.keys(value).sort()) {
    const field = fields.get(name);
    const own = [...path, `f:${name}`];
    if (field === undefined) problems.push(`${pathText(own)}: field not declared in schema`);
    else check(problems, field, value[name], own);
  }
}

function checkItems(problems: string[], type: FieldType, keys: Place['listKeys'], values: readonly Json[], path: FieldPath): void {
  const seen = new Set<string>();
  values.forEach((value, at) => {
    const own = [...path, `i:${at}`];
    const why = keys === undefined ? undefined : keys === 'set' ? setProblem(value) : keyProblem(value);
    if (keys === undefined) check(problems, placeOf(type), value, own);
    else if (why !== undefined) problems.push(`${pathText(path)}: element ${at}: ${why}`);
    else {
      const element = elementOf(keys, value);
      if (seen.has(element)) problems.push(`${pathText(path)}: duplicate entries for key ${pathText([element])}`);
      seen.add(element);
      check(problems, placeOf(type), value, [...path, element]);
    }
  });
}

/** A key that is missing has its default. */
function keyProblem(value: Json): string | undefined {
  if (value === null || value === undefined) return 'associative list with keys may not have a null element';
  return isMap(value) ? undefined : 'associative list with keys may not have non-map elements';
}

function setProblem(value: Json): string | undefined {
  if (value === null || value === undefined) return "associative list without keys has an element that's an explicit null";
  if (Array.isArray(value)) return 'not supported: associative list with lists as elements';
  return isMap(value) ? "associative list without keys has an element that's a map type" : undefined;
}

function placeOf(type: FieldType): Place {
  return { type, listKeys: undefined, isAtomic: false };
}

/** `%v`. */
function goValue(value: Json): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isMap(value)) return String(value);
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goValue(value[key])}`)
    .join(' ')}]`;
}

/** `%#v`. */
function goSyntax(value: Json): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isMap(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `map[string]interface {}{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`)
    .join(', ')}}`;
}

/** `%T`. */
function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : String(typeof value);
}
