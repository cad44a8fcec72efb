/**
 * Taints and tolerations. Models staging/src/k8s.io/api/core/v1/toleration.go, without the alpha Lt and Gt operators.
 */
import type { Taint } from './node.ts';
import type { Toleration } from './pod.ts';

/** Does this toleration cover that taint? An empty key with Exists covers all; an empty effect covers every effect. */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? '') {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      return false;
  }
}

export function isTolerated(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return tolerations?.some((toleration) => toleratesTaint(toleration, taint)) === true;
}
