/**
 * What the server refuses of an object that is created or changed: the rules of its kind, in the order they are asked.
 *
 * Models the Validate and ValidateUpdate methods of the strategies in pkg/registry, with rest.BeforeCreate and rest.BeforeUpdate around them.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject, ObjectMeta } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { invalid, type StatusCause } from '../api-error.ts';
import { isSameValue } from '../same-value.ts';
import { internalView } from '../schema/internal-view.ts';
import { rawTextOf } from '../schema/raw-text.ts';
import { validateAutoscaler, validateAutoscalerStatus } from './autoscalers.ts';
import {
  validateBudget,
  validateBudgetStatus,
  validateLimitRange,
  validatePriorityClass,
  validatePriorityClassUpdate,
  validateQuota,
  validateQuotaStatus,
  validateQuotaUpdate,
  validateRuntimeClass,
} from './bounds.ts';
import {
  validateConfigMap,
  validateEvent,
  validateKept,
  validateLease,
  validateNamespace,
  validateNamespaceStatus,
  validateNode,
  validateNodeUpdate,
  validateRole,
  validateRoleBinding,
  validateRoleBindingUpdate,
  validateSecret,
} from './configuration.ts';
import { validateCronJob } from './cron-jobs.ts';
import { FieldErrors } from './field-errors.ts';
import { validateJobStatusUpdate } from './job-status.ts';
import { validateGeneratedSelector, validateJob, validateJobUpdate } from './jobs.ts';
import { FIELD_IS_IMMUTABLE, validateFinalizerNames, validateImmutable, validateMetadata, validateMetadataUpdate } from './metadata.ts';
import { isLabel, isPathSegment, isSubdomain, type NameRule } from './names.ts';
import { validateEndpointSlice, validateIngress, validateIngressClass, validateNetworkPolicy } from './networking.ts';
import { podSpecCauses, validatePodAnnotations } from './pod-spec.ts';
import { validatePodStatusUpdate } from './pod-status.ts';
import { validateEphemeralUpdate, validatePodResize, validatePodUpdate } from './pod-update.ts';
import type { Sent } from './sent.ts';
import { validateEndpoints, validateService, validateServiceStatus, validateServiceUpdate } from './services.ts';
import {
  validateAttachment,
  validateClaimSpec,
  validateClaimUpdate,
  validateCsiDriver,
  validateCsiNode,
  validateCsiNodeUpdate,
  validateStorageClass,
  validateVolumeSpec,
  validateVolumeUpdate,
} from './storage.ts';
import { validateWorkloadStatus } from './workload-status.ts';
import {
  validateControllerRevision,
  validateDaemonSetSpec,
  validateDeploymentSpec,
  validateReplicaSetSpec,
  validateStatefulSetSpec,
  validateStatefulSetUpdate,
} from './workloads.ts';

const LABEL_NAMES: ReadonlySet<Kind> = new Set<Kind>(['StatefulSet', 'Service', 'Namespace']);
const SEGMENT_NAMES: ReadonlySet<Kind> = new Set<Kind>(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);
/** Kinds whose own rules say nothing of metadata: it is looked at after them, and any part of a path will do as a name. */
const PLAIN_METADATA: ReadonlySet<Kind> = new Set<Kind>(['PodDisruptionBudget', 'Event']);

type MetadataStep = 'create' | 'update';

/**
 * How a kind's own rules for an update ask after the metadata again: as of a new object, or as of a changed one. The others do the latter, once.
 * What is wrong is told each time.
 */
const METADATA_STEPS: { readonly [K in Kind]?: readonly MetadataStep[] } = {
  Pod: ['update', 'create'],
  Node: ['create', 'update'],
  Namespace: ['create', 'update'],
  EndpointSlice: ['create'],
  StatefulSet: ['create', 'update'],
  ControllerRevision: ['update', 'create'],
  Job: ['create', 'update'],
  ConfigMap: ['update', 'create'],
  Secret: ['update', 'create'],
  ServiceAccount: ['update', 'create'],
  PersistentVolume: ['create'],
  PersistentVolumeClaim: ['update', 'create'],
  StorageClass: ['create', 'update'],
  CSINode: ['create'],
  CSIStorageCapacity: ['create', 'update'],
  VolumeAttachment: ['create'],
  PodDisruptionBudget: [],
  Event: [],
  LimitRange: ['create'],
  Ingress: ['update', 'create'],
  IngressClass: ['update', 'create'],
  Role: ['create', 'update'],
  RoleBinding: ['create', 'update'],
  ClusterRole: ['create', 'update'],
  ClusterRoleBinding: ['create', 'update'],
  RuntimeClass: ['create', 'update'],
};
const UPDATED_ONCE: readonly MetadataStep[] = ['update'];

