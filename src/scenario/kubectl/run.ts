/**
 * `kubectl run`: a single pod, and with `--expose` a Service for it. Models k8s.io/kubectl/pkg/cmd/run. Left out: attaching to it.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject, StringMap } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { inNamespace, type NewObject, newObject } from './create/create-object.ts';
import { KubectlError, throwAll, usageError } from './errors.ts';
import { isImageName } from './image-name.ts';
import { labelMap } from './label-map.ts';
import { jsonMerged } from './overrides.ts';
import { answerPrinter } from './print-answer.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export function* run(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  const isLocal = dryRunOf(flags) === 'client';
  const answer = answerPrinter(command, context, { isTyped: isLocal });
  checkRun(command);
  const [name] = args as [string];
  const labels = flags.text('labels') ? labelMap(flags.text('labels')!) : { run: name };
  const pod = jsonMerged(newObject(podOf(name, labels, command), command), flags.text('overrides'));
  const made: KubeObject[] = [];
  const errors: unknown[] = [];
  const make = function* (object: KubeObject): Task<KubeObject> {
    if (isLocal) return object;
    return yield* context.api.create(inNamespace(object, command, context), writeOptionsOf(flags, 'kubectl-run'));
  };
  const created = yield* make(pod);
  if (flags.isOn('expose')) {
    try {
      made.push(yield* make(newObject(serviceOf(name, labels, command), command)));
    } catch (error) {
      errors.push(error);
    }
  }
  for (const object of made) {
    answer(object, 'created');
    if (flags.text('output') === 'yaml') context.out('---\n');
  }
  answer(created, 'created');
  throwAll(errors);
}

function checkRun({ args, flags }: ParsedCommand): void {
  const wrong = (message: string) => usageError('run', message);
  if (args.length === 0) throw wrong('NAME is required for run');
  const image = flags.text('image') ?? '';
  if (image === '') throw new KubectlError('--image is required');
  if (!isImageName(image)) throw new KubectlError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (flags.isOn('tty') && !flags.isOn('stdin')) throw wrong('-i/--stdin is required for containers with -t/--tty=true');
  if (flags.isOn('expose') && !flags.text('port')) throw wrong('--port must be set when exposing a service');
  const restart = flags.text('restart') ?? '';
  if (restart !== '' && !RESTART_POLICIES.includes(restart)) throw wrong(`invalid restart policy: ${restart}`);
  const isAttached = flags.isOn('attach', flags.isOn('stdin'));
  if (!isAttached && flags.isOn('rm')) throw wrong('--rm should only be used for attached containers');
  if (isAttached && dryRunOf(flags) !== 'none')
    throw wrong("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
  const pull = flags.text('image-pull-policy') ?? '';
  if (pull !== '' && !PULL_POLICIES.includes(pull)) throw wrong(`invalid image pull policy: ${pull}`);
  if (isAttached) throw new KubectlError('run --attach is left out: in Orrery no process runs inside a container');
}

function podOf(name: string, labels: StringMap, { flags, args, rest }: ParsedCommand): NewObject {
  const restartPolicy = flags.text('restart') || 'Always';
  const pull = flags.text('image-pull-policy') ?? '';
  const words = [...args.slice(1), ...rest];
  const port = flags.text('port');
  if (port !== undefined && !/^[+-]?\d+$/.test(port))
    throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  const env = flags.all('env').map((pair) => {
    const equals = pair.indexOf('=');
    if (!/^[ -<>-~]+=/.test(pair)) throw new KubectlError(`invalid env: ${pair}`);
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  const container = {
    name,
    image: flags.text('image'),
    ...(words.length === 0 ? {} : flags.isOn('command') ? { command: words } : { args: words }),
    ...(port === undefined ? {} : { ports: [{ containerPort: Number(port) }] }),
    ...(env.length === 0 ? {} : { env }),
    resources: {},
    ...(pull === '' ? {} : { imagePullPolicy: pull }),
    ...(flags.isOn('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(flags.isOn('stdin') ? { stdin: true, ...(flags.isOn('leave-stdin-open') ? {} : { stdinOnce: true }) } : {}),
    ...(flags.isOn('tty') ? { tty: true } : {}),
  };
  const annotations = Object.fromEntries(flags.all('annotations').map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]));
  const spec = { containers: [container], restartPolicy, dnsPolicy: 'ClusterFirst' };
  return {
    kind: 'Pod',
    name,
    labels,
    ...(flags.has('annotations') ? { annotations } : {}),
    fields: { spec, status: {} },
  };
}

function serviceOf(name: string, labels: StringMap, { flags }: ParsedCommand): NewObject {
  const port = Number(flags.text('port'));
  const spec = { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: labels };
  return { kind: 'Service', name, ...(flags.text('labels') ? { labels } : {}), fields: { spec, status: { loadBalancer: {} } } };
}
