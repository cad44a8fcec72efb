/**
 * What an object uses of a ResourceQuota, and how amounts are added up and written.
 *
 * Models pkg/quota/v1/evaluator/core (pods.go, services.go, persistent_volume_claims.go), generic object counts, and the canonical form of
 * apimachinery/pkg/api/resource. Left out: VolumeAttributesClass, device requests.
 */
import { groupResource, KINDS, type Kind } from './kinds.ts';
import type { KubeObject, Quantity, ResourceList } from './meta.ts';
import type { Container, Pod } from './pod.ts';
import { isPodTerminal } from './pod.ts';
import type { ResourceQuota } from './policy.ts';
import { quantityNanos } from './quantity.ts';
import type { Service } from './service.ts';
import type { PersistentVolumeClaim } from './storage.ts';

export interface Amount {
  readonly nanos: bigint;
  readonly isBinary: boolean;
}
export type Usage = ReadonlyMap<string, Amount>;
type PodLevelSpec = { readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList } };

const UNIT = 1_000_000_000n;
const ONE: Amount = { nanos: UNIT, isBinary: false };
export const NOTHING: Amount = { nanos: 0n, isBinary: false };
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
/** Counted under their bare name as well as under `count/`. */
const PLAIN_COUNTS: ReadonlySet<string> = new Set([
  'configmaps',
  'secrets',
  'resourcequotas',
  'replicationcontrollers',
  'services',
  'pods',
  'persistentvolumeclaims',
]);
const BINARY_SUFFIXES = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];
const DECIMAL_SUFFIXES = ['E', 'P', 'T', 'G', 'M', 'k'];

export function amountOf(quantity: Quantity): Amount {
  return { nanos: quantityNanos(quantity) ?? 0n, isBinary: /i$/.test(String(quantity)) };
}

/** Of two amounts the form of the first counts, unless that is nothing. */
export function sum(a: Amount, b: Amount): Amount {
  return { nanos: a.nanos + b.nanos, isBinary: a.nanos === 0n ? b.isBinary : a.isBinary };
}

/** In canonical form: the largest suffix that leaves a whole number. */
export function amountText({ nanos, isBinary }: Amount): string {
  if (nanos % UNIT !== 0n) {
    if (nanos % 1_000_000n === 0n) return `${nanos / 1_000_000n}m`;
    return nanos % 1000n === 0n ? `${nanos / 1000n}u` : `${nanos}n`;
  }
  const units = nanos / UNIT;
  if (units === 0n) return '0';
  const suffixes = isBinary ? BINARY_SUFFIXES : DECIMAL_SUFFIXES;
  for (const [index, suffix] of suffixes.entries()) {
    const size = (isBinary ? 1024n : 1000n) ** BigInt(suffixes.length - index);
    if (units % size === 0n) return `${units / size}${suffix}`;
  }
  return String(units);
}

