/**
 * The Status object a refusal or a removal is answered with.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/apis/meta/v1 Status and apiserver/pkg/endpoints/handlers/responsewriters/status.go.
 */
import { KINDS, type Kind } from '../../model/kinds.ts';
import type { ApiError } from '../api-error.ts';

export function statusOf(error: ApiError): { readonly [field: string]: unknown } {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.continueToken === undefined ? {} : { continue: error.continueToken },
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    ...detailsOf(error),
    code: error.code,
  };
}

/** The answer to a DELETE that removed the object. */
export function removedStatus(kind: Kind, name: string, uid: string | undefined): { readonly [field: string]: unknown } {
  const { group, resource } = KINDS[kind];
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group === '' ? {} : { group }), kind: resource, ...(uid === undefined ? {} : { uid }) },
  };
}

export function createdStatus(): { readonly [field: string]: unknown } {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

function detailsOf({ details, causes, retryAfterSeconds }: ApiError): object {
  if (details === undefined && causes.length === 0 && retryAfterSeconds === undefined) return {};
  const { name, group, kind } = details ?? {};
  return {
    details: {
      ...(name === undefined || name === '' ? {} : { name }),
      ...(group === undefined ? {} : { group }),
      ...(kind === undefined || kind === '' ? {} : { kind }),
      ...(causes.length === 0 ? {} : { causes: causes.map(causeOf) }),
      ...(retryAfterSeconds === undefined || retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
    },
  };
}

function causeOf({ reason, message, field }: ApiError['causes'][number]): object {
  return { ...(reason === '' ? {} : { reason }), message, ...(field === undefined || field === '' ? {} : { field }) };
}
