/**
 * Cluster events and the hints that say which of them may help a rejected pod.
 *
 * Models staging/src/k8s.io/kube-scheduler/framework/types.go (ActionType, ClusterEvent) and pkg/scheduler/framework/events.go.
 */
import type { KubeObject } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';

/** What happened, as bits in upstream's ascending order: a registration matches only when its value is not the smaller. */
export const Action = {
  Add: 1,
  Delete: 1 << 1,
  UpdateNodeAllocatable: 1 << 2,
  UpdateNodeLabel: 1 << 3,
  UpdateNodeTaint: 1 << 4,
  UpdateNodeCondition: 1 << 5,
  UpdateNodeAnnotation: 1 << 6,
  UpdateNodeDeclaredFeature: 1 << 7,
  UpdatePodLabel: 1 << 8,
  UpdatePodScaleDown: 1 << 9,
  UpdatePodToleration: 1 << 10,
  UpdatePodSchedulingGatesEliminated: 1 << 11,
  UpdatePodGeneratedResourceClaim: 1 << 12,
  /** Every kind of update, named or not: all bits from UpdateNodeAllocatable up. */
  Update: (1 << 14) - (1 << 2),
  All: (1 << 14) - 1,
} as const;

/** The kind of object an event is about. `Pod` in a registration covers assigned and unscheduled pods alike; `*` covers all. */
export type EventResource =
  | '*'
  | 'Pod'
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | 'ResourceClaim'
  | 'ResourceSlice'
  | 'DeviceClass';

export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: number;
}

export type Hint = 'Queue' | 'Skip';

/** Could this event make the pod schedulable? A hint that throws counts as Queue. */
export type QueueingHint = (pod: Pod, previous: KubeObject | undefined, object: KubeObject | undefined) => Hint;

export interface EventRegistration {
  readonly event: ClusterEvent;
  /** Absent: always Queue. */
  readonly hint?: QueueingHint;
}
