/**
 * The options a write takes in its query or body: dry run, field manager, field validation, and how to delete.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go.
 */

import { badRequest, invalidOf } from '../api-error.ts';
import type { DeleteOptions } from '../deletion.ts';
import { decode, fatalProblem } from '../schema/decode.ts';
import { goQuote } from '../schema/go-text.ts';
import { JsonError, readJson } from '../schema/json-reader.ts';
import { structSchema } from '../schema/struct-schema.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import type { FieldValidation } from './request-body.ts';
import { type Query, queryValue, queryValues, type RestRequest } from './rest-request.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** Of a server-side apply. */
  readonly force: boolean | undefined;
}

const MANAGER_MAX_BYTES = 128; // FieldManagerMaxLength
const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];
const PROPAGATIONS = ['Foreground', 'Background', 'Orphan'];

/** The options in the query; throws 422 in the name of their type, such as `CreateOptions.meta.k8s.io`. */
export function writeOptionsOf(
  query: Query | undefined,
  type: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  isApply = false,
): WriteOptions {
  const errors = new FieldErrors();
  const manager = queryValue(query, 'fieldManager') ?? '';
  const force = queryValue(query, 'force');
  if (type === 'PatchOptions' && isApply && manager === '') errors.required('fieldManager', 'is required for apply patch');
  if (type === 'PatchOptions' && !isApply && force !== undefined) errors.forbidden('force', 'may not be specified for non-apply patch');
  checkManager(errors, manager);
  const dryRun = queryValues(query, 'dryRun');
  checkDryRun(errors, dryRun);
  const fieldValidation = queryValue(query, 'fieldValidation') ?? '';
  if (!FIELD_VALIDATIONS.includes(fieldValidation)) errors.notSupported('fieldValidation', fieldValidation, FIELD_VALIDATIONS);
  if (errors.causes.length > 0) throw invalidOf({ kind: type, group: 'meta.k8s.io' }, '', errors.causes);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager,
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as FieldValidation),
    force: force === undefined ? undefined : force !== 'false' && force !== '0',
  };
}

export interface DeleteRequestOptions extends DeleteOptions {
  readonly dryRun: boolean;
}

/** The options of a DELETE, from its body or else from its query. */
export function deleteOptionsOf(request: RestRequest): DeleteRequestOptions {
  const given = request.body ?? bodyOf(request.bodyText);
  const options = given === undefined || given === null ? optionsInQuery(request.query) : optionsInBody(given);
  const errors = new FieldErrors();
  const { orphanDependents, propagationPolicy, dryRun = [] } = options;
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    errors.invalid('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set');
  }
  if (propagationPolicy !== undefined && !PROPAGATIONS.includes(propagationPolicy)) {
    errors.notSupported('propagationPolicy', propagationPolicy, [...PROPAGATIONS, 'nil']);
  }
  checkDryRun(errors, dryRun);
  if (errors.causes.length > 0) throw invalidOf({ kind: 'DeleteOptions', group: 'meta.k8s.io' }, '', errors.causes);
  return completed(options);
}

/** DeleteOptions as the body gives them. */
export interface RawDeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: string;
  readonly dryRun?: readonly string[];
}

export function completed(options: RawDeleteOptions): DeleteRequestOptions {
  const { gracePeriodSeconds, preconditions, orphanDependents, propagationPolicy, dryRun = [] } = options;
  const policy = propagationPolicy ?? (orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background');
  return {
    dryRun: dryRun.length > 0,
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(policy === undefined ? {} : { propagationPolicy: policy as 'Background' | 'Foreground' | 'Orphan' }),
  };
}

function optionsInBody(body: unknown): RawDeleteOptions {
  const { kind = 'DeleteOptions', apiVersion = 'v1' } = body as { readonly kind?: string; readonly apiVersion?: string };
  if (kind !== 'DeleteOptions') {
    throw badRequest(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`);
  }
  const { value, problems } = decode(structSchema('meta.DeleteOptions'), body);
  const fatal = fatalProblem(problems);
  if (fatal !== undefined) throw badRequest(fatal.message);
  return value as RawDeleteOptions;
}

function optionsInQuery(query: Query | undefined): RawDeleteOptions {
  const grace = queryValue(query, 'gracePeriodSeconds');
  const propagationPolicy = queryValue(query, 'propagationPolicy');
  const orphan = queryValue(query, 'orphanDependents');
  const dryRun = queryValues(query, 'dryRun');
  if (grace !== undefined && !/^[+-]?\d+$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing ${goQuote(grace)}: invalid syntax`);
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan !== 'false' && orphan !== '0' }),
    dryRun,
  };
}

function bodyOf(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
    throw error;
  }
}

function checkManager(errors: FieldErrors, manager: string): void {
  if (new TextEncoder().encode(manager).length > MANAGER_MAX_BYTES) errors.tooLong('fieldManager', MANAGER_MAX_BYTES);
  let at = 0;
  for (const character of manager) {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) {
      const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      errors.invalid('fieldManager', manager, `invalid character U+${code} (at position ${at})`);
    }
    at += new TextEncoder().encode(character).length;
  }
}

function checkDryRun(errors: FieldErrors, dryRun: readonly string[]): void {
  if (dryRun.some((one) => one !== 'All')) errors.notSupported('dryRun', dryRun, ['All']);
}
