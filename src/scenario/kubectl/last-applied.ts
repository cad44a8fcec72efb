/**
 * What `kubectl apply` remembers of an object, in an annotation of its own.
 *
 * Models k8s.io/kubectl/pkg/util/apply.go.
 */
import type { KubeObject } from '../../model/meta.ts';
import { asMap, goJson, type JsonMap, sorted } from './json.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without the memory, as one line of JSON. */
export function rememberedText(object: KubeObject): string {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  return `${goJson(sorted({ ...object, metadata: { ...object.metadata, annotations } }))}\n`;
}

/** The object with what is to be remembered of it. */
export function withLastApplied<T extends KubeObject>(object: T): T {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: rememberedText(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What was applied last; undefined when nobody has. */
export function lastAppliedOf(object: KubeObject): JsonMap | undefined {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  return asMap(JSON.parse(text) as KubeObject);
}
