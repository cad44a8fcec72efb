/**
 * `kubectl annotate`. Models k8s.io/kubectl/pkg/cmd/annotate.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject, StringMap } from '../../model/meta.ts';
import { parsePairs, resourcesAndPairs } from './change-pairs.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError, throwAll } from './errors.ts';
import { changedMap, checkSelection, listPairs } from './label.ts';
import { jsonMergePatch } from './merge-patch.ts';
import { answerPrinter } from './print-answer.ts';
import { type Info, select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

/** May always be overwritten: each rollout has one of its own. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export function* annotate(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const { resources, pairs } = resourcesAndPairs(command.args, 'annotation');
  const { set, removed } = parsePairs(pairs, 'annotation', true);
  const isList = flags.isOn('list');
  if (isList && flags.has('output')) throw new KubectlError('--list and --output may not be specified together');
  checkSelection(command);
  if (resources.length === 0 && !flags.has('filename'))
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (set.size + removed.length === 0 && !isList) throw new KubectlError('at least one annotation update is required');
  const both = removed.filter((key) => set.has(key));
  if (both.length > 0)
    throw new KubectlError(`can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`);
  const answer = answerPrinter(command, context);
  const { infos, errors, isSingle } = yield* select(command, context, { args: resources });
  const version = flags.text('resource-version');
  if (version !== undefined && !isSingle) throw new KubectlError('--resource-version may only be used with a single resource');
  const annotateOne = function* ({ kind, namespace, name, object }: Info): Task<void> {
    const before = object!.metadata.annotations ?? {};
    if (isList) {
      listPairs(object!, before, 'annotations', isSingle, context);
      return;
    }
    if (!flags.isOn('overwrite')) checkOverwrites(before, set);
    const after = changedMap(before, set, removed);
    const changed = { ...object!, metadata: { ...object!.metadata, annotations: after } } as KubeObject;
    if (dryRunOf(flags) === 'client') return answer(changed, 'annotated');
    const patch = { ...jsonMergePatch({ metadata: { annotations: before } }, { metadata: { annotations: after } }) };
    const metadata = { ...(patch.metadata as object | undefined), ...(version === undefined ? {} : { resourceVersion: version }) };
    const body = Object.keys(metadata).length === 0 ? {} : { metadata };
    answer(
      yield* context.api.patch(kind, namespace, name, { type: 'merge', body }, writeOptionsOf(flags, 'kubectl-annotate')),
      'annotated',
    );
  };
  const failures = [...errors];
  for (const info of infos) {
    try {
      yield* annotateOne(info);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

function checkOverwrites(before: StringMap, set: ReadonlyMap<string, string>): void {
  const declared = [...set]
    .filter(([key, value]) => key !== CHANGE_CAUSE && before[key] !== undefined && before[key] !== value)
    .map(([key]) => `'${key}' already has a value (${before[key]})`);
  if (declared.length > 0)
    throw new KubectlError(`--overwrite is false but found the following declared annotation(s): ${declared.join('; ')}`);
}
