/**
 * `kubectl delete`: asks for each deletion, then waits until the objects are gone.
 *
 * Models k8s.io/kubectl/pkg/cmd/delete and cmd/wait.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { DeleteOptions } from '../../apiserver/api-server.ts';
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { ParsedCommand } from './command-line.ts';
import {
  errorText,
  type KubectlContext,
  KubectlError,
  namespaceIn,
  namespaceOf,
  selectObjects,
  singular,
  waitForObject,
} from './context.ts';
import { resourceArguments } from './resource-arguments.ts';

interface Target {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
}

export function* deleteObjects(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const errors: string[] = [];
  const gone: (Target & { readonly uid: string })[] = [];
  for (const target of yield* targetsOf(command, context)) {
    const { kind, namespace, name } = target;
    try {
      const { metadata } = yield* context.client.delete(kind, namespace, name, deleteOptions(command));
      context.print(
        `${singular(kind)} "${name}" ${flags.isOn('force') ? 'force deleted' : 'deleted'}${namespace === undefined ? '' : ` from ${namespace} namespace`}`,
      );
      gone.push({ ...target, uid: metadata.uid ?? '' });
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound' && flags.isOn('ignore-not-found')) continue;
      errors.push(errorText(error));
    }
  }
  if (flags.isOn('wait', true)) {
    for (const { kind, namespace, name, uid } of gone) {
      yield* waitForObject(context, kind, namespace, name, (object) => object === undefined || object.metadata.uid !== uid);
    }
  }
  if (errors.length > 0) throw new KubectlError(errors.join('\n'));
}

function* targetsOf(command: ParsedCommand, context: KubectlContext): Task<Target[]> {
  const { flags } = command;
  const namespace = namespaceOf(flags);
  const targets: Target[] = flags.all('filename').flatMap((file) =>
    context.manifest(file).map(({ kind, metadata }) => ({
      kind: kind as Kind,
      namespace: namespaceIn(kind as Kind, metadata.namespace ?? namespace),
      name: metadata.name,
    })),
  );
  const named = resourceArguments(command.args);
  if (named.targets.length > 0)
    targets.push(...named.targets.map(({ kind, name }) => ({ kind, namespace: namespaceIn(kind, namespace), name })));
  else if (flags.has('selector') || flags.isOn('all')) {
    for (const { kind, metadata } of yield* selectObjects(command, context))
      targets.push({ kind: kind as Kind, namespace: metadata.namespace, name: metadata.name });
  }
  return targets;
}

function deleteOptions({ flags }: ParsedCommand): DeleteOptions {
  const cascade = flags.text('cascade') ?? 'background';
  const propagationPolicy = cascade === 'orphan' ? 'Orphan' : cascade === 'foreground' ? 'Foreground' : 'Background';
  const grace = flags.isOn('now') ? 1 : flags.isOn('force') ? (flags.number('grace-period') ?? 0) : flags.number('grace-period');
  return { propagationPolicy, ...(grace === undefined || grace < 0 ? {} : { gracePeriodSeconds: grace }) };
}
