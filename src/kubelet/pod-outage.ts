/**
 * What an outage leaves of a pod on its node: nothing but its directories after a power loss, everything but the kubelet's
 * memory after the kubelet's own end.
 */
import { releaseAddress } from './pod-sync.ts';
import { newRecords, type PodWorker } from './pod-worker.ts';
import type { Processes } from './processes.ts';
import { again } from './restart-all.ts';
import { Run } from './runtime/container-record.ts';

/** Power loss: sandbox and processes are gone. */
export function loseSandbox(worker: PodWorker, processes: Processes): void {
  losePlans(worker);
  for (const record of worker.containers) {
    if (record.run !== Run.Running) continue;
    // After the boot the runtime finds its containers ended, nobody knows how.
    record.exitCode = 255;
    record.exitReason = 'Unknown';
    processes.end(worker, record, 'node-lost');
  }
  releaseAddress(worker);
  worker.hasSandbox = false;
  worker.hasVolumes = false;
  worker.volumesInUse = undefined;
  worker.isInitialized = false;
  worker.ip = '';
  worker.seenIp = '';
}

/** The kubelet has ended: its back-offs and its probes' timers were in its memory only. */
export function loseMemory(worker: PodWorker): void {
  losePlans(worker);
  worker.imageBackOff = undefined;
  for (const record of worker.containers) {
    record.backOff = undefined;
    for (const probe of record.probes ?? []) probe.forget();
  }
}

/** What a kubelet meant to do is lost with it, but for deletions, which the API server knows of. */
function losePlans(worker: PodWorker): void {
  if (worker.pod.metadata.deletionTimestamp === undefined) worker.stop = undefined;
  worker.isEnding = false;
  worker.isRelistPending = false;
  worker.syncedUs = -1;
  worker.mountRetry = undefined;
}

/** A node that has booted begins its pods anew, init containers too. */
export function beginAnew(worker: PodWorker): void {
  for (const record of worker.containers) {
    record.backOff = undefined;
    record.waiting = undefined;
    record.seen = record.run;
  }
  if (worker.sandboxCount === 0 || worker.initCount === 0) return;
  const fresh = newRecords(worker.pod);
  worker.containers = worker.containers.map((record, i) => {
    if (i >= worker.initCount || record.run !== Run.Exited || record.exitCode !== 0) return record;
    return again(fresh[i]!, record);
  });
}
