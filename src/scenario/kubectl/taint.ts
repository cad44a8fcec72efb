/**
 * `kubectl taint nodes`: `key=value:Effect` sets, `key:Effect-` and `key-` take away. Models k8s.io/kubectl/pkg/cmd/taint.
 */
import type { Task } from '../../client/task.ts';
import type { Taint } from '../../model/node.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError } from './context.ts';
import { nodesOf } from './cordon.ts';

const CHANGE = /^([\w./-]+?)(?:=([\w.-]*))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?(-)?$/;

export function isTaintChange(word: string): boolean {
  return (/[=:]/.test(word) || word.endsWith('-')) && CHANGE.test(word);
}

export function* taint(command: ParsedCommand, context: KubectlContext): Task<void> {
  const [, ...args] = command.args;
  const changes = args.filter(isTaintChange).map((word) => CHANGE.exec(word)!);
  if (changes.length === 0) throw new KubectlError('error: at least one taint update is required');
  const nodes = yield* nodesOf({ ...command, args: args.filter((word) => !isTaintChange(word)) }, context);
  for (const node of nodes) {
    const { name } = node.metadata;
    let taints: readonly Taint[] = node.spec?.taints ?? [];
    for (const [word, key, value, effect, minus] of changes) {
      const isSame = (one: Taint) => one.key === key && (effect === undefined || one.effect === effect);
      const exists = taints.some(isSame);
      if (minus !== undefined && !exists) throw new KubectlError(`error: taint "${word!.slice(0, -1)}" not found`);
      if (minus === undefined && exists && !command.flags.isOn('overwrite'))
        throw new KubectlError(`error: node ${name} already has ${key} taint(s) with same effect(s) and --overwrite is false`);
      taints = taints.filter((one) => !isSame(one));
      if (minus === undefined)
        taints = [...taints, { key: key!, ...(value === undefined || value === '' ? {} : { value }), effect: effect as Taint['effect'] }];
    }
    const body = { spec: { taints: taints.length === 0 ? null : taints } };
    yield* context.client.patch('Node', undefined, name, { type: 'strategic', body });
    context.print(`node/${name} ${changes.every(([, , , , minus]) => minus !== undefined) ? 'untainted' : 'tainted'}`);
  }
}
