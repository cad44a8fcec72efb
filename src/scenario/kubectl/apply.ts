/**
 * `kubectl apply -f`: creates what is missing and patches what differs, remembering what was applied.
 *
 * Models k8s.io/kubectl/pkg/cmd/apply: what was applied last time and is gone from the file is removed, what others have set and the file
 * does not mention stays.
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import type { Task } from '../../client/task.ts';
import { KINDS } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, warnLine } from './context.ts';
import { isNotFound, KubectlError, throwAll, withSource } from './errors.ts';
import { asMap, goJson, type JsonMap, sorted } from './json.ts';
import { LAST_APPLIED, lastAppliedOf, withLastApplied } from './last-applied.ts';
import { threeWayPatch } from './merge-patch.ts';
import { answerPrinter, type PrintAnswer } from './print-answer.ts';
import { prune } from './prune.ts';
import { type Info, localObjects } from './select.ts';
import { serverSideApply } from './server-side-apply.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

export function* apply(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  if (args.length > 0) throw new KubectlError(`Unexpected args: [${args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`);
  if (!flags.has('filename')) throw new KubectlError('must specify one of -f and -k');
  const isServerSide = flags.isOn('server-side');
  if (flags.isOn('force-conflicts') && !isServerSide) throw new KubectlError('--force-conflicts only works with --server-side');
  if (isServerSide && dryRunOf(flags) === 'client')
    throw new KubectlError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  const isPruning = flags.isOn('prune');
  if (isPruning && !flags.isOn('all') && !flags.text('selector'))
    throw new KubectlError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
  const printAnswer = answerPrinter(command, context);
  const applied: KubeObject[] = [];
  const answer: PrintAnswer = (object, operation) => {
    applied.push(object);
    printAnswer(object, operation);
  };
  const { infos, errors } = localObjects(flags.all('filename'), command, context, flags.text('selector'));
  const failures = [...errors];
  for (const info of infos) {
    try {
      if (isServerSide) yield* serverSideApply(info, command, context, answer);
      else yield* applyOne(info, command, context, answer);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
  if (infos.length === 0) throw new KubectlError('no objects passed to apply');
  if (isPruning) yield* prune(applied, command, context, printAnswer);
}

function* applyOne(info: Info, command: ParsedCommand, context: KubectlContext, answer: PrintAnswer): Task<void> {
  const { flags } = command;
  const modified = withLastApplied(info.object!);
  const isLocal = dryRunOf(flags) === 'client';
  const options = writeOptionsOf(flags, 'kubectl-client-side-apply');
  const current = yield* presentOf(info, context);
  if (current === undefined) {
    if (isLocal) return answer(modified, 'created');
    try {
      return answer(yield* context.api.create(modified, options), 'created');
    } catch (error) {
      throw withSource('creating', info.source!, error);
    }
  }
  if (current.metadata.deletionTimestamp !== undefined)
    warnLine(context, `Warning: Detected changes to resource ${info.name} which is currently being deleted.`);
  const original = lastAppliedOf(current);
  if (original === undefined)
    warnLine(
      context,
      `Warning: resource ${KINDS[info.kind].resource}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
    );
  const body = threeWayPatch(original ?? {}, asMap(modified), asMap(current));
  if (body === undefined || (original !== undefined && isMemoryOnly(body, original, asMap(info.object!))))
    return answer(current, 'unchanged');
  if (isLocal) return answer(current, 'configured');
  let patched: KubeObject;
  try {
    patched = yield* context.api.patch(info.kind, info.namespace, info.name, { type: 'strategic', body }, options);
  } catch (error) {
    throw withSource(
      `applying patch:\n${goJson(sorted(body))}\nto:\n${infoText(info)}\nfor:`,
      info.source!,
      withSource('patching', info.source!, error),
    );
  }
  answer(patched, isSameValue(patched, current) ? 'unchanged' : 'configured');
}

/** Models Info.String of cli-runtime. */
function infoText({ kind, namespace = '', name }: Info): string {
  const { resource, group, version } = KINDS[kind];
  const about = `Resource: "${group}/${version}, Resource=${resource}", GroupVersionKind: "${group}/${version}, Kind=${kind}"`;
  return `${about}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}`;
}

function* presentOf({ kind, namespace, name }: Info, { api }: KubectlContext): Task<KubeObject | undefined> {
  try {
    return yield* api.get(kind, namespace, name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Only what is remembered differs, by the order of keys or by formatting: the objects are the same. */
function isMemoryOnly(body: JsonMap, original: JsonMap, given: JsonMap): boolean {
  const { metadata, ...others } = body;
  const { annotations, ...otherMetadata } = (metadata ?? {}) as JsonMap;
  if (Object.keys(others).length > 0 || Object.keys(otherMetadata).length > 0) return false;
  return Object.keys((annotations ?? {}) as object).join() === LAST_APPLIED && isSameValue(original, given);
}
