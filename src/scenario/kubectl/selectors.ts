/**
 * Label and field selectors of a list request: the server reads them, and kubectl says in its own words what the server could not read.
 *
 * Models k8s.io/cli-runtime/pkg/resource/selector.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { parseFieldSelector } from '../../apiserver/rest/field-selector.ts';
import { parseLabelSelector } from '../../apiserver/rest/label-selector.ts';
import { apiVersionOf, KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';

/** A test whether both selectors take an object. Throws 400. */
export function selectionTest(kind: Kind, labelSelector: string, fieldSelector: string): (object: KubeObject) => boolean {
  try {
    const [hasLabels, hasFields] = [parseLabelSelector(labelSelector), parseFieldSelector(kind, fieldSelector)];
    return (object) => hasLabels(object.metadata.labels ?? {}) && hasFields(object);
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'BadRequest')) throw error;
    const { resource, group } = KINDS[kind];
    const version = group === '' ? `/${apiVersionOf(kind)}` : apiVersionOf(kind);
    const about = `Unable to find "${version}, Resource=${resource}" that match label selector ${JSON.stringify(labelSelector)}`;
    const message = `${about}, field selector ${JSON.stringify(fieldSelector)}: ${error.message}`;
    throw new ApiError({ code: error.code, reason: error.reason, message });
  }
}
