/**
 * When a pod counts as available: ready for as long as its owner asks. Models pkg/api/v1/pod/util.go (IsPodAvailable).
 */
import { SECOND_US } from '../base/units.ts';
import { type Pod, podCondition } from '../model/pod.ts';
import { timeUsOf } from '../model/time.ts';

export function isPodAvailable(pod: Pod, minReadySeconds: number, nowUs: number): boolean {
  const waitUs = availableInUs(pod, minReadySeconds, nowUs);
  return waitUs !== undefined && waitUs <= 0;
}

/** How long until it is, if it stays ready; undefined while it is not ready. */
export function availableInUs(pod: Pod, minReadySeconds: number, nowUs: number): number | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  if (ready.lastTransitionTime === undefined) return undefined;
  return timeUsOf(ready.lastTransitionTime) + minReadySeconds * SECOND_US - nowUs;
}
