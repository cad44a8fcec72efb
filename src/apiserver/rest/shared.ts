/**
 * What several handlers ask of a request and of the object in it.
 */
import { KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { badRequest } from '../api-error.ts';
import type { Writer } from '../managed/managed-fields.ts';
import { decode } from '../schema/decode.ts';
import { schemaOf } from '../schema/struct-schema.ts';
import type { RequestInfo } from '../verbs/request-info.ts';
import type { Warn } from './answer.ts';
import type { WriteOptions } from './request-options.ts';
import type { RestRequest } from './rest-request.ts';
import type { Route } from './route.ts';

/** Throws 400 when the object says it is in another namespace than the path. */
export function inNamespace<T extends KubeObject>(object: T, { kind, namespace }: Pick<Route, 'kind' | 'namespace'>): T {
  const given = object.metadata.namespace ?? '';
  const isWrong = KINDS[kind].namespaced ? given !== '' && given !== namespace : given !== '';
  if (isWrong) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return KINDS[kind].namespaced ? { ...object, metadata: { ...object.metadata, namespace: namespace ?? '' } } : object;
}

export function checkName({ metadata }: KubeObject, name: string): void {
  if ((metadata.name ?? '') === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}

export function infoOf(request: RestRequest, { dryRun }: Pick<WriteOptions, 'dryRun'>, warn: Warn): RequestInfo {
  return { author: authorOf(request), dryRun, warn, settled };
}

export function authorOf(request: RestRequest): string {
  return (request.userAgent ?? 'unknown').split('/')[0]!;
}

export function writerOf(request: RestRequest, { fieldManager }: WriteOptions, subresource: string, now: string): Writer {
  return { manager: fieldManager === '' ? authorOf(request) : fieldManager, subresource, now, areAllKnown: true };
}

/** The object as it comes back from the store. */
export function settled<T extends KubeObject>(kind: Kind, object: T): T {
  return decode(schemaOf(kind), object).value as T;
}
