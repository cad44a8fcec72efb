/**
 * What the server says of itself: its groups and resources, its version, its health, and the paths it has.
 *
 * Models staging/src/k8s.io/apiserver/pkg/endpoints/discovery with its aggregated form, pkg/server/{routes,healthz}, and the version of
 * component-base. The OpenAPI documents themselves are left out.
 */
import type { Answer } from '../answer.ts';
import { clausesOf, notAcceptable } from '../representation.ts';
import { API_RESOURCES } from './api-resources.ts';
import { HEALTH_CHECKS, PLAIN_PATHS } from './health-checks.ts';

const PLAIN_TEXT = 'text/plain; charset=utf-8';
const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const CHANGE_VERBS = ['get', 'patch', 'update'];
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Where it is not that of the group. */
  readonly of: string | undefined;
}

const GROUPS = groupsOf(Object.keys(API_RESOURCES));

/** The answer to a GET of a path that belongs to no resource; undefined when it is none of these either. */
export function discoveryAnswer(path: string, accept: string | undefined): Answer | undefined {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  const health = healthAnswer(trimmed);
  if (health !== undefined) return health;
  switch (trimmed) {
    case '/':
      return { code: 200, body: { paths: rootPaths() } };
    case '/version':
      return { code: 200, body: VERSION };
    case '/api':
      return grouped(accept, () => [''], API_VERSIONS);
    case '/apis':
      return grouped(accept, () => [...GROUPS.keys()].filter((group) => group !== ''), groupList());
    case '/openapi/v2':
      return accept?.includes('text/html') === true ? { code: 406, contentType: '', text: '' } : undefined;
    case '/openapi/v3':
      return { code: 200, contentType: PLAIN_TEXT, body: { paths: openApiPaths() } };
  }
  if (trimmed.startsWith('/openapi/v3/')) return { code: 404, contentType: '', text: '' };
  return groupAnswer(trimmed);
}

/** Has the server such a group? The core group is called ''. */
export function hasGroup(group: string): boolean {
  return GROUPS.has(group);
}

function groupAnswer(path: string): Answer | undefined {
  const [, root = '', ...parts] = path.split('/');
  const groupVersion = root === 'api' ? parts.join('/') : parts.length === 2 ? parts.join('/') : '';
  const isCore = root === 'api';
  if ((isCore || root === 'apis') && Object.hasOwn(API_RESOURCES, groupVersion) && isCore === !groupVersion.includes('/')) {
    return { code: 200, body: resourceList(groupVersion) };
  }
  if (root !== 'apis' || parts.length !== 1 || !GROUPS.has(parts[0]!)) return undefined;
  return { code: 200, body: { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(parts[0]!) } };
}

function grouped(accept: string | undefined, groups: () => readonly string[], plain: object): Answer {
  for (const { media, parameters } of clausesOf(accept ?? 'application/json')) {
    if (media !== '*/*' && media !== 'application/json' && media !== 'application/yaml') continue;
    const { g, v, as } = parameters;
    if (as === undefined) return { code: 200, body: plain };
    if (g !== 'apidiscovery.k8s.io' || v !== 'v2' || as !== 'APIGroupDiscoveryList') continue;
    const items = groups().map(aggregatedGroup);
    const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
    return { code: 200, contentType: AGGREGATED, body };
  }
  throw notAcceptable();
}

const API_VERSIONS = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.96.0.1:443' }],
};

/** Versions by group, the preferred one first. */
function groupsOf(groupVersions: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const text of groupVersions) {
    const [group, version] = text.includes('/') ? (text.split('/') as [string, string]) : ['', text];
    groups.set(group, [...(groups.get(group) ?? []), version]);
  }
  return groups;
}

function groupOf(name: string): object {
  const versions = GROUPS.get(name)!.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

function groupList(): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...GROUPS.keys()].filter((group) => group !== '').map(groupOf) };
}

