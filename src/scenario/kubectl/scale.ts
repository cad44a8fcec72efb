/**
 * `kubectl scale`. Models k8s.io/kubectl/pkg/cmd/scale and pkg/scale.
 */
import { noResource } from '../../apiserver/api-error.ts';
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError, SeveralErrors, throwAll } from './errors.ts';
import { asMap, withAt } from './json.ts';
import { answerPrinter } from './print-answer.ts';
import { type Info, select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

/** Kinds with a scale subresource; of any other the server knows no such path. */
const SCALABLE: ReadonlySet<Kind> = new Set<Kind>(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

export function* scale(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const answer = answerPrinter(command, context);
  const replicas = flags.number('replicas')!;
  const expected = flags.number('current-replicas') ?? -1;
  if (replicas < 0) throw new KubectlError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  if (expected < -1) throw new KubectlError('The --current-replicas must specify an integer of -1 or greater');
  const { infos, errors } = yield* select(command, context, { allowEmptySelector: flags.isOn('all') });
  if (flags.has('resource-version') && infos.length > 1) throw new KubectlError('cannot use --resource-version with multiple resources');
  if (infos.length === 0) {
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new SeveralErrors(errors);
    throw new KubectlError('no objects passed to scale');
  }
  for (const info of infos) {
    const isLocal = dryRunOf(flags) === 'client';
    if (!isLocal) yield* scaleOne(info, replicas, expected, command, context);
    answer(isLocal || hasReplicas(info) ? (withAt(info.object!, 'spec.replicas', replicas) as KubeObject) : info.object!, 'scaled');
  }
  throwAll(errors);
}

function hasReplicas({ object }: Info): boolean {
  return (asMap(object!).spec as { readonly replicas?: number } | undefined)?.replicas !== undefined;
}

function* scaleOne(
  { kind, namespace, name }: Info,
  replicas: number,
  expected: number,
  { flags }: ParsedCommand,
  context: KubectlContext,
): Task<void> {
  if (!SCALABLE.has(kind)) throw noResource();
  const version = flags.text('resource-version') ?? '';
  const options = writeOptionsOf(flags, 'kubectl');
  const isHeld = expected >= 0 || version !== '';
  if (isHeld) {
    const { specReplicas, resourceVersion } = yield* context.api.scale(kind, namespace!, name);
    if (expected >= 0 && specReplicas !== expected) throw new KubectlError(`Expected replicas to be ${expected}, was ${specReplicas}`);
    if (version !== '' && resourceVersion !== version)
      throw new KubectlError(`Expected resource version to be ${version}, was ${resourceVersion}`);
  }
  // Without anything to be held to, kubectl does not read first and sends a PATCH.
  if (isHeld) yield* context.api.updateScale(kind, namespace!, name, replicas, options);
  else yield* context.api.patchScale(kind, namespace!, name, replicas, options);
}