/** Everything the object may be charged for, by the resource's name in a quota. */
export function usageOf(kind: Kind, object: KubeObject): Usage {
  const usage = new Map<string, Amount>();
  const { resource } = KINDS[kind];
  usage.set(`count/${groupResource(kind)}`, ONE);
  if (PLAIN_COUNTS.has(resource) && kind !== 'Pod') usage.set(resource, ONE);
  if (kind === 'Pod') addPod(usage, object as Pod);
  else if (kind === 'Service') addService(usage, object as Service);
  else if (kind === 'PersistentVolumeClaim') addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

function addPod(usage: Map<string, Amount>, pod: Pod): void {
  // A pod that has come to an end gives everything back but its place among the objects.
  if (isPodTerminal(pod)) return;
  usage.set('pods', ONE);
  const requests = podTotals(pod, 'requests');
  const limits = podTotals(pod, 'limits');
  for (const [name, amount] of requests) {
    usage.set(`requests.${name}`, amount);
    if (COMPUTE.includes(name)) usage.set(name, amount);
  }
  for (const [name, amount] of limits) usage.set(`limits.${name}`, amount);
}

/** Containers side by side; init containers one after the other, beside the sidecars before them; what is said of the pod as a whole instead. */
export function podTotals({ spec }: Pod, field: 'requests' | 'limits'): Map<string, Amount> {
  const total = new Map<string, Amount>();
  const add = (list: ResourceList | undefined) => {
    for (const [name, quantity] of Object.entries(list ?? {})) total.set(name, sum(total.get(name) ?? NOTHING, amountOf(quantity)));
  };
  for (const container of spec.containers) add(container.resources?.[field]);
  const sidecars = new Map<string, Amount>();
  const peaks = new Map<string, Amount>();
  for (const init of spec.initContainers ?? []) {
    for (const [name, quantity] of Object.entries(init.resources?.[field] ?? {})) {
      const together = sum(sidecars.get(name) ?? NOTHING, amountOf(quantity));
      if (init.restartPolicy === 'Always') sidecars.set(name, together);
      if (together.nanos > (peaks.get(name)?.nanos ?? -1n)) peaks.set(name, together);
    }
  }
  for (const [name, amount] of sidecars) total.set(name, sum(total.get(name) ?? NOTHING, amount));
  for (const [name, amount] of peaks) if (amount.nanos > (total.get(name)?.nanos ?? -1n)) total.set(name, amount);
  for (const [name, quantity] of Object.entries((spec as PodLevelSpec).resources?.[field] ?? {})) total.set(name, amountOf(quantity));
  if (field === 'requests' || total.size > 0) add(spec.overhead);
  return total;
}

function addService(usage: Map<string, Amount>, { spec }: Service): void {
  const ports = BigInt(spec.ports?.length ?? 0) * UNIT;
  const isBalanced = spec.type === 'LoadBalancer';
  const hasNodePorts = spec.type === 'NodePort' || (isBalanced && spec.allocateLoadBalancerNodePorts !== false);
  usage.set('services.nodeports', hasNodePorts ? { nanos: ports, isBinary: false } : NOTHING);
  usage.set('services.loadbalancers', isBalanced ? ONE : NOTHING);
}

function addClaim(usage: Map<string, Amount>, claim: PersistentVolumeClaim): void {
  const requested = claim.spec.resources?.requests?.storage;
  const storage = requested === undefined ? undefined : amountOf(requested);
  if (storage !== undefined) usage.set('requests.storage', storage);
  const className = claim.spec.storageClassName ?? '';
  if (className === '') return;
  usage.set(`${className}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE);
  if (storage !== undefined) usage.set(`${className}.storageclass.storage.k8s.io/requests.storage`, storage);
}

/** Does the quota count this object? Scopes concern pods alone. */
export function isInScope({ spec }: ResourceQuota, kind: Kind, object: KubeObject): boolean {
  const scopes = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: undefined })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  return scopes.length === 0 || (kind === 'Pod' && scopes.every((scope) => isPodIn(object as Pod, scope)));
}

function isPodIn(
  pod: Pod,
  scope: { readonly scopeName: string; readonly operator: string; readonly values?: readonly string[] | undefined },
): boolean {
  const isTerminating = pod.spec.activeDeadlineSeconds !== undefined && pod.spec.activeDeadlineSeconds >= 0;
  const isBestEffort = pod.status?.qosClass === 'BestEffort';
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return isBestEffort;
    case 'NotBestEffort':
      return !isBestEffort;
    case 'PriorityClass': {
      const name = pod.spec.priorityClassName ?? '';
      if (scope.operator === 'Exists') return name !== '';
      if (scope.operator === 'DoesNotExist') return name === '';
      return (scope.values?.includes(name) === true) === (scope.operator === 'In');
    }
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(pod);
    default:
      return false;
  }
}

/** Does a term of its (anti-)affinity name namespaces, or select them? */
function reachesOtherNamespaces({ spec: { affinity } }: Pod): boolean {
  const kinds = [affinity?.podAffinity, affinity?.podAntiAffinity];
  const terms = kinds.flatMap((kind) => [
    ...(kind?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(kind?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => one.podAffinityTerm),
  ]);
  return terms.some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined);
}

/** What containers have to say because the quota counts it: `requests.cpu for: c0,c1; limits.memory for: c0`, or nothing. */
export function missingFor(hard: ResourceList, pod: Pod): string {
  const containers: readonly Container[] = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const parts: string[] = [];
  for (const name of Object.keys(hard).sort()) {
    const [, field, resource] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? [];
    if (resource === undefined) continue;
    const silent = containers.filter(
      (container) => container.resources?.[(field ?? 'requests') as 'requests' | 'limits']?.[resource] === undefined,
    );
    if (silent.length > 0)
      parts.push(
        `${name} for: ${silent
          .map((container) => container.name)
          .sort()
          .join(',')}`,
      );
  }
  return parts.join('; ');
}
