/**
 * What a DaemonSet reports of its nodes. Models updateDaemonSetStatus of pkg/controller/daemon/daemon_controller.go: of several pods
 * on a node the oldest speaks for it.
 */
import { isPodReady } from '../../model/pod.ts';
import type { DaemonSet } from '../../model/workloads.ts';
import { isPodAvailable } from '../pod-availability.ts';
import { compareAge, type NodePods, type Rolling } from './rolling.ts';

export type Status = NonNullable<DaemonSet['status']>;

export function daemonSetStatus(
  set: DaemonSet,
  nodes: readonly NodePods[],
  { minReadySeconds, nowUs, isUpdated }: Rolling,
  isObserved: boolean,
): Status {
  let desired = 0;
  let current = 0;
  let misscheduled = 0;
  let ready = 0;
  let updated = 0;
  let available = 0;
  for (const { shouldRun, pods } of nodes) {
    if (!shouldRun) {
      if (pods.length > 0) misscheduled++;
      continue;
    }
    desired++;
    if (pods.length === 0) continue;
    current++;
    const pod = pods.length === 1 ? pods[0]! : [...pods].sort(compareAge)[0]!;
    if (isPodReady(pod)) {
      ready++;
      if (isPodAvailable(pod, minReadySeconds, nowUs)) available++;
    }
    if (isUpdated(pod)) updated++;
  }
  return statusOfSums(set, { desired, current, misscheduled, ready, updated, available }, isObserved);
}

export interface NodeSums {
  readonly desired: number;
  readonly current: number;
  readonly misscheduled: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
}

export function statusOfSums(set: DaemonSet, sums: NodeSums, isObserved: boolean): Status {
  const { desired, current, misscheduled, ready, updated, available } = sums;
  const observedGeneration = isObserved ? (set.metadata.generation ?? 0) : (set.status?.observedGeneration ?? 0);
  const { collisionCount, conditions } = set.status ?? {};
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...(observedGeneration === 0 ? {} : { observedGeneration }),
    ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
    ...(available === 0 ? {} : { numberAvailable: available }),
    ...(desired === available ? {} : { numberUnavailable: desired - available }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

export function isSameStatus(known: DaemonSet['status'], next: Status): boolean {
  return (
    known !== undefined &&
    known.desiredNumberScheduled === next.desiredNumberScheduled &&
    known.currentNumberScheduled === next.currentNumberScheduled &&
    known.numberMisscheduled === next.numberMisscheduled &&
    known.numberReady === next.numberReady &&
    (known.updatedNumberScheduled ?? 0) === (next.updatedNumberScheduled ?? 0) &&
    (known.numberAvailable ?? 0) === (next.numberAvailable ?? 0) &&
    (known.numberUnavailable ?? 0) === (next.numberUnavailable ?? 0) &&
    (known.observedGeneration ?? 0) >= (next.observedGeneration ?? 0)
  );
}
