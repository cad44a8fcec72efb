/**
 * `kubectl apply -f`: creates what is missing and patches what differs, remembering what was applied.
 *
 * Models k8s.io/kubectl/pkg/cmd/apply and apimachinery/pkg/util/strategicpatch (CreateThreeWayMergePatch): what was applied last
 * time and is gone from the file is removed, what others have set and the file does not mention stays.
 * Left out: server-side apply, pruning, `$setElementOrder`.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { mergeKey } from '../../apiserver/patch.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import type { Task } from '../../client/task.ts';
import type { Kind, KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { errorText, type KubectlContext, KubectlError, namespaceIn, namespaceOf, resourceName } from './context.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type Json = unknown;
type JsonMap = { readonly [field: string]: Json };

export function* apply(command: ParsedCommand, context: KubectlContext): Task<void> {
  const errors: string[] = [];
  for (const file of command.flags.all('filename')) {
    for (const object of context.manifest(file)) {
      try {
        yield* applyObject(object, namespaceOf(command.flags), file, context);
      } catch (error) {
        errors.push(errorText(error));
      }
    }
  }
  if (errors.length > 0) throw new KubectlError(errors.join('\n'));
}

function* applyObject(manifest: KubeObject, defaultNamespace: string, file: string, context: KubectlContext): Task<void> {
  const kind = manifest.kind as Kind;
  const namespace = namespaceIn(kind, manifest.metadata.namespace ?? defaultNamespace);
  const { name } = manifest.metadata;
  const { lastApplied, modified } = remembered(manifest, namespace);
  let current: KubeObject;
  try {
    current = yield* context.client.get(kind, namespace, name);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
    try {
      yield* context.client.create(kind, modified as KindMap[Kind]);
    } catch (refusal) {
      throw new KubectlError(errorText(refusal, `error when creating "${file}"`));
    }
    context.print(`${resourceName(kind, name)} created`);
    return;
  }
  const original = JSON.parse(current.metadata.annotations?.[LAST_APPLIED] ?? '{}') as JsonMap;
  const body = threeWayPatch(original, { ...(modified as unknown as JsonMap) }, current as unknown as JsonMap);
  // Only what was remembered differs: by key order or by formatting. kubectl compares the objects, not the texts.
  if (body === undefined || isAnnotationOnly(body, original, lastApplied)) {
    context.print(`${resourceName(kind, name)} unchanged`);
    return;
  }
  yield* context.client.patch(kind, namespace, name, { type: 'strategic', body });
  context.print(`${resourceName(kind, name)} configured`);
}

/** The object as it is sent, with the annotation that remembers it. */
function remembered(manifest: KubeObject, namespace: string | undefined): { lastApplied: JsonMap; modified: KubeObject } {
  const { [LAST_APPLIED]: _, ...annotations } = manifest.metadata.annotations ?? {};
  const metadata = { ...manifest.metadata, ...(namespace === undefined ? {} : { namespace }), annotations };
  const lastApplied = sorted({ ...manifest, metadata }) as JsonMap;
  const withMemory = { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(lastApplied)}\n` } };
  return { lastApplied, modified: { ...manifest, metadata: withMemory } };
}

function isAnnotationOnly(body: JsonMap, original: JsonMap, lastApplied: JsonMap): boolean {
  const { metadata, ...others } = body;
  const { annotations, ...otherMetadata } = (metadata ?? {}) as JsonMap;
  const isOnly = Object.keys(others).length === 0 && Object.keys(otherMetadata).length === 0;
  return isOnly && isMap(annotations) && Object.keys(annotations).join() === LAST_APPLIED && isSameValue(original, lastApplied);
}

/** The strategic merge patch that makes `current` what `modified` says, and takes away what only `original` said; undefined when empty. */
export function threeWayPatch(original: JsonMap, modified: JsonMap, current: JsonMap): JsonMap | undefined {
  const patch: Record<string, Json> = {};
  for (const field of Object.keys(modified)) {
    const wanted = modified[field];
    if (wanted === null || wanted === undefined) continue;
    const present = current[field];
    if (isMap(wanted) && isMap(present)) {
      const inner = threeWayPatch(mapAt(original, field), wanted, present);
      if (inner !== undefined) patch[field] = inner;
    } else if (Array.isArray(wanted) && Array.isArray(present)) {
      const inner = listPatch(field, listAt(original, field), wanted, present);
      if (inner !== undefined) patch[field] = inner;
    } else if (!isSameValue(wanted, present)) patch[field] = wanted;
  }
  for (const field of Object.keys(original)) {
    if (modified[field] === undefined && current[field] !== undefined) patch[field] = null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function listPatch(field: string, original: readonly Json[], wanted: readonly Json[], present: readonly Json[]): Json[] | undefined {
  const key = mergeKey(field, present, wanted);
  if (key === undefined) return isSameValue(wanted, present) ? undefined : [...wanted];
  const keyed = (items: readonly Json[], value: Json) => items.find((item): item is JsonMap => isMap(item) && item[key] === value);
  const patch: Json[] = [];
  for (const item of wanted) {
    if (!isMap(item)) continue;
    const there = keyed(present, item[key]);
    const change = there === undefined ? item : threeWayPatch(keyed(original, item[key]) ?? {}, item, there);
    if (change !== undefined) patch.push({ ...change, [key]: item[key] });
  }
  for (const item of original) {
    if (isMap(item) && keyed(wanted, item[key]) === undefined && keyed(present, item[key]) !== undefined)
      patch.push({ $patch: 'delete', [key]: item[key] });
  }
  return patch.length === 0 ? undefined : patch;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .filter((key) => value[key] !== undefined)
      .map((key) => [key, sorted(value[key])]),
  );
}

function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapAt(map: JsonMap, field: string): JsonMap {
  const value = map[field];
  return isMap(value) ? value : {};
}

function listAt(map: JsonMap, field: string): readonly Json[] {
  const value = map[field];
  return Array.isArray(value) ? value : [];
}
