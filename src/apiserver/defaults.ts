/**
 * What the server fills into an object before anyone sees it.
 *
 * Models pkg/apis/{core,apps,batch,autoscaling}/v1/defaults.go. Pods made from one template share its spec object, so the
 * filled-in spec is remembered by the identity of the spec it came from: a million equal pods cost one defaulting.
 */
import { base64Of } from '../base/base64.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import { withConditionStatus, withJobDefaults } from './job-defaults.ts';
import { podSpecWithDefaults, rounded, withTemplateDefaults } from './pod-spec-defaults.ts';
import { withServiceDefaults } from './service-defaults.ts';
import type { Sent } from './validation/sent.ts';

type Fields = { readonly [field: string]: unknown };

const NO_FIELDS = {};

const NO_KUBELET_PORT = { kubeletEndpoint: { Port: 0 } };
const UNKNOWN_NODE_INFO = {
  architecture: '',
  bootID: '',
  containerRuntimeVersion: '',
  kernelVersion: '',
  kubeProxyVersion: '',
  kubeletVersion: '',
  machineID: '',
  operatingSystem: '',
  osImage: '',
  systemUUID: '',
};

export function withDefaults<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
  const fill = DEFAULTS[kind] as ((object: KindMap[K]) => unknown) | undefined;
  return fill === undefined ? object : (fill(object) as KindMap[K]);
}

