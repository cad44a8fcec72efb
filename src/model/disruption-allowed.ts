/**
 * The condition of a PodDisruptionBudget that says whether a pod may be evicted now: kept by its controller, and by the eviction that
 * takes the last one allowed.
 *
 * Models UpdateDisruptionAllowedCondition in pkg/controller/disruption and staging/src/k8s.io/component-helpers (apps/poddisruptionbudget).
 */
import type { Condition } from './meta.ts';
import type { PodDisruptionBudget } from './policy.ts';

export interface DisruptionAllowed {
  readonly isAllowed: boolean;
  readonly reason: 'SufficientPods' | 'InsufficientPods' | 'SyncFailed';
  readonly message: string;
  /** Absent when the budget could not be worked out: then nothing of it counts as observed. */
  readonly observedGeneration?: number;
}

/** What so many disruptions allowed come to. */
export function disruptionAllowed({ metadata }: PodDisruptionBudget, disruptionsAllowed: number): DisruptionAllowed {
  const isAllowed = disruptionsAllowed > 0;
  const reason = isAllowed ? 'SufficientPods' : 'InsufficientPods';
  return { isAllowed, reason, message: '', observedGeneration: metadata.generation ?? 0 };
}

/** The budget's conditions with this one as said; the very same list when it says so already. */
export function withDisruptionAllowed(
  budget: PodDisruptionBudget,
  { isAllowed, reason, message, observedGeneration }: DisruptionAllowed,
  now: string,
): readonly Condition[] {
  const known = budget.status?.conditions ?? [];
  const status = isAllowed ? 'True' : 'False';
  const before = known.find((condition) => condition.type === 'DisruptionAllowed');
  const isSame =
    before?.status === status && before.reason === reason && before.message === message && before.observedGeneration === observedGeneration;
  if (isSame) return known;
  const next: Condition = {
    type: 'DisruptionAllowed',
    status,
    reason,
    message,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
  };
  return before === undefined ? [...known, next] : known.map((condition) => (condition === before ? next : condition));
}
