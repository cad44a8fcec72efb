/**
 * What the server does differently by kind: whose spec counts generations, whose update must name a version, whose status has an endpoint of
 * its own, and what status a new object begins with.
 *
 * Models the strategies of pkg/registry/<group>/<kind>/strategy.go (PrepareForCreate, PrepareForUpdate, AllowUnconditionalUpdate).
 */
import type { Kind } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';
import { emptyStatusOf } from './empty-status.ts';
import { isSameValue } from './same-value.ts';

/** Kinds whose generation counts the changes of their spec. */
export const GENERATION_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'Ingress',
  'EndpointSlice',
  'ReplicationController',
  'PodTemplate',
  'PriorityClass',
  'IngressClass',
]);

/** Kinds whose update must name the version it was made from. */
export const CONDITIONAL_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  'CSIDriver',
  'CSINode',
  'Lease',
  'PodDisruptionBudget',
  'RuntimeClass',
  'VolumeAttachment',
]);

/** Kinds with a status that only its own endpoint writes. */
export const STATUS_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  'Pod',
  'Node',
  'Namespace',
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ResourceQuota',
  'VolumeAttachment',
  'Ingress',
  'ReplicationController',
]);

/** Kinds whose status begins anew, whatever a create says of it (PrepareForCreate in their strategies). */
export const STATUS_RESET_KINDS: ReadonlySet<Kind> = new Set([...STATUS_KINDS].filter((kind) => kind !== 'Pod' && kind !== 'Node'));

const PHASES: { readonly [K in Kind]?: string } = {
  Namespace: 'Active',
  PersistentVolume: 'Pending',
  PersistentVolumeClaim: 'Pending',
};

export function newStatus(kind: Kind): unknown {
  const phase = PHASES[kind];
  return phase === undefined ? emptyStatusOf(kind) : { phase };
}

/** Of a slice everything counts but annotations and owners (pkg/registry/discovery/endpointslice/strategy.go). */
export function hasSliceChanged(stored: KubeObject, given: KubeObject): boolean {
  const { metadata: before, ...old } = stored;
  const { metadata: after, ...next } = given;
  return !isSameValue(old, next) || !isSameValue(before.labels, after.labels);
}
