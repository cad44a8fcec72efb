/**
 * What an update of a pod or a node amounts to, as the events that queueing hints are registered for.
 *
 * Models pkg/scheduler/framework/events.go (PodSchedulingPropertiesChange, NodeSchedulingPropertiesChange).
 */
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import { podRequest, type Resources } from '../model/pod-requests.ts';
import { Action, type ClusterEvent } from './events.ts';
import { isGrantedAsAsked } from './pod-info.ts';

/** Is it the same, as JSON? Parts that did not change are usually the identical object. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** `keepsRequest`: it is known already that neither version asks for anything else than the other. */
export function podEvents(
  resource: 'AssignedPod' | 'UnscheduledPod',
  previous: Pod,
  pod: Pod,
  keepsRequest = false,
): readonly ClusterEvent[] {
  // Nearly every update of a pod is one of its status, which is no event of its own.
  const isOfStatus = previous.spec === pod.spec && previous.metadata.labels === pod.metadata.labels;
  if (isOfStatus && (keepsRequest || !isScaledDown(previous, pod))) {
    return resource === 'AssignedPod' ? ASSIGNED_UPDATE : UNSCHEDULED_UPDATE;
  }
  const events: ClusterEvent[] = [];
  const add = (action: number) => events.push({ resource, action });
  if (!isSameOr({}, previous.metadata.labels, pod.metadata.labels)) add(Action.UpdatePodLabel);
  if (!keepsRequest && isScaledDown(previous, pod)) add(Action.UpdatePodScaleDown);
  if ((previous.spec.schedulingGates ?? []).length > 0 && (pod.spec.schedulingGates ?? []).length === 0) {
    add(Action.UpdatePodSchedulingGatesEliminated);
  }
  if ((previous.spec.tolerations ?? []).length !== (pod.spec.tolerations ?? []).length) add(Action.UpdatePodToleration);
  if (events.length === 0) add(Action.Update);
  return events;
}

/** Is it the same, where what is absent counts as `absent`? */
function isSameOr(absent: object, a: unknown, b: unknown): boolean {
  return a === b || isSame(a ?? absent, b ?? absent);
}

const ASSIGNED_UPDATE: readonly ClusterEvent[] = [{ resource: 'AssignedPod', action: Action.Update }];
const UNSCHEDULED_UPDATE: readonly ClusterEvent[] = [{ resource: 'UnscheduledPod', action: Action.Update }];

function isScaledDown(previous: Pod, pod: Pod): boolean {
  if (previous.spec === pod.spec && (previous.status === pod.status || (isGrantedAsAsked(previous) && isGrantedAsAsked(pod)))) return false;
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
  if (!isSameOr({}, previous.metadata.labels, node.metadata.labels)) add(Action.UpdateNodeLabel);
  if (!isSameOr([], previous.spec?.taints, node.spec?.taints)) add(Action.UpdateNodeTaint);
  if (!hasSameConditions(previous, node)) add(Action.UpdateNodeCondition);
  if (!isSameOr({}, previous.metadata.annotations, node.metadata.annotations)) add(Action.UpdateNodeAnnotation);
  if (!isSameOr([], previous.status?.declaredFeatures, node.status?.declaredFeatures)) add(Action.UpdateNodeDeclaredFeature);
  return events;
}

/** A heartbeat changes times, and neither their types nor what they say: the usual case, told without building anything. */
function hasSameConditions(previous: Node, node: Node): boolean {
  const before = previous.status?.conditions;
  const now = node.status?.conditions;
  if (before === now) return true;
  const isAlike =
    before?.length === now?.length && now?.every(({ type, status }, i) => type === before![i]!.type && status === before![i]!.status);
  return isAlike === true || isSame(conditions(previous), conditions(node));
}

function conditions(node: Node): readonly string[] {
  return (node.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`).sort();
}

/** Does nothing differ that a filter or a score looks at? Conditions are not: what follows from them is taints. */
export function isSameForScheduling(previous: Node, node: Node): boolean {
  return (
    isSame(previous.metadata.labels, node.metadata.labels) &&
    isSame(previous.spec, node.spec) &&
    isSame(previous.status?.allocatable, node.status?.allocatable) &&
    previous.status?.images === node.status?.images &&
    isSame(previous.status?.declaredFeatures, node.status?.declaredFeatures)
  );
}
