/**
 * The kinds of the API: their group, their resource name on the wire, and whether they live in a namespace.
 */
import type { CronJob, Job } from './batch.ts';
import type { ConfigMap, Event, Namespace, Secret, ServiceAccount } from './configuration.ts';
import type { KubeObject } from './meta.ts';
import type { Lease, Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { HorizontalPodAutoscaler, LimitRange, PodDisruptionBudget, PriorityClass, ResourceQuota } from './policy.ts';
import type { EndpointSlice, Endpoints, Service } from './service.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from './storage.ts';
import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from './workloads.ts';

/** From the name of a kind to its type. */
export interface KindMap {
  Pod: Pod;
  Node: Node;
  Namespace: Namespace;
  Service: Service;
  Endpoints: Endpoints;
  EndpointSlice: EndpointSlice;
  Deployment: Deployment;
  ReplicaSet: ReplicaSet;
  StatefulSet: StatefulSet;
  DaemonSet: DaemonSet;
  ControllerRevision: ControllerRevision;
  Job: Job;
  CronJob: CronJob;
  ConfigMap: ConfigMap;
  Secret: Secret;
  ServiceAccount: ServiceAccount;
  Event: Event;
  Lease: Lease;
  PersistentVolume: PersistentVolume;
  PersistentVolumeClaim: PersistentVolumeClaim;
  StorageClass: StorageClass;
  CSINode: CSINode;
  CSIDriver: CSIDriver;
  CSIStorageCapacity: CSIStorageCapacity;
  VolumeAttachment: VolumeAttachment;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  PodDisruptionBudget: PodDisruptionBudget;
  PriorityClass: PriorityClass;
  ResourceQuota: ResourceQuota;
  LimitRange: LimitRange;
  ReplicationController: KubeObject;
  PodTemplate: KubeObject;
  Ingress: KubeObject;
  IngressClass: KubeObject;
  NetworkPolicy: KubeObject;
  Role: KubeObject;
  RoleBinding: KubeObject;
  ClusterRole: KubeObject;
  ClusterRoleBinding: KubeObject;
  RuntimeClass: KubeObject;
}
export type Kind = keyof KindMap;

export interface KindInfo {
  readonly kind: Kind;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural, lower case, as in a path and in messages such as `pods "x" not found`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

function info(kind: Kind, groupVersion: string, resource: string, namespaced: boolean, ...shortNames: string[]): KindInfo {
  const [group, version] = groupVersion.includes('/') ? (groupVersion.split('/') as [string, string]) : ['', groupVersion];
  return { kind, group, version, resource, namespaced, shortNames };
}

export const KINDS: { readonly [K in Kind]: KindInfo } = {
  Pod: info('Pod', 'v1', 'pods', true, 'po'),
  Node: info('Node', 'v1', 'nodes', false, 'no'),
  Namespace: info('Namespace', 'v1', 'namespaces', false, 'ns'),
  Service: info('Service', 'v1', 'services', true, 'svc'),
  Endpoints: info('Endpoints', 'v1', 'endpoints', true, 'ep'),
  EndpointSlice: info('EndpointSlice', 'discovery.k8s.io/v1', 'endpointslices', true),
  Deployment: info('Deployment', 'apps/v1', 'deployments', true, 'deploy'),
  ReplicaSet: info('ReplicaSet', 'apps/v1', 'replicasets', true, 'rs'),
  StatefulSet: info('StatefulSet', 'apps/v1', 'statefulsets', true, 'sts'),
  DaemonSet: info('DaemonSet', 'apps/v1', 'daemonsets', true, 'ds'),
  ControllerRevision: info('ControllerRevision', 'apps/v1', 'controllerrevisions', true),
  Job: info('Job', 'batch/v1', 'jobs', true),
  CronJob: info('CronJob', 'batch/v1', 'cronjobs', true, 'cj'),
  ConfigMap: info('ConfigMap', 'v1', 'configmaps', true, 'cm'),
  Secret: info('Secret', 'v1', 'secrets', true),
  ServiceAccount: info('ServiceAccount', 'v1', 'serviceaccounts', true, 'sa'),
  Event: info('Event', 'v1', 'events', true, 'ev'),
  Lease: info('Lease', 'coordination.k8s.io/v1', 'leases', true),
  PersistentVolume: info('PersistentVolume', 'v1', 'persistentvolumes', false, 'pv'),
  PersistentVolumeClaim: info('PersistentVolumeClaim', 'v1', 'persistentvolumeclaims', true, 'pvc'),
  StorageClass: info('StorageClass', 'storage.k8s.io/v1', 'storageclasses', false, 'sc'),
  CSINode: info('CSINode', 'storage.k8s.io/v1', 'csinodes', false),
  CSIDriver: info('CSIDriver', 'storage.k8s.io/v1', 'csidrivers', false),
  CSIStorageCapacity: info('CSIStorageCapacity', 'storage.k8s.io/v1', 'csistoragecapacities', true),
  VolumeAttachment: info('VolumeAttachment', 'storage.k8s.io/v1', 'volumeattachments', false),
  HorizontalPodAutoscaler: info('HorizontalPodAutoscaler', 'autoscaling/v2', 'horizontalpodautoscalers', true, 'hpa'),
  PodDisruptionBudget: info('PodDisruptionBudget', 'policy/v1', 'poddisruptionbudgets', true, 'pdb'),
  PriorityClass: info('PriorityClass', 'scheduling.k8s.io/v1', 'priorityclasses', false, 'pc'),
  ResourceQuota: info('ResourceQuota', 'v1', 'resourcequotas', true, 'quota'),
  LimitRange: info('LimitRange', 'v1', 'limitranges', true, 'limits'),
  ReplicationController: info('ReplicationController', 'v1', 'replicationcontrollers', true, 'rc'),
  PodTemplate: info('PodTemplate', 'v1', 'podtemplates', true),
  Ingress: info('Ingress', 'networking.k8s.io/v1', 'ingresses', true, 'ing'),
  IngressClass: info('IngressClass', 'networking.k8s.io/v1', 'ingressclasses', false),
  NetworkPolicy: info('NetworkPolicy', 'networking.k8s.io/v1', 'networkpolicies', true, 'netpol'),
  Role: info('Role', 'rbac.authorization.k8s.io/v1', 'roles', true),
  RoleBinding: info('RoleBinding', 'rbac.authorization.k8s.io/v1', 'rolebindings', true),
  ClusterRole: info('ClusterRole', 'rbac.authorization.k8s.io/v1', 'clusterroles', false),
  ClusterRoleBinding: info('ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', 'clusterrolebindings', false),
  RuntimeClass: info('RuntimeClass', 'node.k8s.io/v1', 'runtimeclasses', false),
};

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}

/** `deployments.apps`, `pods`: the resource with its group, as messages name it. */
export function groupResource(kind: Kind): string {
  const { resource, group } = KINDS[kind];
  return group === '' ? resource : `${resource}.${group}`;
}

export function apiVersionOf(kind: Kind): string {
  const { group, version } = KINDS[kind];
  return group === '' ? version : `${group}/${version}`;
}
