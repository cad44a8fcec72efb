/**
 * `kubectl get`: a table of objects, with the columns the server gives each kind.
 *
 * Models pkg/printers/internalversion/printers.go. Output formats other than the table and `-o name` are left out.
 */
import type { Task } from '../../client/task.ts';
import type { Kind, KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { nodeCondition } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import { timeUsOf } from '../../model/time.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, namespaceOf, resourceName, selectObjects } from './context.ts';
import { ageText, table } from './table.ts';

interface Columns<T> {
  readonly header: readonly string[];
  readonly wide: readonly string[];
  cells(object: T): readonly string[];
  wideCells(object: T): readonly string[];
}

const ROLE_LABEL = 'node-role.kubernetes.io/';

const COLUMNS: { readonly [K in Kind]?: Columns<KindMap[K]> } = {
  Pod: {
    header: ['READY', 'STATUS', 'RESTARTS'],
    wide: ['IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
    cells: (pod) => [readyText(pod), podStatusText(pod), String(restartsOf(pod))],
    wideCells: (pod) => [pod.status?.podIP ?? '<none>', pod.spec.nodeName ?? '<none>', pod.status?.nominatedNodeName ?? '<none>', '<none>'],
  },
  Deployment: {
    header: ['READY', 'UP-TO-DATE', 'AVAILABLE'],
    wide: ['CONTAINERS', 'IMAGES'],
    cells: ({ spec, status }) => [
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
      String(status?.updatedReplicas ?? 0),
      String(status?.availableReplicas ?? 0),
    ],
    wideCells: ({ spec }) => containerCells(spec.template.spec),
  },
  ReplicaSet: {
    header: ['DESIRED', 'CURRENT', 'READY'],
    wide: ['CONTAINERS', 'IMAGES'],
    cells: ({ spec, status }) => [String(spec.replicas ?? 1), String(status?.replicas ?? 0), String(status?.readyReplicas ?? 0)],
    wideCells: ({ spec }) => containerCells(spec.template.spec),
  },
  Service: {
    header: ['TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)'],
    wide: ['SELECTOR'],
    cells: ({ spec }) => [
      spec.type ?? 'ClusterIP',
      spec.clusterIP ?? '<none>',
      '<none>',
      (spec.ports ?? [])
        .map((port) => `${port.port}${port.nodePort === undefined ? '' : `:${port.nodePort}`}/${port.protocol ?? 'TCP'}`)
        .join(',') || '<none>',
    ],
    wideCells: ({ spec }) => [
      Object.entries(spec.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(',') || '<none>',
    ],
  },
  Node: {
    header: ['STATUS', 'ROLES'],
    wide: ['INTERNAL-IP'],
    cells: (node) => {
      const ready = nodeCondition(node, 'Ready')?.status;
      const words = [ready === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady'];
      if (node.spec?.unschedulable === true) words.push('SchedulingDisabled');
      const roles = Object.keys(node.metadata.labels ?? {})
        .filter((label) => label.startsWith(ROLE_LABEL))
        .map((label) => label.slice(ROLE_LABEL.length));
      return [words.join(','), roles.join(',') || '<none>'];
    },
    wideCells: (node) => [node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address ?? '<none>'],
  },
  Namespace: { header: ['STATUS'], wide: [], cells: ({ status }) => [status?.phase ?? 'Active'], wideCells: () => [] },
};

export function* get(command: ParsedCommand, context: KubectlContext): Task<void> {
  const objects = yield* selectObjects(command, context);
  if (objects.length === 0) {
    context.print(`No resources found in ${namespaceOf(command.flags)} namespace.`);
    return;
  }
  if (command.flags.text('output') === 'name') {
    context.print(objects.map((object) => resourceName(object.kind as Kind, object.metadata.name)).join('\n'));
    return;
  }
  const kinds = [...new Set(objects.map((object) => object.kind as Kind))];
  const isWide = command.flags.text('output') === 'wide';
  const tables = kinds.map((kind) =>
    tableOf(
      kind,
      objects.filter((object) => object.kind === kind),
      context.sim.nowUs,
      isWide,
      kinds.length > 1,
    ),
  );
  context.print(tables.join('\n\n'));
}

function tableOf(kind: Kind, objects: readonly KubeObject[], nowUs: number, isWide: boolean, isPrefixed: boolean): string {
  const columns = COLUMNS[kind] as Columns<KubeObject> | undefined;
  const sorted = [...objects].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rows = sorted.map((object) => [
    isPrefixed ? resourceName(kind, object.metadata.name) : object.metadata.name,
    ...(columns?.cells(object) ?? []),
    ageText(nowUs - timeUsOf(object.metadata.creationTimestamp!)),
    ...(isWide ? (columns?.wideCells(object) ?? []) : []),
  ]);
  return table(['NAME', ...(columns?.header ?? []), 'AGE', ...(isWide ? (columns?.wide ?? []) : [])], rows);
}

function containerCells({ containers }: Pod['spec']): readonly string[] {
  return [containers.map((container) => container.name).join(','), containers.map((container) => container.image ?? '').join(',')];
}

function readyText(pod: Pod): string {
  const statuses = pod.status?.containerStatuses ?? [];
  return `${statuses.filter((status) => status.ready === true).length}/${pod.spec.containers.length}`;
}

function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
}

/** What stands in the STATUS column (printPod): the most telling of phase, reason and container states. */
export function podStatusText(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  let text = pod.status?.reason ?? pod.status?.phase ?? 'Pending';
  const inits = pod.status?.initContainerStatuses ?? [];
  for (const [index, { state, started }] of inits.entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    const isSidecar = pod.spec.initContainers?.[index]?.restartPolicy === 'Always';
    if (isSidecar && started === true) continue;
    if (state?.terminated !== undefined) return `Init:${state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`}`;
    const reason = state?.waiting?.reason;
    return reason !== undefined && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${index}/${inits.length}`;
  }
  for (const { state } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason !== undefined) text = state.waiting.reason;
    else if (state?.terminated !== undefined) text = state.terminated.reason ?? `ExitCode:${state.terminated.exitCode}`;
  }
  return text;
}
