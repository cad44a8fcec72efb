/**
 * What the server fills into a pod's spec, on its own or inside a template.
 *
 * Models SetDefaults_PodSpec, SetDefaults_Pod and the defaults of what a pod holds (pkg/apis/core/v1/defaults.go). Pods made from one template
 * share its spec object, so the filled-in spec is remembered by the identity of the spec it came from: a million equal pods cost one defaulting.
 */

import { roundedToMilli } from '../model/canonical-quantity.ts';
import type { ResourceList } from '../model/meta.ts';
import type { Container, PodSpec, PodTemplate, Probe, Volume } from '../model/pod.ts';
import { podLevelDefaults } from './pod-level-defaults.ts';

type Fields = { readonly [field: string]: unknown };

const podSpecs = new WeakMap<PodSpec, PodSpec>();
const templateSpecs = new WeakMap<PodSpec, PodSpec>();
const NO_FIELDS = {};
// Octal, as the API writes it in decimal: SecretVolumeSourceDefaultMode.
const DEFAULT_MODE = 0o644;
const TOKEN_SECONDS = 3600;
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
/** Sources of volumes that get more than a mode. */
const VOLUME_DEFAULTS: { readonly [source: string]: Fields } = {
  configMap: { defaultMode: DEFAULT_MODE },
  secret: { defaultMode: DEFAULT_MODE },
  projected: { defaultMode: DEFAULT_MODE },
  downwardAPI: { defaultMode: DEFAULT_MODE },
  hostPath: { type: '' },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
};

export function withTemplateDefaults(template: PodTemplate): PodTemplate {
  const given = template ?? { spec: {} };
  const spec = remembered(templateSpecs, given.spec ?? ({} as PodSpec), filledSpec);
  return spec === given.spec ? given : { ...given, spec };
}

export function podSpecWithDefaults(spec: PodSpec): PodSpec {
  return remembered(podSpecs, spec, (one) => {
    const filled = filledSpec(one);
    const { initContainers } = filled;
    const complete = {
      ...filled,
      enableServiceLinks: one.enableServiceLinks ?? true,
      ...(filled.containers === undefined || filled.containers === null
        ? NO_FIELDS
        : { containers: filled.containers.map((container) => forPod(container, one)) }),
      ...(initContainers === undefined ? NO_FIELDS : { initContainers: initContainers.map((container) => forPod(container, one)) }),
    };
    return one.resources === undefined ? complete : podLevelDefaults(complete);
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
  const { volumes, initContainers, containers, overhead, resources, serviceAccountName, serviceAccount } = spec as PodSpec & {
    readonly serviceAccount?: string;
    readonly serviceAccountName?: string;
  };
  const account = serviceAccountName ?? serviceAccount;
  const ephemeral = (spec as { readonly ephemeralContainers?: readonly Container[] }).ephemeralContainers;
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    // The two names of the account are one field inside the server, written out twice.
    ...(account === undefined || account === '' ? NO_FIELDS : { serviceAccountName: account, serviceAccount: account }),
    ...(containers === undefined || containers === null ? NO_FIELDS : { containers: containers.map(withContainerDefaults) }),
    ...(initContainers === undefined ? NO_FIELDS : { initContainers: initContainers.map(withContainerDefaults) }),
    ...(ephemeral === undefined ? NO_FIELDS : { ephemeralContainers: ephemeral.map(withContainerDefaults) }),
    ...(volumes === undefined ? NO_FIELDS : { volumes: volumes.map(withVolumeDefaults) }),
    ...(overhead === undefined ? NO_FIELDS : { overhead: rounded(overhead) }),
    ...(resources === undefined ? NO_FIELDS : { resources: roundedRequirements(resources) }),
  };
}

function withContainerDefaults(container: Container): Container {
  const ports = container.ports?.map((port) => ({ ...port, protocol: port.protocol ?? ('TCP' as const) }));
  const { env, lifecycle } = container as Container & { readonly env?: readonly Fields[]; readonly lifecycle?: Fields };
  const filled: Record<string, unknown> = {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent',
    ...container,
  };
  if (ports !== undefined) filled.ports = ports;
  if (container.resources !== undefined) filled.resources = roundedRequirements(container.resources);
  for (const name of PROBES) if (container[name] !== undefined) filled[name] = withProbeDefaults(container[name]);
  if (env !== undefined) filled.env = env.map(withEnvDefaults);
  if (lifecycle !== undefined) filled.lifecycle = withLifecycleDefaults(lifecycle);
  return filled as unknown as Container;
}

function withEnvDefaults(variable: Fields): Fields {
  const valueFrom = variable.valueFrom as { readonly [source: string]: Fields } | undefined;
  const fieldRef = valueFrom?.fieldRef;
  const fileKeyRef = valueFrom?.fileKeyRef;
  if (fieldRef === undefined && fileKeyRef === undefined) return variable;
  return {
    ...variable,
    valueFrom: {
      ...valueFrom,
      ...(fieldRef === undefined ? NO_FIELDS : { fieldRef: { apiVersion: 'v1', ...fieldRef } }),
      ...(fileKeyRef === undefined ? NO_FIELDS : { fileKeyRef: { optional: false, ...fileKeyRef } }),
    },
  };
}

function withLifecycleDefaults(lifecycle: Fields): Fields {
  const filled: Record<string, unknown> = { ...lifecycle };
  for (const hook of ['postStart', 'preStop']) {
    const handler = lifecycle[hook] as { readonly httpGet?: Fields } | undefined;
    if (handler?.httpGet !== undefined) filled[hook] = { ...handler, httpGet: { path: '/', scheme: 'HTTP', ...handler.httpGet } };
  }
  return filled;
}

function withProbeDefaults(probe: Probe): Probe {
  const { httpGet, grpc } = probe;
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...withoutZeroCounts(probe),
    ...(httpGet === undefined ? NO_FIELDS : { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } }),
    ...(grpc === undefined ? NO_FIELDS : { grpc: { ...grpc, service: grpc.service ?? '' } }),
  };
}

