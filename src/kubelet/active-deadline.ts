/**
 * How long a pod may be active, whatever it does. Models pkg/kubelet/active_deadline.go.
 */
import { SECOND_US } from '../base/units.ts';
import { timeUsOf } from '../model/time.ts';
import type { PodWorker, Verdict } from './pod-worker.ts';

export const DEADLINE_EXCEEDED: Verdict = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
  isImmediate: true,
};

/** Microseconds that are left of it; it counts from the pod's start, whatever its kubelet has been through since. Undefined without a deadline. */
export function activeLeftUs({ pod, startTime }: PodWorker, nowUs: number): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds;
  return seconds === undefined ? undefined : Math.max(0, timeUsOf(startTime) + seconds * SECOND_US - nowUs);
}