const DEFAULTS: { readonly [K in Kind]?: (object: KindMap[K]) => unknown } = {
  Pod: (pod) => {
    const spec = podSpecWithDefaults(pod.spec);
    const status = pod.status ?? { phase: 'Pending' as const };
    return spec === pod.spec && status === pod.status ? pod : { ...pod, spec, status };
  },
  Node: withNodeDefaults,
  Deployment: (object) => {
    const spec: Sent = object.spec ?? {};
    const type = or(spec.strategy?.type, 'RollingUpdate');
    const strategy =
      type === 'RollingUpdate'
        ? { type, rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%', ...spec.strategy?.rollingUpdate } }
        : { ...spec.strategy, type };
    const filled = {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...withoutZeros(spec),
      strategy,
      template: withTemplateDefaults(spec.template),
    };
    return { ...object, spec: filled, status: object.status ?? NO_FIELDS };
  },
  ReplicaSet: (object) => {
    const spec: Sent = object.spec ?? {};
    return {
      ...object,
      spec: { replicas: 1, ...withoutZeros(spec), template: withTemplateDefaults(spec.template) },
      status: object.status ?? { replicas: 0 },
    };
  },
  ReplicationController: (object) => {
    const { spec = {}, metadata, status }: Sent = object;
    const labels = spec.template?.metadata?.labels;
    const isBare = Object.keys(metadata.labels ?? {}).length === 0 && labels !== undefined;
    return {
      ...object,
      metadata: isBare ? { ...metadata, labels } : metadata,
      spec: {
        replicas: 1,
        ...withoutZeros(spec),
        ...(Object.keys(spec.selector ?? {}).length === 0 && labels !== undefined ? { selector: labels } : NO_FIELDS),
        ...(spec.template === undefined ? NO_FIELDS : { template: withTemplateDefaults(spec.template) }),
      },
      status: status ?? { replicas: 0 },
    };
  },
  PodTemplate: (object) => {
    const { template }: Sent = object;
    return template === undefined ? object : { ...object, template: withTemplateDefaults(template) };
  },
  StatefulSet: (object) => {
    const spec: Sent = object.spec ?? {};
    const given = spec.updateStrategy ?? {};
    const isUnsaid = (given.type ?? '') === '';
    const type = or(given.type, 'RollingUpdate');
    const rollingUpdate = given.rollingUpdate ?? (isUnsaid ? {} : undefined);
    const updateStrategy =
      type === 'RollingUpdate' && rollingUpdate !== undefined
        ? { type, rollingUpdate: { partition: 0, ...withoutMaxUnavailable(rollingUpdate) } }
        : { ...given, type };
    const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
    const claims = spec.volumeClaimTemplates?.map((claim: KindMap['PersistentVolumeClaim']) => ({
      ...withDefaults('PersistentVolumeClaim', claim),
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      status: { ...claim.status, phase: claim.status?.phase ?? 'Pending' },
    }));
    return {
      ...object,
      spec: {
        replicas: 1,
        revisionHistoryLimit: 10,
        ...spec,
        serviceName: spec.serviceName ?? '',
        podManagementPolicy: or(spec.podManagementPolicy, 'OrderedReady'),
        updateStrategy,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: or(whenDeleted, 'Retain'), whenScaled: or(whenScaled, 'Retain') },
        template: withTemplateDefaults(spec.template),
        ...(claims === undefined ? NO_FIELDS : { volumeClaimTemplates: claims }),
      },
      status: object.status ?? { replicas: 0, availableReplicas: 0 },
    };
  },
  DaemonSet: (object) => {
    const spec: Sent = object.spec ?? {};
    const type = or(spec.updateStrategy?.type, 'RollingUpdate');
    const updateStrategy =
      type === 'RollingUpdate'
        ? { type, rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...spec.updateStrategy?.rollingUpdate } }
        : { ...withCounts(spec.updateStrategy), type };
    const status = object.status ?? { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    return {
      ...object,
      spec: { revisionHistoryLimit: 10, ...spec, updateStrategy, template: withTemplateDefaults(spec.template) },
      status,
    };
  },
  Job: (object) => {
    const { labels = {} } = object.metadata;
    const template = object.spec?.template?.metadata?.labels;
    const metadata =
      Object.keys(labels).length === 0 && template !== undefined ? { ...object.metadata, labels: template } : object.metadata;
    return { ...object, metadata, spec: withJobDefaults(object.spec ?? {}), status: object.status ?? NO_FIELDS };
  },
  CronJob: (object) => {
    const spec: Sent = object.spec ?? {};
    const jobTemplate: Sent = spec.jobTemplate ?? {};
    const jobSpec: Sent = jobTemplate.spec ?? {};
    const filled = {
      ...jobTemplate,
      spec: {
        ...jobSpec,
        ...(jobSpec.podFailurePolicy === undefined ? NO_FIELDS : { podFailurePolicy: withConditionStatus(jobSpec.podFailurePolicy) }),
        template: withTemplateDefaults(jobSpec.template),
      },
    };
    const defaults = { suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 };
    return {
      ...object,
      spec: { ...defaults, ...spec, concurrencyPolicy: or(spec.concurrencyPolicy, 'Allow'), jobTemplate: filled },
      status: object.status ?? NO_FIELDS,
    };
  },
  Service: withServiceDefaults,
  Endpoints: (object) => {
    const { subsets } = object as Sent;
    if (subsets === undefined) return object;
    const withProtocol = (port: Sent) => ({ ...port, protocol: or(port.protocol, 'TCP') });
    return {
      ...object,
      subsets: subsets.map((subset: Sent) => ({
        ...subset,
        ...(subset.ports === undefined ? NO_FIELDS : { ports: subset.ports.map(withProtocol) }),
      })),
    };
  },
  EndpointSlice: (object) => {
    const { ports } = object as Sent;
    if (ports === undefined || ports === null) return object;
    return { ...object, ports: ports.map((port: Sent) => ({ name: '', protocol: 'TCP', ...port })) };
  },
  Namespace: (object) => {
    const { name } = object.metadata;
    const labels = (name ?? '') === '' ? object.metadata.labels : { ...object.metadata.labels, 'kubernetes.io/metadata.name': name };
    return {
      ...object,
      metadata: labels === undefined ? object.metadata : { ...object.metadata, labels },
      spec: object.spec ?? NO_FIELDS,
      status: { ...object.status, phase: object.status?.phase ?? 'Active' },
    };
  },
  PersistentVolume: (object) => {
    const spec: Sent = object.spec ?? {};
    return {
      ...object,
      spec: {
        volumeMode: 'Filesystem',
        ...spec,
        persistentVolumeReclaimPolicy: or(spec.persistentVolumeReclaimPolicy, 'Retain'),
        ...(spec.capacity === undefined ? NO_FIELDS : { capacity: rounded(spec.capacity) }),
        ...volumeSourceDefaults(spec),
      },
      status: object.status ?? { phase: 'Pending' },
    };
  },
  PersistentVolumeClaim: (object) => ({
    ...object,
    spec: { volumeMode: 'Filesystem', ...object.spec },
    status: object.status ?? { phase: 'Pending' },
  }),
  StorageClass: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
  CSIDriver: (object) => {
    const spec: Sent = (object as Sent).spec ?? {};
    const modes = spec.volumeLifecycleModes ?? [];
    return {
      ...object,
      spec: {
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        requiresRepublish: false,
        seLinuxMount: false,
        ...spec,
        volumeLifecycleModes: modes.length === 0 ? ['Persistent'] : modes,
      },
    };
  },
  Secret: (object) => withEncodedData({ ...object, type: or(object.type, 'Opaque') }),
  PriorityClass: (object) => ({ preemptionPolicy: 'PreemptLowerPriority', ...object }),
  LimitRange: (object) => {
    const limits = (object as Sent).spec?.limits;
    return limits === undefined || limits === null
      ? object
      : { ...object, spec: { ...object.spec, limits: limits.map(withLimitDefaults) } };
  },
  ResourceQuota: (object) => {
    const hard = object.spec?.hard;
    return {
      ...object,
      ...(hard === undefined ? NO_FIELDS : { spec: { ...object.spec, hard: rounded(hard) } }),
      status: object.status ?? NO_FIELDS,
    };
  },
  HorizontalPodAutoscaler: (object) => {
    const spec: Sent = object.spec ?? {};
    const metrics = (spec.metrics ?? []).length === 0 ? DEFAULT_METRICS : spec.metrics;
    return {
      ...object,
      spec: { minReplicas: 1, ...spec, metrics, ...withScalingRules(spec.behavior) },
      status: object.status ?? { desiredReplicas: 0, currentMetrics: null },
    };
  },
  PodDisruptionBudget: (object) => ({
    ...object,
    status: object.status ?? { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  }),
  NetworkPolicy: (object) => {
    const spec: Sent = (object as Sent).spec ?? {};
    const types = spec.policyTypes ?? [];
    const rules = (list: readonly Sent[]) =>
      list.map((rule) =>
        rule.ports === undefined ? rule : { ...rule, ports: rule.ports.map((port: Sent) => ({ protocol: 'TCP', ...port })) },
      );
    return {
      ...object,
      spec: {
        ...spec,
        ...(spec.ingress === undefined ? NO_FIELDS : { ingress: rules(spec.ingress) }),
        ...(spec.egress === undefined ? NO_FIELDS : { egress: rules(spec.egress) }),
        policyTypes: types.length > 0 ? types : (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
      },
    };
  },
  Ingress: (object) => ({ ...object, status: (object as Sent).status ?? { loadBalancer: {} } }),
  RoleBinding: withBindingDefaults,
  ClusterRoleBinding: withBindingDefaults,
  VolumeAttachment: (object) => ({ ...object, status: (object as Sent).status ?? { attached: false } }),
};

/** The default stands in for nothing and for an empty text alike. */
function or<T>(value: T | undefined, fallback: T): T {
  return value === undefined || value === '' ? fallback : value;
}

/** Counts that are no pointers inside the server, and so never absent. */
function withCounts(strategy: Sent): Sent {
  const { rollingUpdate } = strategy;
  return rollingUpdate === undefined ? strategy : { ...strategy, rollingUpdate: { maxUnavailable: 0, maxSurge: 0, ...rollingUpdate } };
}

/** Structs without omitempty: the server writes them out though nobody has filled them in. */
function withNodeDefaults(node: KindMap['Node']): unknown {
  const given: Sent = node.status ?? {};
  const capacity = given.capacity === undefined ? undefined : rounded(given.capacity);
  const allocatable = given.allocatable === undefined ? capacity : rounded(given.allocatable);
  const status = {
    daemonEndpoints: NO_KUBELET_PORT,
    nodeInfo: UNKNOWN_NODE_INFO,
    ...given,
    ...(capacity === undefined ? NO_FIELDS : { capacity }),
    ...(allocatable === undefined ? NO_FIELDS : { allocatable }),
  };
  return { ...node, status };
}

/** The feature behind a StatefulSet's maxUnavailable is off: what is said of it falls away. */
function withoutMaxUnavailable({ maxUnavailable: _, ...rest }: Sent): Sent {
  return rest;
}

function volumeSourceDefaults(spec: Sent): Fields {
  const defaults: { readonly [source: string]: Fields } = {
    hostPath: { type: '' },
    rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
    iscsi: { iscsiInterface: 'default' },
    azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
    scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
  };
  const filled: Record<string, unknown> = {};
  for (const source in defaults) if (spec[source] !== undefined) filled[source] = { ...defaults[source], ...spec[source] };
  const { claimRef } = spec;
  if (claimRef !== undefined) filled.claimRef = claimRef;
  return filled;
}

/** What a container may take when it does not say: the most, else what it asks for, else the least. */
function withLimitDefaults(limit: Sent): Sent {
  const list = (name: string) => (limit[name] === undefined ? undefined : rounded(limit[name]));
  const lists: Record<string, Sent> = {};
  for (const name of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) {
    const amounts = list(name);
    if (amounts !== undefined) lists[name] = amounts;
  }
  if (limit.type === 'Container') {
    const defaults = { ...lists.max, ...lists.default };
    const requests = { ...lists.min, ...defaults, ...lists.defaultRequest };
    if (Object.keys(defaults).length > 0) lists.default = defaults;
    if (Object.keys(requests).length > 0) lists.defaultRequest = requests;
  }
  return { ...limit, ...lists };
}

function withBindingDefaults(object: Sent): Sent {
  const group = 'rbac.authorization.k8s.io';
  const { roleRef = {}, subjects } = object;
  const filled = (subject: Sent) =>
    (subject.apiGroup ?? '') === '' && (subject.kind === 'User' || subject.kind === 'Group') ? { ...subject, apiGroup: group } : subject;
  return {
    ...object,
    roleRef: { ...roleRef, apiGroup: or(roleRef.apiGroup, group) },
    ...(subjects === undefined ? NO_FIELDS : { subjects: subjects.map(filled) }),
  };
}

// SetDefaults_HorizontalPodAutoscaler of autoscaling/v2: 80 % of the requested CPU.
const DEFAULT_METRICS = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];

/** GenerateHPAScaleUpRules and …ScaleDownRules: both directions are filled in as soon as either is mentioned. */
function withScalingRules(behavior: Sent): Fields {
  if (behavior === undefined) return NO_FIELDS;
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  const policies = [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent];
  return {
    behavior: {
      scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies, ...behavior.scaleUp },
      scaleDown: { selectPolicy: 'Max', policies: [percent], ...behavior.scaleDown },
    },
  };
}

/** Fields the API writes only when they are not zero; kept otherwise, a set and its Deployment would seem to differ. */
function withoutZeros<T extends { readonly minReadySeconds?: number; readonly paused?: boolean }>(spec: T): T {
  if (spec.minReadySeconds !== 0 && spec.paused !== false) return spec;
  const { minReadySeconds, paused, ...rest } = spec;
  return {
    ...rest,
    ...(minReadySeconds === undefined || minReadySeconds === 0 ? NO_FIELDS : { minReadySeconds }),
    ...(paused === true ? { paused } : NO_FIELDS),
  } as T;
}

/** Data written as text is kept with the rest, in base64 (Convert_v1_Secret_To_core_Secret). */
function withEncodedData(secret: Sent): Sent {
  const { stringData, ...rest } = secret;
  if (stringData === undefined) return rest;
  const encoded = Object.entries(stringData as { readonly [key: string]: string }).map(([key, text]) => [key, base64Of(text)]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } };
}
