/**
 * From JSON as somebody sent it to an object as the API keeps it: fields nobody knows fall away, types are checked in encoding/json's words,
 * quantities and times take their canonical form, and what Go leaves out or writes although it is empty is left out or written.
 *
 * Models sigs.k8s.io/json (strict, case-sensitive decoding) and the JSON encoding of the API's structs. The result is what a GET of the object
 * would show before defaults are filled in.
 */
import { canonicalQuantity, QuantityError } from '../../model/canonical-quantity.ts';
import { EMPTY_MAP } from '../same-value.ts';
import { numberText } from './go-text.ts';
import { canonicalMicroTime, canonicalTime, TimeError } from './go-time.ts';
import { duplicatesOf } from './json-reader.ts';
import type { FieldSchema, FieldType, StructSchema } from './struct-schema.ts';

export type Path = readonly (string | number)[];

/** One mismatch between what stands there and what the API has there. */
export interface SchemaProblem {
  readonly path: Path;
  readonly what: 'unknown' | 'duplicate' | 'type' | 'value';
  /** In the server's words. */
  readonly message: string;
  readonly struct: StructSchema | undefined;
  readonly type: FieldType | undefined;
}

export interface Decoded {
  readonly value: unknown;
  /** Every mismatch, in the order of the text. */
  readonly problems: readonly SchemaProblem[];
}

/** The value as the struct holds it, and all that does not fit. What does not fit is left at its zero value. */
export function decode(struct: StructSchema, value: unknown): Decoded {
  const decoder = new Decoder(false);
  return { value: decoder.struct(struct, value), problems: decoder.problems };
}

/** The same before it has been on its way to the store and back: lists and maps that were given though they are empty are still there. */
export function decodeWithEmpties(struct: StructSchema, value: unknown): Decoded {
  const decoder = new Decoder(true);
  return { value: decoder.struct(struct, value), problems: decoder.problems };
}

/** The error encoding/json ends with, if any: a value its own type refuses comes before the first wrong type. */
export function fatalProblem(problems: readonly SchemaProblem[]): SchemaProblem | undefined {
  return problems.find(({ what }) => what === 'value') ?? problems.find(({ what }) => what === 'type');
}

/** `unknown field "spec.foo"` and `duplicate field "kind"`, each once. */
export function strictProblems(problems: readonly SchemaProblem[]): readonly string[] {
  return [...new Set(problems.filter(({ what }) => what === 'unknown' || what === 'duplicate').map(({ message }) => message))];
}

export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}

class Decoder {
  readonly problems: SchemaProblem[] = [];
  readonly #keepsEmpty: boolean;
  readonly #path: (string | number)[] = [];
  /** Field names as encoding/json stacks them: embedded structs too, no indexes. */
  readonly #goPath: string[] = [];
  #struct: StructSchema | undefined;

  constructor(keepsEmpty: boolean) {
    this.#keepsEmpty = keepsEmpty;
  }

  struct(schema: StructSchema, value: unknown): { readonly [field: string]: unknown } {
    const decoded = new Map<string, unknown>();
    if (isObject(value)) {
      const outer = this.#struct;
      this.#struct = schema;
      this.#duplicates(value);
      for (const name in value) this.#field(schema, decoded, name, value[name]);
      this.#struct = outer;
    }
    return assembled(schema, decoded, this.#keepsEmpty);
  }

  #field(schema: StructSchema, decoded: Map<string, unknown>, name: string, value: unknown): void {
    this.#path.push(name);
    const field = schema.fields.get(name);
    if (field === undefined) this.#wrong('unknown', `unknown field ${JSON.stringify(pathText(this.#path))}`, undefined);
    else {
      const depth = this.#goPath.length;
      this.#goPath.push(...field.through, name);
      const result = this.#value(field.type, value);
      // What is empty does not survive the way to the store and back.
      if (result !== undefined && (this.#keepsEmpty || !isEmptyCollection(field.type, result))) decoded.set(name, result);
      this.#goPath.length = depth;
    }
    this.#path.pop();
  }

  #duplicates(value: object): void {
    for (const name of duplicatesOf(value)) {
      this.#path.push(name);
      this.#wrong('duplicate', `duplicate field ${JSON.stringify(pathText(this.#path))}`, undefined);
      this.#path.pop();
    }
  }

  /** Undefined stands for Go's zero value. */
  #value(type: FieldType, value: unknown): unknown {
    if (value === null || value === undefined) return undefined;
    switch (type.form) {
      case 'struct':
        return isObject(value) ? this.struct(type.struct, value) : this.#mismatch(type, value);
      case 'list':
        return Array.isArray(value) ? this.#list(type.of, value) : this.#mismatch(type, value);
      case 'map':
        return isObject(value) ? this.#map(type.of, value) : this.#mismatch(type, value);
      case 'string':
        return typeof value === 'string' ? value : this.#mismatch(type, value);
      case 'bool':
        return typeof value === 'boolean' ? value : this.#mismatch(type, value);
      case 'int32':
      case 'int64':
        return typeof value === 'number' && fits(value, type.form) ? value : this.#mismatch(type, value, true);
      case 'float64':
        return typeof value === 'number' ? value : this.#mismatch(type, value);
      default:
        return this.#special(type, value);
    }
  }

