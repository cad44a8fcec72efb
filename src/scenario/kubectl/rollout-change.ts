/**
 * `kubectl rollout pause`, `resume` and `restart`. Models k8s.io/kubectl/pkg/polymorphichelpers (objectpauser, objectresumer, objectrestarter).
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import type { Deployment } from '../../model/workloads.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';

const RESTARTABLE: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);

export function* rolloutPause(command: ParsedCommand, context: KubectlContext): Task<void> {
  for (const object of yield* selectObjects(command, context)) {
    if (isPaused(object, 'pausing'))
      throw new KubectlError(`error: deployments.apps "${object.metadata.name}" can't pause: already paused`);
    yield* patchSpec(object, { paused: true }, 'paused', context);
  }
}

export function* rolloutResume(command: ParsedCommand, context: KubectlContext): Task<void> {
  for (const object of yield* selectObjects(command, context)) {
    if (!isPaused(object, 'resuming'))
      throw new KubectlError(`error: deployments.apps "${object.metadata.name}" can't resume: is not paused`);
    yield* patchSpec(object, { paused: null }, 'resumed', context);
  }
}

export function* rolloutRestart(command: ParsedCommand, context: KubectlContext): Task<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': timeText(context.sim.nowUs) };
  for (const object of yield* selectObjects(command, context)) {
    if (!RESTARTABLE.has(object.kind)) throw new KubectlError(`error: restarting is not supported for ${object.kind}`);
    if (object.kind === 'Deployment' && (object as Deployment).spec.paused === true)
      throw new KubectlError(
        `error: deployments.apps "${object.metadata.name}" can't restart paused deployment (run rollout resume first)`,
      );
    yield* patchSpec(object, { template: { metadata: { annotations } } }, 'restarted', context);
  }
}

function isPaused(object: KubeObject, act: string): boolean {
  if (object.kind !== 'Deployment') throw new KubectlError(`error: ${act} is not supported for ${object.kind}`);
  return (object as Deployment).spec.paused === true;
}

function* patchSpec(object: KubeObject, spec: unknown, done: string, context: KubectlContext): Task<void> {
  const { namespace, name } = object.metadata;
  yield* context.client.patch(object.kind as Kind, namespace, name, { type: 'strategic', body: { spec } });
  context.print(`${resourceName(object.kind as Kind, name)} ${done}`);
}
