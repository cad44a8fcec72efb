/**
 * `kubectl create deployment`. Models k8s.io/kubectl/pkg/cmd/create/create_deployment.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import { createObject, nameOf } from './create-object.ts';

export function* createDeployment(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags, rest } = command;
  const images = flags.list('image');
  if (images.length > 1 && rest.length > 0) throw new KubectlError('cannot specify multiple --image options and command');
  const labels = { app: name };
  const port = flags.number('port') ?? -1;
  const containers = images.map((image, at) => ({
    name: containerName(image),
    image,
    ...(rest.length === 0 ? {} : { command: rest }),
    // The port goes to the first container alone.
    ...(port >= 0 && at === 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }));
  const spec = {
    replicas: flags.number('replicas') ?? 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
    strategy: {},
  };
  yield* createObject(command, context, { kind: 'Deployment', name, labels, fields: { spec, status: {} } }, 'failed to create deployment');
}

/** The last part of the image's name, without tag and digest, as a label of DNS. */
function containerName(image: string): string {
  const [name = ''] = image.split('/').at(-1)!.split('@')[0]!.split(':');
  return name.replaceAll(/[^-A-Za-z0-9]/g, '-').toLowerCase();
}
