/**
 * What a DaemonSet reports of its nodes. Models updateDaemonSetStatus of pkg/controller/daemon/daemon_controller.go.
 */
import type { DaemonSet } from '../../model/workloads.ts';

export type Status = NonNullable<DaemonSet['status']>;

export interface NodeSums {
  desired: number;
  current: number;
  misscheduled: number;
  ready: number;
  updated: number;
  available: number;
}

export function statusOfSums(set: DaemonSet, sums: Readonly<NodeSums>, isObserved: boolean): Status {
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

/** Does the status say so already? Asked at each pass, and nearly always yes: nothing is made for it. */
export function isReported({ metadata, status }: DaemonSet, sums: Readonly<NodeSums>, isObserved: boolean): boolean {
  return (
    status !== undefined &&
    status.desiredNumberScheduled === sums.desired &&
    status.currentNumberScheduled === sums.current &&
    status.numberMisscheduled === sums.misscheduled &&
    status.numberReady === sums.ready &&
    (status.updatedNumberScheduled ?? 0) === sums.updated &&
    (status.numberAvailable ?? 0) === sums.available &&
    (status.numberUnavailable ?? 0) === sums.desired - sums.available &&
    (!isObserved || (status.observedGeneration ?? 0) >= (metadata.generation ?? 0))
  );
}
