/**
 * `kubectl taint nodes`: `key=value:Effect` sets, `key:Effect-` and `key-` take away. Models k8s.io/kubectl/pkg/cmd/taint.
 */
import type { Task } from '../../client/task.ts';
import type { Node, Taint } from '../../model/node.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError, throwAll, usageError } from './errors.ts';
import { asMap, isMap, type JsonMap } from './json.ts';
import { twoWayPatch } from './merge-patch.ts';
import { answerPrinter } from './print-answer.ts';
import { kindNamed } from './resource-arguments.ts';
import { type Info, select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface TaintSpec {
  readonly key: string;
  readonly value: string;
  /** Empty for every effect. */
  readonly effect: string;
}

interface TaintChanges {
  readonly added: readonly TaintSpec[];
  readonly removed: readonly TaintSpec[];
}

/** Is this word of the command a change, and not a node? */
export function isTaintChange(word: string): boolean {
  return /[=:]/.test(word) || word.endsWith('-');
}

export function* taint(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  const first = args.findIndex(isTaintChange);
  const resources = first < 0 ? args : args.slice(0, first);
  const specs = first < 0 ? [] : args.slice(first);
  const stray = specs.find((word) => !isTaintChange(word));
  if (stray !== undefined) throw new KubectlError(`all resources must be specified before taint changes: ${stray}`);
  if (resources.length === 0) throw new KubectlError('one or more resources must be specified as <resource> <name>');
  if (specs.length === 0) throw new KubectlError('at least one taint update is required');
  const changes = parseTaints(specs);
  checkTaintArguments(command, resources, changes);
  const isSelected = flags.isOn('all') || flags.has('selector');
  const { infos, errors } = yield* select(command, context, { args: isSelected ? ['nodes'] : ['nodes', ...resources.slice(1)] });
  const answer = answerPrinter(command, context);
  const taintOne = function* ({ name, object }: Info): Task<void> {
    const node = object as Node;
    const { operation, taints } = changedTaints(node, changes, flags.isOn('overwrite'));
    const { taints: _, ...rest } = node.spec ?? {};
    const changed = { ...node, spec: taints.length === 0 ? rest : { ...rest, taints } };
    if (dryRunOf(flags) === 'client') return answer(changed, operation);
    const body: JsonMap = twoWayPatch({ spec: asSpec(node) }, { spec: asSpec(changed) }) ?? {};
    answer(
      yield* context.api.patch('Node', undefined, name, { type: 'strategic', body }, writeOptionsOf(flags, 'kubectl-taint')),
      operation,
    );
  };
  const failures = [...errors];
  for (const info of infos) {
    try {
      yield* taintOne(info);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

function asSpec(node: Node): JsonMap {
  const { spec } = asMap(node);
  return isMap(spec) ? spec : {};
}

function checkTaintArguments({ flags }: ParsedCommand, resources: readonly string[], { added, removed }: TaintChanges): void {
  const type = resources[0]!.toLowerCase();
  if (kindNamed(type) !== 'Node') throw new KubectlError(`invalid resource type ${type}, only node types are supported`);
  const both = added.flatMap((one) =>
    removed
      .filter(({ key, effect }) => key === one.key && (effect === '' || effect === one.effect))
      .map(({ key, effect }) => `${key}=${effect}`),
  );
  if (both.length > 0)
    throw new KubectlError(`can not both modify and remove the following taint(s) in the same command: ${both.join(', ')}`);
  const [isAll, selector] = [flags.isOn('all'), flags.text('selector') ?? ''];
  if (isAll && selector !== '') throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited");
  if (!isAll && selector === '' && resources.length < 2)
    throw new KubectlError("at least one resource name must be specified since 'all' parameter is not set");
}

function changedTaints(node: Node, changes: TaintChanges, isOverwrite: boolean): { operation: string; taints: Taint[] } {
  const before = node.spec?.taints ?? [];
  const isSame = (a: { readonly key: string; readonly effect: string }, b: { readonly key: string; readonly effect: string }) =>
    a.key === b.key && a.effect === b.effect;
  const exists = changes.added.filter((one) => before.some((old) => isSame(old, one)));
  if (exists.length > 0 && !isOverwrite) {
    const keys = exists.map(({ key }) => key).join(',');
    throw new KubectlError(`node ${node.metadata.name} already has ${keys} taint(s) with same effect(s) and --overwrite is false`);
  }
  const fresh = changes.added.map(({ key, value, effect }) => ({ key, ...(value === '' ? {} : { value }), effect }) as Taint);
  let taints = [...fresh, ...before.filter((old) => !fresh.some((one) => isSame(old, one)))];
  const isAdded = taints.length !== before.length;
  let isRemoved = false;
  const errors: unknown[] = [];
  for (const gone of changes.removed) {
    const kept = taints.filter((one) => one.key !== gone.key || (gone.effect !== '' && one.effect !== gone.effect));
    isRemoved = kept.length !== taints.length;
    if (!isRemoved)
      errors.push(new KubectlError(`taint ${JSON.stringify(gone.effect === '' ? gone.key : `${gone.key}:${gone.effect}`)} not found`));
    taints = kept;
  }
  throwAll(errors);
  if ((isAdded && isRemoved) || isOverwrite) return { operation: 'modified', taints };
  return { operation: isAdded ? 'tainted' : 'untainted', taints };
}

function parseTaints(specs: readonly string[]): TaintChanges {
  const refuse = (message: string) => usageError('taint', message);
  const added: TaintSpec[] = [];
  const removed: TaintSpec[] = [];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      removed.push(parseTaint(spec.slice(0, -1)));
      continue;
    }
    const one = parseTaint(spec);
    if (one.effect === '') throw refuse(`invalid taint spec: ${spec}`);
    if (added.some(({ key, effect }) => key === one.key && effect === one.effect))
      throw refuse(`duplicated taints with the same key and effect: {${one.key} ${one.value} ${one.effect} <nil>}`);
    added.push(one);
  }
  return { added, removed };
}

function parseTaint(spec: string): TaintSpec {
  const parts = spec.split(':');
  const [pair = '', effect = ''] = parts;
  const invalid = usageError('taint', `invalid taint spec: ${spec}`);
  if (parts.length > 2) throw invalid;
  if (parts.length === 2 && !EFFECTS.includes(effect))
    throw usageError('taint', `invalid taint effect: ${effect}, unsupported taint effect`);
  if (parts.length === 1) return { key: pair, value: '', effect: '' };
  const [key = '', value = '', ...more] = pair.split('=');
  if (more.length > 0) throw invalid;
  return { key, value, effect };
}
