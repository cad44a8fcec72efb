/**
 * A condition that a controller sets on a pod. Models UpdatePodCondition of pkg/api/v1/pod/util.go.
 */
import type { Condition } from '../model/meta.ts';
import { type Pod, podCondition } from '../model/pod.ts';
import { timeText } from '../model/time.ts';

/** The condition to be written, or nothing if the pod says the same already: who said it, and of what generation, is not compared. */
export function newPodCondition(
  pod: Pod,
  wanted: { readonly type: string; readonly status: 'True' | 'False'; readonly reason: string; readonly message: string },
  nowUs: number,
): Condition | undefined {
  const before = podCondition(pod, wanted.type);
  const isTurned = before?.status !== wanted.status;
  if (!isTurned && before.reason === wanted.reason && before.message === wanted.message) return undefined;
  const lastTransitionTime = isTurned ? timeText(nowUs) : before.lastTransitionTime;
  return {
    ...wanted,
    observedGeneration: pod.metadata.generation ?? 0,
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
  } as Condition;
}
