/**
 * What the end of a container asks for: to be started again, to have all containers of its pod started again, or nothing.
 *
 * Models ShouldContainerBeRestarted and ContainerShouldRestart (pkg/kubelet/container/helpers.go) with the rules of KEP-5307 and
 * KEP-5532: the first rule of a container that matches its exit code decides, then its own policy, then the pod's.
 */
import type { ContainerRestartRule } from '../model/pod.ts';
import type { PodWorker } from './pod-worker.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

/** May the container, as it ended last, be started again? One that has not ended is asked by its policy alone. */
export function mayRestart(worker: PodWorker, record: ContainerRecord): boolean {
  if (record.role === ContainerRole.Sidecar) return true;
  if (record.run === Run.Exited && matchingRule(record) !== undefined) return true;
  const policy = record.spec.restartPolicy ?? worker.pod.spec.restartPolicy ?? 'Always';
  if (record.role === ContainerRole.Init) return policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && record.exitCode !== 0);
}

/** Is a running container that has to be killed started again? Its exit code has no say in that. */
export function isRestartedAfterKill(worker: PodWorker, { role, spec }: ContainerRecord): boolean {
  return role === ContainerRole.Sidecar || (spec.restartPolicy ?? worker.pod.spec.restartPolicy) !== 'Never';
}

/** Has the container ended in a way that has all containers of its pod start again? */
export function asksForAll(record: ContainerRecord): boolean {
  return record.run === Run.Exited && matchingRule(record)?.action === 'RestartAllContainers';
}

function matchingRule({ spec, exitCode }: ContainerRecord): ContainerRestartRule | undefined {
  return spec.restartPolicyRules?.find(({ exitCodes }) => {
    if (exitCodes === undefined) return false;
    const isListed = exitCodes.values?.includes(exitCode) === true;
    return exitCodes.operator === 'In' ? isListed : !isListed;
  });
}
