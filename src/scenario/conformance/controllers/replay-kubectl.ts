/**
 * Runs a recorded kubectl command line against a replay, with our own kubectl.
 */
import { SECOND_US } from '../../../base/units.ts';
import type { Client } from '../../../client/client.ts';
import { run } from '../../../client/task.ts';
import { parseCommandLine } from '../../kubectl/command-line.ts';
import { errorText } from '../../kubectl/context.ts';
import { VERBS } from '../../kubectl/verbs.ts';
import type { ReplayControlPlane } from './replay-control-plane.ts';
import { NAMESPACE } from './replay-names.ts';

/** No command takes longer, in simulated time; what would wait for ever has then shown that it does. */
const LONGEST_US = 5 * SECOND_US;

export function runKubectl(line: string, plane: ReplayControlPlane, client: Client): { readonly exit: number; readonly stdout: string } {
  const { sim, api } = plane;
  const lines: string[] = [];
  let exit: number | undefined;
  const command = parseCommandLine(`${line} -n ${NAMESPACE}`, VERBS);
  const context = { sim, client, store: api.store, print: (text: string) => void lines.push(text), manifest: () => [] };
  run(
    command.verb.run(command, context),
    () => {
      exit = 0;
    },
    (error) => {
      lines.push(errorText(error));
      exit = 1;
    },
  );
  for (const endUs = sim.nowUs + LONGEST_US; exit === undefined && sim.nowUs < endUs; ) sim.step();
  return { exit: exit ?? 0, stdout: lines.map((one) => `${one}\n`).join('') };
}
