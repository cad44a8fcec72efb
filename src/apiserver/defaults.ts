/**
 * What the server fills into an object before anyone sees it.
 *
 * Models pkg/apis/{core,apps,batch,autoscaling}/v1/defaults.go. Pods made from one template share its spec object, so the
 * filled-in spec is remembered by the identity of the spec it came from: a million equal pods cost one defaulting.
 */
import type { Kind, KindMap } from '../model/kinds.ts';
import type { Container, PodSpec, PodTemplate, Probe, Volume } from '../model/pod.ts';

type Fields = { readonly [field: string]: unknown };

const podSpecs = new WeakMap<PodSpec, PodSpec>();
const templateSpecs = new WeakMap<PodSpec, PodSpec>();
const NO_FIELDS = {};
// Octal, as the API writes it in decimal: SecretVolumeSourceDefaultMode.
const DEFAULT_MODE = 0o644;

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
  // Structs without omitempty: the server writes them out though nobody has filled them in.
  Node: (node) => ({ ...node, status: { daemonEndpoints: NO_KUBELET_PORT, nodeInfo: UNKNOWN_NODE_INFO, ...node.status } }),
  Deployment: (object) => {
    const { spec } = object;
    const type = spec.strategy?.type ?? 'RollingUpdate';
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
  ReplicaSet: (object) => ({
    ...object,
    spec: { replicas: 1, ...withoutZeros(object.spec), template: withTemplateDefaults(object.spec.template) },
    status: object.status ?? { replicas: 0 },
  }),
  StatefulSet: (object) => {
    const { spec } = object;
    const type = spec.updateStrategy?.type ?? 'RollingUpdate';
    const updateStrategy =
      type === 'RollingUpdate'
        ? { type, rollingUpdate: { partition: 0, ...spec.updateStrategy?.rollingUpdate } }
        : { ...spec.updateStrategy, type };
    const retention = { whenDeleted: 'Retain', whenScaled: 'Retain', ...spec.persistentVolumeClaimRetentionPolicy };
    const claims = spec.volumeClaimTemplates?.map((claim) => withDefaults('PersistentVolumeClaim', claim));
    return {
      ...object,
      spec: {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        revisionHistoryLimit: 10,
        ...spec,
        updateStrategy,
        persistentVolumeClaimRetentionPolicy: retention,
        template: withTemplateDefaults(spec.template),
        ...(claims === undefined ? NO_FIELDS : { volumeClaimTemplates: claims }),
      },
      status: object.status ?? { replicas: 0, availableReplicas: 0 },
    };
  },
  DaemonSet: (object) => {
    const { spec } = object;
    const type = spec.updateStrategy?.type ?? 'RollingUpdate';
    const updateStrategy =
      type === 'RollingUpdate'
        ? { type, rollingUpdate: { maxUnavailable: 1, maxSurge: 0, ...spec.updateStrategy?.rollingUpdate } }
        : { type };
    const status = object.status ?? { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    return {
      ...object,
      spec: { revisionHistoryLimit: 10, ...spec, updateStrategy, template: withTemplateDefaults(spec.template) },
      status,
    };
  },
  Job: (object) => ({ ...object, spec: withJobDefaults(object.spec), status: object.status ?? NO_FIELDS }),
  CronJob: (object) => {
    const { spec } = object;
    const jobTemplate = {
      ...spec.jobTemplate,
      spec: { ...spec.jobTemplate.spec, template: withTemplateDefaults(spec.jobTemplate.spec.template) },
    };
    const defaults = { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 };
    return { ...object, spec: { ...defaults, ...spec, jobTemplate }, status: object.status ?? NO_FIELDS };
  },
  Service: (object) => {
    const { spec } = object;
    const type = spec.type ?? 'ClusterIP';
    const ports = spec.ports?.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP', targetPort: port.targetPort ?? port.port }));
    const isExternal = type === 'NodePort' || type === 'LoadBalancer';
    return {
      ...object,
      spec: {
        sessionAffinity: 'None',
        ...(type === 'ExternalName'
          ? NO_FIELDS
          : { internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }),
        ...(isExternal ? { externalTrafficPolicy: 'Cluster' } : NO_FIELDS),
        ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : NO_FIELDS),
        ...(spec.sessionAffinity === 'ClientIP' ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } } : NO_FIELDS),
        ...spec,
        type,
        ...(ports === undefined ? NO_FIELDS : { ports }),
      },
      status: object.status ?? { loadBalancer: {} },
    };
  },
  Namespace: (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name } },
    spec: { ...object.spec, finalizers: object.spec?.finalizers ?? ['kubernetes'] },
    status: { ...object.status, phase: object.status?.phase ?? 'Active' },
  }),
  PersistentVolume: (object) => ({
    ...object,
    spec: {
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      ...object.spec,
      ...(object.spec.hostPath === undefined ? NO_FIELDS : { hostPath: { type: '', ...object.spec.hostPath } }),
    },
    status: object.status ?? { phase: 'Pending' },
  }),
  PersistentVolumeClaim: (object) => ({
    ...object,
    spec: { volumeMode: 'Filesystem', ...object.spec },
    status: object.status ?? { phase: 'Pending' },
  }),
  StorageClass: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
  Secret: (object) => ({ type: 'Opaque', ...object }),
  PriorityClass: (object) => ({ preemptionPolicy: 'PreemptLowerPriority', ...object }),
  HorizontalPodAutoscaler: (object) => ({
    ...object,
    spec: { minReplicas: 1, metrics: DEFAULT_METRICS, ...object.spec, ...withScalingRules(object.spec.behavior) },
    status: object.status ?? { desiredReplicas: 0, currentMetrics: null },
  }),
  PodDisruptionBudget: (object) => ({
    ...object,
    status: object.status ?? { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  }),
};

