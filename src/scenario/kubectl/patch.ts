/**
 * `kubectl patch`. Models k8s.io/kubectl/pkg/cmd/patch.
 */
import { parse } from 'yaml';
import { applyPatch, type Patch } from '../../apiserver/patch.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { PatchSubresource } from './api.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError, throwAll } from './errors.ts';
import { isMap, type Json, numberAt } from './json.ts';
import { answerPrinter } from './print-answer.ts';
import { type Info, select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';
import { yamlProblem } from './yaml-words.ts';

const TYPES = ['json', 'merge', 'strategic'];
const SUBRESOURCES = ['status', 'scale', 'resize'];

export function* patch(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const [given = '', file = ''] = [flags.text('patch'), flags.text('patch-file')];
  if (given !== '' && file !== '') throw new KubectlError('cannot specify --patch and --patch-file together');
  if (given === '' && file === '') throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch');
  const type = (flags.text('type') ?? 'strategic').toLowerCase();
  if (!TYPES.includes(type))
    throw new KubectlError(`--type must be one of [${TYPES.join(' ')}], not ${JSON.stringify(flags.text('type'))}`);
  const subresource = flags.text('subresource');
  if (subresource !== undefined && !SUBRESOURCES.includes(subresource))
    throw new KubectlError(`invalid subresource value: ${JSON.stringify(subresource)}. Must be one of [${SUBRESOURCES.join(' ')}]`);
  const body = parsed(file === '' ? given : readPatch(file, context));
  const answer = answerPrinter(command, context);
  const { infos, errors } = yield* select(command, context);
  const failures = [...errors];
  for (const info of infos) {
    try {
      const before = info.object!;
      const after = yield* patched(info, { type: type as Patch['type'], body }, subresource, command, context);
      answer(after, subresource !== 'scale' && isSameValue(before, after) ? 'patched (no change)' : 'patched');
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

function* patched(
  { kind, namespace, name, object }: Info,
  change: Patch,
  subresource: string | undefined,
  { flags }: ParsedCommand,
  { api }: KubectlContext,
): Task<KubeObject> {
  if (dryRunOf(flags) === 'client') return applyPatch(object!, change) as KubeObject;
  const options = { ...writeOptionsOf(flags, 'kubectl-patch'), fieldValidation: 'Warn' as const };
  if (subresource !== 'scale') return yield* api.patch(kind, namespace, name, change, options, subresource as PatchSubresource | undefined);
  const scale = yield* api.scale(kind, namespace!, name);
  const next = applyPatch({ spec: { replicas: scale.specReplicas } }, change) as Json;
  yield* api.patchScale(kind, namespace!, name, numberAt(next, 'spec.replicas') ?? 0, options);
  return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: object!.metadata, spec: isMap(next) ? next.spec : {} } as KubeObject;
}

function readPatch(file: string, context: KubectlContext): string {
  const text = context.files.text(file);
  if (text === undefined) throw new KubectlError(`unable to read patch file: open ${file}: no such file or directory`);
  return text;
}

/** YAML or JSON. */
function parsed(text: string): Json {
  const problem = yamlProblem(text);
  if (problem !== undefined) throw new KubectlError(`unable to parse ${JSON.stringify(text)}: error converting YAML to JSON: ${problem}`);
  return parse(text) as Json;
}
