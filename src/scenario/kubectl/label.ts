/**
 * `kubectl label`. Models k8s.io/kubectl/pkg/cmd/label.
 */
import type { Task } from '../../client/task.ts';
import { KINDS } from '../../model/kinds.ts';
import type { KubeObject, StringMap } from '../../model/meta.ts';
import { resourcesAndPairs } from './change-pairs.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine } from './context.ts';
import { KubectlError, throwAll } from './errors.ts';
import { jsonMergePatch } from './merge-patch.ts';
import { answerPrinter } from './print-answer.ts';
import { type Info, select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_VALUE_LENGTH_MAX = 63;
const LABEL_VALUE_WANTED =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export function* label(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const answer = answerPrinter(command, context);
  const { resources, pairs } = resourcesAndPairs(command.args, 'label');
  const changes = parseLabels(pairs);
  const isList = flags.isOn('list');
  if (isList && flags.has('output')) throw new KubectlError('--list and --output may not be specified together');
  checkSelection(command);
  if (resources.length === 0 && !flags.has('filename'))
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (changes.set.size + changes.removed.length === 0 && !isList) throw new KubectlError('at least one label update is required');
  const { infos, errors, isSingle } = yield* select(command, context, { args: resources });
  const version = flags.text('resource-version');
  if (version !== undefined && !isSingle) throw new KubectlError('--resource-version may only be used with a single resource');
  const failures = [...errors];
  const labelOne = function* (info: Info): Task<void> {
    const object = info.object!;
    const before = object.metadata.labels ?? {};
    if (isList) {
      listPairs(object, before, 'labels', isSingle, context);
      return;
    }
    const isLocal = dryRunOf(flags) === 'client';
    if (!isLocal) for (const key of changes.removed) if (before[key] === undefined) printLine(context, `label "${key}" not found.`);
    if (!flags.isOn('overwrite')) checkOverwrites(before, changes.set);
    const added = [...changes.set].filter(([key, value]) => before[key] !== value);
    const removed = changes.removed.filter((key) => before[key] !== undefined);
    const after = changedMap(before, changes.set, changes.removed);
    const changed = { ...object, metadata: { ...object.metadata, labels: after } } as KubeObject;
    const operation = wordFor(added.length, removed.length);
    if (isLocal || added.length + removed.length === 0) return answer(changed, operation);
    const patch = { ...jsonMergePatch({ metadata: { labels: before } }, { metadata: { labels: after } }) };
    const body = version === undefined ? patch : { metadata: { ...(patch.metadata as object), resourceVersion: version } };
    const options = writeOptionsOf(flags, 'kubectl-label');
    const patched = yield* context.api.patch(info.kind, info.namespace, info.name, { type: 'merge', body }, options);
    answer(flags.has('output') ? patched : changed, operation);
  };
  for (const info of infos) {
    try {
      yield* labelOne(info);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

export function checkSelection({ flags }: ParsedCommand): void {
  if (!flags.isOn('all')) return;
  if (flags.text('selector')) throw new KubectlError('cannot set --all and --selector at the same time');
  if (flags.text('field-selector')) throw new KubectlError('cannot set --all and --field-selector at the same time');
}

export function changedMap(before: StringMap, set: ReadonlyMap<string, string>, removed: readonly string[]): StringMap {
  const after: Record<string, string> = { ...before };
  for (const [key, value] of set) after[key] = value;
  for (const key of removed) delete after[key];
  return after;
}

/** `--list`: the pairs, under a title when there are several objects. */
export function listPairs(object: KubeObject, pairs: StringMap, what: string, isSingle: boolean, context: KubectlContext): void {
  const { kind, metadata } = object;
  const { group } = KINDS[kind as keyof typeof KINDS];
  if (!isSingle) printLine(context, `Listing ${what} for ${kind}.${group}/${metadata.name}:`);
  for (const key of Object.keys(pairs).sort()) printLine(context, `${isSingle ? '' : ' '}${key}=${pairs[key]}`);
}

function checkOverwrites(before: StringMap, set: ReadonlyMap<string, string>): void {
  const errors = [...set]
    .filter(([key, value]) => before[key] !== undefined && before[key] !== value)
    .map(([key]) => new KubectlError(`'${key}' already has a value (${before[key]}), and --overwrite is false`));
  throwAll(errors);
}

function wordFor(added: number, removed: number): string {
  if (added > 0) return removed > 0 ? 'modified' : 'labeled';
  return removed > 0 ? 'unlabeled' : 'not labeled';
}

function parseLabels(specs: readonly string[]): { readonly set: ReadonlyMap<string, string>; readonly removed: readonly string[] } {
  const set = new Map<string, string>();
  const removed: string[] = [];
  for (const spec of specs) {
    if (!spec.includes('=')) {
      removed.push(spec.slice(0, -1));
      continue;
    }
    const parts = spec.split('=');
    if (parts.length !== 2) throw new KubectlError(`invalid label spec: ${spec}`);
    const [key = '', value = ''] = parts;
    if (!LABEL_VALUE.test(value)) throw new KubectlError(`invalid label value: ${JSON.stringify(spec)}: ${LABEL_VALUE_WANTED}`);
    if (value.length > LABEL_VALUE_LENGTH_MAX)
      throw new KubectlError(`invalid label value: ${JSON.stringify(spec)}: must be no more than ${LABEL_VALUE_LENGTH_MAX} bytes`);
    set.set(key, value);
  }
  if (removed.some((key) => set.has(key))) throw new KubectlError('can not both modify and remove a label in the same command');
  return { set, removed };
}
