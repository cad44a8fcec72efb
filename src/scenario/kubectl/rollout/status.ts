/**
 * `kubectl rollout status`: watches until the rollout is complete, has failed, or the time is up.
 *
 * Models k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go.
 */
import type { Task } from '../../../client/task.ts';
import type { Kind } from '../../../model/kinds.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../../../model/workloads.ts';
import type { ParsedCommand } from '../command-line.ts';
import { type KubectlContext, printLine, warnLine } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { goDurationUs } from '../go-duration.ts';
import { namespaceOf, select } from '../select.ts';
import { waitForObject } from '../wait-for-object.ts';
import { REVISION } from './revisions.ts';

interface RolloutState {
  readonly message: string;
  readonly isDone: boolean;
}

export function* rolloutStatus(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  const revision = flags.number('revision') ?? 0;
  if (args.length === 0 && !flags.has('filename')) throw new KubectlError('required resource not specified');
  if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
  const timeoutUs = goDurationUs(flags.text('timeout') ?? '0s');
  const { infos, errors } = yield* select(command, context, { allowEmptySelector: true });
  throwAll(errors.slice(0, 1));
  if (infos.length === 0) warnLine(context, `No resources found in ${namespaceOf(flags, context)} namespace.`);
  for (const { object } of infos) {
    const { kind, metadata } = object!;
    const result = yield* waitForObject(
      context,
      kind as Kind,
      metadata.namespace,
      metadata.name,
      (present) => {
        if (present === undefined) throw new KubectlError('object has been deleted');
        const state = rolloutState(present, revision);
        printLine(context, state.message);
        return state.isDone || !flags.isOn('watch', true);
      },
      timeoutUs > 0 ? timeoutUs : undefined,
    );
    if (result === 'timeout') throw new KubectlError('timed out waiting for the condition');
  }
}

export function rolloutState(object: KubeObject, revision = 0): RolloutState {
  switch (object.kind) {
    case 'Deployment':
      return deploymentState(object as Deployment, revision);
    case 'DaemonSet':
      return daemonSetState(object as DaemonSet);
    case 'StatefulSet':
      return statefulSetState(object as StatefulSet);
    default:
      throw new KubectlError(`no status viewer has been implemented for ${object.kind}`);
  }
}

function deploymentState({ metadata, spec, status = {} }: Deployment, revision: number): RolloutState {
  const { name } = metadata;
  const present = Number(metadata.annotations?.[REVISION] ?? 0);
  if (revision > 0 && present !== revision)
    throw new KubectlError(`desired revision (${revision}) is different from the running revision (${present})`);
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return waiting('Waiting for deployment spec update to be observed...');
  if (status.conditions?.find(({ type }) => type === 'Progressing')?.reason === 'ProgressDeadlineExceeded')
    throw new KubectlError(`deployment "${name}" exceeded its progress deadline`);
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
  if (spec.updateStrategy?.type === 'OnDelete') throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
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
  if (spec.updateStrategy?.type === 'OnDelete') throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
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
