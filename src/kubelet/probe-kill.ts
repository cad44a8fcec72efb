/**
 * What a failed startup or liveness probe has done to its container: how it is stopped, in which words, and whether it comes back.
 *
 * Models computePodActions and computeInitContainerActions of pkg/kubelet/kuberuntime/kuberuntime_manager.go.
 */
import type { PodWorker } from './pod-worker.ts';
import { ProbeKind, type ProbeState } from './probe-state.ts';
import { isRestartedAfterKill } from './restart-policy.ts';
import { type ContainerRecord, ContainerRole } from './runtime/container-record.ts';

/** The container's next pass stops it. */
export function condemn(worker: PodWorker, record: ContainerRecord, { kind, spec }: ProbeState): void {
  const isSidecar = record.role === ContainerRole.Sidecar;
  const name = kind === ProbeKind.Startup ? 'startup' : 'liveness';
  const what = `${isSidecar ? 'Init container' : 'Container'} ${record.spec.name} failed ${name} probe`;
  record.isKilledToRestart = isRestartedAfterKill(worker, record);
  record.killMessage = record.isKilledToRestart && !isSidecar ? `${what}, will be restarted` : what;
  record.killGraceSeconds = spec.terminationGracePeriodSeconds ?? worker.pod.spec.terminationGracePeriodSeconds ?? 30;
}
