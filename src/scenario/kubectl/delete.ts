/**
 * `kubectl delete`: asks for each deletion, then waits until the objects are gone.
 *
 * Models k8s.io/kubectl/pkg/cmd/delete and cmd/wait.
 */
import type { DeleteOptions } from '../../apiserver/deletion.ts';
import type { Task } from '../../client/task.ts';
import { apiVersionOf, KINDS } from '../../model/kinds.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine, warnLine } from './context.ts';
import { isNotFound, KubectlError, throwAll, withSource } from './errors.ts';
import { goDurationUs } from './go-duration.ts';
import { singular as singularOf } from './names.ts';
import { type Info, select } from './select.ts';
import { waitForObject } from './wait-for-object.ts';
import { dryRunOf, dryRunSuffix, writeOptionsOf } from './write-options.ts';

const BOOLEAN = /^(1|t|true|0|f|false)$/i;

interface Gone extends Info {
  readonly uid: string;
}

export function* deleteObjects(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const propagationPolicy = propagationOf(flags.text('cascade') ?? 'background', context);
  const grace = graceOf(command);
  const dryRun = dryRunOf(flags);
  const { infos, errors } = yield* select(command, context, { fetch: false });
  checkDelete(command, grace, context);
  const isTolerant = flags.has('ignore-not-found')
    ? flags.isOn('ignore-not-found')
    : flags.isOn('all') || flags.has('selector') || flags.has('field-selector');
  const options: DeleteOptions = { propagationPolicy, ...(grace < 0 ? {} : { gracePeriodSeconds: grace }) };
  const failures = [...errors];
  const gone: Gone[] = [];
  let isScopeWarned = !flags.has('namespace');
  for (const info of infos) {
    if (!isScopeWarned && !KINDS[info.kind].namespaced) {
      warnLine(context, 'Warning: deleting cluster-scoped resources, not scoped to the provided namespace');
      isScopeWarned = true;
    }
    if (dryRun === 'client') {
      printDeleted(info, grace, command, context);
      continue;
    }
    try {
      const { metadata } = yield* context.api.delete(info.kind, info.namespace, info.name, options, writeOptionsOf(flags));
      printDeleted(info, grace, command, context);
      gone.push({ ...info, uid: metadata.uid ?? '' });
    } catch (error) {
      if (isTolerant && isNotFound(error)) continue;
      failures.push(info.source === undefined ? error : withSource('deleting', info.source, error));
    }
  }
  if (infos.length === 0 && failures.length === 0) return printLine(context, 'No resources found');
  throwAll(failures);
  if (dryRun === 'none' && flags.isOn('wait', true)) yield* waitUntilGone(gone, command, context);
}

/** One after the other, all within one timeout. */
function* waitUntilGone(gone: readonly Gone[], { flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const timeoutUs = goDurationUs(flags.text('timeout') ?? '0s');
  const endUs = timeoutUs > 0 ? context.sim.nowUs + timeoutUs : undefined;
  const errors: unknown[] = [];
  for (const { kind, namespace, name, uid } of gone) {
    const left = endUs === undefined ? undefined : Math.max(0, endUs - context.sim.nowUs);
    const isDone = (object: { readonly metadata: { readonly uid?: string } } | undefined) =>
      object === undefined || object.metadata.uid !== uid;
    const end = yield* waitForObject(context, kind, namespace, name, isDone, left);
    if (end === 'timeout') errors.push(new KubectlError(`timed out waiting for the condition on ${KINDS[kind].resource}/${name}`));
  }
  throwAll(errors);
}

function graceOf({ flags }: ParsedCommand): number {
  const given = flags.number('grace-period') ?? -1;
  if (flags.isOn('now')) {
    if (given !== -1) throw new KubectlError('--now and --grace-period cannot be specified together');
    return 1;
  }
  // To prevent accidental loss a grace period of 0 alone means 1.
  if (given === 0 && !flags.isOn('force')) return 1;
  return flags.isOn('force') && given < 0 ? 0 : given;
}

function checkDelete({ flags }: ParsedCommand, grace: number, context: KubectlContext): void {
  const output = flags.text('output') ?? '';
  if (output !== '' && output !== 'name') throw new KubectlError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  if (flags.isOn('all') && flags.text('selector')) throw new KubectlError('cannot set --all and --selector at the same time');
  if (flags.isOn('all') && flags.text('field-selector')) throw new KubectlError('cannot set --all and --field-selector at the same time');
  if (!flags.isOn('force')) return;
  if (grace > 0) throw new KubectlError('--force and --grace-period greater than 0 cannot be specified together');
  warnLine(
    context,
    'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
  );
}

function propagationOf(cascade: string, context: KubectlContext): NonNullable<DeleteOptions['propagationPolicy']> {
  if (cascade === 'background') return 'Background';
  if (cascade === 'foreground') return 'Foreground';
  if (cascade === 'orphan') return 'Orphan';
  if (!BOOLEAN.test(cascade)) throw new KubectlError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  const isOn = /^(1|t)/i.test(cascade);
  const instead = isOn ? 'background' : 'orphan';
  warnLine(context, `warning: --cascade=${cascade} is deprecated (boolean value) and can be replaced with --cascade=${instead}.`);
  return isOn ? 'Background' : 'Orphan';
}

function printDeleted({ kind, namespace, name }: Info, grace: number, { flags }: ParsedCommand, context: KubectlContext): void {
  const singular = singularOf({ apiVersion: apiVersionOf(kind), kind });
  if (flags.text('output') === 'name') return printLine(context, `${singular}/${name}`);
  const word = grace === 0 ? 'force deleted' : 'deleted';
  const place = namespace === undefined ? '' : ` from ${namespace} namespace`;
  printLine(context, `${singular} "${name}" ${word}${place}${dryRunSuffix(dryRunOf(flags))}`);
}
