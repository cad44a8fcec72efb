/**
 * The three ways of patching an object: JSON patch, JSON merge patch and strategic merge patch, each in a file of `patch/`.
 */
import { isKind } from '../model/kinds.ts';
import { badRequest } from './api-error.ts';
import { isMap, type Json } from './patch/json.ts';
import { type JsonPatchOperation, jsonPatched } from './patch/json-patch.ts';
import { mergePatched } from './patch/merge-patch.ts';
import { StrategicPatch } from './patch/strategic-patch.ts';
import { schemaOf } from './schema/struct-schema.ts';

export interface Patch {
  readonly type: 'merge' | 'json' | 'strategic';
  readonly body: unknown;
  /**
   * Made by comparing two objects, or by server-side apply: what is new stands behind what is there, as the `$setElementOrder` lists say
   * that such a patch carries. Written by hand, without those, a strategic patch puts it in front.
   */
  readonly isComparison?: true;
}

/** Objects of kinds the API does not have: the key that tells the items of a list apart, by the list's name alone. */
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

const handmadePatch = new StrategicPatch(mergeKey);
const comparedPatch = new StrategicPatch(mergeKey, true);

export function applyPatch(object: unknown, patch: Patch): unknown {
  if (patch.type === 'json') {
    if (!Array.isArray(patch.body)) throw badRequest(`error decoding patch: ${wrongType(patch.body, '[]handlers.jsonPatchOp')}`);
    return jsonPatched(object, patch.body as readonly JsonPatchOperation[]);
  }
  if (!isMap(patch.body)) {
    const words = wrongType(patch.body, 'map[string]interface {}');
    throw badRequest(patch.type === 'merge' ? `error decoding patch: ${words}` : words);
  }
  if (patch.type === 'merge') return mergePatched(object, patch.body);
  const kind = isMap(object) && typeof object.kind === 'string' ? object.kind : '';
  return (patch.isComparison === true ? comparedPatch : handmadePatch).merged(
    object,
    patch.body,
    isKind(kind) ? schemaOf(kind) : undefined,
  );
}

/** `ports` is keyed by containerPort in a container and by port in a Service; every other list by its field alone. */
export function mergeKey(field: string, present: readonly Json[], patch: readonly Json[]): string | undefined {
  if (field !== 'ports') return Object.hasOwn(MERGE_KEYS, field) && [...present, ...patch].every(isMap) ? MERGE_KEYS[field] : undefined;
  return [...present, ...patch].some((item) => isMap(item) && item.containerPort !== undefined) ? 'containerPort' : 'port';
}

function wrongType(value: unknown, wanted: string): string {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${found} into Go value of type ${wanted}`;
}
