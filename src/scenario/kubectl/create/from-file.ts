/**
 * `kubectl create -f`. Models RunCreate of k8s.io/kubectl/pkg/cmd/create/create.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError, throwAll, usageError, withSource } from '../errors.ts';
import { withLastApplied } from '../last-applied.ts';
import { answerPrinter } from '../print-answer.ts';
import { localObjects } from '../select.ts';
import { dryRunOf, writeOptionsOf } from '../write-options.ts';

export function* createFromFile(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  if (!flags.has('filename')) {
    if (args.length > 0) throw usageError('create', `Unexpected args: [${args.join(' ')}]`);
    throw new KubectlError('must specify one of -f and -k');
  }
  const answer = answerPrinter(command, context);
  const selector = flags.text('selector');
  const { infos, errors } = localObjects(flags.all('filename'), command, context, selector);
  const failures = [...errors];
  for (const info of infos) {
    const object = flags.isOn('save-config') ? withLastApplied(info.object!) : info.object!;
    if (dryRunOf(flags) === 'client') {
      answer(object, 'created');
      continue;
    }
    try {
      answer(yield* context.api.create(object, writeOptionsOf(flags, 'kubectl-create')), 'created');
    } catch (error) {
      failures.push(withSource('creating', info.source!, error));
    }
  }
  throwAll(failures);
  if (infos.length === 0) throw new KubectlError('no objects passed to create');
}
