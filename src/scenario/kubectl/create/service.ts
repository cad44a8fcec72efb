/**
 * `kubectl create service clusterip|nodeport|loadbalancer|externalname`. Models k8s.io/kubectl/pkg/cmd/create/create_service.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import type { Json } from '../json.ts';
import { createObject, nameOf } from './create-object.ts';

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

export function createService(type: ServiceType): (command: ParsedCommand, context: KubectlContext) => Task<void> {
  return function* (command, context) {
    const name = nameOf(command);
    const { flags } = command;
    const clusterIP = flags.text('clusterip');
    const ports = flags.list('tcp');
    if (clusterIP === 'None' && type !== 'ClusterIP') throw new KubectlError('ClusterIP=None can only be used with ClusterIP service type');
    if (clusterIP !== 'None' && ports.length === 0 && type !== 'ExternalName')
      throw new KubectlError('at least one tcp port specifier must be provided');
    const labels = { app: name };
    const nodePort = flags.number('node-port') ?? 0;
    const externalName = flags.text('external-name');
    const spec = {
      ...(ports.length === 0 ? {} : { ports: ports.map((port) => portOf(port, nodePort)) }),
      selector: labels,
      ...(clusterIP === undefined || clusterIP === '' ? {} : { clusterIP }),
      type,
      ...(externalName === undefined ? {} : { externalName }),
    };
    const fields = { spec, status: { loadBalancer: {} } };
    yield* createObject(command, context, { kind: 'Service', name, labels, fields }, `failed to create ${type} service`);
  };
}

/** `80`, or `80:8080`. */
function portOf(text: string, nodePort: number): Json {
  const [first = '', second] = text.split(':');
  const port = portNumber(first);
  const targetPort = second === undefined ? port : /^\d+$/.test(second) ? portNumber(second) : second;
  return {
    name: text.replaceAll(':', '-'),
    protocol: 'TCP',
    port,
    targetPort,
    ...(nodePort === 0 ? {} : { nodePort }),
  };
}

function portNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new KubectlError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const port = Number(text);
  if (port < 1 || port > 65_535) throw new KubectlError('must be between 1 and 65535, inclusive');
  return port;
}
