/**
 * `app=web,tier=front` as a map. Models parseLabels of k8s.io/kubectl/pkg/cmd/expose and cmd/run.
 */
import type { StringMap } from '../../model/meta.ts';
import { KubectlError } from './errors.ts';

export function labelMap(text: string): StringMap {
  const labels: Record<string, string> = {};
  for (const spec of text.split(',')) {
    const parts = spec.split('=');
    if (parts.length !== 2) throw new KubectlError(`unexpected label spec: ${spec}`);
    if (parts[0] === '') throw new KubectlError('unexpected empty label key');
    labels[parts[0]!] = parts[1]!;
  }
  return labels;
}
