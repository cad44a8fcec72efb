/**
 * The phase of a pod, from what its kubelet has seen of its containers.
 *
 * Models getPhase (kubelet_pods.go): the first rule that matches decides (cluster.md 5.3), and a final phase never reverts.
 */
import type { PodPhase } from '../model/pod.ts';
import { type PodWorker, WorkerPhase } from './pod-worker.ts';
import { mayRestart } from './restart-policy.ts';
import { ContainerRole, Run } from './runtime/container-record.ts';

/** First match of the rules of cluster.md 5.3. */
export function phaseOf(worker: PodWorker): PodPhase {
  const last = worker.status?.phase;
  if (last === 'Succeeded' || last === 'Failed') return last;
  const { containers } = worker;
  const phase =
    worker.verdict !== undefined && (!worker.isAdmitted || worker.phase >= WorkerPhase.Terminated) ? 'Failed' : computedPhase(worker);
  // A phase that is final is not told before the last container has gone (status_manager.go, mergePodStatus).
  if ((phase === 'Succeeded' || phase === 'Failed') && containers.some((record) => record.run === Run.Running)) {
    return last ?? 'Pending';
  }
  return phase;
}

function computedPhase(worker: PodWorker): PodPhase {
  const { containers } = worker;
  let hasAppStarted = false;
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let failed = 0;
  let restartable = 0;
  let pendingInit = 0;
  for (const record of containers) {
    if (record.role !== ContainerRole.App) continue;
    if (record.seen === Run.None) {
      // One that waits after having run counts as stopped.
      if (record.last === undefined) waiting++;
      else stopped++;
    } else if (record.seen === Run.Running) running++;
    else {
      stopped++;
      if (record.exitCode !== 0) failed++;
      if (mayRestart(worker, record)) restartable++;
    }
    if (record.seen !== Run.None || record.last !== undefined) hasAppStarted = true;
  }
  for (const record of containers) {
    if (record.role === ContainerRole.App || hasAppStarted) continue;
    if (record.role === ContainerRole.Sidecar) {
      if (!(record.seen === Run.Running && record.isStarted)) pendingInit++;
    } else if (record.seen === Run.Exited && record.exitCode !== 0 && !mayRestart(worker, record)) return 'Failed';
    else if (!(record.seen === Run.Exited && record.exitCode === 0)) pendingInit++;
  }
  if (worker.phase === WorkerPhase.Terminated) return failed > 0 || waiting > 0 || pendingInit > 0 ? 'Failed' : 'Succeeded';
  if (pendingInit > 0) return 'Pending';
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped > 0) {
    if (worker.phase === WorkerPhase.Terminating) return 'Running';
    if (restartable > 0) return 'Running';
    return failed > 0 ? 'Failed' : 'Succeeded';
  }
  return 'Pending';
}

/** Have all app containers, or an init container that must not be started again, ended for good? */
export function isOver(worker: PodWorker): boolean {
  const phase = computedPhase(worker);
  return phase === 'Succeeded' || phase === 'Failed';
}
