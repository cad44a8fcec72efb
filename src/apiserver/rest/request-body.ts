/**
 * From the body of a request to an object of the kind the path wants, or the refusal the server gives.
 *
 * Models staging/src/k8s.io/apiserver/pkg/endpoints/handlers (create.go, update.go) and apimachinery/pkg/runtime/serializer/json.
 */
import { apiVersionOf, isKind, KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { decodeWithEmpties, fatalProblem, strictProblems } from '../schema/decode.ts';
import { goQuote } from '../schema/go-text.ts';
import { JsonError, readJson } from '../schema/json-reader.ts';
import { noteRawText } from '../schema/raw-text.ts';
import { type StructSchema, schemaOf, structSchema } from '../schema/struct-schema.ts';
import { converted } from './conversion.ts';
import type { RestRequest } from './rest-request.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** What is no YAML; the message is that of the YAML reader. */
export class YamlError extends Error {}

export interface YamlDocument {
  readonly value: unknown;
  /** `line 4: key "a" already set in map`. */
  readonly duplicates: readonly string[];
}

/** Reads the first document of a YAML text; throws a YamlError. */
export type YamlReader = (text: string) => YamlDocument;

export interface BodyOptions {
  readonly fieldValidation: FieldValidation;
  readonly warn: (text: string) => void;
  readonly readYaml: YamlReader;
}

/** What a path wants in its body: a kind, and the struct that holds it. */
export interface BodyType {
  readonly kind: string;
  readonly apiVersion: string;
  readonly struct: StructSchema;
  /** How Go calls the type inside the server: `apps.Deployment`. */
  readonly internalName: string;
}

const INTERNAL_GROUPS: { readonly [group: string]: string } = {
  '': 'core',
  'discovery.k8s.io': 'discovery',
  'networking.k8s.io': 'networking',
  'coordination.k8s.io': 'coordination',
  'storage.k8s.io': 'storage',
  'scheduling.k8s.io': 'scheduling',
  'node.k8s.io': 'node',
  'rbac.authorization.k8s.io': 'rbac',
};

export function bodyTypeOf(kind: Kind): BodyType {
  const { group } = KINDS[kind];
  return { kind, apiVersion: apiVersionOf(kind), struct: schemaOf(kind), internalName: `${INTERNAL_GROUPS[group] ?? group}.${kind}` };
}

export const SCALE_BODY: BodyType = {
  kind: 'Scale',
  apiVersion: 'autoscaling/v1',
  struct: structSchema('autoscaling.Scale'),
  internalName: 'autoscaling.Scale',
};
export const BINDING_BODY: BodyType = {
  kind: 'Binding',
  apiVersion: 'v1',
  struct: structSchema('core.Binding'),
  internalName: 'core.Binding',
};
export const EVICTION_BODY: BodyType = {
  kind: 'Eviction',
  apiVersion: 'policy/v1',
  struct: structSchema('policy.Eviction'),
  internalName: 'policy.Eviction',
};

const MEDIA_TYPES = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** The object in the body, decoded; throws 400 or 415. */
export function readBody(request: RestRequest, type: BodyType, options: BodyOptions): KubeObject {
  const media = (request.contentType ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  if (media !== 'application/json' && media !== 'application/yaml') throw unsupportedMediaType(MEDIA_TYPES);
  const { value, duplicates, shown } = parsed(request, media, type.kind, options.readYaml);
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap && value !== null) throw unrecognized(type.kind, versionError(value), shown);
  const { data } = (value ?? {}) as { readonly data?: unknown };
  if (type.kind === 'ControllerRevision' && media === 'application/json') noteRawText(data, jsonWithBlanks(data));
  return decodeObject(value ?? {}, type, options, duplicates, shown);
}

export function unsupportedMediaType(accepted: string): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new ApiError({ code: 415, reason: 'UnsupportedMediaType', message });
}

/** A body that has been read already: its fields checked, its kind and version as wanted. */
export function decodeObject(
  value: object,
  type: BodyType,
  options: Pick<BodyOptions, 'fieldValidation' | 'warn'>,
  duplicates: readonly string[] = [],
  shown = '',
): KubeObject {
  const given = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const apiVersion = typeof given.apiVersion === 'string' && given.apiVersion !== '' ? given.apiVersion : type.apiVersion;
  const kind = typeof given.kind === 'string' && given.kind !== '' ? given.kind : type.kind;
  if (apiVersion.split('/').length > 2) throw unrecognized(type.kind, `unexpected GroupVersion string: ${apiVersion}`, shown);
  checkRegistered(kind, apiVersion, type);
  const { value: decoded, problems } = decodeWithEmpties(olderStruct(kind, apiVersion) ?? type.struct, value);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const refuse = (why: string) => badRequest(`${kind} in version "${version}" cannot be handled as a ${type.kind}: ${why}`);
  const fatal = fatalProblem(problems);
  if (fatal !== undefined) throw refuse(fatal.message);
  const strict = [...duplicates, ...strictProblems(problems)];
  if (strict.length > 0 && options.fieldValidation === 'Strict') throw refuse(`strict decoding error: ${strict.join(', ')}`);
  if (options.fieldValidation === 'Warn') for (const one of strict) options.warn(one);
  if (apiVersion !== type.apiVersion && type.kind !== 'Eviction') {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${type.apiVersion})`);
  }
  return converted({ ...(decoded as KubeObject), kind: type.kind, apiVersion: type.apiVersion });
}

/** Is there such a kind in such a version, and is it the one the path is about? */
function checkRegistered(kind: string, apiVersion: string, type: BodyType): void {
  const why = registrationProblem(kind, apiVersion, type);
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  if (why !== undefined) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${type.kind}: ${why}`);
}

