/**
 * `kubectl patch`. Models k8s.io/kubectl/pkg/cmd/patch.
 */
import { parse } from 'yaml';
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import { revisionOf } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';

export function* patch(command: ParsedCommand, context: KubectlContext): Task<void> {
  const type = command.flags.text('type') ?? 'strategic';
  if (type !== 'json' && type !== 'merge' && type !== 'strategic')
    throw new KubectlError(`error: --type must be one of [json merge strategic], not "${type}"`);
  const body: unknown = parse(command.flags.text('patch')!);
  for (const { kind, metadata } of yield* selectObjects(command, context)) {
    const before = yield* context.client.get(kind as Kind, metadata.namespace, metadata.name);
    const after = yield* context.client.patch(kind as Kind, metadata.namespace, metadata.name, { type, body });
    context.print(`${resourceName(kind as Kind, metadata.name)} patched${revisionOf(before) === revisionOf(after) ? ' (no change)' : ''}`);
  }
}
