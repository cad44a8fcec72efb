/**
 * `--overrides`: JSON laid over the object a verb has put together. Models cmdutil.Override with a merge patch.
 */
import { applyPatch } from '../../apiserver/patch.ts';
import type { KubeObject } from '../../model/meta.ts';
import { KubectlError } from './errors.ts';

export function jsonMerged(object: KubeObject, overrides: string | undefined): KubeObject {
  if (overrides === undefined || overrides === '') return object;
  let body: unknown;
  try {
    body = JSON.parse(overrides);
  } catch {
    throw new KubectlError('Invalid JSON Patch');
  }
  return applyPatch(object, { type: 'merge', body }) as KubeObject;
}
