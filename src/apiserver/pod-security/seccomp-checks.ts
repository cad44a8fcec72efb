/**
 * Which system calls a pod may make: the check both standards have, each with its own strictness.
 *
 * Models check_seccompProfile_baseline.go and check_seccompProfile_restricted.go of staging/src/k8s.io/pod-security-admission/policy.
 */
import type { Sent } from '../validation/sent.ts';
import {
  type CheckedPod,
  type CheckPod,
  containersOf,
  containersText,
  containersWith,
  plural,
  quoted,
  settersText,
  sortedSet,
} from './check.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';
const REASON = 'seccompProfile';

/** Before v1.19 of the standard annotations told the profile. */
export function seccompAnnotations(pod: CheckedPod): ReturnType<CheckPod> {
  const isGood = (value: string) => value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
  const keys = [POD_ANNOTATION, ...containersOf(pod).map(({ name }) => CONTAINER_ANNOTATION + name)];
  const forbidden = sortedSet(
    keys.flatMap((key) => {
      const value = pod.annotations[key];
      return value === undefined || isGood(value) ? [] : [`${key}="${value}"`];
    }),
  );
  if (forbidden.length === 0) return undefined;
  return { reason: REASON, detail: `forbidden ${plural('annotation', forbidden.length)} ${forbidden.join(', ')}` };
}

/** Nobody may ask for a bad profile; who asks for none gets what the runtime has. */
export function seccompBaseline(pod: CheckedPod): ReturnType<CheckPod> {
  const setters = settersText(isBad(pod.spec), containersWith(pod, isBad));
  if (setters === '') return undefined;
  const types = sortedSet([pod.spec, ...containersOf(pod)].filter(isBad).map((holder) => profileOf(holder).type ?? ''));
  return { reason: REASON, detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(types)}` };
}

/** Each container must have asked for a good one, or its pod for all of them. */
export function seccompRestricted(pod: CheckedPod): ReturnType<CheckPod> {
  const bad = seccompBaseline(pod);
  if (bad !== undefined) return bad;
  if (profileOf(pod.spec) !== undefined) return undefined;
  const missing = containersWith(pod, (container) => profileOf(container) === undefined);
  if (missing.length === 0) return undefined;
  const detail = `pod or ${containersText(missing)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: REASON, detail };
}

function profileOf({ securityContext }: Sent): Sent {
  return securityContext?.seccompProfile;
}

function isBad(holder: Sent): boolean {
  const profile = profileOf(holder);
  return profile !== undefined && profile.type !== 'RuntimeDefault' && profile.type !== 'Localhost';
}
