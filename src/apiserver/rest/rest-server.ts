/**
 * The API as HTTP shows it: a method, a path and a body in, a code and an object out. No network: a door for HTTP hands its requests in here.
 *
 * Models the handlers of staging/src/k8s.io/apiserver/pkg/endpoints/handlers in the order they check things.
 */
import { apiVersionOf, groupResource, KINDS, type Kind, type KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import { ApiError, badRequest, conflict, invalidOf, notFound } from '../api-error.ts';
import type { ApiServer, RequestInfo } from '../api-server.ts';
import { withDefaults } from '../defaults.ts';
import { apply, managersAfterUpdate, type Writer, withManagers } from '../managed/managed-fields.ts';
import { decode } from '../schema/decode.ts';
import { goQuote } from '../schema/go-text.ts';
import { schemaOf } from '../schema/struct-schema.ts';
import type { Watch } from '../store.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { appliedConfig } from './applied-config.ts';
import { checkRevision, listed, readList, selectionOf } from './list.ts';
import { revisionAsked } from './list-options.ts';
import { patchedObject, patchTypeOf } from './patch-request.ts';
import { Representation } from './representation.ts';
import { BINDING_BODY, bodyTypeOf, EVICTION_BODY, readBody, SCALE_BODY, type YamlReader } from './request-body.ts';
import { completed, deleteOptionsOf, type RawDeleteOptions, type WriteOptions, writeOptionsOf } from './request-options.ts';
import { queryValue, type RestRequest, type RestResponse } from './rest-request.ts';
import { noResource, type Route, routeOf } from './route.ts';
import { type ScaleObject, scaleObjectOf } from './scale-object.ts';
import { createdStatus, removedStatus, statusOf } from './status-object.ts';
import { openWatch, type StreamEvent } from './watch-stream.ts';

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

const ENDPOINTS_DEPRECATED = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';
const JOBS_ORPHAN =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set ' +
  'propagationPolicy=Orphan to suppress this warning';

type Warn = (text: string) => void;

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

  #route(request: RestRequest, warn: Warn): Answer {
    const route = routeOf(request.method, request.path);
    if (route?.kind === 'Endpoints') warn(ENDPOINTS_DEPRECATED);
    if (route === undefined) return { code: 404, text: '404 page not found\n', contentType: 'text/plain; charset=utf-8' };
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
        return route.name === undefined ? this.#deleteCollection(request, route, warn) : this.#delete(request, route, warn);
      default:
        return this.#read(request, route);
    }
  }

  /** Opens the watch a GET asks for; what it is refused with is answered like any refusal. */
  watch(request: RestRequest, send: (event: StreamEvent) => void): Watch | RestResponse {
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

  #read(request: RestRequest, { kind, namespace, name }: Route): Answer {
    const representation = new Representation(request.accept, request.query, this.#server.nowUs);
    const { contentType } = representation;
    const answer = (body: unknown) => ({ code: 200, body, ...(contentType === undefined ? {} : { contentType }) });
    this.#server.compact();
    if (name === undefined) return answer(representation.list(kind, readList(this.#server.store, kind, namespace, request.query)));
    const asked = revisionAsked(
      queryValue(request.query, 'resourceVersion') ?? '',
      (message) => new ApiError({ code: 500, reason: '', message }),
    );
    checkRevision(asked, this.#server.store.revision);
    return answer(representation.object(kind, this.#server.get(kind, namespace, name)));
  }

  #subresource(request: RestRequest, route: Route, warn: Warn): Answer {
    const { kind, namespace, name, subresource } = route;
    switch (subresource) {
      case 'status':
      case 'resize':
      case 'ephemeralcontainers':
        if (request.method === 'GET') return this.#read(request, route);
        return request.method === 'PUT' ? this.#update(request, route, warn) : this.#patch(request, route, warn);
      case 'scale':
        if (request.method === 'GET') return { code: 200, body: scaleObjectOf(this.#server.get(kind, namespace, name!)) };
        return this.#scale(request, route, warn);
      case 'finalize':
        return this.#update(request, route, warn);
      case 'binding':
        return this.#bind(request, route, warn);
      case 'eviction':
        return this.#evict(request, route, warn);
      default:
        throw noResource();
    }
  }

  #create(request: RestRequest, route: Route, warn: Warn): Answer {
    const options = writeOptionsOf(request.query, 'CreateOptions');
    const object = inNamespace(this.#body(request, route, options, warn), route);
    return this.#created(request, route, object, options, warn);
  }

  #created(request: RestRequest, { kind }: Route, object: KubeObject, options: WriteOptions, warn: Warn): Answer {
    const managers = managersAfterUpdate(kind, undefined, defaulted(kind, object), this.#writer(request, options, ''));
    const created = this.#server.create(kind, withManagers(object, managers) as KindMap[Kind], infoOf(request, options, warn));
    return { code: 201, body: shown(kind, created) };
  }

  #update(request: RestRequest, route: Route, warn: Warn): Answer {
    const { kind, namespace, subresource } = route;
    const options = writeOptionsOf(request.query, 'UpdateOptions');
    const object = inNamespace(this.#body(request, route, options, warn), route);
    checkName(object, route.name!);
    if (CREATED_BY_PUT.has(kind) && !this.#server.has(kind, namespace, route.name!)) {
      return this.#created(request, route, object, options, warn);
    }
    const info = infoOf(request, options, warn);
    if (subresource === 'finalize') {
      return { code: 200, body: shown(kind, this.#server.finalizeNamespace(object as KindMap['Namespace'], info)) };
    }
    const stored = this.#server.has(kind, namespace, route.name!) ? this.#server.get(kind, namespace, route.name!) : undefined;
    const managed = stored === undefined ? object : this.#managed(request, route, stored, object, options);
    return { code: 200, body: shown(kind, this.#server.update(kind, managed as KindMap[Kind], info, partOf(route))) };
  }

  #patch(request: RestRequest, route: Route, warn: Warn): Answer {
    const { kind, namespace, name } = route;
    const type = patchTypeOf(request);
    const options = writeOptionsOf(request.query, 'PatchOptions', type === 'apply');
    if (type === 'apply') return this.#apply(request, route, options, warn);
    const change = (stored: KubeObject) => {
      const patched = patchedObject(request, type, bodyTypeOf(kind), shown(kind, stored), options, warn);
      checkName(patched, name!);
      return this.#managed(request, route, stored, inNamespace(patched, route), options) as KindMap[Kind];
    };
    const info = infoOf(request, options, warn);
    return { code: 200, body: shown(kind, this.#server.patchWith(kind, namespace, name!, change, info, partOf(route))) };
  }

  /** Server-side apply: the object is created when it is not there. */
  #apply(request: RestRequest, route: Route, options: WriteOptions, warn: Warn): Answer {
    const { kind, namespace, name } = route;
    const stored = this.#server.has(kind, namespace, name!) ? this.#server.get(kind, namespace, name!) : undefined;
    const config = appliedConfig(request, bodyTypeOf(kind), options, warn, this.#readYaml);
    const writer = this.#writer(request, options, route.subresource);
    const { object, managers } = apply(
      kind,
      stored === undefined ? undefined : shown(kind, stored),
      config,
      writer,
      options.force === true,
    );
    // What is empty now falls away.
    const { value } = decode(schemaOf(kind), object);
    const named = inNamespace({ ...(value as KubeObject), kind, apiVersion: apiVersionOf(kind) }, route);
    checkName(named, name!);
    const { uid } = config.metadata;
    const info = infoOf(request, options, warn);
    if (stored === undefined && route.subresource !== '') throw notFound(kind, name!);
    if (stored === undefined) {
      if (uid !== undefined) {
        const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
        throw conflict(groupResource(kind), name!, why);
      }
      return { code: 201, body: shown(kind, this.#server.create(kind, withManagers(named, managers) as KindMap[Kind], info)) };
    }
    const change = () => withManagers(named, managers) as KindMap[Kind];
    return { code: 200, body: shown(kind, this.#server.patchWith(kind, namespace, name!, change, info, partOf(route))) };
  }

  /** The object with its managers, as far as this request changes who they are. */
  #managed(request: RestRequest, { kind, subresource }: Route, stored: KubeObject, object: KubeObject, options: WriteOptions): KubeObject {
    // Whoever empties the list resets it.
    const { managedFields } = object.metadata as { readonly managedFields?: readonly object[] };
    const isReset = managedFields?.length === 1 && Object.keys(managedFields[0]!).length === 0;
    if (isReset) return withManagers(object, []);
    const writer = this.#writer(request, options, subresource);
    const filled = defaulted(kind, object);
    // Of a status, what is filled in counts too.
    const written = subresource === 'status' ? { ...object, status: (filled as { readonly status?: unknown }).status } : object;
    return withManagers(written as KubeObject, managersAfterUpdate(kind, shown(kind, stored), filled, writer));
  }

  #writer(request: RestRequest, { fieldManager }: WriteOptions, subresource: string): Writer {
    return { manager: fieldManager === '' ? authorOf(request) : fieldManager, subresource, now: timeText(this.#server.nowUs) };
  }

  #scale(request: RestRequest, route: Route, warn: Warn): Answer {
    const { kind, namespace, name } = route;
    const isPut = request.method === 'PUT';
    const patchType = isPut ? undefined : patchTypeOf(request);
    if (patchType === 'apply') throw noResource();
    const options = writeOptionsOf(request.query, isPut ? 'UpdateOptions' : 'PatchOptions');
    const present = () => scaleObjectOf(this.#server.get(kind, namespace, name!));
    const scale: ScaleObject =
      patchType === undefined
        ? readBody(request, SCALE_BODY, { ...options, warn, readYaml: this.#readYaml })
        : patchedObject(request, patchType, SCALE_BODY, present(), options, warn);
    checkName(inNamespace(scale, route), name!);
    const { uid, resourceVersion } = present().metadata;
    const replicas = scale.spec?.replicas ?? 0;
    const asked = scale.metadata;
    if (replicas < 0 && (asked.resourceVersion ?? resourceVersion) === resourceVersion && (asked.uid ?? uid) === uid) {
      const errors = new FieldErrors();
      errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
      throw invalidOf({ kind: 'Scale', group: 'autoscaling' }, name!, errors.causes);
    }
    const info = infoOf(request, options, warn);
    const isOther = (asked.uid ?? uid) !== uid || (asked.resourceVersion ?? resourceVersion) !== resourceVersion;
    if (isOther) this.#server.updateScale(kind, namespace!, name!, replicas, info, asked.resourceVersion, asked.uid);
    const change = (stored: KubeObject) => {
      const changed = { ...stored, spec: { ...(stored as KindMap['Deployment']).spec, replicas } } as KubeObject;
      const writer = this.#writer(request, options, 'scale');
      return withManagers(changed, managersAfterUpdate(kind, shown(kind, stored), changed, writer)) as KindMap[Kind];
    };
    this.#server.patchWith(kind, namespace, name!, change, info, 'scale');
    return { code: 200, body: present() };
  }

  #bind(request: RestRequest, route: Route, warn: Warn): Answer {
    const options = writeOptionsOf(request.query, 'CreateOptions');
    const object = readBody(request, BINDING_BODY, { ...options, warn, readYaml: this.#readYaml });
    const { metadata, target } = inNamespace(object, route) as KubeObject & {
      readonly target?: { readonly kind?: string; readonly name?: string };
    };
    if (metadata.name !== route.name) throw badRequest('name in URL does not match name in Binding object');
    const problems: string[] = [];
    const { kind = '', name = '' } = target ?? {};
    if (kind !== '' && kind !== 'Node') {
      problems.push(`target.kind: Unsupported value: ${goQuote(kind)}: supported values: "Node", "<empty>"`);
    }
    if (name === '') problems.push('target.name: Required value');
    if (problems.length > 0) {
      const message = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
      throw new ApiError({ code: 500, reason: '', message });
    }
    this.#server.bind(route.namespace!, route.name!, name, infoOf(request, options, warn), metadata);
    return { code: 201, body: createdStatus() };
  }

  #evict(request: RestRequest, route: Route, warn: Warn): Answer {
    const options = writeOptionsOf(request.query, 'CreateOptions');
    const object = readBody(request, EVICTION_BODY, { ...options, warn, readYaml: this.#readYaml });
    const { metadata, deleteOptions } = inNamespace(object, route) as KubeObject & { readonly deleteOptions?: RawDeleteOptions };
    if (metadata.name !== route.name) throw badRequest('name in URL does not match name in Eviction object');
    const given = completed(deleteOptions ?? {});
    const info = { ...infoOf(request, options, warn), dryRun: options.dryRun || given.dryRun };
    this.#server.evict(route.namespace!, route.name!, given, info);
    return { code: 201, body: createdStatus() };
  }

  /** The objects deleted, in a list of what they were. */
  #deleteCollection(request: RestRequest, { kind, namespace }: Route, warn: Warn): Answer {
    const options = deleteOptionsOf(request);
    const info = { author: authorOf(request), dryRun: options.dryRun, warn };
    const selection = selectionOf(kind, request.query);
    const objects = [...listed(this.#server.store, kind, namespace)].filter(selection);
    const { revision } = this.#server.store;
    for (const object of objects) this.#server.delete(kind, namespace ?? object.metadata.namespace, object.metadata.name, options, info);
    // The list is what was there, not what became of it.
    const representation = new Representation(request.accept, request.query, this.#server.nowUs);
    return { code: 200, body: representation.list(kind, { items: objects, metadata: { resourceVersion: String(revision) } }) };
  }

  #delete(request: RestRequest, { kind, namespace, name }: Route, warn: Warn): Answer {
    const options = deleteOptionsOf(request);
    const info = { author: authorOf(request), dryRun: options.dryRun, warn };
    if (kind === 'Job' && options.propagationPolicy === undefined) warn(JOBS_ORPHAN);
    const last = this.#server.delete(kind, namespace, name!, options, info);
    const isGone = options.dryRun ? (last.metadata.finalizers ?? []).length === 0 : !this.#server.has(kind, namespace, name!);
    if (isGone && !RETURNED_WHEN_DELETED.has(kind)) return { code: 200, body: removedStatus(kind, name!, last.metadata.uid) };
    return { code: 200, body: shown(kind, last) };
  }

  #body(request: RestRequest, { kind }: Route, { fieldValidation }: WriteOptions, warn: Warn): KubeObject {
    return readBody(request, bodyTypeOf(kind), { fieldValidation, warn, readYaml: this.#readYaml });
  }
}

/** The object as an answer shows it. */
export function shown(kind: Kind, object: KubeObject): KubeObject {
  return { ...object, kind, apiVersion: apiVersionOf(kind) };
}

function defaulted(kind: Kind, object: KubeObject): KubeObject {
  return withDefaults(kind, object as KindMap[Kind]);
}

/** The part of the object a request is about. */
function partOf({ subresource }: Route): 'status' | 'resize' | 'ephemeralcontainers' | undefined {
  return subresource === '' ? undefined : (subresource as 'status' | 'resize' | 'ephemeralcontainers');
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

function infoOf(request: RestRequest, { dryRun }: WriteOptions, warn: Warn): RequestInfo {
  return { author: authorOf(request), dryRun, warn };
}

function authorOf(request: RestRequest): string {
  return (request.userAgent ?? 'unknown').split('/')[0]!;
}
