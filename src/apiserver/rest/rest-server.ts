/**
 * The API as HTTP shows it: a method, a path and a body in, a code and an object out. No network: a door for HTTP hands its requests in here.
 *
 * Models the handlers of staging/src/k8s.io/apiserver/pkg/endpoints/handlers in the order they check things.
 */
import { apiVersionOf, groupResource, type Kind, type KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import { ApiError, conflict, noResource, notFound } from '../api-error.ts';
import type { ApiServer } from '../api-server.ts';
import { withDefaults } from '../defaults.ts';
import { apply, type ManagedType, managersAfterUpdate, type Writer, withManagers } from '../managed/managed-fields.ts';
import { decode } from '../schema/decode.ts';
import type { Watch } from '../store.ts';
import type { Answer, Warn } from './answer.ts';
import { appliedConfig } from './applied-config.ts';
import { deleteCollection, deleteOne } from './delete-requests.ts';
import { discoveryAnswer, notFoundPage } from './discovery/discovery.ts';
import { checkRevision, readList } from './list.ts';
import { revisionAsked } from './list-options.ts';
import { patchedObject, patchTypeOf } from './patch-request.ts';
import { bind, evict } from './pod-requests.ts';
import { Representation } from './representation.ts';
import { readBody, type YamlReader } from './request-body.ts';
import { type WriteOptions, writeOptionsOf } from './request-options.ts';
import { queryValue, type RestRequest, type RestResponse } from './rest-request.ts';
import { type Route, routeOf, withQueryOfPath } from './route.ts';
import { changeScale, readScale } from './scale-request.ts';
import { type ServedVersion, servedVersion } from './served-version.ts';
import { checkName, infoOf, inNamespace, settled, writerOf } from './shared.ts';
import { statusOf } from './status-object.ts';
import { openWatch, type StreamEvent } from './watch-stream.ts';

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

const ENDPOINTS_DEPRECATED = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

export class RestServer {
  readonly #server: ApiServer;
  readonly #readYaml: YamlReader;

  constructor(server: ApiServer, readYaml: YamlReader) {
    this.#server = server;
    this.#readYaml = readYaml;
  }

  handle(given: RestRequest): RestResponse {
    const request = withQueryOfPath(given);
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
      answer = request.method === 'HEAD' ? { code: error.code, text: '' } : { code: error.code, body: statusOf(error) };
    }
    return { ...answer, warnings, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }

  #route(request: RestRequest, warn: Warn): Answer {
    const page = request.method === 'GET' ? discoveryAnswer(request.path, request.accept) : undefined;
    if (page !== undefined) return page;
    const route = routeOf(request.method, request.path);
    if (route?.kind === 'Endpoints') warn(ENDPOINTS_DEPRECATED);
    if (route === undefined) return notFoundPage();
    const { subresource } = route;
    if (subresource !== '') return this.#subresource(request, route, warn);
    switch (request.method) {
      case 'POST':
        return this.#create(request, route, warn);
      case 'PUT':
        return this.#update(request, route, warn);
      case 'PATCH':
        return this.#patch(request, route, warn);
      case 'DELETE':
        return (route.name === undefined ? deleteCollection : deleteOne)(this.#server, request, route, warn);
      default:
        return this.#read(request, route);
    }
  }

  /** Opens the watch a GET asks for; what it is refused with is answered like any refusal. */
  watch(given: RestRequest, send: (event: StreamEvent) => void): Watch | RestResponse {
    const request = withQueryOfPath(given);
    const warnings: string[] = [];
    try {
      const route = routeOf(request.method, request.path);
      if (route === undefined || request.method !== 'GET' || route.subresource !== '') throw noResource();
      const representation = new Representation(request.accept, request.query, this.#server.nowUs);
      return openWatch(this.#server.store, this.#server.after, route, request.query, representation, send);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { code: error.code, body: statusOf(error), warnings };
    }
  }

  #read(request: RestRequest, route: Route): Answer {
    const { kind, namespace, name } = route;
    const served = servedIn(route);
    const representation = new Representation(request.accept, request.query, this.#server.nowUs);
    const { contentType } = representation;
    const answer = (body: unknown) => ({ code: 200, body, ...(contentType === undefined ? {} : { contentType }) });
    this.#server.compact();
    if (name === undefined) return answer(representation.list(served, readList(this.#server.store, kind, namespace, request.query)));
    const asked = revisionAsked(
      queryValue(request.query, 'resourceVersion') ?? '',
      (message) => new ApiError({ code: 500, reason: '', message }),
    );
    checkRevision(asked, this.#server.store.revision);
    return answer(representation.object(served, this.#server.get(kind, namespace, name)));
  }

  #subresource(request: RestRequest, route: Route, warn: Warn): Answer {
    switch (route.subresource) {
      case 'status':
      case 'resize':
      case 'ephemeralcontainers':
        if (request.method === 'GET') return this.#read(request, route);
        return request.method === 'PUT' ? this.#update(request, route, warn) : this.#patch(request, route, warn);
      case 'scale':
        if (request.method === 'GET') return readScale(this.#server, request, route);
        return changeScale(this.#server, request, route, warn, this.#readYaml);
      case 'finalize':
        return this.#update(request, route, warn);
      case 'binding':
        return bind(this.#server, request, route, warn, this.#readYaml);
      case 'eviction':
        return evict(this.#server, request, route, warn, this.#readYaml);
      default:
        throw noResource();
    }
  }

  #create(request: RestRequest, route: Route, warn: Warn): Answer {
    const options = writeOptionsOf(request.query, 'CreateOptions');
    const object = inNamespace(this.#body(request, route, options, warn), route);
    return this.#created(request, route, object, options, warn);
  }

  #created(request: RestRequest, route: Route, object: KubeObject, options: WriteOptions, warn: Warn, createsByPut = false): Answer {
    const { kind } = route;
    const served = servedIn(route);
    const managers = managersAfterUpdate(served.type, undefined, this.#filled(served, object), this.#writer(request, options, ''));
    const created = this.#server.create(kind, withManagers(object, managers) as KindMap[Kind], {
      ...infoOf(request, options, warn),
      createsByPut,
    });
    return { code: 201, body: served.shown(created) };
  }

  #update(request: RestRequest, route: Route, warn: Warn): Answer {
    const { kind, namespace, subresource } = route;
    const served = servedIn(route);
    const options = writeOptionsOf(request.query, 'UpdateOptions');
    const object = inNamespace(this.#body(request, route, options, warn), route);
    checkName(object, route.name!);
    if (CREATED_BY_PUT.has(kind) && !this.#server.has(kind, namespace, route.name!)) {
      return this.#created(request, route, object, options, warn, true);
    }
    const info = infoOf(request, options, warn);
    if (subresource === 'finalize') {
      return { code: 200, body: served.shown(this.#server.finalizeNamespace(object as KindMap['Namespace'], info)) };
    }
    const stored = this.#server.has(kind, namespace, route.name!) ? this.#server.get(kind, namespace, route.name!) : undefined;
    const managed = stored === undefined ? object : this.#managed(request, route, stored, object, options);
    return { code: 200, body: served.shown(this.#server.update(kind, managed as KindMap[Kind], info, partOf(route))) };
  }

  #patch(request: RestRequest, route: Route, warn: Warn): Answer {
    const { kind, namespace, name } = route;
    const served = servedIn(route);
    const type = patchTypeOf(request);
    const options = writeOptionsOf(request.query, 'PatchOptions', type === 'apply');
    if (type === 'apply') return this.#apply(request, route, options, warn);
    const change = (stored: KubeObject) => {
      const patched = served.stored(patchedObject(request, type, served.type, served.shown(stored), options, warn));
      checkName(patched, name!);
      return this.#managed(request, route, stored, inNamespace(patched, route), options) as KindMap[Kind];
    };
    const info = infoOf(request, options, warn);
    return { code: 200, body: served.shown(this.#server.patchWith(kind, namespace, name!, change, info, partOf(route))) };
  }

  /** Server-side apply: the object is created when it is not there. */
  #apply(request: RestRequest, route: Route, options: WriteOptions, warn: Warn): Answer {
    const { kind, namespace, name } = route;
    const served = servedIn(route);
    const stored = this.#server.has(kind, namespace, name!) ? this.#server.get(kind, namespace, name!) : undefined;
    const config = appliedConfig(request, served.type, options, warn, this.#readYaml);
    const writer = this.#writer(request, options, route.subresource);
    const live = stored === undefined ? undefined : served.shown(stored);
    const { object, managers } = apply(served.type, live, config, writer, options.force === true);
    // What is empty now falls away.
    const { value } = decode(served.type.struct, object);
    const { kind: kindName, apiVersion } = served.type;
    const named = inNamespace(served.stored({ ...(value as KubeObject), kind: kindName, apiVersion }), route);
    checkName(named, name!);
    const { uid } = config.metadata;
    const info = infoOf(request, options, warn);
    if (stored === undefined && route.subresource !== '') throw notFound(kind, name!);
    if (stored === undefined) {
      if (uid !== undefined) {
        const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
        throw conflict(groupResource(kind), name!, why);
      }
      return { code: 201, body: served.shown(this.#server.create(kind, withManagers(named, managers) as KindMap[Kind], info)) };
    }
    const change = () => withManagers(named, managers) as KindMap[Kind];
    return { code: 200, body: served.shown(this.#server.patchWith(kind, namespace, name!, change, info, partOf(route))) };
  }

  /** The object with its managers, as far as this request changes who they are. */
  #managed(request: RestRequest, route: Route, stored: KubeObject, object: KubeObject, options: WriteOptions): KubeObject {
    // Whoever empties the list resets it.
    const { managedFields } = object.metadata as { readonly managedFields?: readonly object[] };
    const isReset = managedFields?.length === 1 && Object.keys(managedFields[0]!).length === 0;
    if (isReset) return withManagers(object, []);
    const { subresource } = route;
    const served = servedIn(route);
    const writer = this.#writer(request, options, subresource);
    const filled = this.#filled(served, object);
    // Of a status, what is filled in counts too.
    const written = subresource === 'status' ? { ...object, status: (filled as { readonly status?: unknown }).status } : object;
    return withManagers(written as KubeObject, managersAfterUpdate(served.type, served.shown(stored), filled, writer));
  }

  /** The object as the path's version shows it, with what the server fills in. */
  #filled({ kind, shown }: ServedVersion, object: KubeObject): KubeObject {
    return shown(withDefaults(kind, settled(kind, object) as KindMap[Kind]));
  }

  #writer(request: RestRequest, options: WriteOptions, subresource: string): Writer {
    return writerOf(request, options, subresource, timeText(this.#server.nowUs));
  }

  #body(request: RestRequest, route: Route, { fieldValidation }: WriteOptions, warn: Warn): KubeObject {
    const served = servedIn(route);
    return served.stored(readBody(request, served.type, { fieldValidation, warn, readYaml: this.#readYaml }));
  }
}

/** The object as an answer shows it. */
export function shown(kind: Kind, object: KubeObject): KubeObject {
  return { ...object, kind, apiVersion: apiVersionOf(kind) };
}

function servedIn({ kind, apiVersion }: Route): ServedVersion & { readonly type: ManagedType } {
  return servedVersion(kind, apiVersion);
}

/** The part of the object a request is about. */
function partOf({ subresource }: Route): 'status' | 'resize' | 'ephemeralcontainers' | undefined {
  return subresource === '' ? undefined : (subresource as 'status' | 'resize' | 'ephemeralcontainers');
}