  #special(type: FieldType, value: unknown): unknown {
    switch (type.form) {
      case 'raw':
        return value;
      case 'quantity':
        return this.#attempt(type, () =>
          canonicalQuantity(typeof value === 'string' ? value : typeof value === 'number' ? numberText(value) : JSON.stringify(value)),
        );
      case 'intOrString':
        if (typeof value === 'string') return value;
        return typeof value === 'number' && fits(value, 'int32') ? value : this.#mismatch({ ...type, goName: 'int32' }, value, true);
      case 'time':
      case 'microTime': {
        if (typeof value !== 'string') return this.#mismatch({ ...type, goName: 'string' }, value);
        return this.#attempt(type, () => (type.form === 'time' ? canonicalTime(value) : canonicalMicroTime(value)));
      }
      case 'bytes': {
        if (typeof value !== 'string') return this.#mismatch(type, value);
        const bad = badBase64(value);
        if (bad === undefined) return value.replace(/[\r\n]/g, '');
        return this.#wrong('type', `illegal base64 data at input byte ${bad}`, type);
      }
      default:
        return typeof value === 'string' ? value : this.#mismatch(type, value);
    }
  }

  #attempt(type: FieldType, read: () => string): string | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof QuantityError || error instanceof TimeError)) throw error;
      return this.#wrong('value', error.message, type);
    }
  }

  #list(type: FieldType, values: readonly unknown[]): unknown[] {
    return values.map((item, at) => {
      this.#path.push(at);
      const result = this.#value(type, item);
      this.#path.pop();
      return result ?? zeroOf(type);
    });
  }

  #map(type: FieldType, values: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } {
    this.#duplicates(values);
    if (this.#keepsEmpty && Object.keys(values).length === 0) return EMPTY_MAP;
    const result: Record<string, unknown> = {};
    // Go writes maps by key.
    for (const key of Object.keys(values).sort()) {
      this.#path.push(key);
      result[key] = this.#value(type, values[key]) ?? zeroOf(type);
      this.#path.pop();
    }
    return result;
  }

  #mismatch(type: FieldType, value: unknown, showsNumber = false): undefined {
    const found = showsNumber && typeof value === 'number' ? `number ${numberText(value)}` : jsonName(value);
    const place = this.#struct === undefined ? 'Go value' : `Go struct field ${this.#struct.name}.${this.#goPath.join('.')}`;
    const message = `json: cannot unmarshal ${found} into ${place} of type ${type.goName}`;
    return this.#wrong(isOwnReader(type) ? 'value' : 'type', message, type);
  }

  #wrong(what: SchemaProblem['what'], message: string, type: FieldType | undefined): undefined {
    this.problems.push({ path: [...this.#path], what, message, struct: this.#struct, type });
    return undefined;
  }
}

/** Types that read themselves: their refusal ends the reading. */
function isOwnReader({ form }: FieldType): boolean {
  return form === 'intOrString' || form === 'time' || form === 'microTime' || form === 'quantity';
}

/** The struct's fields in Go's order, empty ones left out or written as Go does. */
function assembled(schema: StructSchema, decoded: ReadonlyMap<string, unknown>, keepsEmpty = false): { readonly [field: string]: unknown } {
  const result: Record<string, unknown> = {};
  for (const field of schema.fields.values()) {
    const value = decoded.get(field.name);
    const isKept = keepsEmpty && value !== undefined && isEmptyCollection(field.type, value);
    const written = !isKept && (value === undefined || isZero(field.type, value)) ? emptyOf(field, value) : value;
    if (written !== undefined) result[field.name] = written;
  }
  return result;
}

function emptyOf(field: FieldSchema, value: unknown): unknown {
  const { type, omitEmpty, omitZero } = field;
  if (type.isPointer) return value ?? (omitEmpty ? undefined : null);
  if (omitZero && value === undefined) return undefined;
  const isStruct = type.form === 'struct' || type.form === 'time' || type.form === 'microTime';
  const isNumberStruct = type.form === 'quantity' || type.form === 'intOrString' || (type.form === 'raw' && !omitEmpty);
  if (omitEmpty && !isStruct && !isNumberStruct) return undefined;
  return value ?? zeroOf(type);
}

function isZero(type: FieldType, value: unknown): boolean {
  if (type.isPointer) return false;
  switch (type.form) {
    case 'list':
      return (value as readonly unknown[]).length === 0;
    case 'map':
      return Object.keys(value as object).length === 0;
    case 'string':
    case 'bytes':
    case 'duration':
      return value === '';
    case 'bool':
      return value === false;
    case 'int32':
    case 'int64':
    case 'float64':
      return value === 0;
    default:
      return false;
  }
}

function isEmptyCollection(type: FieldType, value: unknown): boolean {
  if (type.isPointer) return false;
  if (type.form === 'list') return (value as readonly unknown[]).length === 0;
  return type.form === 'map' && Object.keys(value as object).length === 0;
}

function zeroOf(type: FieldType): unknown {
  if (type.isPointer) return null;
  switch (type.form) {
    case 'struct':
      return assembled(type.struct, new Map());
    case 'string':
    case 'bytes':
    case 'duration':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float64':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    default:
      return null;
  }
}

function fits(value: number, form: 'int32' | 'int64'): boolean {
  const limit = form === 'int32' ? 2 ** 31 : 2 ** 63;
  return Number.isInteger(value) && value >= -limit && value < limit;
}

/** Where Go's decoder would stop: the first character that cannot belong there. */
function badBase64(text: string): number | undefined {
  const clean = text.replace(/[\r\n]/g, '');
  const match = /^[A-Za-z0-9+/]*/.exec(clean)!;
  const digits = match[0].length;
  const padding = clean.slice(digits);
  const remainder = digits % 4;
  if (padding === '' && remainder === 0) return undefined;
  if ((remainder === 2 && padding === '==') || (remainder === 3 && padding === '=')) return undefined;
  return padding === ''
    ? clean.length - remainder
    : /^=/.test(padding)
      ? digits + (remainder < 2 ? 0 : /^=*/.exec(padding)![0].length)
      : digits;
}

function jsonName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
