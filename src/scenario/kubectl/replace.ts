/**
 * `kubectl replace`, and with `--force` deleting first and creating anew. Models k8s.io/kubectl/pkg/cmd/replace.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine, warnLine } from './context.ts';
import { isNotFound, KubectlError, throwAll, usageError, withSource } from './errors.ts';
import { goDurationUs } from './go-duration.ts';
import { LAST_APPLIED, withLastApplied } from './last-applied.ts';
import { singular } from './names.ts';
import { answerPrinter } from './print-answer.ts';
import { type Info, localObjects } from './select.ts';
import { waitForObject } from './wait-for-object.ts';
import { dryRunOf, dryRunSuffix, writeOptionsOf } from './write-options.ts';

export function* replace(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const answer = answerPrinter(command, context);
  const isForced = flags.isOn('force');
  const grace = flags.number('grace-period') ?? -1;
  if (grace >= 0 && !isForced) throw new KubectlError('--grace-period must have --force specified');
  if (flags.has('timeout') && goDurationUs(flags.text('timeout')!) !== 0 && !isForced)
    throw new KubectlError('--timeout must have --force specified');
  if (!flags.has('filename')) throw usageError('replace', 'must specify --filename to replace');
  const { infos, errors } = localObjects(flags.all('filename'), command, context);
  const failures = [...errors];
  if (isForced && dryRunOf(flags) !== 'client') yield* removeFirst(infos, grace, command, context);
  for (const info of infos) {
    try {
      if (dryRunOf(flags) === 'client') answer(info.object!, 'replaced');
      else answer(yield* replaceOne(info, isForced, command, context), 'replaced');
    } catch (error) {
      failures.push(isForced ? error : withSource('replacing', info.source!, error));
    }
  }
  throwAll(failures);
  if (infos.length === 0) throw new KubectlError('no objects passed to replace');
}

function* replaceOne(info: Info, isForced: boolean, { flags }: ParsedCommand, { api }: KubectlContext): Task<KubeObject> {
  const options = writeOptionsOf(flags, 'kubectl-replace');
  // What apply remembers is kept up to date where it is kept at all.
  const isRemembered = flags.isOn('save-config') || info.object!.metadata.annotations?.[LAST_APPLIED] !== undefined;
  const object = isRemembered ? withLastApplied(info.object!) : info.object!;
  if (isForced) return yield* api.create(object, options);
  const { resourceVersion } = (yield* api.get(info.kind, info.namespace, info.name)).metadata;
  const version = object.metadata.resourceVersion ?? resourceVersion;
  return yield* api.update(
    { ...object, metadata: { ...object.metadata, ...(version === undefined ? {} : { resourceVersion: version }) } },
    options,
  );
}

function* removeFirst(infos: readonly Info[], grace: number, { flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const gracePeriodSeconds = Math.max(0, grace);
  if (gracePeriodSeconds === 0 && infos.some(({ kind }) => kind === 'Pod'))
    warnLine(
      context,
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
    );
  for (const { kind, namespace, name, object } of infos) {
    try {
      const options = { propagationPolicy: 'Background' as const, ...(grace < 0 ? {} : { gracePeriodSeconds }) };
      const { metadata } = yield* context.api.delete(kind, namespace, name, options, writeOptionsOf(flags));
      const place = namespace === undefined ? '' : ` from ${namespace} namespace`;
      printLine(context, `${singular(object!)} "${name}" deleted${place}${dryRunSuffix(dryRunOf(flags))}`);
      yield* waitForObject(context, kind, namespace, name, (one) => one === undefined || one.metadata.uid !== metadata.uid);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