/** A version whose fields are not those of today. */
function olderStruct(kind: string, apiVersion: string): StructSchema | undefined {
  const isOlderIngress = kind === 'Ingress' && apiVersion !== 'networking.k8s.io/v1';
  return isOlderIngress ? structSchema('networkingv1beta1.Ingress') : undefined;
}

/** Why an object of that kind and version cannot become one of the wanted type. */
export function registrationProblem(kind: string, apiVersion: string, type: BodyType): string | undefined {
  if (kind === type.kind && apiVersion === type.apiVersion) return undefined;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const isKnown = (isKind(kind) && apiVersionOf(kind) === apiVersion) || OTHER_VERSIONS.has(`${apiVersion} ${kind}`);
  if (!isKnown) return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
  return kind === type.kind ? undefined : `converting (${version}.${kind}) to (${type.internalName}): unknown conversion`;
}

/** Versions the server still reads, though its paths are of another. */
const OTHER_VERSIONS: ReadonlySet<string> = new Set([
  'batch/v1beta1 CronJob',
  'autoscaling/v1 HorizontalPodAutoscaler',
  'autoscaling/v2beta1 HorizontalPodAutoscaler',
  'autoscaling/v2beta2 HorizontalPodAutoscaler',
  'policy/v1beta1 PodDisruptionBudget',
  'policy/v1beta1 Eviction',
  'apps/v1beta1 Deployment',
  'apps/v1beta1 StatefulSet',
  'apps/v1beta2 Deployment',
  'apps/v1beta2 StatefulSet',
  'apps/v1beta2 DaemonSet',
  'apps/v1beta2 ReplicaSet',
  'extensions/v1beta1 Deployment',
  'extensions/v1beta1 DaemonSet',
  'extensions/v1beta1 ReplicaSet',
  'extensions/v1beta1 Ingress',
  'extensions/v1beta1 NetworkPolicy',
  'networking.k8s.io/v1beta1 Ingress',
  'networking.k8s.io/v1beta1 IngressClass',
  'discovery.k8s.io/v1beta1 EndpointSlice',
  'storage.k8s.io/v1beta1 StorageClass',
  'storage.k8s.io/v1beta1 CSIDriver',
  'storage.k8s.io/v1beta1 CSINode',
  'storage.k8s.io/v1beta1 VolumeAttachment',
  'coordination.k8s.io/v1beta1 Lease',
  'scheduling.k8s.io/v1beta1 PriorityClass',
  'rbac.authorization.k8s.io/v1beta1 Role',
  'rbac.authorization.k8s.io/v1beta1 RoleBinding',
  'node.k8s.io/v1beta1 RuntimeClass',
  'events.k8s.io/v1 Event',
  'v1 List',
]);

interface Parsed {
  readonly value: unknown;
  readonly duplicates: readonly string[];
  /** How the body stands in a message about it. */
  readonly shown: string;
}

function parsed(request: RestRequest, media: string, kind: string, readYaml: YamlReader): Parsed {
  const { body, bodyText } = request;
  if (bodyText === undefined) return { value: body ?? null, duplicates: [], shown: snippet(jsonWithBlanks(body)) };
  const shown = snippet(bodyText);
  try {
    if (media === 'application/yaml') return { ...readYaml(bodyText), shown: snippet(bodyText, true) };
    return { value: readJson(bodyText), duplicates: [], shown };
  } catch (error) {
    if (error instanceof YamlError) throw unrecognized(kind, error.message, snippet(bodyText, true));
    if (error instanceof JsonError) throw unrecognized(kind, `couldn't get version/kind; json parse error: ${error.message}`, shown);
    throw error;
  }
}

function versionError(value: unknown): string {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const struct = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type ${struct}`;
}

function unrecognized(kind: string, why: string, shown: string): ApiError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${shown})`);
}

/** The body's first bytes: as text when it looks like a JSON object, else in hexadecimal. */
function snippet(text: string, isYaml = false): string {
  if (text === '') return '<empty>';
  const bytes = new TextEncoder().encode(text);
  const limit = 30;
  if (!isYaml && text.startsWith('{')) return bytes.length > limit ? `${text.slice(0, limit)} ...` : text;
  const hex = [...bytes.slice(0, limit)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > limit ? `${hex} ...` : hex;
}

/** JSON with a blank after each colon and comma, as most clients send it. */
function jsonWithBlanks(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonWithBlanks).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${jsonWithBlanks(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value) ?? '';
}
