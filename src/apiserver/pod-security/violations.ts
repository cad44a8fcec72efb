/**
 * What a level and version of the pod security standards has against a pod.
 *
 * Models staging/src/k8s.io/pod-security-admission/policy/registry.go: the baseline's checks come first, each level's in the order of their
 * names, and a check of the restricted level can take the place of one of the baseline.
 */
import { BASELINE_CHECKS } from './baseline-checks.ts';
import type { Check, CheckedPod, CheckPod, Violation } from './check.ts';
import type { LevelVersion } from './policy.ts';
import { RESTRICTED_CHECKS } from './restricted-checks.ts';

/** The last version in which a check changed: later ones are the same. */
const LAST_CHANGE = Math.max(...[...BASELINE_CHECKS, ...RESTRICTED_CHECKS].flatMap(({ versions }) => versions.map(({ since }) => since)));
const checks = new Map<string, readonly CheckPod[]>();

export function violationsOf(pod: CheckedPod, { level, minor = LAST_CHANGE }: LevelVersion): readonly Violation[] {
  if (level === 'privileged') return [];
  const version = Math.min(minor, LAST_CHANGE);
  const key = `${level}:${version}`;
  let list = checks.get(key);
  if (list === undefined) {
    list = checksOf(level, version);
    checks.set(key, list);
  }
  return list.flatMap((check) => check(pod) ?? []);
}

/** `host namespaces (hostNetwork=true), privileged (container "c" must not …)`. */
export function violationsText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

function checksOf(level: 'baseline' | 'restricted', version: number): readonly CheckPod[] {
  const current = ({ versions }: Check) => versions.findLast(({ since }) => since <= version)?.check;
  const restricted = level === 'restricted' ? RESTRICTED_CHECKS.filter((one) => current(one) !== undefined) : [];
  const overridden = new Set(restricted.map(({ overrides }) => overrides));
  return [...BASELINE_CHECKS.filter(({ id }) => !overridden.has(id)), ...restricted].flatMap((one) => current(one) ?? []);
}