// SetDefaults_HorizontalPodAutoscaler of autoscaling/v2: 80 % of the requested CPU.
const DEFAULT_METRICS = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];

/** GenerateHPAScaleUpRules and …ScaleDownRules: both directions are filled in as soon as either is mentioned. */
function withScalingRules(behavior: KindMap['HorizontalPodAutoscaler']['spec']['behavior']): Fields {
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

function withJobDefaults(spec: KindMap['Job']['spec']): Fields {
  const isIndexed = spec.completionMode === 'Indexed';
  return {
    ...(spec.completions === undefined && spec.parallelism === undefined ? { completions: 1 } : NO_FIELDS),
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex !== undefined ? 2_147_483_647 : 6,
    completionMode: isIndexed ? 'Indexed' : 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    ...spec,
    ...(spec.podFailurePolicy === undefined ? NO_FIELDS : { podFailurePolicy: withConditionStatus(spec.podFailurePolicy) }),
    template: withTemplateDefaults(spec.template),
  };
}

function withConditionStatus({ rules }: NonNullable<KindMap['Job']['spec']['podFailurePolicy']>): Fields {
  return {
    rules: rules.map((rule) =>
      rule.onPodConditions === undefined
        ? rule
        : { ...rule, onPodConditions: rule.onPodConditions.map((condition) => ({ ...condition, status: condition.status ?? 'True' })) },
    ),
  };
}

function withTemplateDefaults(template: PodTemplate): PodTemplate {
  const spec = remembered(templateSpecs, template.spec, filledSpec);
  return spec === template.spec ? template : { ...template, spec };
}

function podSpecWithDefaults(spec: PodSpec): PodSpec {
  return remembered(podSpecs, spec, (one) => {
    const filled = filledSpec(one);
    const { initContainers } = filled;
    return {
      ...filled,
      enableServiceLinks: one.enableServiceLinks ?? true,
      containers: filled.containers.map(withRequests),
      ...(initContainers === undefined ? NO_FIELDS : { initContainers: initContainers.map(withRequests) }),
    };
  });
}

/** A spec already filled maps to itself, so a stored object is not filled anew at each write. */
function remembered(cache: WeakMap<PodSpec, PodSpec>, spec: PodSpec, fill: (spec: PodSpec) => PodSpec): PodSpec {
  let filled = cache.get(spec);
  if (filled === undefined) {
    filled = fill(spec);
    cache.set(spec, filled);
    cache.set(filled, filled);
  }
  return filled;
}

function filledSpec(spec: PodSpec): PodSpec {
  const { volumes, initContainers } = spec;
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    containers: (spec.containers ?? []).map((one) => withContainerDefaults(one, spec)),
    ...(initContainers === undefined ? NO_FIELDS : { initContainers: initContainers.map((one) => withContainerDefaults(one, spec)) }),
    ...(volumes === undefined ? NO_FIELDS : { volumes: volumes.map(withVolumeDefaults) }),
  };
}

function withContainerDefaults(container: Container, spec: PodSpec): Container {
  const ports = container.ports?.map((port) => ({
    ...port,
    ...(spec.hostNetwork === true ? { hostPort: port.hostPort ?? port.containerPort } : NO_FIELDS),
    protocol: port.protocol ?? ('TCP' as const),
  }));
  const filled: Record<string, unknown> = {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent',
    ...container,
  };
  if (ports !== undefined) filled.ports = ports;
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[name] !== undefined) filled[name] = withProbeDefaults(container[name]);
  }
  return filled as unknown as Container;
}

function withProbeDefaults(probe: Probe): Probe {
  const { httpGet, grpc } = probe;
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(httpGet === undefined ? NO_FIELDS : { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } }),
    ...(grpc === undefined ? NO_FIELDS : { grpc: { service: '', ...grpc } }),
  };
}

function withVolumeDefaults(volume: Volume): Volume {
  if (Object.keys(volume).length === 1) return { ...volume, emptyDir: {} };
  const filled: Record<string, unknown> = { ...volume };
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI'] as const) {
    if (volume[source] !== undefined) filled[source] = { defaultMode: DEFAULT_MODE, ...volume[source] };
  }
  if (volume.hostPath !== undefined) filled.hostPath = { type: '', ...volume.hostPath };
  return filled as unknown as Volume;
}

/** Requests missing beside limits are taken from the limits; on pods only, not in templates. */
function withRequests(container: Container): Container {
  const { resources } = container;
  if (resources?.limits === undefined) return container;
  return { ...container, resources: { ...resources, requests: { ...resources.limits, ...resources.requests } } };
}

/** No tag and no digest, or the tag `latest`: such an image is pulled each time. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
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
