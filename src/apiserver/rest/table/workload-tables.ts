/**
 * Deployments and the other sets of pods in tables.
 *
 * Models printDeployment, printReplicaSet, printStatefulSet, printDaemonSet and their kin in pkg/printers/internalversion/printers.go.
 */
import type { KubeObject, ObjectMeta, StringMap } from '../../../model/meta.ts';
import { controllerOf } from '../../../model/meta.ts';
import type { PodSpec, PodTemplate } from '../../../model/pod.ts';
import { formatLabels, formatSelector } from '../../../model/selector-format.ts';
import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../../model/workloads.ts';
import { age, columns, NAME, NONE, type TablePrinter } from './columns.ts';

interface ReplicationController extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: StringMap; readonly template?: PodTemplate };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}
interface PodTemplateObject extends KubeObject {
  readonly template: { readonly metadata?: Partial<ObjectMeta>; readonly spec: PodSpec };
}
interface ScaleObject extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

const REPLICA_COLUMNS = columns('Desired:integer', 'Current:integer', 'Ready:integer', 'Age', '*Containers', '*Images', '*Selector');

const DEPLOYMENT: TablePrinter<Deployment> = {
  columns: [NAME, ...columns('Ready', 'Up-to-date', 'Available', 'Age', '*Containers', '*Images', '*Selector')],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    return [
      object.metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      age(object, nowUs),
      ...containerCells(spec.template.spec),
      formatSelector(spec.selector),
    ];
  },
};

const REPLICA_SET: TablePrinter<ReplicaSet> = {
  columns: [NAME, ...REPLICA_COLUMNS],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    return [
      object.metadata.name,
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(object, nowUs),
      ...containerCells(spec.template.spec),
      formatSelector(spec.selector),
    ];
  },
};

const REPLICATION_CONTROLLER: TablePrinter<ReplicationController> = {
  columns: [NAME, ...REPLICA_COLUMNS],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    return [
      object.metadata.name,
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(object, nowUs),
      ...(spec.template === undefined ? ['', ''] : containerCells(spec.template.spec)),
      formatLabels(spec.selector),
    ];
  },
};

const STATEFUL_SET: TablePrinter<StatefulSet> = {
  columns: [NAME, ...columns('Ready', 'Age', '*Containers', '*Images')],
  cells: (object, nowUs) => [
    object.metadata.name,
    `${object.status?.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`,
    age(object, nowUs),
    ...containerCells(object.spec.template.spec),
  ],
};

const DAEMON_SET: TablePrinter<DaemonSet> = {
  columns: [
    NAME,
    ...columns(
      'Desired:integer',
      'Current:integer',
      'Ready:integer',
      'Up-to-date:integer',
      'Available:integer',
      'Node Selector',
      'Age',
      '*Containers',
      '*Images',
      '*Selector',
    ),
  ],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    return [
      object.metadata.name,
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      formatLabels(spec.template.spec.nodeSelector),
      age(object, nowUs),
      ...containerCells(spec.template.spec),
      formatSelector(spec.selector),
    ];
  },
};

const CONTROLLER_REVISION: TablePrinter<ControllerRevision> = {
  columns: [NAME, ...columns('Controller', 'Revision', 'Age')],
  cells: (object, nowUs) => {
    const owner = controllerOf(object);
    return [
      object.metadata.name,
      owner === undefined ? NONE : `${groupKind(owner.apiVersion, owner.kind)}/${owner.name}`,
      object.revision,
      age(object, nowUs),
    ];
  },
};

const POD_TEMPLATE: TablePrinter<PodTemplateObject> = {
  columns: [NAME, ...columns('Containers', 'Images', 'Pod Labels')],
  cells: ({ metadata, template }) => [metadata.name, ...containerCells(template.spec), formatLabels(template.metadata?.labels)],
};

/** What the scale subresource shows of any of them. */
const SCALE: TablePrinter<ScaleObject> = {
  columns: columns('Name', 'Desired:integer', 'Available:integer', 'Age'),
  cells: (object, nowUs) => [object.metadata.name, object.spec?.replicas ?? 0, object.status?.replicas ?? 0, age(object, nowUs)],
};

export const WORKLOAD_TABLES = {
  Deployment: DEPLOYMENT,
  ReplicaSet: REPLICA_SET,
  ReplicationController: REPLICATION_CONTROLLER,
  StatefulSet: STATEFUL_SET,
  DaemonSet: DAEMON_SET,
  ControllerRevision: CONTROLLER_REVISION,
  PodTemplate: POD_TEMPLATE,
  Scale: SCALE,
};

/** Names and images of the containers. */
export function containerCells({ containers }: PodSpec): [string, string] {
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}

/** `daemonset.apps`. */
function groupKind(apiVersion: string, kind: string): string {
  const [group] = apiVersion.split('/');
  return apiVersion.includes('/') ? `${kind.toLowerCase()}.${group}` : kind.toLowerCase();
}
