/**
 * `kubectl get --raw PATH`: what the server answers to a path, as it is sent.
 *
 * Left out: the lists of resources of a group version, subresources.
 */
import { noResource } from '../../apiserver/api-error.ts';
import { decode } from '../../apiserver/schema/decode.ts';
import { schemaOf } from '../../apiserver/schema/struct-schema.ts';
import type { Task } from '../../client/task.ts';
import { apiVersionOf, KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { groupVersions } from './api-resources.ts';
import type { KubectlContext } from './context.ts';
import { asMap, goJson, type Json } from './json.ts';
import { SERVER, SERVER_VERSION } from './version.ts';

const ADDRESSES = [{ clientCIDR: '0.0.0.0/0', serverAddress: SERVER.replace('https://', '') }];

export function* getRaw(uri: string, context: KubectlContext): Task<void> {
  const [path = '', search = ''] = uri.split('?');
  if (/^\/(readyz|livez|healthz)$/.test(path)) return context.out('ok');
  if (path === '/version') return context.out(goJson(SERVER_VERSION, 2));
  const found = discovered(path.replace(/\/$/, '')) ?? (yield* stored(path, new URLSearchParams(search), context));
  context.out(`${goJson(found)}\n`);
}

function discovered(path: string): Json | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: ADDRESSES };
  const groups = [...new Set(groupVersions().flatMap((version) => (version.includes('/') ? [version.split('/')[0]!] : [])))];
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) };
  const group = /^\/apis\/([^/]+)$/.exec(path)?.[1];
  return group !== undefined && groups.includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) } : undefined;
}

function groupOf(name: string): { readonly name: string } {
  const versions = groupVersions()
    .filter((version) => version.startsWith(`${name}/`))
    .map((groupVersion) => ({ groupVersion, version: groupVersion.slice(name.length + 1) }))
    .sort((a, b) => (a.version > b.version ? -1 : 1));
  return { name, versions, preferredVersion: versions[0] } as { readonly name: string };
}

const OBJECTS = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?$/;

function* stored(path: string, query: URLSearchParams, { api }: KubectlContext): Task<Json> {
  const [, core, other, namespace, resource, name] = OBJECTS.exec(path) ?? [];
  const apiVersion = core ?? other;
  const kind = Object.values(KINDS).find((one) => one.resource === resource && apiVersionOf(one.kind) === apiVersion)?.kind;
  if (kind === undefined) throw noResource();
  if (name !== undefined) return goTyped(yield* api.get(kind, namespace, name));
  const [labelSelector, fieldSelector] = [query.get('labelSelector') ?? undefined, query.get('fieldSelector') ?? undefined];
  const { items, revision } = yield* api.listed(kind, { namespace, labelSelector, fieldSelector });
  return {
    kind: `${kind}List`,
    apiVersion,
    metadata: { resourceVersion: String(revision) },
    items: items.slice(0, Number(query.get('limit') ?? items.length)).map((item) => withoutType(goTyped(item))),
  };
}

/** The fields in the order of the Go types. */
function goTyped(object: KubeObject): Json {
  return decode(schemaOf(object.kind as Kind), { kind: object.kind, apiVersion: object.apiVersion, ...asMap(object) }).value;
}

/** In a list of one kind no item says which. */
function withoutType(value: Json): Json {
  const { kind: _, apiVersion: __, ...rest } = value as { readonly [field: string]: Json };
  return rest;
}
