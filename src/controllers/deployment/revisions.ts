/**
 * Which ReplicaSet of a Deployment is the new one, which are old, and what their revision annotations become.
 *
 * Models pkg/controller/deployment/util/deployment_util.go (FindNewReplicaSet, SetNewReplicaSetAnnotations, LastRevision).
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import { compareText } from '../../base/compare.ts';
import type { StringMap } from '../../model/meta.ts';
import type { PodTemplate } from '../../model/pod.ts';
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';
/** Annotations that belong to the Deployment or the ReplicaSet alone and are never copied from one to the other. */
export const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
]);
// maxRevHistoryLengthInChars in sync.go.
const HISTORY_CHARACTERS = 2000;

export interface Revisions {
  readonly newest: ReplicaSet | undefined;
  /** All others, oldest first. */
  readonly old: readonly ReplicaSet[];
}

/** Of several sets with the Deployment's template the oldest is the new one, so that every pass chooses alike. */
export function revisionsOf(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Revisions {
  const byAge = replicaSets.length < 2 ? replicaSets : oldestFirst(replicaSets);
  const newest = byAge.find((replicaSet) => isSameTemplate(replicaSet.spec.template, deployment.spec.template));
  return { newest, old: byAge.filter((replicaSet) => replicaSet !== newest) };
}

export function oldestFirst(replicaSets: readonly ReplicaSet[]): ReplicaSet[] {
  return [...replicaSets].sort(
    (a, b) =>
      compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compareText(a.metadata.name, b.metadata.name),
  );
}

/** Equal but for the hash label (EqualIgnoreHash). */
export function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  if (knownSame.get(a) === b) return true;
  const isSame = isSameValue(a.spec, b.spec) && isSameValue(comparable(a.metadata), comparable(b.metadata));
  if (isSame) knownSame.set(a, b);
  return isSame;
}

/** The template each was last found equal to: a set and its Deployment are compared at every pass, and neither changes. */
const knownSame = new WeakMap<PodTemplate, PodTemplate>();

function comparable(metadata: PodTemplate['metadata']): unknown {
  const { labels, annotations, finalizers } = metadata ?? {};
  return {
    labels: withoutHash(labels ?? {}),
    annotations: annotations ?? {},
    finalizers: finalizers ?? [],
  };
}

export function withoutHash(labels: StringMap): StringMap {
  if (labels[HASH_LABEL] === undefined) return labels;
  const { [HASH_LABEL]: _hash, ...rest } = labels;
  return rest;
}

export function revisionNumber(replicaSet: ReplicaSet): number {
  const revision = Number(replicaSet.metadata.annotations?.[REVISION] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

export function maxRevision(replicaSets: readonly ReplicaSet[]): number {
  return replicaSets.reduce((max, replicaSet) => Math.max(max, revisionNumber(replicaSet)), 0);
}

/** The second highest revision: what a rollback to 0 means. 0 if there is none. */
export function lastRevision(replicaSets: readonly ReplicaSet[]): number {
  let max = 0;
  let second = 0;
  for (const replicaSet of replicaSets) {
    const revision = revisionNumber(replicaSet);
    if (revision >= max) [second, max] = [max, revision];
    else if (revision > second) second = revision;
  }
  return second;
}

/** The annotations the new ReplicaSet is to have; the very same object if it has them already. */
export function newReplicaSetAnnotations(deployment: Deployment, known: StringMap | undefined, revision: number): StringMap {
  if (known !== undefined && isUpToDate(deployment, known, revision)) return known;
  const next: Record<string, string> = { ...known };
  let isChanged = false;
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (NOT_COPIED.has(key) || next[key] === value) continue;
    next[key] = value;
    isChanged = true;
  }
  const former = known?.[REVISION];
  const formerNumber = Number(former === undefined || former === '' ? 0 : former);
  // Somebody wrote what is no number there: upstream leaves the set as it is.
  if (known !== undefined && !Number.isInteger(formerNumber)) return known;
  if (formerNumber < revision) {
    next[REVISION] = String(revision);
    isChanged = true;
    // A set that is rolled back to keeps the numbers it had.
    if (former !== undefined) next[REVISION_HISTORY] = historyWith(known?.[REVISION_HISTORY] ?? '', former);
  }
  return isChanged ? next : (known ?? next);
}

/** Nothing to copy and no higher number to give: what nearly every pass finds. */
function isUpToDate({ metadata }: Deployment, known: StringMap, revision: number): boolean {
  for (const key in metadata.annotations) if (!NOT_COPIED.has(key) && known[key] !== metadata.annotations[key]) return false;
  return known[REVISION] === String(revision);
}

function historyWith(history: string, revision: string): string {
  const parts = history === '' ? [] : history.split(',');
  parts.push(revision);
  while (parts.length > 1 && parts.join(',').length > HISTORY_CHARACTERS) parts.shift();
  return parts.join(',');
}
