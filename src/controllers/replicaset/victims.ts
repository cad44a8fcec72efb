/**
 * Whom a scale-down deletes: the pods that are cheapest to lose first.
 *
 * Models ActivePodsWithRanks of pkg/controller/controller_utils.go. Ages are compared by powers of two (LogarithmicScaleDown), so that
 * of two pods of about one age chance decides, here as there by uid.
 */
import { compareText } from '../../base/compare.ts';
import { isPodReady, type Pod, podCondition, podDeletionCost } from '../../model/pod.ts';
import { timeUsOf } from '../../model/time.ts';

const PHASE_RANK: { readonly [phase: string]: number } = { Pending: 0, Unknown: 1, Running: 2 };

/** `rankOf` says how many related pods are on the pod's node. The result is a new array, first victim first. */
export function cheapestToLoseFirst(pods: readonly Pod[], rankOf: (pod: Pod) => number, nowUs: number): Pod[] {
  return [...pods].sort((a, b) => compareVictims(a, b, rankOf, nowUs));
}

function compareVictims(a: Pod, b: Pod, rankOf: (pod: Pod) => number, nowUs: number): number {
  return (
    Number((a.spec.nodeName ?? '') !== '') - Number((b.spec.nodeName ?? '') !== '') ||
    phaseRank(a) - phaseRank(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    rankOf(b) - rankOf(a) ||
    compareReadyTimes(a, b, nowUs) ||
    restarts(b.status?.containerStatuses) - restarts(a.status?.containerStatuses) ||
    restarts(sidecarStatuses(b)) - restarts(sidecarStatuses(a)) ||
    compareAges(a.metadata.creationTimestamp, b.metadata.creationTimestamp, a, b, nowUs) ||
    // Equal in all: the real list comes out of a map and its sort is not stable. Chance is chance, so the uid stands in for it.
    compareText(a.metadata.uid ?? '', b.metadata.uid ?? '')
  );
}

function phaseRank(pod: Pod): number {
  return PHASE_RANK[pod.status?.phase ?? 'Pending'] ?? 0;
}

/** One that cannot be read counts as none. */
function deletionCost({ metadata }: Pod): number {
  return podDeletionCost(metadata.annotations) ?? 0;
}

function compareReadyTimes(a: Pod, b: Pod, nowUs: number): number {
  if (!isPodReady(a) || !isPodReady(b)) return 0;
  return compareAges(podCondition(a, 'Ready')?.lastTransitionTime, podCondition(b, 'Ready')?.lastTransitionTime, a, b, nowUs);
}

/** The younger by powers of two first; within one power, the smaller uid. */
function compareAges(a: string | undefined, b: string | undefined, podA: Pod, podB: Pod, nowUs: number): number {
  if (a === undefined || b === undefined || a === b) return 0;
  const rank = ageRank(timeUsOf(a), nowUs) - ageRank(timeUsOf(b), nowUs);
  return rank !== 0 ? rank : compareText(podA.metadata.uid ?? '', podB.metadata.uid ?? '');
}

function ageRank(sinceUs: number, nowUs: number): number {
  const ageNs = (nowUs - sinceUs) * 1000;
  return ageNs <= 0 ? -1 : Math.floor(Math.log2(ageNs));
}

function restarts(statuses: NonNullable<Pod['status']>['containerStatuses']): number {
  let most = 0;
  for (const status of statuses ?? []) most = Math.max(most, status.restartCount ?? 0);
  return most;
}

function sidecarStatuses(pod: Pod): NonNullable<Pod['status']>['containerStatuses'] {
  const sidecars = new Set(pod.spec.initContainers?.filter((one) => one.restartPolicy === 'Always').map((one) => one.name));
  return pod.status?.initContainerStatuses?.filter((status) => sidecars.has(status.name)) ?? [];
}
