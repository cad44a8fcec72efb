/**
 * The configuration in the body of a server-side apply: fields as they were written, nothing filled in.
 *
 * Models applyPatcher in pkg/endpoints/handlers/patch.go and the conversions of apimachinery/pkg/util/managedfields.
 */
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { rootOf } from '../managed/typed-value.ts';
import { typingProblem } from '../managed/typing.ts';
import { isMap, type Json, type JsonMap } from '../patch/json.ts';
import { decode } from '../schema/decode.ts';
import { type BodyType, YamlError, type YamlReader } from './request-body.ts';
import type { WriteOptions } from './request-options.ts';
import type { RestRequest } from './rest-request.ts';

/** Throws what the body is refused with. */
export function appliedConfig(
  request: RestRequest,
  type: BodyType,
  { fieldValidation }: WriteOptions,
  warn: (text: string) => void,
  readYaml: YamlReader,
): KubeObject {
  const { value, duplicates } = bodyOf(request, readYaml);
  if (!isMap(value)) throw badRequest(`error decoding YAML: ${wrongValue(value)}`);
  const config = configurationOf(type, value);
  if (duplicates.length > 0) {
    if (fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${duplicates[0]}`);
    if (fieldValidation === 'Warn') warn(duplicates[0]!);
  }
  return config;
}

/** The configuration with its values in their canonical form; throws what the server refuses it with. */
export function configurationOf(type: BodyType, value: Json): KubeObject {
  const config = value as JsonMap & { readonly metadata?: JsonMap };
  if (config.metadata?.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  const { kind = '', apiVersion = '' } = config as { readonly kind?: string; readonly apiVersion?: string };
  if (kind !== type.kind || apiVersion !== type.apiVersion) {
    throw badRequest(`invalid object type: ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`);
  }
  const { name = '', namespace = '' } = (config.metadata ?? {}) as { readonly name?: string; readonly namespace?: string };
  const what = `${namespace}/${name}; ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
  const why = typingProblem(rootOf(type.struct), config);
  if (why !== undefined) throw new ApiError({ code: 500, reason: '', message: `failed to create typed patch object (${what}): ${why}` });
  return canonical(type, config);
}

function bodyOf({ body, bodyText }: RestRequest, readYaml: YamlReader): { readonly value: Json; readonly duplicates: readonly string[] } {
  if (bodyText === undefined) return { value: body ?? {}, duplicates: [] };
  try {
    const { value, duplicates } = readYaml(bodyText);
    return { value: value ?? {}, duplicates };
  } catch (error) {
    if (error instanceof YamlError) throw badRequest(`error decoding YAML: ${error.message}`);
    throw error;
  }
}

/** The values in their canonical form, and only what was written. */
function canonical({ struct, kind, apiVersion }: BodyType, config: JsonMap): KubeObject {
  const { value } = decode(struct, config);
  return { ...(written(config, value) as KubeObject), kind, apiVersion };
}

function written(given: Json, decoded: Json): Json {
  if (isMap(given) && isMap(decoded)) {
    const entries = Object.keys(given).map((field) => [field, written(given[field], decoded[field])] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
  if (Array.isArray(given) && Array.isArray(decoded)) return given.map((item, at) => written(item, decoded[at]));
  return decoded === undefined ? given : decoded;
}

function wrongValue(value: Json): string {
  const found = Array.isArray(value) ? 'array' : typeof value;
  return `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
}
