/**
 * What a check of a pod security standard is, and how its complaints are put into words.
 *
 * Models staging/src/k8s.io/pod-security-admission/policy (checks.go, visitor.go, helpers.go).
 */
import { compareText } from '../../base/compare.ts';
import type { StringMap } from '../../model/meta.ts';
import type { Sent } from '../validation/sent.ts';

/** The part of a pod, or of a template for pods, that checks look at. */
export interface CheckedPod {
  readonly annotations: StringMap;
  readonly spec: Sent;
}

export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type CheckPod = (pod: CheckedPod) => Violation | undefined;

export interface Check {
  readonly id: string;
  /** In rising order: each holds from its minor version of the standard until the next. */
  readonly versions: readonly { readonly since: number; readonly check: CheckPod }[];
  /** The check of the baseline that this one, of the restricted standard, takes the place of. */
  readonly overrides?: string;
}

export function containersOf({ spec }: CheckedPod): readonly Sent[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

/** The names of the containers of which `test` is true. */
export function containersWith(pod: CheckedPod, test: (container: Sent) => boolean): readonly string[] {
  return containersOf(pod)
    .filter(test)
    .map(({ name }) => name);
}

/** Pod and containers that say something forbidden of themselves: `pod and containers "a", "b"`. */
export function settersText(isPod: boolean, containers: readonly string[]): string {
  return [...(isPod ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(' and ');
}

export function containersText(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`;
}

export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ');
}

/** Each once, in order. */
export function sortedSet(items: Iterable<string>): readonly string[] {
  return [...new Set(items)].sort(compareText);
}

/** A pod whose users are not those of its node may do some of what others may not. */
export function hasOwnUsers({ spec }: CheckedPod): boolean {
  return spec.hostUsers === false;
}

export function isForWindows({ spec }: CheckedPod): boolean {
  return spec.os?.name === 'windows';
}
