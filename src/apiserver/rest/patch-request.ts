/**
 * PATCH: the object as the patch in the body leaves it, decoded again, or the refusal in the server's words.
 *
 * Models staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
 */
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest, invalidOf } from '../api-error.ts';
import { goMapText } from '../patch/go-map-text.ts';
import { restoreProblem } from '../patch/restore.ts';
import { applyPatch, type Patch } from '../patch.ts';
import { decodeWithEmpties, fatalProblem, strictProblems } from '../schema/decode.ts';
import { goJson } from '../schema/go-text.ts';
import { duplicatesOf, JsonError, readJson } from '../schema/json-reader.ts';
import type { FieldType, StructSchema } from '../schema/struct-schema.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { converted } from './conversion.ts';
import { type BodyType, registrationProblem } from './request-body.ts';
import type { WriteOptions } from './request-options.ts';
import type { RestRequest } from './rest-request.ts';

const PATCH_TYPES: { readonly [media: string]: Patch['type'] | 'apply' } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** The way of patching the request names; throws 415. A request without a body has no content type either. */
export function patchTypeOf(request: RestRequest): Patch['type'] | 'apply' {
  const media = (request.contentType ?? '').split(';')[0]!.trim();
  const type = PATCH_TYPES[media];
  const isEmpty = (request.body === undefined || request.body === null) && request.bodyText === undefined;
  if (type === undefined || isEmpty) {
    throw new ApiError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
  }
  return type;
}

/** What the patch makes of `stored`, which is the object as an answer shows it. */
export function patchedObject(
  request: RestRequest,
  patchType: Patch['type'],
  type: BodyType,
  stored: KubeObject,
  { fieldValidation }: WriteOptions,
  warn: (text: string) => void,
): KubeObject {
  const body = bodyOf(request, patchType);
  const patched = applyPatch(stored, { type: patchType, body });
  const { value, problems } = decodeWithEmpties(type.struct, inGoOrder(type.struct, patched, stored));
  const refuse = (why: string) => {
    const errors = new FieldErrors();
    errors.invalid('patch', patchType === 'strategic' ? goMapText(body) : goJson(inGoOrder(type.struct, patched, stored)), why);
    return invalidOf({ kind: '' }, '', errors.causes);
  };
  const { kind, apiVersion } = patched as { readonly kind?: string; readonly apiVersion?: string };
  const unregistered = registrationProblem(kind ?? type.kind, apiVersion ?? type.apiVersion, type);
  if (unregistered !== undefined && patchType !== 'strategic') throw refuse(unregistered);
  const fatal = fatalProblem(problems);
  if (fatal !== undefined) throw refuse(patchType === 'strategic' ? restoreProblem(type.struct, patched, fatal.message) : fatal.message);
  const strict = [...duplicateFields(body), ...strictProblems(problems)];
  if (strict.length > 0 && fieldValidation === 'Strict') throw refuse(`strict decoding error: ${strict.join(', ')}`);
  if (fieldValidation === 'Warn') for (const one of strict) warn(one);
  return converted({ ...(value as KubeObject), ...withoutRawText(type, value), kind: type.kind, apiVersion: type.apiVersion });
}

/** A patch leaves of raw data the value and not its text. */
function withoutRawText({ kind }: BodyType, value: unknown): object {
  const { data } = value as { readonly data?: unknown };
  return kind === 'ControllerRevision' && data !== undefined ? { data: structuredClone(data) } : {};
}

/** What the patch touched has its fields in the order of the alphabet; the rest has them as the server writes them. */
function inGoOrder(struct: StructSchema | undefined, value: unknown, before: unknown): unknown {
  if (Array.isArray(value)) {
    const present: readonly unknown[] = Array.isArray(before) ? before : [];
    return value.map((item, at) => inGoOrder(struct, item, present.includes(item) ? item : value === before ? present[at] : undefined));
  }
  if (typeof value !== 'object' || value === null) return value;
  // Raw values that were not touched stand as they are stored.
  if (value === before && struct === undefined) return value;
  const known = struct === undefined ? [] : [...struct.fields.keys()];
  const order = value === before && struct !== undefined ? known.filter((name) => Object.hasOwn(value, name)) : Object.keys(value).sort();
  const map = value as { readonly [field: string]: unknown };
  const was = (before ?? {}) as { readonly [field: string]: unknown };
  return Object.fromEntries(order.map((name) => [name, inGoOrder(structOf(struct?.fields.get(name)?.type), map[name], was[name])]));
}

function structOf(type: FieldType | undefined): StructSchema | undefined {
  if (type?.form === 'list') return structOf(type.of);
  return type?.form === 'struct' ? type.struct : undefined;
}

function bodyOf({ body, bodyText }: RestRequest, type: Patch['type']): unknown {
  if (bodyText === undefined) return body;
  try {
    return readJson(bodyText);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw badRequest(type === 'strategic' ? error.message : `error decoding patch: ${error.message}`);
  }
}

function duplicateFields(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : duplicatesOf(value).map((field) => `duplicate field "${path}${path === '' ? '' : '.'}${field}"`);
  const inner = Object.entries(value).flatMap(([key, item]) =>
    duplicateFields(item, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
  );
  return [...own, ...inner];
}
