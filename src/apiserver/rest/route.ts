/**
 * From a path to the resource it means, and which methods that resource has.
 *
 * Models the routes of staging/src/k8s.io/apiserver/pkg/endpoints/installer.go. Answers 404 and 405 in the server's words.
 */
import { KINDS, type Kind } from '../../model/kinds.ts';
import { ApiError, noResource } from '../api-error.ts';
import { hasGroup } from './discovery/discovery.ts';
import type { RestRequest } from './rest-request.ts';

export interface Route {
  readonly kind: Kind;
  /** The version the path is in. */
  readonly apiVersion: string;
  readonly namespace: string | undefined;
  /** Undefined for a collection. */
  readonly name: string | undefined;
  readonly subresource: string;
  /** Paths below `/watch/` are watches whatever their parameters say. */
  readonly isWatchPath: boolean;
}

/** Subresources by resource, with their methods. */
const SUBRESOURCES: { readonly [resource: string]: { readonly [name: string]: readonly string[] } } = {
  pods: {
    status: ['GET', 'PUT', 'PATCH'],
    binding: ['POST'],
    eviction: ['POST'],
    ephemeralcontainers: ['GET', 'PUT', 'PATCH'],
    resize: ['GET', 'PUT', 'PATCH'],
    log: ['GET'],
    exec: ['GET', 'POST'],
    attach: ['GET', 'POST'],
    portforward: ['GET', 'POST'],
    proxy: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
  },
  nodes: { status: ['GET', 'PUT', 'PATCH'], proxy: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] },
  namespaces: { status: ['GET', 'PUT', 'PATCH'], finalize: ['PUT'] },
  services: { status: ['GET', 'PUT', 'PATCH'], proxy: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] },
  serviceaccounts: { token: ['POST'] },
  replicationcontrollers: { status: ['GET', 'PUT', 'PATCH'], scale: ['GET', 'PUT', 'PATCH'] },
  deployments: { status: ['GET', 'PUT', 'PATCH'], scale: ['GET', 'PUT', 'PATCH'] },
  replicasets: { status: ['GET', 'PUT', 'PATCH'], scale: ['GET', 'PUT', 'PATCH'] },
  statefulsets: { status: ['GET', 'PUT', 'PATCH'], scale: ['GET', 'PUT', 'PATCH'] },
};
const STATUS_ONLY: ReadonlySet<string> = new Set([
  'daemonsets',
  'jobs',
  'cronjobs',
  'persistentvolumes',
  'persistentvolumeclaims',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'resourcequotas',
  'volumeattachments',
  'ingresses',
]);
const READ_WRITE = ['GET', 'PUT', 'PATCH'];
const COLLECTION_METHODS = ['GET', 'POST', 'DELETE'];
const OBJECT_METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'];

const byGroupResource = new Map<string, Kind>();
for (const { kind, group, version, resource } of Object.values(KINDS)) byGroupResource.set(`${group}/${version}/${resource}`, kind);
byGroupResource.set('autoscaling/v1/horizontalpodautoscalers', 'HorizontalPodAutoscaler');
byGroupResource.set('events.k8s.io/v1/events', 'Event');

/** A question mark in a path begins its query, wherever it came from. */
export function withQueryOfPath(request: RestRequest): RestRequest {
  const mark = request.path.indexOf('?');
  if (mark < 0) return request;
  const query: Record<string, string | readonly string[]> = {};
  for (const pair of request.path.slice(mark + 1).split('&')) {
    const [name = '', value = ''] = pair.split('=').map((text) => decodeURIComponent(text.replaceAll('+', ' ')));
    const known = query[name];
    query[name] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value];
  }
  return { ...request, path: request.path.slice(0, mark), query: { ...query, ...request.query } };
}

/** The resource a path means; throws 404 or 405. Undefined when the path is below no group the server has. */
export function routeOf(method: string, path: string): Route | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, ...rest] = parts;
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : (rest.shift() ?? '');
  if (!hasGroup(group)) return undefined;
  const version = rest.shift() ?? '';
  const isWatchPath = rest[0] === 'watch';
  if (isWatchPath) rest.shift();
  return resourceRoute(method, `${group}/${version}`, rest, isWatchPath);
}

function resourceRoute(method: string, groupVersion: string, parts: readonly string[], isWatchPath: boolean): Route {
  let namespace: string | undefined;
  let [resource = '', name, subresource = ''] = parts;
  // `namespaces/x` itself and its own subresources are of the kind Namespace.
  const isOwn = parts.length <= 2 || (parts.length === 3 && Object.hasOwn(SUBRESOURCES.namespaces!, subresource));
  if (resource === 'namespaces' && !isOwn) {
    namespace = name;
    [resource = '', name, subresource = ''] = parts.slice(2);
  }
  // A binding is no object: it is posted to the collection of them, or to its pod.
  if (groupVersion === '/v1' && resource === 'bindings' && namespace !== undefined && name === undefined) {
    if (method !== 'POST') throw noMethod();
    return { kind: 'Pod', apiVersion: 'v1', namespace, name: undefined, subresource: 'binding', isWatchPath };
  }
  const kind = byGroupResource.get(`${groupVersion}/${resource}`);
  const length = parts.length - (namespace === undefined ? 0 : 2);
  if (kind === undefined || length > 3 || (namespace !== undefined && !KINDS[kind].namespaced)) throw noResource();
  if (KINDS[kind].namespaced && namespace === undefined && name !== undefined) throw noResource();
  const methods = methodsOf(kind, namespace, name, subresource);
  if (methods === undefined) throw noResource();
  if (!methods.includes(method)) throw noMethod();
  return { kind, apiVersion: groupVersion.replace(/^\//, ''), namespace, name, subresource, isWatchPath };
}

function methodsOf(
  kind: Kind,
  namespace: string | undefined,
  name: string | undefined,
  subresource: string,
): readonly string[] | undefined {
  const { resource, namespaced } = KINDS[kind];
  if (subresource !== '') {
    const own = SUBRESOURCES[resource]?.[subresource];
    return own ?? (subresource === 'status' && STATUS_ONLY.has(resource) ? READ_WRITE : undefined);
  }
  if (name !== undefined) return OBJECT_METHODS;
  if (namespaced && namespace === undefined) return ['GET'];
  return kind === 'Namespace' || kind === 'Service'
    ? COLLECTION_METHODS.filter((one) => one !== 'DELETE' || kind === 'Service')
    : COLLECTION_METHODS;
}

export function noMethod(): ApiError {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiError({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}
