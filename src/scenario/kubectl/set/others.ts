/**
 * `kubectl set serviceaccount`, `set selector` and `set subject`.
 *
 * Models k8s.io/kubectl/pkg/cmd/set/set_serviceaccount.go, set_selector.go and set_subject.go.
 */
import type { Task } from '../../../client/task.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { subjectsOf } from '../create/account.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { asMap, isMap, type JsonMap, listAt, withAt } from '../json.ts';
import { twoWayPatch } from '../merge-patch.ts';
import { answerPrinter } from '../print-answer.ts';
import { type Info, select } from '../select.ts';
import { selectorOf } from '../selector-flag.ts';
import { dryRunOf, writeOptionsOf } from '../write-options.ts';
import { changePodSpecs } from './pod-spec.ts';

export function* setServiceAccount(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args } = command;
  if (args.length === 0) throw new KubectlError('serviceaccount is required');
  const account = args.at(-1)!;
  yield* changePodSpecs(command, context, {
    resources: args.slice(0, -1),
    operation: 'serviceaccount updated',
    failure: 'failed to patch ServiceAccountName:',
    // Both names of the one field: the old one follows the new.
    change: (spec) => ({ ...spec, serviceAccountName: account, serviceAccount: account }),
  });
}

export function* setSelector(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args } = command;
  if (args.length === 0) throw new KubectlError('one selector is required');
  const { matchLabels = {}, matchExpressions = [] } = selectorOf(args.at(-1)!);
  yield* changeObjects(command, context, args.slice(0, -1), 'selector updated', ({ object }) => {
    if (object!.kind !== 'Service') throw new KubectlError('setting a selector is only supported for Services');
    if (matchExpressions.length > 0) throw new KubectlError('match expression not supported on this object');
    return withAt(object!, 'spec.selector', matchLabels) as KubeObject;
  });
}

export function* setSubject(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const found = yield* select(command, context);
  throwAll(found.errors);
  if (!flags.has('user') && !flags.has('group') && !flags.has('serviceaccount'))
    throw new KubectlError('you must specify at least one value of user, group or serviceaccount');
  const added = subjectsOf(command);
  yield* changeObjects(command, context, command.args, 'subjects updated', ({ object }) => {
    const present = listAt(asMap(object!), 'subjects').filter(isMap);
    const isSame = (a: JsonMap, b: JsonMap) => ['kind', 'name', 'namespace'].every((field) => a[field] === b[field]);
    const fresh = added.filter((one) => !present.some((other) => isSame(one, other)));
    return { ...object!, subjects: [...present, ...fresh] } as KubeObject;
  });
}

function* changeObjects(
  command: ParsedCommand,
  context: KubectlContext,
  resources: readonly string[],
  operation: string,
  change: (info: Info) => KubeObject,
): Task<void> {
  const answer = answerPrinter(command, context);
  const { infos, errors } = yield* select(command, context, { args: resources, allowEmptySelector: command.flags.isOn('all') });
  throwAll(errors);
  for (const info of infos) {
    const object = change(info);
    if (dryRunOf(command.flags) === 'client') {
      answer(object, operation);
      continue;
    }
    // The selector of a Service is one value: what is not wanted has to be taken out by name.
    const body = twoWayPatch(asMap(info.object!), asMap(object)) ?? {};
    const options = writeOptionsOf(command.flags, 'kubectl-set');
    answer(yield* context.api.patch(info.kind, info.namespace, info.name, { type: 'strategic', body }, options), operation);
  }
}
