/**
 * What the server remarks on pods and pod templates that it accepts all the same.
 *
 * Models warningsForPodSpecAndMeta in pkg/api/pod/warnings.go, in its order.
 */
import { quantityNanos } from '../../model/quantity.ts';
import { goQuote } from '../schema/go-text.ts';
import type { Sent } from '../validation/sent.ts';
import { deprecatedLabel, nodeSelectorTermWarnings } from './deprecated-labels.ts';
import { volumePathWarnings } from './volume-path-warnings.ts';

const NO_MATCH = 'a null labelSelector results in matching no pod';
const UNIT_NANOS = 1_000_000_000n;
const INT64_LIMIT = 2n ** 63n;
const DEPRECATED_ANNOTATIONS: { readonly [key: string]: string } = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const DEPRECATED_VOLUMES: { readonly [source: string]: string } = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};
/** How the server calls a source inside, where that differs from its field. */
const VOLUME_NAMES: { readonly [source: string]: string } = { storageos: 'storageOS' };

interface Visited {
  readonly container: Sent;
  readonly path: string;
}

/** `prefix` stands before `spec` and `metadata`: nothing for a pod, `spec.template.` for a template. */
export function podWarnings(pod: Sent, prefix: string): readonly string[] {
  const spec: Sent = pod.spec ?? {};
  const containers = containersOf(spec, `${prefix}spec`);
  const { annotations = {} } = pod.metadata ?? {};
  return [
    ...placementWarnings(spec, `${prefix}spec`),
    ...Object.keys(DEPRECATED_ANNOTATIONS)
      .filter((key) => annotations[key] !== undefined)
      .map((key) => `${prefix}metadata.annotations[${key}]: ${DEPRECATED_ANNOTATIONS[key]}`),
    ...volumeWarnings(spec.volumes ?? [], `${prefix}spec.volumes`),
    ...volumePathWarnings(spec.volumes ?? []),
    ...duplicates(spec.hostAliases ?? [], 'ip', `${prefix}spec.hostAliases`),
    ...duplicates(spec.imagePullSecrets ?? [], 'name', `${prefix}spec.imagePullSecrets`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name = '' }: Sent, at: number) =>
      name === '' ? [`${prefix}spec.imagePullSecrets[${at}].name: invalid empty name ""`] : [],
    ),
    ...fractions(spec.overhead, ['memory', 'ephemeral-storage'], `${prefix}spec.overhead`),
    ...containers.flatMap(containerWarnings),
    ...portWarnings(containers),
    ...portNameWarnings(containers),
    ...(spec.terminationGracePeriodSeconds < 0
      ? [`${prefix}spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinityWarnings(spec.affinity ?? {}, `${prefix}spec.affinity`),
  ];
}

function containersOf(spec: Sent, path: string): readonly Visited[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    (spec[field] ?? []).map((container: Sent, at: number) => ({ container, path: `${path}.${field}[${at}]` })),
  );
}

function placementWarnings({ nodeSelector, affinity, topologySpreadConstraints }: Sent, path: string): readonly string[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } =
    affinity?.nodeAffinity ?? {};
  const own = `${path}.affinity.nodeAffinity`;
  return [
    ...Object.keys(nodeSelector ?? {}).flatMap((key) => {
      const why = deprecatedLabel(key);
      return why === undefined ? [] : [`${path}.nodeSelector[${key}]: ${why}`];
    }),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term: Sent, at: number) =>
      nodeSelectorTermWarnings(term, false, `${own}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${at}]`),
    ),
    ...(preferred ?? []).flatMap(({ preference }: Sent, at: number) =>
      nodeSelectorTermWarnings(preference, true, `${own}.preferredDuringSchedulingIgnoredDuringExecution[${at}].preference`),
    ),
    ...(topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }: Sent, at: number) => {
      const constraint = `${path}.topologySpreadConstraints[${at}]`;
      const why = deprecatedLabel(topologyKey);
      return [
        ...(why === undefined ? [] : [`${constraint}.topologyKey: ${topologyKey} is ${why}`]),
        ...(isMissing(labelSelector) ? [`${constraint}.labelSelector: ${NO_MATCH}`] : []),
      ];
    }),
  ];
}

function volumeWarnings(volumes: readonly Sent[], path: string): readonly string[] {
  return volumes.flatMap((volume, at) => {
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
    return [
      ...Object.keys(DEPRECATED_VOLUMES)
        .filter((source) => !isMissing(volume[source]))
        .map((source) => `${path}[${at}].${VOLUME_NAMES[source] ?? source}: ${DEPRECATED_VOLUMES[source]}`),
      ...(claim === undefined ? [] : claimSpecWarnings(claim, `${path}[${at}].ephemeral.volumeClaimTemplate.spec`)),
    ];
  });
}

/** A claim cannot have part of a byte. */
export function claimSpecWarnings({ resources }: Sent, path: string): readonly string[] {
  return fractions(resources?.requests, ['storage'], `${path}.resources.requests`);
}

function containerWarnings({ container, path }: Visited): readonly string[] {
  const { limits, requests } = container.resources ?? {};
  return [
    ...fractions(limits, ['memory'], `${path}.resources.limits`),
    ...fractions(requests, ['memory'], `${path}.resources.requests`),
    ...fractions(limits, ['ephemeral-storage'], `${path}.resources.limits`),
    ...fractions(requests, ['ephemeral-storage'], `${path}.resources.requests`),
    ...hiddenVariables(container.env ?? [], `${path}.env`),
  ];
}

function fractions(amounts: { readonly [name: string]: string } | undefined, names: readonly string[], path: string): readonly string[] {
  return names.flatMap((name) => {
    const amount = amounts?.[name];
    if (amount === undefined || !isFractional(quantityNanos(amount) ?? 0n)) return [];
    return [`${path}[${name}]: fractional byte value ${goQuote(amount)} is invalid, must be an integer`];
  });
}

/** Looked at in thousandths, as a signed number of 64 bits: what is far too large for that may look like a fraction. */
function isFractional(nanos: bigint): boolean {
  const whole = nanos / UNIT_NANOS;
  if (whole < INT64_LIMIT) return nanos % UNIT_NANOS !== 0n;
  return BigInt.asIntN(64, whole * 1000n) % 1000n !== 0n;
}

/** A variable given again is fine as long as it builds on what it was. */
function hiddenVariables(env: readonly Sent[], path: string): readonly string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name, value = '', valueFrom }, at) => {
    const isNew = !seen.has(name);
    seen.add(name);
    const own = `$(${name})`;
    if (isNew || (isMissing(valueFrom) && value !== own && value.includes(own))) return [];
    return [`${path}[${at}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`];
  });
}

function portWarnings(containers: readonly Visited[]): readonly string[] {
  const seen = new Map<string, { readonly path: string; readonly hostIP: string; readonly hostPort: number }[]>();
  const warnings: string[] = [];
  for (const { container, path } of containers) {
    (container.ports ?? []).forEach((port: Sent, at: number) => {
      const { hostIP = '', hostPort = 0, containerPort, protocol = 'TCP' } = port;
      const own = `${path}.ports[${at}]`;
      if (hostIP !== '' && hostPort === 0) warnings.push(`${own}: hostIP set without hostPort: ${portShown(port)}`);
      const key = `${containerPort}/${protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others) {
        if (hostIP === other.hostIP && hostPort === other.hostPort) warnings.push(`${own}: duplicate port definition with ${other.path}`);
        else if (hostPort === 0 || other.hostPort === 0) warnings.push(`${own}: overlapping port definition with ${other.path}`);
        else if (hostPort === other.hostPort && (hostIP === '') !== (other.hostIP === '')) {
          warnings.push(`${own}: dangerously ambiguous port definition with ${other.path}`);
        }
      }
      seen.set(key, [...others, { path: own, hostIP, hostPort }]);
    });
  }
  return warnings;
}

