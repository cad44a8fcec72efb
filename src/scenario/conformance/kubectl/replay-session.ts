/**
 * Replays one recorded session: each command with our kubectl against our cluster, its output compared with the recorded one.
 */
import { SECOND_US } from '../../../base/units.ts';
import { KubectlApi } from '../../kubectl/api.ts';
import { parseCommandLine } from '../../kubectl/command-line.ts';
import { CommandLineError } from '../../kubectl/command-line-error.ts';
import type { KubectlContext } from '../../kubectl/context.ts';
import { runKubectl } from '../../kubectl/kubectl.ts';
import { unifiedHunks } from '../../kubectl/print/unified-diff.ts';
import { VERBS } from '../../kubectl/verbs.ts';
import { collapseBlanks, sameOutput } from './compare-output.ts';
import { Placeholders } from './output-pattern.ts';
import type { RecordedCommand, RecordedSession } from './session.ts';
import { editorOf } from './session-editor.ts';
import { sessionFiles } from './session-files.ts';
import { SessionPlane } from './session-plane.ts';

export interface SessionReport {
  readonly commands: number;
  readonly agreements: number;
  readonly differences: readonly CommandDifference[];
}

export interface CommandDifference {
  readonly command: string;
  /** Recorded against ours, as a unified diff. */
  readonly diff: readonly string[];
}

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | undefined;
}

const DEFAULT_NODES = ['node-1'];

export function replaySession({ nodes = DEFAULT_NODES, setup = [], files = {}, commands }: RecordedSession): SessionReport {
  const plane = new SessionPlane(nodes);
  const placeholders = new Placeholders();
  const session = { namespace: 'default' };
  for (const object of setup) plane.create(object);
  plane.settle();
  const differences: CommandDifference[] = [];
  let count = 0;
  for (const step of commands) {
    if ('settle' in step) plane.settle();
    else if ('sleep' in step) plane.sleep(step.sleep * SECOND_US);
    else {
      count++;
      const answer = answerTo(step, plane, files, session);
      const difference = differenceOf(step, answer, placeholders);
      if (difference !== undefined) differences.push(difference);
    }
  }
  return { commands: count, agreements: count - differences.length, differences };
}

function answerTo(
  { cmd, stdin, env }: RecordedCommand,
  plane: SessionPlane,
  files: { readonly [path: string]: string },
  session: KubectlContext['session'],
): Answer {
  let [stdout, stderr] = ['', ''];
  const { sim, api, client } = plane;
  const context: KubectlContext = {
    sim,
    client,
    api: new KubectlApi(client),
    store: api.store,
    files: sessionFiles(files, stdin),
    session,
    editor: editorOf(env?.EDITOR),
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
  };
  try {
    const command = parseCommandLine(cmd, VERBS);
    const exit = plane.run(() => runKubectl(command, context));
    return { stdout, stderr, exit };
  } catch (error) {
    if (!(error instanceof CommandLineError)) return { stdout, stderr: `${stderr}${(error as Error).stack}`, exit: undefined };
    return { stdout: '', stderr: `error: ${error.words}\n`, exit: 1 };
  }
}

function differenceOf(
  recorded: RecordedCommand,
  { stdout, stderr, exit }: Answer,
  placeholders: Placeholders,
): CommandDifference | undefined {
  const [out, err] = [collapseBlanks(stdout), collapseBlanks(stderr)];
  const isUnordered = recorded.compare === 'unorderedLines' || hasFreeOrder(recorded.cmd);
  const compare = isUnordered ? 'unorderedLines' : recorded.compare;
  const isSame =
    sameOutput(recorded.stdout, out, compare, placeholders) &&
    sameOutput(withoutLog(recorded.stderr), err, compare, placeholders) &&
    recorded.exit === exit;
  if (isSame) return undefined;
  const [before, after] = [textOf(recorded), textOf({ stdout: out, stderr: err, exit })];
  return {
    command: recorded.cmd,
    diff: ['--- recorded', '+++ ours', ...unifiedHunks(before, after, (one, other) => placeholders.matches(one, other))],
  };
}

/** Lists of Events, and what stands in the way of a drain, which kubectl keeps in a map. */
function hasFreeOrder(command: string): boolean {
  return /\b(get (events|ev)|events|drain)\b/.test(command);
}

/** Without the lines of the client library's own log. */
function withoutLog(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^[IWE]\d{4} \d\d:\d\d:\d\d/.test(line))
    .join('\n');
}

function textOf({ stdout, stderr, exit }: Answer): string {
  return `${stdout}${stderr === '' ? '' : `[stderr]\n${stderr}`}[exit ${exit}]`;
}
