/**
 * What validation finds: each with its field, its reason and its words.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go.
 */
import type { StatusCause } from '../api-error.ts';
import { goJson, goQuote } from '../schema/go-text.ts';

export class FieldErrors {
  readonly causes: StatusCause[] = [];

  required(field: string, detail = ''): void {
    this.#add('FieldValueRequired', field, 'Required value', detail);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', field, `Invalid value: ${shown(value)}`, detail);
  }

  /** Without the value, where it would say nothing. */
  invalidAsWhole(field: string, detail: string): void {
    this.#add('FieldValueInvalid', field, 'Invalid value', detail);
  }

  /** `Unsupported value: "x": supported values: "A", "B"`. */
  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const detail = supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`;
    this.#add('FieldValueNotSupported', field, `Unsupported value: ${shown(value)}`, detail);
  }

  forbidden(field: string, detail: string): void {
    this.#add('FieldValueForbidden', field, 'Forbidden', detail);
  }

  duplicate(field: string, value: unknown, detail = ''): void {
    this.#add('FieldValueDuplicate', field, `Duplicate value: ${shown(value)}`, detail);
  }

  notFound(field: string, value: unknown): void {
    this.#add('FieldValueNotFound', field, `Not found: ${shown(value)}`, '');
  }

  tooLong(field: string, maxBytes: number): void {
    this.#add('FieldValueTooLong', field, 'Too long', `may not be more than ${maxBytes} bytes`);
  }

  tooMany(field: string, count: number, max: number): void {
    this.#add('FieldValueTooMany', field, `Too many: ${count}`, `must have at most ${max} item${max === 1 ? '' : 's'}`);
  }

  internal(field: string, detail: string): void {
    this.#add('InternalError', field, 'Internal error', detail);
  }

  /** One `invalid` for each message; most rules about names give a list of them. */
  invalidEach(field: string, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, value, detail);
  }

  addAll(causes: readonly StatusCause[]): void {
    this.causes.push(...causes);
  }

  #add(reason: string, field: string, head: string, detail: string): void {
    this.causes.push({ reason, message: detail === '' ? head : `${head}: ${detail}`, field });
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : goJson(value);
}
