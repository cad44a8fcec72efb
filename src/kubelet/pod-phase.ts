/**
 * The phase of a pod, from what its kubelet has seen of its containers, and what is told of it.
 *
 * Models getPhase and generateAPIPodStatus (kubelet_pods.go) and mergePodStatus (status/status_manager.go): the first rule that matches
 * decides (cluster.md 5.3), a final phase never reverts, and it is told when nothing of the pod can run any more.
 */
import type { PodPhase } from '../model/pod.ts';
import { type PodWorker, WorkerPhase } from './pod-worker.ts';
import { mayRestart } from './restart-policy.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

export function isFinal(phase: PodPhase | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** The phase as it follows from what is seen: the conditions go by it. */
export function generatedPhase(worker: PodWorker): PodPhase {
  if (isFinal(worker.generatedPhase)) return worker.generatedPhase;
  const { verdict } = worker;
  if (verdict !== undefined && (verdict.isImmediate === true || worker.phase >= WorkerPhase.Terminated)) return 'Failed';
  return computedPhase(worker);
}

/** The phase that is told: a final one only when all containers have gone and the sandbox with them. */
export function toldPhase(worker: PodWorker): PodPhase {
  if (worker.phase < WorkerPhase.Terminated && isFinal(worker.generatedPhase)) return worker.status?.phase ?? 'Pending';
  return worker.generatedPhase;
}

/** First match of the rules of cluster.md 5.3. */
function computedPhase(worker: PodWorker): PodPhase {
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let failed = 0;
  let restartable = 0;
  let isInitPending = false;
  for (const record of worker.containers) {
    if (record.role === ContainerRole.Init) {
      if (record.seen === Run.Running || (record.seen === Run.None && record.last === undefined)) isInitPending = true;
      else if (hasFailedForGood(worker, record)) return 'Failed';
    } else if (record.seen === Run.Running) {
      running++;
      // A sidecar that starts again holds up nothing once the app containers have had their turn.
      if (record.role === ContainerRole.Sidecar && !record.isStarted && !worker.isInitialized) isInitPending = true;
    } else if (record.seen === Run.None && record.last === undefined) waiting++;
    else if (record.role === ContainerRole.App) {
      // One that waits after having run counts as stopped.
      stopped++;
      if (record.seen === Run.None) restartable++;
      else if (record.exitCode !== 0) failed++;
      if (record.seen === Run.Exited && mayRestart(worker, record)) restartable++;
    }
  }
  if (worker.phase === WorkerPhase.Terminated) return failed > 0 || waiting > 0 || isInitPending ? 'Failed' : 'Succeeded';
  if (isInitPending || waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (worker.phase === WorkerPhase.Terminating || restartable > 0) return 'Running';
  return failed > 0 ? 'Failed' : 'Succeeded';
}

function hasFailedForGood(worker: PodWorker, record: ContainerRecord): boolean {
  return record.seen === Run.Exited && record.exitCode !== 0 && !mayRestart(worker, record);
}

/** Have all app containers, or an init container that must not be started again, ended for good? Sidecars keep no pod alive. */
export function isOver(worker: PodWorker): boolean {
  if (isFinal(worker.generatedPhase)) return true;
  let isAppLeft = false;
  for (const record of worker.containers) {
    if (record.role === ContainerRole.Init && hasFailedForGood(worker, record)) return true;
    if (record.role === ContainerRole.App && !(record.seen === Run.Exited && !mayRestart(worker, record))) isAppLeft = true;
  }
  return !isAppLeft;
}
