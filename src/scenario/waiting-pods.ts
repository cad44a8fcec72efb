/**
 * Pods that no scheduler has placed when the run is over, by what they wait for.
 */
import { compareText } from '../base/compare.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { objectKey } from '../model/meta.ts';
import { isPodTerminal, type Pod, podCondition } from '../model/pod.ts';
import type { DecisionRecorder } from '../scheduler/explain/decision-recorder.ts';
import { explainWaiting } from '../scheduler/explain/explain-waiting.ts';
import type { Explanation } from '../scheduler/explain/explanation.ts';

export interface WaitingPods {
  readonly why: string;
  readonly count: number;
  /** The first of them. */
  readonly pods: readonly string[];
}

const NAMED = 3;

/** The same words together, those that most pods wait with first. */
export function waitingPods(cluster: Cluster): WaitingPods[] {
  const groups = new Map<string, string[]>();
  for (const pod of pendingPods(cluster)) {
    const why = whyOf(pod, cluster);
    const names = groups.get(why);
    if (names === undefined) groups.set(why, [objectKey(pod)]);
    else names.push(objectKey(pod));
  }
  return [...groups]
    .map(([why, pods]) => ({ why, count: pods.length, pods: pods.slice(0, NAMED) }))
    .sort((a, b) => b.count - a.count || compareText(a.why, b.why));
}

function whyOf(pod: Pod, cluster: Cluster): string {
  const { schedulerName = '', schedulingGates = [] } = pod.spec;
  const running = cluster.workingSchedulers;
  if (running.length > 0 && !running.some(({ core }) => core.profiles.has(schedulerName))) {
    return `pod ${objectKey(pod)} names scheduler ${schedulerName}, which does not run here`;
  }
  if (schedulingGates.length > 0) return `scheduling gates keep it out of the queue: ${schedulingGates.map(({ name }) => name).join(', ')}`;
  return podCondition(pod, 'PodScheduled')?.message ?? 'no scheduler has tried it yet';
}

function pendingPods(cluster: Cluster): Pod[] {
  return [...cluster.api.store.values('Pod')].filter(
    (pod) => (pod.spec.nodeName ?? '') === '' && !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined,
  );
}

/** What the recorder kept of those that were placed, and why each sort of those that wait does so. */
export function explanationsOf(cluster: Cluster, recorder: DecisionRecorder): Explanation[] {
  const waiting = pendingPods(cluster);
  const [first] = cluster.workingSchedulers;
  const keys = new Set(waiting.map((pod) => objectKey(pod)));
  const placed = [...recorder.explanations.values()].filter(({ pod }) => !keys.has(pod));
  if (first === undefined) return placed;
  return [...explainWaiting(first.core, waiting, (pod) => recorder.isAskedFor(pod)), ...placed];
}