function metadataSteps(kind: Kind, subresource: string): readonly MetadataStep[] {
  if (subresource !== 'status') return METADATA_STEPS[kind] ?? UPDATED_ONCE;
  if (kind === 'CronJob' || kind === 'PodDisruptionBudget') return [];
  return kind === 'VolumeAttachment' ? METADATA_STEPS.VolumeAttachment! : UPDATED_ONCE;
}

function nameRuleOf(kind: Kind): NameRule {
  if (LABEL_NAMES.has(kind)) return isLabel;
  return SEGMENT_NAMES.has(kind) || PLAIN_METADATA.has(kind) ? isPathSegment : isSubdomain;
}

const GENERATED_LABELS = ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name'];

type CreateRule = (errors: FieldErrors, object: Sent) => void;
type UpdateRule = (errors: FieldErrors, object: Sent, before: Sent) => void;

const CREATE: { readonly [K in Kind]?: CreateRule } = {
  Pod: validatePod,
  Node: validateNode,
  Namespace: validateNamespace,
  Service: validateService,
  Endpoints: validateEndpoints,
  EndpointSlice: validateEndpointSlice,
  Deployment: (errors, { spec }) => validateDeploymentSpec(errors, spec ?? {}),
  ReplicaSet: (errors, { spec }) => validateReplicaSetSpec(errors, spec ?? {}),
  StatefulSet: (errors, { spec }) => validateStatefulSetSpec(errors, spec ?? {}, false),
  DaemonSet: (errors, { spec }) => validateDaemonSetSpec(errors, spec ?? {}),
  ControllerRevision: validateControllerRevision,
  Job: (errors, job) => {
    validateGeneratedSelector(errors, job);
    validateJob(errors, job);
  },
  CronJob: (errors, cronJob) => validateCronJob(errors, cronJob),
  ConfigMap: validateConfigMap,
  Secret: validateSecret,
  Event: validateEvent,
  Lease: validateLease,
  PersistentVolume: (errors, { spec }) => validateVolumeSpec(errors, spec ?? {}, 'spec', false),
  PersistentVolumeClaim: (errors, { spec }) => validateClaimSpec(errors, spec ?? {}, 'spec'),
  StorageClass: validateStorageClass,
  CSINode: validateCsiNode,
  CSIDriver: validateCsiDriver,
  VolumeAttachment: validateAttachment,
  HorizontalPodAutoscaler: validateAutoscaler,
  PodDisruptionBudget: validateBudget,
  PriorityClass: validatePriorityClass,
  ResourceQuota: validateQuota,
  LimitRange: validateLimitRange,
  Ingress: (errors, ingress) => validateIngress(errors, ingress, true),
  IngressClass: validateIngressClass,
  NetworkPolicy: validateNetworkPolicy,
  Role: (errors, role) => validateRole(errors, role, true),
  ClusterRole: (errors, role) => validateRole(errors, role, false),
  RoleBinding: (errors, binding) => validateRoleBinding(errors, binding, true),
  ClusterRoleBinding: (errors, binding) => validateRoleBinding(errors, binding, false),
  RuntimeClass: validateRuntimeClass,
};

