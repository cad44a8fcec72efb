/**
 * What the API server answers when it refuses: the code, reason and message of a metav1.Status.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.
 */
import { QuietError } from '../base/quiet-error.ts';
import { groupResource, KINDS, type Kind } from '../model/kinds.ts';
import { goQuote } from './schema/go-text.ts';

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export interface ApiErrorFields {
  /** The HTTP status code; 0 when no server was reached. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
  readonly details?: StatusDetails;
  /** Of a list that cannot go on as it began: the token to go on with all the same. */
  readonly continueToken?: string;
}

/** What the answer is about, as a client reads it. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
}

export class ApiError extends QuietError {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;
  readonly details: StatusDetails | undefined;
  readonly continueToken: string | undefined;

  constructor(fields: ApiErrorFields) {
    super(fields.message);
    this.code = fields.code;
    this.reason = fields.reason;
    this.causes = fields.causes ?? [];
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.details = fields.details;
    this.continueToken = fields.continueToken;
  }
}

/** With a subresource, the message and the details speak of `deployments/scale` instead of `deployments`. */
export function notFound(kind: Kind, name: string, subresource?: string): ApiError {
  const details = resourceDetails(kind);
  const resource = subresource === undefined ? details.kind : `${details.kind}/${subresource}`;
  const message = `${details.group === undefined ? resource : `${resource}.${details.group}`} "${name}" not found`;
  return new ApiError({ code: 404, reason: 'NotFound', message, details: { name, ...details, kind: resource } });
}

/** There is no such path: the kind has no such subresource. */
export function noResource(): ApiError {
  return new ApiError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });
}

export function alreadyExists(kind: Kind, name: string, before = '', after = ''): ApiError {
  const message = `${before}${groupResource(kind)} "${name}" already exists${after}`;
  return new ApiError({ code: 409, reason: 'AlreadyExists', message, details: { name, ...resourceDetails(kind) } });
}

/** `resource` as messages name it: `deployments.apps`, `pods/binding`. */
export function conflict(resource: string, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;
  const dot = resource.indexOf('.');
  const details = dot < 0 ? { kind: resource } : { group: resource.slice(dot + 1), kind: resource.slice(0, dot) };
  return new ApiError({ code: 409, reason: 'Conflict', message, details: { name, ...details } });
}

export function forbidden(kind: Kind, name: string, why: string, causes?: readonly StatusCause[]): ApiError {
  const message = `${groupResource(kind)} "${name}" is forbidden: ${why}`;
  return new ApiError({
    code: 403,
    reason: 'Forbidden',
    message,
    details: { name, ...resourceDetails(kind) },
    ...(causes === undefined ? {} : { causes }),
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError({ code: 400, reason: 'BadRequest', message });
}

export function internalError(message: string): ApiError {
  return new ApiError({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    causes: [{ reason: '', message }],
    details: {},
  });
}

/** A refusal by validation, of one cause or several. */
export function invalid(kind: Kind, name: string, causes: readonly StatusCause[]): ApiError {
  const { group } = KINDS[kind];
  return invalidOf(group === '' ? { kind } : { kind, group }, name, causes);
}

/** The same of what is no stored kind, such as the options of a request. */
export function invalidOf(
  type: { readonly kind: string; readonly group?: string },
  name: string,
  causes: readonly StatusCause[],
): ApiError {
  // A text said twice is said once; as a cause it counts twice.
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  const what = type.group === undefined ? type.kind : `${type.kind}.${type.group}`;
  const message = `${what} ${goQuote(name)} is invalid: ${list}`;
  return new ApiError({ code: 422, reason: 'Invalid', message, causes, details: { name, ...type } });
}

function resourceDetails(kind: Kind): StatusDetails {
  const { group, resource } = KINDS[kind];
  return group === '' ? { kind: resource } : { group, kind: resource };
}