/** A struct as Go prints it with `%+v`. */
function portShown({ name = '', hostPort = 0, containerPort = 0, protocol = 'TCP', hostIP = '' }: Sent): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}

function portNameWarnings(containers: readonly Visited[]): readonly string[] {
  const seen = new Map<string, string>();
  return containers.flatMap(({ container, path }) =>
    (container.ports ?? []).flatMap(({ name = '' }: Sent, at: number) => {
      const own = `${path}.ports[${at}]`;
      const other = seen.get(name);
      if (name === '') return [];
      if (other === undefined) {
        seen.set(name, own);
        return [];
      }
      return [
        `${own}: duplicate port name ${goQuote(name)} with ${other}, services and probes that select ports by name will use ${other}`,
      ];
    }),
  );
}

function affinityWarnings(affinity: Sent, path: string): readonly string[] {
  return ['podAffinity', 'podAntiAffinity'].flatMap((field) => {
    const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } =
      affinity[field] ?? {};
    return [
      ...(required ?? []).flatMap(({ labelSelector }: Sent, at: number) =>
        isMissing(labelSelector)
          ? [`${path}.${field}.requiredDuringSchedulingIgnoredDuringExecution[${at}].labelSelector: ${NO_MATCH}`]
          : [],
      ),
      ...(preferred ?? []).flatMap(({ podAffinityTerm }: Sent, at: number) =>
        isMissing(podAffinityTerm?.labelSelector)
          ? [`${path}.${field}.preferredDuringSchedulingIgnoredDuringExecution[${at}].podAffinityTerm.labelSelector: ${NO_MATCH}`]
          : [],
      ),
    ];
  });
}

function duplicates(items: readonly Sent[], field: string, path: string): readonly string[] {
  const seen = new Set<string>();
  return items.flatMap((item, at) => {
    const value = item[field] ?? '';
    const isNew = !seen.has(value);
    seen.add(value);
    return isNew ? [] : [`${path}[${at}].${field}: duplicate ${field} ${goQuote(value)}`];
  });
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
