/**
 * The commands of one event: what stands under `apply`, `delete` and `kubectl`, each taken apart with the files it names.
 */
import type { Problem } from '../base/errors.ts';
import { checkArguments, type ParsedCommand, parseCommandLine } from './kubectl/command-line.ts';
import { CommandLineError } from './kubectl/command-line-error.ts';
import { VERBS, type Verb } from './kubectl/verbs.ts';
import type { ScenarioCommand } from './scenario.ts';
import type { EventInput } from './schema.ts';
import type { Path, SourceDocument } from './source-document.ts';
import type { StepFiles } from './step-files.ts';

/** Flags that name files read as text. */
const TEXT_FLAGS = ['from-file', 'from-env-file', 'patch-file', 'cert', 'key'];

type Step = NonNullable<EventInput['kubectl']>[number];

export function readSteps(
  event: EventInput,
  path: Path,
  document: SourceDocument,
  files: StepFiles,
  problems: Problem[],
): readonly ScenarioCommand[] {
  const raw = (field: string) => (document.value as { events: { [field: string]: unknown }[] }).events[path[1] as number]![field];
  const placeOf = (field: string, at: number): Path => [...path, field, ...(Array.isArray(raw(field)) ? [at] : [])];
  const commands: ScenarioCommand[] = [];
  for (const field of ['apply', 'delete'] as const) {
    event[field]?.forEach((file, at) => {
      const name = event.copies === undefined ? file : `${file} (${event.copies} copies)`;
      files.manifest(name, file, event.copies, { document, path: placeOf(field, at) });
      const line = `${field} -f ${file}`;
      const parsed = parseCommandLine(`${field} -f '${name}'`, VERBS);
      commands.push({ line: event.copies === undefined ? line : `${line} # ${event.copies} copies`, parsed, expectExit: undefined });
    });
  }
  event.kubectl?.forEach((step, at) => {
    const command = readStep(step, placeOf('kubectl', at), document, files, problems);
    if (command !== undefined) commands.push(command);
  });
  return commands;
}

function readStep(step: Step, path: Path, document: SourceDocument, files: StepFiles, problems: Problem[]): ScenarioCommand | undefined {
  const { command, expectExit, stdin } = step;
  const line = command.replace(/^kubectl\s+/, '');
  try {
    // Each command has a pipe of its own; the objects in it go by its line.
    const pipe = `- (${line})`;
    const parsed = parseCommandLine(stdin === undefined ? line : line.replace(/(-f|--filename)(=|\s+)-(\s|$)/, `$1$2'${pipe}'$3`), VERBS);
    if (expectExit === undefined || expectExit === 0) {
      checkArguments(parsed);
      checkLeftOut(parsed);
    }
    if (stdin !== undefined) files.piped(pipe, stdin);
    for (const file of parsed.flags.all('filename')) if (file !== pipe) files.manifest(file, file, undefined, { document, path });
    for (const flag of TEXT_FLAGS) {
      for (const value of parsed.flags.all(flag)) {
        if (parsed.verb.words.startsWith('create') || flag === 'patch-file')
          files.text(value.slice(value.indexOf('=') + 1), { document, path });
      }
    }
    return { line, parsed, expectExit };
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    // A step may be there to show what kubectl says to it.
    if (expectExit !== undefined && expectExit !== 0) return { line, parsed: undefined, usageError: error, expectExit };
    problems.push(document.problem(path, error.wanted, error.found, error.suggestion));
    return undefined;
  }
}

/** Some verbs can only fail here: better said before the run. */
function checkLeftOut({ verb, flags }: ParsedCommand<Verb>): void {
  if (verb.isLeftOut !== true && !flags.has('kustomize')) return;
  const found = verb.isLeftOut === true ? `"kubectl ${verb.words}"` : '--kustomize';
  throw new CommandLineError({ wanted: 'what Orrery can carry out', found: `${found}, which is left out`, words: `${found} is left out` });
}
