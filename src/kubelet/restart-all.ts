/**
 * All containers of a pod start again in place: who asks for it, and what is left of the containers afterwards.
 *
 * Models the RestartAllContainers action of KEP-5532 (beta in 1.36). Sandbox, address and volumes stay; each restart count grows.
 */
import type { ContainerState, ContainerStateWaiting } from '../model/pod.ts';
import { terminatedState } from './container-status.ts';
import { newRecords, type PodWorker } from './pod-worker.ts';
import { asksForAll } from './restart-policy.ts';
import { type ContainerRecord, Run } from './runtime/container-record.ts';

// RestartingAllContainers in kubelet_pods.go, and what the statuses say until each container has started again.
const REMOVED: ContainerStateWaiting = {
  reason: 'RestartingAllContainers',
  message: 'The container is removed because RestartAllContainers in place',
};
const REMOVED_LAST: ContainerState = { terminated: { exitCode: 137, ...REMOVED } };

export function shouldRestartAll(worker: PodWorker): boolean {
  return worker.containers.some(asksForAll);
}

/** Those that have run are removed from the runtime, whoever asked for it too. */
export function removeContainers(worker: PodWorker): void {
  const fresh = newRecords(worker.pod);
  worker.containers = worker.containers.map((record, at) => {
    if (record.run !== Run.Exited) return record;
    const removed = again(fresh[at]!, record);
    removed.last = REMOVED_LAST;
    removed.waiting = REMOVED;
    removed.backOff = record.backOff;
    return removed;
  });
}

/** A container as before its first start, that counts as one that has run. */
export function again(fresh: ContainerRecord, record: ContainerRecord): ContainerRecord {
  fresh.spec = record.spec;
  fresh.restartCount = record.restartCount + 1;
  fresh.epoch = record.epoch + 1;
  fresh.last = terminatedState(record);
  return fresh;
}