/** A count of 0 says as much as none at all. */
function withoutZeroCounts(probe: Probe): Probe {
  const { timeoutSeconds, periodSeconds, successThreshold, failureThreshold } = probe;
  if (timeoutSeconds !== 0 && periodSeconds !== 0 && successThreshold !== 0 && failureThreshold !== 0) return probe;
  return Object.fromEntries(Object.entries(probe).filter(([, value]) => value !== 0)) as unknown as Probe;
}

function withVolumeDefaults(volume: Volume): Volume {
  const fields = volume as unknown as { readonly [source: string]: Fields | undefined };
  if (Object.keys(volume).every((field) => field === 'name' || fields[field] === undefined)) return { ...volume, emptyDir: {} };
  const filled: Record<string, unknown> = { ...volume };
  for (const source in fields) {
    const defaults = VOLUME_DEFAULTS[source];
    if (defaults !== undefined && fields[source] !== undefined) filled[source] = { ...defaults, ...fields[source] };
  }
  const { projected, downwardAPI, image, ephemeral } = filled as { readonly [source: string]: Fields | undefined };
  if (projected !== undefined) filled.projected = withSourceDefaults(projected);
  if (downwardAPI?.items !== undefined)
    filled.downwardAPI = { ...downwardAPI, items: (downwardAPI.items as Fields[]).map(withFileDefaults) };
  if (image !== undefined && (image.pullPolicy ?? '') === '') {
    filled.image = { ...image, pullPolicy: isLatest(String(image.reference ?? '')) ? 'Always' : 'IfNotPresent' };
  }
  if (ephemeral?.volumeClaimTemplate !== undefined) {
    const template = ephemeral.volumeClaimTemplate as Fields;
    filled.ephemeral = {
      ...ephemeral,
      volumeClaimTemplate: { ...template, spec: { volumeMode: 'Filesystem', ...(template.spec as Fields) } },
    };
  }
  return filled as unknown as Volume;
}

function withSourceDefaults(projected: Fields): Fields {
  const sources = projected.sources as readonly { readonly [source: string]: Fields | undefined }[] | undefined | null;
  if (sources === undefined || sources === null) return projected;
  return {
    ...projected,
    sources: sources.map((source) => ({
      ...source,
      ...(source.serviceAccountToken === undefined
        ? NO_FIELDS
        : { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, ...source.serviceAccountToken } }),
      ...(source.downwardAPI?.items === undefined
        ? NO_FIELDS
        : { downwardAPI: { ...source.downwardAPI, items: (source.downwardAPI.items as Fields[]).map(withFileDefaults) } }),
    })),
  };
}

function withFileDefaults(file: Fields): Fields {
  return file.fieldRef === undefined ? file : { ...file, fieldRef: { apiVersion: 'v1', ...(file.fieldRef as Fields) } };
}

/** What a pod gets and a template does not: requests missing beside limits, and ports of the node. */
function forPod(container: Container, spec: PodSpec): Container {
  const { resources, ports } = container;
  const filled =
    resources?.limits === undefined
      ? container
      : { ...container, resources: { ...resources, requests: { ...resources.limits, ...resources.requests } } };
  if (spec.hostNetwork !== true || ports === undefined) return filled;
  return { ...filled, ports: ports.map((port) => ({ ...port, hostPort: port.hostPort ?? port.containerPort })) };
}

function roundedRequirements<T extends { readonly requests?: ResourceList; readonly limits?: ResourceList }>(resources: T): T {
  const { requests, limits } = resources;
  const asked = requests === undefined ? undefined : rounded(requests);
  const allowed = limits === undefined ? undefined : rounded(limits);
  if (asked === requests && allowed === limits) return resources;
  return {
    ...resources,
    ...(asked === undefined ? NO_FIELDS : { requests: asked }),
    ...(allowed === undefined ? NO_FIELDS : { limits: allowed }),
  };
}

const MAYBE_BELOW_MILLI = /[nu.]|e-/;

/** Amounts are kept in thousandths, rounded up (SetDefaults_ResourceList). */
export function rounded(list: ResourceList): ResourceList {
  let changed: Record<string, string | number> | undefined;
  for (const name in list) {
    const amount = list[name]!;
    if (typeof amount !== 'string' || !MAYBE_BELOW_MILLI.test(amount)) continue;
    const whole = roundedToMilli(amount);
    if (whole === amount) continue;
    changed ??= { ...list };
    changed[name] = whole;
  }
  return changed ?? list;
}

/** No tag and no digest, or the tag `latest`: such an image is pulled each time. */
/** An image name as container runtimes read it: a host perhaps, a path in small letters, a tag, a digest. */
const IMAGE_NAME =
  /^(?:(?:[\w-]+(?:\.[\w-]+)+|localhost|[\w-]*[A-Z][\w-]*|[\w.-]+(?=:\d+\/))(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@\w+:[0-9a-fA-F]{32,})?$/;

/** What is no image name has no tag that could be `latest`. */
function isLatest(image: string): boolean {
  if (!IMAGE_NAME.test(image)) return false;
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return tag === undefined ? digest === undefined : tag === 'latest';
}
