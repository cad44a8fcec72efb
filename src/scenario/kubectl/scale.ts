/**
 * `kubectl scale`. Models k8s.io/kubectl/pkg/cmd/scale.
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';

export function* scale(command: ParsedCommand, context: KubectlContext): Task<void> {
  const replicas = command.flags.number('replicas')!;
  if (replicas < 0) throw new KubectlError('error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  const expected = command.flags.number('current-replicas');
  for (const { kind, metadata } of yield* selectObjects(command, context)) {
    if (expected !== undefined && expected >= 0) {
      const { specReplicas } = yield* context.client.scale(kind as Kind, metadata.namespace!, metadata.name);
      if (specReplicas !== expected) throw new KubectlError(`error: Expected replicas to be ${expected}, was ${specReplicas}`);
    }
    yield* context.client.updateScale(kind as Kind, metadata.namespace!, metadata.name, replicas);
    context.print(`${resourceName(kind as Kind, metadata.name)} scaled`);
  }
}
