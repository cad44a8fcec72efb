/**
 * What the API server answers when it refuses: the code, reason and message of a metav1.Status.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.
 */
import { QuietError } from '../base/quiet-error.ts';
import { groupResource, KINDS, type Kind } from '../model/kinds.ts';

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
}

export class ApiError extends QuietError {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(fields: ApiErrorFields) {
    super(fields.message);
    this.code = fields.code;
    this.reason = fields.reason;
    this.causes = fields.causes ?? [];
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }
}

export function notFound(kind: Kind, name: string): ApiError {
  return new ApiError({ code: 404, reason: 'NotFound', message: `${groupResource(kind)} "${name}" not found` });
}

export function alreadyExists(kind: Kind, name: string, before = '', after = ''): ApiError {
  return new ApiError({ code: 409, reason: 'AlreadyExists', message: `${before}${groupResource(kind)} "${name}" already exists${after}` });
}

export function conflict(resource: string, name: string, why: string): ApiError {
  return new ApiError({ code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${resource} "${name}": ${why}` });
}

export function forbidden(kind: Kind, name: string, why: string, causes?: readonly StatusCause[]): ApiError {
  const message = `${groupResource(kind)} "${name}" is forbidden: ${why}`;
  return new ApiError({ code: 403, reason: 'Forbidden', message, ...(causes === undefined ? {} : { causes }) });
}

export function badRequest(message: string): ApiError {
  return new ApiError({ code: 400, reason: 'BadRequest', message });
}

/** A refusal by validation, of one cause or several. */
export function invalid(kind: Kind, name: string, causes: readonly StatusCause[]): ApiError {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  const { group } = KINDS[kind];
  const type = group === '' ? kind : `${kind}.${group}`;
  return new ApiError({ code: 422, reason: 'Invalid', message: `${type} "${name}" is invalid: ${list}`, causes });
}
