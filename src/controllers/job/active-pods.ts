/**
 * Which of a Job's active pods is cheapest to lose.
 *
 * Models ActivePods of pkg/controller/controller_utils.go: as for a ReplicaSet, but times are compared to the second, and neither a pod's
 * deletion cost nor its company on the node has a say.
 */
import { compareText } from '../../base/compare.ts';
import { isPodReady, type Pod, podCondition } from '../../model/pod.ts';

const PHASE_RANK: { readonly [phase: string]: number } = { Pending: 0, Unknown: 1, Running: 2 };

/** A new array, first victim first. */
export function cheapestActiveFirst(pods: readonly Pod[]): Pod[] {
  return [...pods].sort(compareActive);
}

function compareActive(a: Pod, b: Pod): number {
  return (
    Number((a.spec.nodeName ?? '') !== '') - Number((b.spec.nodeName ?? '') !== '') ||
    phaseRank(a) - phaseRank(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    (isPodReady(a) && isPodReady(b) ? laterFirst(readySince(a), readySince(b)) : 0) ||
    mostRestarts(b) - mostRestarts(a) ||
    laterFirst(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    // Equal in all: chance upstream, whose sort is not stable.
    compareText(a.metadata.uid ?? '', b.metadata.uid ?? '')
  );
}

function phaseRank(pod: Pod): number {
  return PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 0;
}

function readySince(pod: Pod): string | undefined {
  return podCondition(pod, 'Ready')?.lastTransitionTime;
}

/** No time at all comes before any; of two times the later. API times are texts of one length, so that text order is time order. */
function laterFirst(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareText(b, a);
}

function mostRestarts({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map((one) => one.restartCount ?? 0));
}
