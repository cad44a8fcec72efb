/**
 * All containers of a pod start again in place: who asks for it, and what is left of the containers afterwards.
 *
 * Models the RestartAllContainers action of KEP-5532 (beta in 1.36). Sandbox, address and volumes stay; each restart count grows.
 */
import { newRecords, type PodWorker } from './pod-worker.ts';
import { asksForAll } from './restart-policy.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

export function shouldRestartAll(worker: PodWorker): boolean {
  return worker.containers.some((record) => record.restartsAllAt !== record.epoch && asksForAll(record));
}

/** Makes init containers new ones, so that they run again; the others have ended, and are started again as such. */
export function restartContainers(worker: PodWorker): void {
  const fresh = newRecords(worker.pod);
  worker.containers = worker.containers.map((record, at) => {
    record.restartsAllAt = record.epoch;
    return record.role === ContainerRole.Init && record.run === Run.Exited ? again(fresh[at]!, record) : record;
  });
}

/** A container as before its first start, that counts as one that has run. */
export function again(fresh: ContainerRecord, record: ContainerRecord): ContainerRecord {
  fresh.spec = record.spec;
  fresh.restartCount = record.restartCount + 1;
  fresh.epoch = record.epoch + 1;
  return fresh;
}
