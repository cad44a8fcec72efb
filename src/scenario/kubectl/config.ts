/**
 * `kubectl config`: the one context there is, and the namespace that the session works in.
 *
 * Models k8s.io/kubectl/pkg/cmd/config as far as a session of commands needs it.
 */
import type { Task } from '../../client/task.ts';
import { atOnce } from './at-once.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine } from './context.ts';
import { KubectlError } from './errors.ts';
import { goJson } from './json.ts';
import { alignedTable } from './print/tab-writer.ts';
import { yamlText } from './print/yaml.ts';
import { SERVER } from './version.ts';

const NAME = 'sim';

/** The one thing of a kubeconfig that can be changed. */
export function configSetContext({ args, flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const namespace = flags.text('namespace');
  if ((!flags.isOn('current') && args[0] !== NAME) || namespace === undefined)
    throw new KubectlError('only "config set-context --current --namespace=NAME" is modelled');
  context.session.namespace = namespace;
  printLine(context, `Context "${NAME}" modified.`);
  return atOnce();
}

export function configUseContext({ args }: ParsedCommand, context: KubectlContext): Task<void> {
  if (args[0] !== NAME) throw new KubectlError(`no context exists with the name: "${args[0]}"`);
  printLine(context, `Switched to context "${NAME}".`);
  return atOnce();
}

export function configCurrentContext(_: ParsedCommand, context: KubectlContext): Task<void> {
  printLine(context, NAME);
  return atOnce();
}

export function configGetContexts({ args, flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const missing = args.find((name) => name !== NAME);
  if (missing !== undefined) throw new KubectlError(`context ${missing} not found`);
  if (flags.text('output') === 'name') printLine(context, NAME);
  else {
    const header = flags.isOn('no-headers') ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n';
    context.out(alignedTable(`${header}*\t${NAME}\t${NAME}\t${NAME}\t${context.session.namespace}\n`));
  }
  return atOnce();
}

export function configGetClusters(_: ParsedCommand, context: KubectlContext): Task<void> {
  printLine(context, `NAME\n${NAME}`);
  return atOnce();
}

export function configView({ flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const cluster = { 'insecure-skip-tls-verify': true, server: SERVER };
  const whole = {
    apiVersion: 'v1',
    clusters: [{ cluster, name: NAME }],
    contexts: [{ context: { cluster: NAME, namespace: context.session.namespace, user: NAME }, name: NAME }],
    'current-context': NAME,
    kind: 'Config',
    users: [{ name: NAME, user: { token: 'REDACTED' } }],
  };
  context.out(flags.text('output') === 'json' ? `${goJson(whole, 4)}\n` : yamlText(whole));
  return atOnce();
}
