/**
 * What an update of a pod or a node amounts to, as the events that queueing hints are registered for.
 *
 * Models pkg/scheduler/framework/events.go (PodSchedulingPropertiesChange, NodeSchedulingPropertiesChange).
 */
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import { podRequest, type Resources } from '../model/pod-requests.ts';
import { Action, type ClusterEvent } from './events.ts';

/** Is it the same, as JSON? Parts that did not change are usually the identical object. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function podEvents(resource: 'AssignedPod' | 'UnscheduledPod', previous: Pod, pod: Pod): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (action: number) => events.push({ resource, action });
  if (!isSame(previous.metadata.labels ?? {}, pod.metadata.labels ?? {})) add(Action.UpdatePodLabel);
  if (isScaledDown(previous, pod)) add(Action.UpdatePodScaleDown);
  if ((previous.spec.schedulingGates ?? []).length > 0 && (pod.spec.schedulingGates ?? []).length === 0) {
    add(Action.UpdatePodSchedulingGatesEliminated);
  }
  if ((previous.spec.tolerations ?? []).length !== (pod.spec.tolerations ?? []).length) add(Action.UpdatePodToleration);
  if (events.length === 0) add(Action.Update);
  return events;
}

function isScaledDown(previous: Pod, pod: Pod): boolean {
  if (previous.spec === pod.spec && previous.status === pod.status) return false;
  return isAnyLess(podRequest(previous, true), podRequest(pod, true));
}

function isAnyLess(before: Resources, now: Resources): boolean {
  if (now.milliCpu < before.milliCpu || now.memory < before.memory || now.ephemeralStorage < before.ephemeralStorage) return true;
  for (const [name, amount] of before.scalars) if ((now.scalars.get(name) ?? 0) < amount) return true;
  return false;
}

export function nodeEvents(previous: Node, node: Node): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (action: number) => events.push({ resource: 'Node', action });
  if (previous.spec?.unschedulable === true && node.spec?.unschedulable !== true) add(Action.UpdateNodeTaint);
  if (!isSame(previous.status?.allocatable, node.status?.allocatable)) add(Action.UpdateNodeAllocatable);
  if (!isSame(previous.metadata.labels ?? {}, node.metadata.labels ?? {})) add(Action.UpdateNodeLabel);
  if (!isSame(previous.spec?.taints ?? [], node.spec?.taints ?? [])) add(Action.UpdateNodeTaint);
  if (!isSame(conditions(previous), conditions(node))) add(Action.UpdateNodeCondition);
  if (!isSame(previous.metadata.annotations ?? {}, node.metadata.annotations ?? {})) add(Action.UpdateNodeAnnotation);
  if (!isSame(previous.status?.declaredFeatures ?? [], node.status?.declaredFeatures ?? [])) add(Action.UpdateNodeDeclaredFeature);
  return events;
}

function conditions(node: Node): readonly string[] {
  return (node.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`).sort();
}
