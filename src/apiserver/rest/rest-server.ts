/**
 * The API as HTTP shows it: a method, a path and a body in, a code and an object out. No network: a door for HTTP hands its requests in here.
 *
 * Models the handlers of staging/src/k8s.io/apiserver/pkg/endpoints/handlers in the order they check things.
 */
import { apiVersionOf, KINDS, type Kind, type KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import type { ApiServer, RequestInfo } from '../api-server.ts';
import { bodyTypeOf, readBody, type YamlReader } from './request-body.ts';
import { deleteOptionsOf, type WriteOptions, writeOptionsOf } from './request-options.ts';
import type { RestRequest, RestResponse } from './rest-request.ts';
import { noResource, type Route, routeOf } from './route.ts';
import { removedStatus, statusOf } from './status-object.ts';

/** What a handler answers before warnings are added. */
export interface Answer {
  readonly code: number;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly text?: string;
}

/** Kinds whose PUT creates what is not there (AllowCreateOnUpdate in their strategies). */
const CREATED_BY_PUT: ReadonlySet<Kind> = new Set<Kind>([
  'LimitRange',
  'Event',
  'Service',
  'Endpoints',
  'RoleBinding',
  'ClusterRoleBinding',
  'Role',
  'ClusterRole',
  'RuntimeClass',
  'Lease',
]);
/** Kinds whose DELETE answers with the object, though it is gone (ReturnDeletedObject in their storage). */
const RETURNED_WHEN_DELETED: ReadonlySet<Kind> = new Set<Kind>([
  'ResourceQuota',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ServiceAccount',
  'Namespace',
  'Pod',
  'Service',
  'PodTemplate',
  'CSIDriver',
  'StorageClass',
  'VolumeAttachment',
  'CSINode',
]);

export class RestServer {
  readonly #server: ApiServer;
  readonly #readYaml: YamlReader;

  constructor(server: ApiServer, readYaml: YamlReader) {
    this.#server = server;
    this.#readYaml = readYaml;
  }

  handle(request: RestRequest): RestResponse {
    const warnings: string[] = [];
    const warn = (text: string) => {
      if (!warnings.includes(text)) warnings.push(text);
    };
    let answer: Answer;
    let retryAfterSeconds: number | undefined;
    try {
      answer = this.#route(request, warn);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      retryAfterSeconds = error.retryAfterSeconds;
      answer = { code: error.code, body: statusOf(error) };
    }
    return { ...answer, warnings, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }

  #route(request: RestRequest, warn: (text: string) => void): Answer {
    const route = routeOf(request.method, request.path);
    if (route === undefined) return { code: 404, text: '404 page not found\n', contentType: 'text/plain; charset=utf-8' };
    const { name, subresource } = route;
    if (subresource !== '') throw noResource();
    switch (request.method) {
      case 'POST':
        return this.#create(request, route, warn);
      case 'PUT':
        return this.#update(request, route, warn);
      case 'DELETE':
        if (name === undefined) throw noResource();
        return this.#delete(request, route, warn);
      case 'GET':
        if (name === undefined) throw noResource();
        return { code: 200, body: shown(route.kind, this.#server.get(route.kind, route.namespace, name)) };
      default:
        throw noResource();
    }
  }

  #create(request: RestRequest, route: Route, warn: (text: string) => void): Answer {
    const options = writeOptionsOf(request.query, 'CreateOptions');
    const object = inNamespace(this.#body(request, route, options, warn), route);
    return { code: 201, body: shown(route.kind, this.#server.create(route.kind, object as KindMap[Kind], infoOf(request, options, warn))) };
  }

  #update(request: RestRequest, route: Route, warn: (text: string) => void): Answer {
    const { kind, namespace } = route;
    const options = writeOptionsOf(request.query, 'UpdateOptions');
    const object = inNamespace(this.#body(request, route, options, warn), route);
    checkName(object, route.name!);
    const info = infoOf(request, options, warn);
    if (CREATED_BY_PUT.has(kind) && !this.#server.has(kind, namespace, route.name!)) {
      return { code: 201, body: shown(kind, this.#server.create(kind, object as KindMap[Kind], info)) };
    }
    return { code: 200, body: shown(kind, this.#server.update(kind, object as KindMap[Kind], info)) };
  }

  #delete(request: RestRequest, { kind, namespace, name }: Route, warn: (text: string) => void): Answer {
    const options = deleteOptionsOf(request);
    const info = { author: authorOf(request), dryRun: options.dryRun, warn };
    const last = this.#server.delete(kind, namespace, name!, options, info);
    const isGone = options.dryRun ? (last.metadata.finalizers ?? []).length === 0 : !this.#server.has(kind, namespace, name!);
    if (isGone && !RETURNED_WHEN_DELETED.has(kind)) return { code: 200, body: removedStatus(kind, name!, last.metadata.uid) };
    return { code: 200, body: shown(kind, last) };
  }

  #body(request: RestRequest, { kind }: Route, { fieldValidation }: WriteOptions, warn: (text: string) => void): KubeObject {
    return readBody(request, bodyTypeOf(kind), { fieldValidation, warn, readYaml: this.#readYaml });
  }
}

/** The object as an answer shows it. */
export function shown(kind: Kind, object: KubeObject): unknown {
  return { ...object, kind, apiVersion: apiVersionOf(kind) };
}

function inNamespace(object: KubeObject, { kind, namespace }: Route): KubeObject {
  const given = object.metadata.namespace ?? '';
  if (!KINDS[kind].namespaced) {
    if (given === '') return object;
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...object, metadata: { ...object.metadata, namespace: namespace ?? '' } };
}

function checkName({ metadata }: KubeObject, name: string): void {
  if ((metadata.name ?? '') === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
}

function infoOf(request: RestRequest, { dryRun }: WriteOptions, warn: (text: string) => void): RequestInfo {
  return { author: authorOf(request), dryRun, warn };
}

function authorOf(request: RestRequest): string {
  return (request.userAgent ?? 'unknown').split('/')[0]!;
}
