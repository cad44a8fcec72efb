/**
 * `kubectl version` and `cluster-info`: what there is to say without asking for any object.
 */
import type { Task } from '../../client/task.ts';
import { atOnce } from './at-once.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine } from './context.ts';
import { KubectlError } from './errors.ts';
import { goJson } from './json.ts';
import { yamlText } from './print/yaml.ts';

const VERSION = 'v1.36.3';
const KUSTOMIZE_VERSION = 'v5.8.1';
export const SERVER = 'https://10.96.0.1:443';
const BUILD = {
  gitVersion: VERSION,
  gitCommit: 'orrery',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
};
const CLIENT_VERSION = { major: '1', minor: '36', ...BUILD };
export const SERVER_VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  ...BUILD,
};

/** Nothing is asked of the server: it is of the version that is modelled. */
export function version({ flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const isClientOnly = flags.isOn('client');
  const output = flags.text('output') ?? '';
  const whole = {
    clientVersion: CLIENT_VERSION,
    kustomizeVersion: KUSTOMIZE_VERSION,
    ...(isClientOnly ? {} : { serverVersion: SERVER_VERSION }),
  };
  if (output === 'json') context.out(`${goJson(whole, 2)}\n`);
  else if (output === 'yaml') context.out(yamlText(whole));
  else if (output !== '') throw new KubectlError("--output must be 'yaml' or 'json'");
  else {
    printLine(context, `Client Version: ${VERSION}\nKustomize Version: ${KUSTOMIZE_VERSION}`);
    if (!isClientOnly) printLine(context, `Server Version: ${VERSION}`);
  }
  return atOnce();
}

export function clusterInfo(_: ParsedCommand, context: KubectlContext): Task<void> {
  printLine(context, `Kubernetes control plane is running at ${SERVER}\n`);
  printLine(context, "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
  return atOnce();
}
