/**
 * `kubectl cordon` and `kubectl uncordon`. Models RunCordonOrUncordon of k8s.io/kubectl/pkg/cmd/drain.
 */
import type { Task } from '../../client/task.ts';
import type { Node } from '../../model/node.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine, warnLine } from './context.ts';
import { KubectlError, messageOf, throwAll, usageError } from './errors.ts';
import { resourceName } from './names.ts';
import { select } from './select.ts';
import { dryRunOf, dryRunSuffix, writeOptionsOf } from './write-options.ts';

export function* cordon(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* setUnschedulable(yield* nodesOf(command, context), true, command, context);
}

export function* uncordon(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* setUnschedulable(yield* nodesOf(command, context), false, command, context);
}

/** The nodes named, as `n1`, `node/n1` or by a selector. The first that is not there stops everything. */
export function* nodesOf(command: ParsedCommand, context: KubectlContext): Task<readonly Node[]> {
  const { args, flags, verb } = command;
  if (args.length === 0 && !flags.has('selector')) throw usageError(verb.words, `USAGE: ${verb.words} NODE [flags]`);
  if (args.length > 0 && flags.text('selector'))
    throw usageError(verb.words, 'error: cannot specify both a node name and a --selector option');
  const names = args.map((arg) => (arg.includes('/') ? arg : `nodes/${arg}`));
  const { infos, errors } = yield* select(command, context, { args: names.length === 0 ? ['nodes'] : names });
  const stranger = infos.find(({ kind }) => kind !== 'Node');
  if (stranger !== undefined) throw new KubectlError(`error: expected resource of type node, got "${stranger.kind}"`);
  throwAll(errors.slice(0, 1));
  return infos.map(({ object }) => object as Node);
}

export function* setUnschedulable(
  nodes: readonly Node[],
  isUnschedulable: boolean,
  { flags }: ParsedCommand,
  context: KubectlContext,
): Task<void> {
  const word = isUnschedulable ? 'cordoned' : 'uncordoned';
  const dryRun = dryRunOf(flags);
  const suffix = dryRunSuffix(dryRun);
  for (const node of nodes) {
    const { name } = node.metadata;
    if ((node.spec?.unschedulable === true) === isUnschedulable) {
      printLine(context, `${resourceName(node)} already ${word}${suffix}`);
      continue;
    }
    if (dryRun !== 'client') {
      const body = { spec: { unschedulable: isUnschedulable ? true : null } };
      try {
        yield* context.api.patch('Node', undefined, name, { type: 'strategic', body }, writeOptionsOf(flags, 'kubectl-cordon'));
      } catch (error) {
        warnLine(context, `error: unable to ${isUnschedulable ? 'cordon' : 'uncordon'} node "${name}": ${messageOf(error)}`);
        continue;
      }
    }
    printLine(context, `${resourceName(node)} ${word}${suffix}`);
  }
}
