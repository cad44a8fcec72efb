/**
 * Whether a disruption budget lets a pod be evicted, and the marks an eviction leaves.
 *
 * Models pkg/registry/core/pod/storage/eviction.go.
 */
import { disruptionAllowed, withDisruptionAllowed } from '../model/disruption-allowed.ts';
import { isPodReady, type Pod } from '../model/pod.ts';
import type { PodDisruptionBudget } from '../model/policy.ts';
import { selectorMatches } from '../model/selector.ts';
import { ApiError, forbidden } from './api-error.ts';

const DISRUPTED_PODS_MAX = 2000; // MaxDisruptedPodSize in eviction.go
const EVICTED = {
  type: 'DisruptionTarget',
  status: 'True' as const,
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};

/**
 * The budget that has a say over the pod, with one disruption taken off; undefined where none has. Throws when it is used up.
 * `now` is the API's text of the instant.
 */
export function chargedBudget(budgetsOfNamespace: Iterable<PodDisruptionBudget>, pod: Pod, now: string): PodDisruptionBudget | undefined {
  const { name, labels } = pod.metadata;
  const budgets = [...budgetsOfNamespace].filter((one) => selectorMatches(one.spec.selector, labels));
  if (budgets.length === 0) return undefined;
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError({ code: 500, reason: '', message });
  }
  const budget = budgets[0]!;
  const {
    disruptionsAllowed = 0,
    currentHealthy = 0,
    desiredHealthy = 0,
    disruptedPods = {},
    observedGeneration = 0,
  } = budget.status ?? {};
  if (!isPodReady(pod)) {
    const isHealthyBudget = currentHealthy >= desiredHealthy && desiredHealthy > 0;
    if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' || isHealthyBudget) return undefined;
  }
  const refuse = (message: string, retryAfterSeconds?: number) =>
    new ApiError({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      causes: [{ reason: 'DisruptionBudget', message }],
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  const own = budget.metadata.name;
  if (observedGeneration < (budget.metadata.generation ?? 0))
    throw refuse(`The disruption budget ${own} is still being processed by the server.`, 10);
  if (disruptionsAllowed < 0) throw forbidden('PodDisruptionBudget', own, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > DISRUPTED_PODS_MAX) {
    throw forbidden('PodDisruptionBudget', own, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (disruptionsAllowed === 0) {
    const isShort = currentHealthy <= desiredHealthy;
    const needs = `The disruption budget ${own} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw refuse(isShort ? needs : `The disruption budget ${own} does not allow evicting pods currently`);
  }
  const disrupted = { ...disruptedPods, [name]: now };
  const isLast = disruptionsAllowed === 1;
  const conditions = isLast ? { conditions: withDisruptionAllowed(budget, disruptionAllowed(budget, 0), now) } : {};
  const status = { ...budget.status!, ...conditions, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods: disrupted };
  return { ...budget, status };
}

/** The pod with the mark of an eviction; itself when it bears it already. */
export function withDisruptionTarget(pod: Pod, time: string): Pod {
  const conditions = pod.status?.conditions ?? [];
  const before = conditions.find((one) => one.type === 'DisruptionTarget');
  if (before?.status === 'True' && before.reason === EVICTED.reason && before.message === EVICTED.message) return pod;
  const lastTransitionTime = before?.status === 'True' ? (before.lastTransitionTime ?? time) : time;
  const condition = { ...EVICTED, lastProbeTime: null, lastTransitionTime };
  const marked = before === undefined ? [...conditions, condition] : conditions.map((one) => (one === before ? condition : one));
  return { ...pod, status: { ...pod.status, conditions: marked } };
}