/** Rules of an update; a kind not named here is looked at as if it were new. */
const UPDATE: { readonly [K in Kind]?: UpdateRule } = {
  Pod: validatePodUpdate,
  Node: (errors, after, before) => {
    validateNode(errors, after);
    validateNodeUpdate(errors, after, before);
  },
  Namespace: validateNamespace,
  Service: validateServiceUpdate,
  EndpointSlice: (errors, slice, before) => {
    validateEndpointSlice(errors, slice);
    validateImmutable(errors, 'addressType', slice.addressType, before.addressType);
  },
  Deployment: (errors, { spec }, before) => {
    validateDeploymentSpec(errors, spec ?? {});
    validateImmutable(errors, 'spec.selector', spec?.selector, before.spec.selector);
  },
  ReplicaSet: (errors, { spec }, before) => {
    validateReplicaSetSpec(errors, spec ?? {});
    validateImmutable(errors, 'spec.selector', spec?.selector, before.spec.selector);
  },
  StatefulSet: (errors, { spec }, before) => validateStatefulSetUpdate(errors, spec ?? {}, before.spec),
  DaemonSet: (errors, { spec }, before) => {
    validateImmutable(errors, 'spec.selector', spec?.selector, before.spec.selector);
    validateDaemonSetSpec(errors, spec ?? {});
  },
  ControllerRevision: (errors, revision, before) => {
    if ((revision.revision ?? 0) < 0) errors.invalid('revision', revision.revision, 'must be greater than or equal to 0');
    if (rawTextOf(revision.data) !== rawTextOf(before.data)) errors.invalid('data', revision.data ?? null, FIELD_IS_IMMUTABLE);
  },
  Job: validateJobUpdate,
  CronJob: validateCronJob,
  ConfigMap: (errors, after, before) => {
    validateKept(errors, after, before, ['data', 'binaryData']);
    validateConfigMap(errors, after);
  },
  Secret: (errors, after, before) => {
    validateImmutable(errors, 'type', after.type, before.type);
    validateKept(errors, after, before, ['data']);
    validateSecret(errors, after);
  },
  PersistentVolume: (errors, after, before) => {
    validateVolumeSpec(errors, after.spec ?? {}, 'spec', false);
    validateVolumeUpdate(errors, after, before);
  },
  PersistentVolumeClaim: (errors, after, before) => {
    validateClaimSpec(errors, after.spec ?? {}, 'spec');
    validateClaimUpdate(errors, after, before);
  },
  StorageClass: (errors, after, before) => {
    validateStorageClass(errors, after);
    for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']) {
      validateImmutable(errors, field, after[field], before[field]);
    }
  },
  CSINode: validateCsiNodeUpdate,
  CSIDriver: (errors, after, before) => {
    validateCsiDriver(errors, after);
    validateImmutable(errors, 'spec.attachedRequired', after.spec?.attachRequired, before.spec.attachRequired);
    validateImmutable(errors, 'spec.volumeLifecycleModes', after.spec?.volumeLifecycleModes, before.spec.volumeLifecycleModes);
  },
  VolumeAttachment: (errors, after, before) => {
    validateAttachment(errors, after);
    if (!isSameValue(after.spec, before.spec)) {
      errors.invalid('spec', internalView('storage.VolumeAttachmentSpec', after.spec), FIELD_IS_IMMUTABLE);
    }
  },
  PodDisruptionBudget: validateBudget,
  PriorityClass: validatePriorityClassUpdate,
  ResourceQuota: validateQuotaUpdate,
  Ingress: (errors, after) => validateIngress(errors, after, false),
  RoleBinding: (errors, after, before) => validateRoleBindingUpdate(errors, after, before, true),
  ClusterRoleBinding: (errors, after, before) => validateRoleBindingUpdate(errors, after, before, false),
  RuntimeClass: (errors, after, before) => {
    validateRuntimeClass(errors, after);
    validateImmutable(errors, 'handler', after.handler, before.handler);
  },
};

const STATUS: { readonly [K in Kind]?: UpdateRule } = {
  Pod: validatePodStatusUpdate,
  Node: validateNodeUpdate,
  Namespace: validateNamespaceStatus,
  Service: validateServiceStatus,
  Deployment: validateWorkloadStatus,
  ReplicaSet: validateWorkloadStatus,
  StatefulSet: validateWorkloadStatus,
  DaemonSet: validateWorkloadStatus,
  Job: validateJobStatusUpdate,
  HorizontalPodAutoscaler: validateAutoscalerStatus,
  PodDisruptionBudget: validateBudgetStatus,
  ResourceQuota: (errors, { status }) => validateQuotaStatus(errors, status ?? {}),
};