function resourcesOf(groupVersion: string): readonly ApiResource[] {
  return API_RESOURCES[groupVersion]!.map((line) => {
    const [name = '', kind = '', scope, verbs = '', ...flags] = line.split(' ');
    const flag = (wanted: string) => flags.find((one) => one.startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    return {
      name,
      kind,
      namespaced: scope === 'namespaced',
      verbs: verbs === 'all' ? ALL_VERBS : verbs === 'change' ? CHANGE_VERBS : verbs.split(','),
      shortNames: flag('short')?.split(',') ?? [],
      categories: flag('categories')?.split(',') ?? [],
      of: flag('of'),
    };
  });
}

function resourceList(groupVersion: string): object {
  const resources = resourcesOf(groupVersion).map(({ name, kind, namespaced, verbs, shortNames, categories, of }) => ({
    name,
    singularName: name.includes('/') ? '' : kind.toLowerCase(),
    namespaced,
    ...groupAndVersion(of),
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  }));
  const isCore = !groupVersion.includes('/');
  return { kind: 'APIResourceList', ...(isCore ? {} : { apiVersion: 'v1' }), groupVersion, resources };
}

function groupAndVersion(of: string | undefined): { readonly group?: string; readonly version?: string } {
  if (of === undefined) return {};
  const slash = of.indexOf('/');
  return slash < 0 ? { version: of } : { group: of.slice(0, slash), version: of.slice(slash + 1) };
}

function aggregatedGroup(group: string): object {
  const versions = GROUPS.get(group)!.map((version) => ({
    version,
    resources: aggregatedResources(group === '' ? version : `${group}/${version}`),
    freshness: 'Current',
  }));
  return { metadata: group === '' ? {} : { name: group }, versions };
}

/** Each resource with its parts inside it. */
function aggregatedResources(groupVersion: string): readonly object[] {
  const all = resourcesOf(groupVersion);
  const responseKind = ({ kind, of }: ApiResource) => ({ group: '', version: '', ...groupAndVersion(of), kind });
  return all
    .filter(({ name }) => !name.includes('/'))
    .map((resource) => {
      const { name, kind, namespaced, verbs, shortNames, categories } = resource;
      const parts = all.filter((one) => one.name.startsWith(`${name}/`));
      const subresources = parts.map((one) => ({
        subresource: one.name.slice(name.length + 1),
        responseKind: responseKind(one),
        verbs: one.verbs,
      }));
      return {
        resource: name,
        responseKind: responseKind(resource),
        scope: namespaced ? 'Namespaced' : 'Cluster',
        singularResource: kind.toLowerCase(),
        verbs,
        ...(shortNames.length === 0 ? {} : { shortNames }),
        ...(categories.length === 0 ? {} : { categories }),
        ...(subresources.length === 0 ? {} : { subresources }),
      };
    });
}

const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: 'unknown',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** A server that answers at all is well in every respect. */
function healthAnswer(path: string): Answer | undefined {
  const [, root = '', ...check] = path.split('/');
  if (!['healthz', 'livez', 'readyz'].includes(root)) return undefined;
  if (check.length > 0 && !checksOf(root).includes(check.join('/'))) return undefined;
  return { code: 200, contentType: PLAIN_TEXT, text: 'ok' };
}

function checksOf(root: string): readonly string[] {
  return HEALTH_CHECKS.filter(({ only }) => only === undefined || only.includes(root)).map(({ name }) => name);
}

function groupPaths(): readonly string[] {
  const paths = [...GROUPS].flatMap(([group, versions]) => {
    const root = group === '' ? 'api' : `apis/${group}`;
    return [root, ...versions.map((version) => `${root}/${version}`)];
  });
  return ['apis', ...paths];
}

function rootPaths(): readonly string[] {
  const health = ['healthz', 'livez', 'readyz'].flatMap((root) => [root, ...checksOf(root).map((check) => `${root}/${check}`)]);
  return [...groupPaths(), ...health, ...PLAIN_PATHS].map((path) => `/${path}`).sort();
}

function openApiPaths(): object {
  const paths = [...groupPaths(), '.well-known/openid-configuration', 'openid/v1/jwks', 'version'].sort();
  return Object.fromEntries(paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=0` }]));
}

/** Nothing is where nobody looks: the server says so in plain text. */
export function notFoundPage(): Answer {
  return { code: 404, text: '404 page not found\n', contentType: PLAIN_TEXT };
}
