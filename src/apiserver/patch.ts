/**
 * The three ways of patching an object: JSON merge patch, JSON patch and strategic merge patch.
 *
 * Models RFC 7386, RFC 6902 and apimachinery/pkg/util/strategicpatch. Lists that the API types merge by a key are named here.
 */
import { ApiError, badRequest } from './api-error.ts';

export interface Patch {
  readonly type: 'merge' | 'json' | 'strategic';
  readonly body: unknown;
}

type Json = unknown;
type JsonObject = { readonly [field: string]: Json };

/** The lists merged item by item, and the key that tells items apart (patchMergeKey in the API types). */
const MERGE_KEYS: { readonly [field: string]: string } = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  schedulingGates: 'name',
  resourceClaims: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  conditions: 'type',
  addresses: 'type',
  ownerReferences: 'uid',
  podIPs: 'ip',
  hostIPs: 'ip',
};

/**
 * Lists that are patched by hand, without the `$setElementOrder` that a patch made by comparing two objects has: there new items come
 * before those the server had (mergeSortedSlice).
 */
const UNORDERED_PATCHES: ReadonlySet<string> = new Set(['ownerReferences']);

export function applyPatch(object: unknown, patch: Patch): unknown {
  if (patch.type === 'json') return jsonPatched(object, patch.body);
  if (!isObject(patch.body))
    throw badRequest('error decoding patch: json: cannot unmarshal patch into Go value of type map[string]interface {}');
  return patch.type === 'merge' ? merged(object, patch.body) : strategic(object, patch.body);
}

function merged(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const field in patch) {
    if (patch[field] === null) delete result[field];
    else result[field] = merged(result[field], patch[field]);
  }
  return result;
}

function strategic(target: Json, patch: JsonObject): Json {
  if (patch.$patch === 'replace') return without(patch, '$patch');
  if (patch.$patch === 'delete') return {};
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  const retained = patch.$retainKeys;
  if (Array.isArray(retained)) for (const field of Object.keys(result)) if (!retained.includes(field)) delete result[field];
  for (const field in patch) {
    const value = patch[field];
    if (field === '$retainKeys' || field.startsWith('$setElementOrder/')) continue;
    if (field.startsWith('$deleteFromPrimitiveList/')) {
      const list = field.slice('$deleteFromPrimitiveList/'.length);
      const gone = value as readonly Json[];
      if (Array.isArray(result[list])) result[list] = (result[list] as Json[]).filter((item) => !gone.includes(item));
    } else if (value === null) delete result[field];
    else if (Array.isArray(value)) result[field] = strategicList(field, result[field], value);
    else if (isObject(value)) result[field] = strategic(result[field], value);
    else result[field] = value;
  }
  return result;
}

function strategicList(field: string, target: Json, patch: readonly Json[]): Json {
  const present = Array.isArray(target) ? (target as readonly Json[]) : [];
  // Finalizers are the one list of plain values that is merged.
  if (field === 'finalizers') return [...present, ...patch.filter((item) => !present.includes(item))];
  const key = mergeKey(field, present, patch);
  if (key === undefined) return patch;
  if (patch.some((item) => isObject(item) && item.$patch === 'replace'))
    return patch.filter((item) => isObject(item) && item.$patch !== 'replace');
  const result = [...present];
  let added = 0;
  for (const item of patch) {
    if (!isObject(item)) continue;
    if (item[key] === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const at = result.findIndex((other) => isObject(other) && other[key] === item[key]);
    if (item.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = strategic(result[at], item);
    else if (UNORDERED_PATCHES.has(field)) result.splice(added++, 0, strategic({}, item));
    else result.push(strategic({}, item));
  }
  return result;
}

/** `ports` is keyed by containerPort in a container and by port in a Service; every other list by its field alone. */
export function mergeKey(field: string, present: readonly Json[], patch: readonly Json[]): string | undefined {
  if (field !== 'ports') return Object.hasOwn(MERGE_KEYS, field) && [...present, ...patch].every(isObject) ? MERGE_KEYS[field] : undefined;
  return [...present, ...patch].some((item) => isObject(item) && item.containerPort !== undefined) ? 'containerPort' : 'port';
}

function jsonPatched(object: Json, body: Json): Json {
  if (!Array.isArray(body)) throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let result = object;
  for (const operation of body as readonly { op: string; path: string; value?: Json; from?: string }[]) {
    const path = pointer(operation.path);
    if (operation.op === 'test') {
      if (JSON.stringify(valueAt(result, path)) !== JSON.stringify(operation.value))
        throw unprocessable(`testing value ${operation.path} failed: test failed`);
    } else if (operation.op === 'remove') result = changed(result, path, 'remove', undefined);
    else if (operation.op === 'add' || operation.op === 'replace') result = changed(result, path, operation.op, operation.value);
    else if (operation.op === 'copy' || operation.op === 'move') {
      const from = pointer(operation.from ?? '');
      const value = valueAt(result, from);
      if (operation.op === 'move') result = changed(result, from, 'remove', undefined);
      result = changed(result, path, 'add', value);
    } else throw unprocessable(`Unexpected kind: ${operation.op}`);
  }
  return result;
}

function pointer(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(object: Json, path: readonly string[]): Json {
  let value = object;
  for (const part of path) value = Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[part] : undefined;
  return value;
}

function changed(target: Json, path: readonly string[], act: 'add' | 'replace' | 'remove', value: Json): Json {
  if (path.length === 0) return value;
  const [part, ...rest] = path as [string, ...string[]];
  if (Array.isArray(target)) {
    const list: Json[] = [...target];
    const at = part === '-' ? list.length : Number(part);
    const limit = act === 'add' && rest.length === 0 ? list.length : list.length - 1;
    if (!Number.isInteger(at) || at < 0 || at > limit)
      throw unprocessable(`jsonpatch ${act} operation does not apply: index ${part} is out of bounds`);
    if (rest.length > 0) list[at] = changed(list[at], rest, act, value);
    else if (act === 'remove') list.splice(at, 1);
    else list.splice(at, act === 'add' ? 0 : 1, value);
    return list;
  }
  if (!isObject(target) || ((act !== 'add' || rest.length > 0) && target[part] === undefined)) {
    throw unprocessable(`jsonpatch ${act} operation does not apply: doc is missing path: /${path.join('/')}`);
  }
  if (rest.length > 0) return { ...target, [part]: changed(target[part], rest, act, value) };
  return act === 'remove' ? without(target, part) : { ...target, [part]: value };
}

function without(object: JsonObject, field: string): JsonObject {
  const { [field]: _, ...rest } = object;
  return rest;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unprocessable(message: string): ApiError {
  return new ApiError({
    code: 422,
    reason: 'Invalid',
    message: `the server rejected our request due to an error in our request: ${message}`,
  });
}