function validatePod(errors: FieldErrors, pod: Sent): void {
  const { metadata, spec = {} } = pod as { metadata: Pod['metadata']; spec: Sent };
  validatePodAnnotations(errors, metadata.annotations ?? {}, spec, 'metadata.annotations');
  errors.addAll(podSpecCauses(spec, metadata.name));
  if ((spec.ephemeralContainers ?? []).length > 0) errors.forbidden('spec.ephemeralContainers', 'cannot be set on create');
  if ((spec.nodeName ?? '') !== '' && (spec.schedulingGates ?? []).length > 0) {
    errors.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared');
  }
}

/** A Job whose template has no labels of its own gets those of the template only when it is read again. */
function withoutGeneratedLabels(job: Sent): ObjectMeta {
  const { labels, ...metadata } = job.metadata;
  const isShared = labels !== undefined && labels === job.spec?.template?.metadata?.labels;
  return isShared && Object.keys(labels).every((key) => GENERATED_LABELS.includes(key)) ? metadata : job.metadata;
}

/** Throws 422 when the new object breaks a rule of its kind. */
export function checkCreate(kind: Kind, object: KubeObject): void {
  const errors = new FieldErrors();
  const rule = nameRuleOf(kind);
  const isPlain = PLAIN_METADATA.has(kind);
  if (!isPlain) validateMetadata(errors, kind, kind === 'Job' ? withoutGeneratedLabels(object) : object.metadata, rule);
  if (!isPlain && kind !== 'Lease') validateFinalizerNames(errors, object.metadata.finalizers ?? [], 'metadata.finalizers');
  CREATE[kind]?.(errors, object);
  if (errors.causes.length === 0 && isPlain) validateMetadata(errors, kind, object.metadata, rule);
  refuse(kind, object, errors.causes);
}

/** Throws 422 when the change breaks a rule of its kind. What did not change in a spec known to be good is not looked at again. */
export function checkUpdate(kind: Kind, object: KubeObject, before: KubeObject, subresource: string): void {
  const errors = new FieldErrors();
  checkMetadata(errors, kind, object, before, subresource);
  if (subresource === 'status') STATUS[kind]?.(errors, object, before);
  else if (subresource === 'resize')
    validatePodResize(errors, object, before, (object as Pod).status?.qosClass === (before as Pod).status?.qosClass);
  else if (subresource === 'ephemeralcontainers') validateEphemeralUpdate(errors, object, before);
  else if (!isSpecKept(kind, object, before)) (UPDATE[kind] ?? CREATE[kind])?.(errors, object, before);
  refuse(kind, object, errors.causes);
}

/** Common rules first, then those of the kind. */
function checkMetadata(
  errors: FieldErrors,
  kind: Kind,
  { metadata }: KubeObject,
  { metadata: before }: KubeObject,
  subresource: string,
): void {
  if (metadata === before) return;
  const keeps =
    metadata.labels === before.labels &&
    metadata.annotations === before.annotations &&
    metadata.ownerReferences === before.ownerReferences &&
    metadata.finalizers === before.finalizers &&
    metadata.uid === before.uid &&
    metadata.deletionTimestamp === before.deletionTimestamp;
  if (keeps) return;
  validateMetadata(errors, kind, metadata, isPathSegment);
  validateMetadataUpdate(errors, metadata, before);
  for (const step of metadataSteps(kind, subresource)) {
    if (step === 'update') validateMetadataUpdate(errors, metadata, before);
    else validateMetadata(errors, kind, metadata, nameRuleOf(kind));
    if (kind !== 'Lease') validateFinalizerNames(errors, metadata.finalizers ?? [], 'metadata.finalizers');
  }
}

function isSpecKept(kind: Kind, object: KubeObject, before: KubeObject): boolean {
  // Some annotations of a pod are looked at along with its specification.
  if (kind === 'Pod' && object.metadata.annotations !== before.metadata.annotations) return false;
  const { spec } = object as unknown as { readonly spec?: object };
  return spec !== undefined && spec === (before as unknown as { readonly spec?: object }).spec;
}

function refuse(kind: Kind, object: KubeObject, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(kind, object.metadata.name ?? '', causes);
}
