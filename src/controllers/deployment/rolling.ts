/**
 * The arithmetic of a rolling update and of scaling in the middle of one: numbers in, numbers out.
 *
 * Models pkg/controller/deployment/rolling.go and util/deployment_util.go (ResolveFenceposts, NewRSNewReplicas, GetReplicaSetProportion).
 */
import { compareText } from '../../base/compare.ts';
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';
import { scaledValue } from '../int-or-percent.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, oldestFirst } from './revisions.ts';

export interface Resize {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

export function replicasOf(object: Deployment | ReplicaSet): number {
  return object.spec.replicas ?? 1;
}

export function sumOfReplicas(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + replicasOf(replicaSet), 0);
}

export function sumOfAvailable(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((sum, replicaSet) => sum + (replicaSet.status?.availableReplicas ?? 0), 0);
}

function isRolling(deployment: Deployment): boolean {
  return (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

export function maxSurge(deployment: Deployment): number {
  if (!isRolling(deployment)) return 0;
  return scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? '25%', replicasOf(deployment), true);
}

export function maxUnavailable(deployment: Deployment): number {
  const replicas = replicasOf(deployment);
  if (!isRolling(deployment) || replicas === 0) return 0;
  const unavailable = scaledValue(deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, false);
  // Both zero after rounding would never move: one pod may then be missing.
  if (unavailable === 0 && maxSurge(deployment) === 0) return 1;
  return Math.min(unavailable, replicas);
}

/** How many replicas the new set is to have now, given what all sets together have. */
export function newReplicas(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const wanted = replicasOf(deployment);
  if (!isRolling(deployment)) return wanted;
  const limit = wanted + maxSurge(deployment);
  const total = sumOfReplicas(all);
  if (total >= limit) return current;
  return current + Math.min(limit - total, wanted - current);
}

export interface OldResizes {
  readonly resizes: readonly Resize[];
  /** A set reports more available pods than it asks for, as just after it shrank: the pass goes no further, and counts as one that scaled nothing. */
  readonly isCutShort: boolean;
}

const NO_RESIZES: OldResizes = { resizes: [], isCutShort: false };

/** What old sets shrink to: first what is not available anyway, then as much as availability allows. */
export function oldResizes(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): OldResizes {
  const active = oldestFirst(old.filter((replicaSet) => replicasOf(replicaSet) > 0));
  if (active.length === 0) return NO_RESIZES;
  const all = [...active, newest];
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(newest) - (newest.status?.availableReplicas ?? 0);
  const limit = sumOfReplicas(all) - minAvailable - newUnavailable;
  if (limit <= 0) return NO_RESIZES;

  const sizes = new Map(active.map((replicaSet) => [replicaSet, replicasOf(replicaSet)]));
  const resizes: Resize[] = [];
  const shrink = (replicaSet: ReplicaSet, share: number) => {
    const replicas = sizes.get(replicaSet)! - share;
    sizes.set(replicaSet, replicas);
    resizes.push({ replicaSet, replicas });
  };
  let cleaned = 0;
  for (const replicaSet of active) {
    if (cleaned >= limit) break;
    const unhealthy = replicasOf(replicaSet) - (replicaSet.status?.availableReplicas ?? 0);
    if (unhealthy === 0) continue;
    // cleanupUnhealthyReplicas: "got invalid request to scale down".
    if (unhealthy < 0) return { resizes, isCutShort: true };
    const share = Math.min(limit - cleaned, unhealthy);
    shrink(replicaSet, share);
    cleaned += share;
  }
  // Counted by what is available, from which nothing was taken above.
  let budget = Math.max(0, sumOfAvailable(all) - minAvailable);
  for (const replicaSet of active) {
    const share = Math.min(sizes.get(replicaSet)!, budget);
    if (share > 0) shrink(replicaSet, share);
    budget -= share;
  }
  return { resizes, isCutShort: false };
}

/** Spreads a change of size over the sets that are running, each by its share of the whole. */
export function proportionalResizes(deployment: Deployment, active: readonly ReplicaSet[]): readonly Resize[] {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - sumOfReplicas(active);
  // Only their annotations are brought up to date.
  if (toAdd === 0) return active.map((replicaSet) => ({ replicaSet, replicas: replicasOf(replicaSet) }));
  const byAge = oldestFirst(active);
  if (toAdd > 0) byAge.reverse();
  const ordered = byAge.sort((a, b) => replicasOf(b) - replicasOf(a));
  const sizes: number[] = [];
  let added = 0;
  for (const replicaSet of ordered) {
    const share = proportion(deployment, replicaSet, toAdd, added);
    sizes.push(replicasOf(replicaSet) + share);
    added += share;
  }
  if (sizes.length > 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return ordered.map((replicaSet, index) => ({ replicaSet, replicas: sizes[index]! }));
}

function proportion(deployment: Deployment, replicaSet: ReplicaSet, toAdd: number, added: number): number {
  const size = replicasOf(replicaSet);
  if (size === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, replicaSet, size);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(deployment: Deployment, replicaSet: ReplicaSet, size: number): number {
  const wanted = replicasOf(deployment);
  if (wanted === 0) return -size;
  const annotated = Number(replicaSet.metadata.annotations?.[MAX_REPLICAS]);
  const before = Number.isInteger(annotated) && annotated !== 0 ? annotated : (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  // integer.RoundToInt32: halves go away from zero; nothing here is negative.
  return Math.floor((size * (wanted + maxSurge(deployment))) / before + 0.5) - size;
}

/** Was the Deployment resized since these sets were? Then scaling comes before rolling. */
export function isScalingEvent(deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean {
  return replicaSets.some((replicaSet) => {
    const desired = desiredReplicas(replicaSet);
    return replicasOf(replicaSet) > 0 && desired !== undefined && desired !== replicasOf(deployment);
  });
}

export function desiredReplicas(replicaSet: ReplicaSet): number | undefined {
  const text = replicaSet.metadata.annotations?.[DESIRED_REPLICAS];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** The whole Deployment runs on this set, and nothing is missing from it. */
export function isSaturated(deployment: Deployment, replicaSet: ReplicaSet | undefined): boolean {
  if (replicaSet === undefined) return false;
  const wanted = replicasOf(deployment);
  return (
    replicasOf(replicaSet) === wanted && desiredReplicas(replicaSet) === wanted && (replicaSet.status?.availableReplicas ?? 0) === wanted
  );
}

/** Old sets the history has no room for: of the lowest revisions those that are empty and at rest. */
export function expiredReplicaSets(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revisionOf: (one: ReplicaSet) => number,
): ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  if (limit === 2_147_483_647) return [];
  const candidates = old.filter((replicaSet) => replicaSet.metadata.deletionTimestamp === undefined);
  const surplus = candidates.length - limit;
  if (surplus <= 0) return [];
  return candidates
    .sort(
      (a, b) =>
        revisionOf(a) - revisionOf(b) ||
        compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
        compareText(a.metadata.name, b.metadata.name),
    )
    .slice(0, surplus)
    .filter(
      ({ spec, status, metadata }) =>
        (status?.replicas ?? 0) === 0 && (spec.replicas ?? 1) === 0 && (metadata.generation ?? 0) <= (status?.observedGeneration ?? 0),
    );
}
