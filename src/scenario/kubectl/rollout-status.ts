/**
 * `kubectl rollout status`: watches until the rollout is complete, has failed, or the time is up.
 *
 * Models k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go.
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../../model/workloads.ts';
import { parseDurationUs } from '../duration.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, selectObjects, waitForObject } from './context.ts';

interface RolloutState {
  readonly message: string;
  readonly isDone: boolean;
}

export function* rolloutStatus(command: ParsedCommand, context: KubectlContext): Task<void> {
  const timeout = command.flags.text('timeout');
  const timeoutUs = timeout === undefined ? undefined : parseDurationUs(timeout);
  for (const { kind, metadata } of yield* selectObjects(command, context)) {
    let last = '';
    const result = yield* waitForObject(
      context,
      kind as Kind,
      metadata.namespace,
      metadata.name,
      (object) => {
        if (object === undefined) throw new KubectlError('error: object has been deleted');
        const state = rolloutState(object);
        if (state.message !== last) context.print(state.message);
        last = state.message;
        return state.isDone || !command.flags.isOn('watch', true);
      },
      timeoutUs === 0 ? undefined : timeoutUs,
    );
    if (result === 'timeout') throw new KubectlError('error: timed out waiting for the condition');
  }
}

export function rolloutState(object: KubeObject): RolloutState {
  switch (object.kind) {
    case 'Deployment':
      return deploymentState(object as Deployment);
    case 'DaemonSet':
      return daemonSetState(object as DaemonSet);
    case 'StatefulSet':
      return statefulSetState(object as StatefulSet);
    default:
      throw new KubectlError(`error: no status viewer has been implemented for ${object.kind}`);
  }
}

function deploymentState({ metadata, spec, status = {} }: Deployment): RolloutState {
  const { name } = metadata;
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return waiting('Waiting for deployment spec update to be observed...');
  if (status.conditions?.find(({ type }) => type === 'Progressing')?.reason === 'ProgressDeadlineExceeded')
    throw new KubectlError(`error: deployment "${name}" exceeded its progress deadline`);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  const about = `Waiting for deployment "${name}" rollout to finish: `;
  if (updatedReplicas < (spec.replicas ?? 1))
    return waiting(`${about}${updatedReplicas} out of ${spec.replicas ?? 1} new replicas have been updated...`);
  if (replicas > updatedReplicas) return waiting(`${about}${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${about}${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return done(`deployment "${name}" successfully rolled out`);
}

function daemonSetState({ metadata, spec, status }: DaemonSet): RolloutState {
  if (spec.updateStrategy?.type === 'OnDelete')
    throw new KubectlError('error: rollout status is only available for RollingUpdate strategy type');
  const { name } = metadata;
  if (status === undefined || (metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('Waiting for daemon set spec update to be observed...');
  const { updatedNumberScheduled = 0, desiredNumberScheduled, numberAvailable = 0 } = status;
  const about = `Waiting for daemon set "${name}" rollout to finish: `;
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(`${about}${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  if (numberAvailable < desiredNumberScheduled)
    return waiting(`${about}${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  return done(`daemon set "${name}" successfully rolled out`);
}

function statefulSetState({ metadata, spec, status }: StatefulSet): RolloutState {
  if (spec.updateStrategy?.type === 'OnDelete')
    throw new KubectlError('error: rollout status is only available for RollingUpdate strategy type');
  if (status === undefined || (status.observedGeneration ?? 0) === 0 || (metadata.generation ?? 0) > status.observedGeneration!)
    return waiting('Waiting for statefulset spec update to be observed...');
  const replicas = spec.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0 } = status;
  if (readyReplicas < replicas) return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready...`);
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling !== undefined && spec.updateStrategy?.type !== undefined) {
    const wanted = replicas - (rolling.partition ?? 0);
    if (updatedReplicas < wanted)
      return waiting(`Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`);
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (status.updateRevision !== status.currentRevision)
    return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${status.updateRevision}...`);
  return done(`statefulset rolling update complete ${status.currentReplicas ?? 0} pods at revision ${status.currentRevision}...`);
}

function waiting(message: string): RolloutState {
  return { message, isDone: false };
}

function done(message: string): RolloutState {
  return { message, isDone: true };
}
