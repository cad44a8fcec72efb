/**
 * `kubectl expose`: a Service for the pods of something that has a selector. Models k8s.io/kubectl/pkg/cmd/expose.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject, LabelSelector, StringMap } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { inNamespace, newObject } from './create/create-object.ts';
import { KubectlError, throwAll } from './errors.ts';
import { asMap, type Json, type JsonMap, mapAt, mapsAt, numberAt, textAt } from './json.ts';
import { labelMap } from './label-map.ts';
import { singular } from './names.ts';
import { jsonMerged } from './overrides.ts';
import { answerPrinter } from './print-answer.ts';
import { select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

const SUBJECTS: ReadonlySet<string> = new Set(['Pod', 'Service', 'ReplicationController', 'Deployment', 'ReplicaSet']);
const NAME_LENGTH_MAX = 63; // DNS1035LabelMaxLength
const NO_SELECTOR = "couldn't retrieve selectors via --selector flag or introspection:";
const NO_PORT = "couldn't find port via --port flag or introspection";

export function* expose(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const isLocal = dryRunOf(flags) === 'client';
  const answer = answerPrinter(command, context, { isTyped: isLocal });
  const { infos, errors } = yield* select(command, context);
  const failures = [...errors];
  for (const { object } of infos) {
    try {
      const service = serviceFor(object!, command);
      if (isLocal) answer(service, 'exposed');
      else answer(yield* context.api.create(inNamespace(service, command, context), writeOptionsOf(flags, 'kubectl-expose')), 'exposed');
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

function serviceFor(object: KubeObject, command: ParsedCommand): KubeObject {
  const { flags } = command;
  if (!SUBJECTS.has(object.kind)) throw new KubectlError(`cannot expose a ${kindText(object)}`);
  const selector = flags.text('selector') ? labelMap(flags.text('selector')!) : selectorOf(object);
  const [type, clusterIP, externalIP, balancerIP] = ['type', 'cluster-ip', 'external-ip', 'load-balancer-ip'].map((flag) =>
    flags.text(flag),
  );
  const affinity = flags.text('session-affinity') ?? '';
  if (!['', 'None', 'ClientIP'].includes(affinity)) throw new KubectlError(`unknown session affinity: ${affinity}`);
  const ports = portsOf(object, command);
  const spec = {
    ...(ports.length === 0 ? {} : { ports }),
    selector,
    ...(clusterIP ? { clusterIP } : {}),
    ...(type ? { type } : {}),
    ...(externalIP ? { externalIPs: [externalIP] } : {}),
    ...(affinity === '' ? {} : { sessionAffinity: affinity }),
    ...(type === 'LoadBalancer' && balancerIP ? { loadBalancerIP: balancerIP } : {}),
  };
  const labels = flags.text('labels') ? labelMap(flags.text('labels')!) : object.metadata.labels;
  const given = {
    kind: 'Service' as const,
    name: flags.text('name') || object.metadata.name.slice(0, NAME_LENGTH_MAX),
    ...(labels === undefined ? {} : { labels }),
    fields: { spec, status: { loadBalancer: {} } },
  };
  return jsonMerged(newObject(given, command), flags.text('overrides'));
}

function selectorOf(object: KubeObject): StringMap {
  const refuse = (why: string) => new KubectlError(`${NO_SELECTOR} ${why}`);
  if (object.kind === 'Pod') {
    const { labels = {} } = object.metadata;
    if (Object.keys(labels).length === 0) throw refuse('the pod has no labels and cannot be exposed');
    return labels;
  }
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    const selector = mapAt(asMap(object), 'spec.selector') as StringMap;
    if (object.kind === 'Service' && Object.keys(selector).length === 0) throw refuse('the service has no pod selector set');
    return selector;
  }
  const { matchLabels = {}, matchExpressions = [] } = mapAt(asMap(object), 'spec.selector') as LabelSelector;
  if (Object.keys(matchLabels).length === 0)
    throw refuse(`invalid ${object.kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  if (matchExpressions.length > 0) {
    const texts = matchExpressions.map(
      ({ key, operator, values = [] }) => `{Key:${key} Operator:${operator} Values:[${values.join(' ')}]}`,
    );
    throw refuse(`couldn't convert expressions - "[${texts.join(' ')}]" to map-based selector format`);
  }
  return matchLabels;
}

/** The ports asked for, or those the containers open; with the protocols the containers speak on them. */
function portsOf(object: KubeObject, { flags }: ParsedCommand): Json[] {
  const open = openPorts(object);
  const given = flags.text('port')?.split(',');
  const numbers = given ?? [...new Set(open.map(({ port }) => String(port)))];
  if (numbers.length === 0 && flags.text('cluster-ip') !== 'None') throw new KubectlError(NO_PORT);
  const target = flags.text('target-port');
  const asked = flags.text('protocol') ?? '';
  return numbers.flatMap((text, at) => {
    if (!/^[+-]?\d+$/.test(text)) throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    const port = Number(text);
    const spoken = asked === '' ? open.filter((one) => one.port === port).map(({ protocol }) => protocol) : [asked];
    const protocols = spoken.length === 0 ? ['TCP'] : spoken;
    const name = numbers.length > 1 ? `port-${at + 1}` : undefined;
    return protocols.map((protocol) => {
      const own = protocols.length > 1 ? `port-${at + 1}-${protocol.toLowerCase()}` : name;
      const targetPort = target === undefined || target === '' ? port : /^\d+$/.test(target) ? Number(target) : target;
      return { ...(own === undefined ? {} : { name: own }), protocol, port, targetPort };
    });
  });
}

function openPorts(object: KubeObject): { readonly port: number; readonly protocol: string }[] {
  const map = asMap(object);
  const read = (ports: readonly JsonMap[], field: string) =>
    ports.map((one) => ({ port: numberAt(one, field) ?? 0, protocol: textAt(one, 'protocol') ?? 'TCP' }));
  if (object.kind === 'Service') return read(mapsAt(map, 'spec.ports'), 'port');
  const containers = mapsAt(map, object.kind === 'Pod' ? 'spec.containers' : 'spec.template.spec.containers');
  return containers.flatMap((container) => read(mapsAt(container, 'ports'), 'containerPort'));
}

function kindText(object: KubeObject): string {
  const [, group] = singular(object).split(/\.(.*)/s);
  return group === undefined ? object.kind : `${object.kind}.${group}`;
}
