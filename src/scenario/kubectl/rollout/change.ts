/**
 * `kubectl rollout pause`, `resume` and `restart`.
 *
 * Models k8s.io/kubectl/pkg/cmd/rollout/rollout_{pause,resume,restart}.go and polymorphichelpers/object{pauser,resumer,restarter}.go.
 */
import { ApiError } from '../../../apiserver/api-error.ts';
import type { Task } from '../../../client/task.ts';
import { groupResource, type Kind } from '../../../model/kinds.ts';
import type { KubeObject } from '../../../model/meta.ts';
import { timeText } from '../../../model/time.ts';
import type { ParsedCommand } from '../command-line.ts';
import { type KubectlContext, warnLine } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { asMap, at, type JsonMap } from '../json.ts';
import { answerPrinter } from '../print-answer.ts';
import { namespaceOf, select } from '../select.ts';
import { writeOptionsOf } from '../write-options.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
const RESTARTABLE: ReadonlySet<Kind> = new Set<Kind>(['Deployment', 'DaemonSet', 'StatefulSet']);

interface Change {
  readonly operation: string;
  /** The patch, or why there is none. */
  readonly patch: (object: KubeObject, context: KubectlContext) => JsonMap;
}

const PAUSE: Change = {
  operation: 'paused',
  patch: (object) => {
    if (object.kind !== 'Deployment') throw new KubectlError('pausing is not supported');
    if (at(asMap(object), 'spec.paused') === true) throw new KubectlError('is already paused');
    return { spec: { paused: true } };
  },
};

const RESUME: Change = {
  operation: 'resumed',
  patch: (object) => {
    if (object.kind !== 'Deployment') throw new KubectlError('resuming is not supported');
    if (at(asMap(object), 'spec.paused') !== true) throw new KubectlError('is not paused');
    return { spec: { paused: null } };
  },
};

const RESTART: Change = {
  operation: 'restarted',
  patch: (object, { sim }) => {
    if (!RESTARTABLE.has(object.kind as Kind)) throw new KubectlError('restarting is not supported');
    if (at(asMap(object), 'spec.paused') === true) throw new KubectlError("can't restart paused deployment (run rollout resume first)");
    return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: timeText(sim.nowUs) } } } } };
  },
};

export function* rolloutPause(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* changeRollout(command, context, PAUSE);
}

export function* rolloutResume(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* changeRollout(command, context, RESUME);
}

export function* rolloutRestart(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* changeRollout(command, context, RESTART);
}

function* changeRollout(command: ParsedCommand, context: KubectlContext, { operation, patch }: Change): Task<void> {
  const { flags, args } = command;
  if (args.length === 0 && !flags.has('filename')) throw new KubectlError('required resource not specified');
  const answer = answerPrinter(command, context);
  const { infos, errors } = yield* select(command, context, { allowEmptySelector: true });
  const failures = [...errors];
  if (infos.length === 0 && errors.length === 0) warnLine(context, `No resources found in ${namespaceOf(flags, context)} namespace.`);
  for (const { kind, namespace, name, object } of infos) {
    try {
      const body = patch(object!, context);
      answer(
        yield* context.api.patch(kind, namespace, name, { type: 'strategic', body }, writeOptionsOf(flags, 'kubectl-rollout')),
        operation,
      );
    } catch (error) {
      if (error instanceof ApiError) failures.push(new KubectlError(`failed to patch: ${error.message}`));
      else if (error instanceof KubectlError)
        failures.push(new KubectlError(`error: ${groupResource(kind)} ${JSON.stringify(name)} ${error.message}`));
      else throw error;
    }
  }
  throwAll(failures);
}
