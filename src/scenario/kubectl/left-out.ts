/**
 * Verbs that need a process inside a container or a door to the server: how far they get before it is said that Orrery has none.
 *
 * Models the checks of k8s.io/kubectl/pkg/cmd/{logs,exec,attach,cp,debug,portforward}.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Task } from '../../client/task.ts';
import type { Pod } from '../../model/pod.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError, usageError } from './errors.ts';
import { kindNamed } from './resource-arguments.ts';
import { namespaceOf } from './select.ts';

const LOGS_USAGE = `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
POD or TYPE/NAME is a required argument for the logs command`;

function leftOut(what: string): KubectlError {
  return new KubectlError(`${what} is left out: in Orrery no process runs inside a container`);
}

export function* logs(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  if (flags.has('selector') ? args.length > 0 : args.length < 1 || args.length > 2) throw usageError('logs', LOGS_USAGE);
  const [subject = ''] = args;
  const [type, name = subject] = subject.includes('/') ? subject.split('/') : ['pod', subject];
  const kind = kindNamed(type!);
  const namespace = namespaceOf(flags, context);
  try {
    const object = yield* context.api.get(kind, namespace, name);
    if (kind === 'Pod') checkContainer(object as Pod, flags.text('container') ?? args[1]);
  } catch (error) {
    if (error instanceof ApiError)
      throw new KubectlError(`error from server (${error.reason}): ${error.message} in namespace ${JSON.stringify(namespace)}`);
    throw error;
  }
  throw leftOut('logs');
}

export function* exec(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags, rest } = command;
  if (args.length === 0 && !flags.has('filename')) throw usageError('exec', 'pod, type/name or --filename must be specified');
  if (rest.length === 0 && args.length < 2) throw new KubectlError('you must specify at least one command for the container');
  checkContainer(yield* podNamed(args[0]!, command, context), flags.text('container'));
  throw leftOut('exec');
}

export function* attach(command: ParsedCommand, context: KubectlContext): Task<void> {
  if (command.args.length === 0) throw usageError('attach', 'at least 1 argument is required for attach');
  checkContainer(yield* podNamed(command.args[0]!, command, context), command.flags.text('container'));
  throw leftOut('attach');
}

export function* copy(command: ParsedCommand, context: KubectlContext): Task<void> {
  const remote = command.args.find((arg) => /^[^./][^:]*:/.test(arg));
  if (command.args.length !== 2) throw new KubectlError('source and destination are required');
  if (remote === undefined) throw new KubectlError('one of src or dest must be a remote file specification');
  yield* podNamed(remote.split(':')[0]!, command, context);
  throw leftOut('cp');
}

export function* debug(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  if (args.length === 0) throw new KubectlError('NAME is required for debug');
  if (!flags.has('image') && !flags.has('copy-to')) throw new KubectlError('you must specify --image when not using --copy-to.');
  yield* podNamed(args[0]!, command, context);
  throw leftOut('debug');
}

export function* portForward(command: ParsedCommand, context: KubectlContext): Task<void> {
  const [subject, ...ports] = command.args;
  if (subject === undefined || ports.length === 0)
    throw usageError('port-forward', 'TYPE/NAME and list of ports are required for port-forward');
  const pod = yield* podNamed(subject, command, context);
  for (const port of ports) {
    const local = port.split(':').at(-1)!;
    const isNamed = pod.spec.containers.some((container) => container.ports?.some(({ name }) => name === local) === true);
    if (!/^\d+$/.test(local) && !isNamed) throw new KubectlError(`Pod '${pod.metadata.name}' does not have a named port '${local}'`);
  }
  throw leftOut('port-forward');
}

export function proxy({ flags }: ParsedCommand): Task<void> {
  const port = flags.number('port') ?? 8001;
  if (port < 0 || port > 65_535) throw new KubectlError(`listen tcp: address ${port}: invalid port`);
  throw new KubectlError('proxy is left out: kubectl speaks to the API server inside Orrery, not to a port');
}

export function explain(): Task<void> {
  throw new KubectlError('explain is left out: Orrery knows the fields of its kinds, not what is written about them');
}

export function kustomize(): Task<void> {
  throw new KubectlError('kustomize is left out: name the files it would make with -f');
}

function* podNamed(subject: string, { flags }: ParsedCommand, context: KubectlContext): Task<Pod> {
  const [type, name = subject] = subject.includes('/') ? subject.split('/') : ['pod', subject];
  const object = yield* context.api.get(kindNamed(type!), namespaceOf(flags, context), name);
  if (object.kind !== 'Pod') throw leftOut(`attaching to the pods of a ${object.kind}`);
  return object as Pod;
}

function checkContainer({ metadata, spec }: Pod, wanted: string | undefined): void {
  if (wanted === undefined) return;
  const names = [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name);
  if (!names.includes(wanted))
    throw new KubectlError(`container ${wanted} is not valid for pod ${metadata.name} out of: ${names.join(', ')}`);
}
