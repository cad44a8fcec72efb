/**
 * Runs one kubectl command: carries out the verb, prints what went wrong, and says what the process would have exited with.
 */
import type { Task } from '../../client/task.ts';
import { userOf } from './auth.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, warnLine } from './context.ts';
import { errorText, exitCodeOf, KubectlError } from './errors.ts';
import { DEPRECATED_FLAGS } from './flag-kinds.ts';
import type { Verb } from './verbs.ts';

/** Answers the exit code. */
export function* runKubectl(command: ParsedCommand<Verb>, context: KubectlContext): Task<number> {
  for (const flag of command.deprecated) warnLine(context, `Flag --${flag} has been deprecated, ${DEPRECATED_FLAGS[flag]}`);
  try {
    if (command.flags.has('kustomize')) throw new KubectlError('kustomize is left out: name the files it would make with -f');
    const { name, isAdministrator } = userOf(command.flags);
    const warn = (text: string) => warnLine(context, `Warning: ${text}`);
    yield* command.verb.run(command, { ...context, api: context.api.by({ denied: isAdministrator ? undefined : name, warn }) });
    return 0;
  } catch (error) {
    const text = errorText(error);
    if (text !== '') context.err(text.endsWith('\n') ? text : `${text}\n`);
    return exitCodeOf(error);
  }
}
