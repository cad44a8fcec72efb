/**
 * `kubectl cordon` and `uncordon`. Models k8s.io/kubectl/pkg/drain/cordon.go.
 */
import type { Task } from '../../client/task.ts';
import type { Node } from '../../model/node.ts';
import { parseSelector } from '../selector-text.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';

export function* cordon(command: ParsedCommand, context: KubectlContext): Task<void> {
  for (const node of yield* nodesOf(command, context)) yield* setUnschedulable(node, true, context);
}

export function* uncordon(command: ParsedCommand, context: KubectlContext): Task<void> {
  for (const node of yield* nodesOf(command, context)) yield* setUnschedulable(node, false, context);
}

export function* setUnschedulable(node: Node, isUnschedulable: boolean, context: KubectlContext): Task<void> {
  const { name } = node.metadata;
  const done = isUnschedulable ? 'cordoned' : 'uncordoned';
  if ((node.spec?.unschedulable === true) === isUnschedulable) return context.print(`node/${name} already ${done}`);
  const body = { spec: { unschedulable: isUnschedulable ? true : null } };
  yield* context.client.patch('Node', undefined, name, { type: 'strategic', body });
  context.print(`node/${name} ${done}`);
}

/** The nodes named, or those the selector takes. */
export function* nodesOf(command: ParsedCommand, context: KubectlContext): Task<readonly Node[]> {
  const selector = command.flags.text('selector');
  if (selector !== undefined) return (yield* context.client.list('Node', { labelSelector: parseSelector(selector) })).items;
  const nodes: Node[] = [];
  for (const name of command.args) nodes.push(yield* context.client.get('Node', undefined, name.replace(/^nodes?\//, '')));
  return nodes;
}
