/**
 * `kubectl create` and `kubectl run`: objects from a file, or from the few flags people type.
 *
 * Models k8s.io/kubectl/pkg/cmd/create and cmd/run; the generated objects are theirs, field for field.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Task } from '../../client/task.ts';
import { apiVersionOf, type Kind, type KindMap } from '../../model/kinds.ts';
import type { Container } from '../../model/pod.ts';
import type { ParsedCommand } from './command-line.ts';
import { errorText, type KubectlContext, KubectlError, namespaceIn, namespaceOf, resourceName } from './context.ts';

/** `create -f FILE`. */
export function* createFromFile(command: ParsedCommand, context: KubectlContext): Task<void> {
  const errors: string[] = [];
  for (const file of command.flags.all('filename')) {
    for (const object of context.manifest(file)) {
      const kind = object.kind as Kind;
      const namespace = namespaceIn(kind, object.metadata.namespace ?? namespaceOf(command.flags));
      try {
        const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) };
        yield* context.client.create(kind, { ...object, metadata } as KindMap[Kind]);
        context.print(`${resourceName(kind, object.metadata.name)} created`);
      } catch (error) {
        errors.push(errorText(error, `error when creating "${file}"`));
      }
    }
  }
  if (errors.length > 0) throw new KubectlError(errors.join('\n'));
}

export function* createNamespace(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* create('Namespace', command, context, {}, false);
}

export function* createDeployment(command: ParsedCommand, context: KubectlContext): Task<void> {
  const [name] = command.args as [string];
  const { flags } = command;
  const port = flags.number('port');
  const containers = flags.all('image').map(
    (image): Container => ({
      name: containerName(image),
      image,
      ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
      ...(command.rest.length === 0 ? {} : { command: command.rest }),
      resources: {},
    }),
  );
  const labels = { app: name };
  yield* create('Deployment', command, context, {
    metadata: { labels },
    spec: {
      replicas: flags.number('replicas') ?? 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      strategy: {},
    },
  });
}

export function* createJob(command: ParsedCommand, context: KubectlContext): Task<void> {
  const [name] = command.args as [string];
  const image = command.flags.text('image')!;
  const container: Container = { name, image, ...(command.rest.length === 0 ? {} : { command: command.rest }), resources: {} };
  yield* create('Job', command, context, {
    spec: { template: { metadata: {}, spec: { containers: [container], restartPolicy: 'Never' } } },
  });
}

export function* run(command: ParsedCommand, context: KubectlContext): Task<void> {
  const [name] = command.args as [string];
  const { flags } = command;
  const port = flags.number('port');
  const container: Container = {
    name,
    image: flags.text('image')!,
    ...(command.rest.length === 0 ? {} : { args: command.rest }),
    ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    resources: {},
  };
  const labels = flags.has('labels') ? labelsOf(flags.text('labels')!) : { run: name };
  const spec = { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.text('restart') ?? 'Always' };
  yield* create('Pod', command, context, { metadata: { labels }, spec }, false);
}

/** `a=b,c=d`. */
export function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
}

type Fields = { readonly metadata?: { readonly [field: string]: unknown }; readonly [field: string]: unknown };

function* create(kind: Kind, command: ParsedCommand, context: KubectlContext, fields: Fields, saysFailed = true): Task<void> {
  const [name] = command.args as [string];
  const namespace = namespaceIn(kind, namespaceOf(command.flags));
  const metadata = { ...fields.metadata, name, ...(namespace === undefined ? {} : { namespace }) };
  const object = { apiVersion: apiVersionOf(kind), kind, ...fields, metadata } as unknown as KindMap[Kind];
  try {
    yield* context.client.create(kind, object);
  } catch (error) {
    if (saysFailed && error instanceof ApiError) throw new KubectlError(`error: failed to create ${kind.toLowerCase()}: ${error.message}`);
    throw error;
  }
  context.print(`${resourceName(kind, name)} created`);
}

/** The last part of the image's name, without tag and digest. */
function containerName(image: string): string {
  return image
    .split('/')
    .at(-1)!
    .split(/[:@]/)[0]!
    .replaceAll(/[^a-z0-9-]/g, '-');
}
