/**
 * `kubectl expose`: a Service for the pods of something that has a selector.
 *
 * Models k8s.io/kubectl/pkg/cmd/expose.
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject, LabelSelector, StringMap } from '../../model/meta.ts';
import type { Container } from '../../model/pod.ts';
import type { Service, ServicePort } from '../../model/service.ts';
import type { ParsedCommand } from './command-line.ts';
import { errorText, type KubectlContext, KubectlError, namespaceOf, resourceName, selectObjects } from './context.ts';
import { labelsOf } from './create.ts';

const SUBJECTS: ReadonlySet<string> = new Set(['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet']);

interface Exposable extends KubeObject {
  readonly spec: {
    readonly selector?: LabelSelector | StringMap;
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
    readonly ports?: readonly ServicePort[];
    readonly containers?: readonly Container[];
  };
}

export function* expose(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  for (const object of (yield* selectObjects(command, context)) as readonly Exposable[]) {
    if (!SUBJECTS.has(object.kind)) throw new KubectlError(`error: cannot expose a ${object.kind}`);
    const name = flags.text('name') ?? object.metadata.name;
    const selector = flags.has('selector') ? labelsOf(flags.text('selector')!) : selectorOf(object);
    const ports = portsOf(object, command);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name,
        namespace: namespaceOf(flags),
        ...(object.metadata.labels === undefined ? {} : { labels: object.metadata.labels }),
      },
      spec: {
        selector,
        ports,
        ...(flags.has('type') ? { type: flags.text('type') } : {}),
        ...(flags.has('cluster-ip') ? { clusterIP: flags.text('cluster-ip') } : {}),
      },
    } as Service;
    try {
      yield* context.client.create('Service', service);
    } catch (error) {
      throw new KubectlError(errorText(error));
    }
    context.print(`${resourceName('Service' as Kind, name)} exposed`);
  }
}

function selectorOf(object: Exposable): StringMap {
  if (object.kind === 'Pod') {
    if (object.metadata.labels !== undefined) return object.metadata.labels;
    throw new KubectlError(
      "error: couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
    );
  }
  const { selector = {} } = object.spec;
  if (object.kind === 'Service' || object.kind === 'ReplicationController') return selector as StringMap;
  const { matchLabels = {}, matchExpressions = [] } = selector as LabelSelector;
  if (matchExpressions.length > 0)
    throw new KubectlError(
      'error: couldn\'t retrieve selectors via --selector flag or introspection: couldn\'t convert expressions - "[]" to map-based selector format',
    );
  return matchLabels;
}

function portsOf(object: Exposable, command: ParsedCommand): ServicePort[] {
  const { flags } = command;
  const target = flags.text('target-port');
  const targetPort = target === undefined ? undefined : /^\d+$/.test(target) ? Number(target) : target;
  const protocol = (flags.text('protocol') ?? 'TCP') as 'TCP';
  const given = flags.text('port')?.split(',').map(Number);
  const ports = given ?? containerPorts(object);
  if (ports.length === 0)
    throw new KubectlError("error: couldn't find port via --port flag or introspection\nSee 'kubectl expose -h' for help and examples");
  return ports.map((port, at) => ({
    ...(ports.length > 1 ? { name: `port-${at + 1}` } : {}),
    protocol,
    port,
    targetPort: targetPort ?? port,
  }));
}

function containerPorts({ spec }: Exposable): number[] {
  if (spec.ports !== undefined) return spec.ports.map(({ port }) => port);
  const containers = spec.template?.spec.containers ?? spec.containers ?? [];
  return containers.flatMap(({ ports }) => (ports ?? []).map(({ containerPort }) => containerPort));
}
