/**
 * Runs a recorded kubectl command line against a replay, with our own kubectl.
 */
import { SECOND_US } from '../../../base/units.ts';
import type { Client } from '../../../client/client.ts';
import { run } from '../../../client/task.ts';
import { KubectlApi } from '../../kubectl/api.ts';
import { parseCommandLine } from '../../kubectl/command-line.ts';
import { KubectlError } from '../../kubectl/errors.ts';
import { runKubectl as runCommand } from '../../kubectl/kubectl.ts';
import { VERBS } from '../../kubectl/verbs.ts';
import type { ReplayControlPlane } from './replay-control-plane.ts';
import { NAMESPACE } from './replay-names.ts';

/** No command takes longer, in simulated time; what would wait for ever has then shown that it does. */
const LONGEST_US = 5 * SECOND_US;

export function runKubectl(line: string, plane: ReplayControlPlane, client: Client): { readonly exit: number; readonly stdout: string } {
  const { sim, api } = plane;
  let stdout = '';
  let exit: number | undefined;
  const print = (text: string) => {
    stdout += text;
  };
  const files = {
    manifest: (name: string) => {
      throw new KubectlError(`the path "${name}" does not exist`);
    },
    text: () => undefined,
    list: () => undefined,
  };
  const command = parseCommandLine(`${line} -n ${NAMESPACE}`, VERBS);
  const session = { namespace: NAMESPACE };
  run(
    runCommand(command, { sim, client, api: new KubectlApi(client), store: api.store, files, session, out: print, err: print }),
    (code) => {
      exit = code;
    },
  );
  for (const endUs = sim.nowUs + LONGEST_US; exit === undefined && sim.nowUs < endUs; ) sim.step();
  return { exit: exit ?? 0, stdout };
}
