/**
 * What an object uses of a ResourceQuota.
 *
 * Models pkg/quota/v1/evaluator/core (pods.go, services.go, persistent_volume_claims.go) and generic object counts.
 */
import { SECOND_US } from '../base/units.ts';
import { type Amount, amountOf, amountOfCount, NOTHING, ONE, roundedUp } from './amount.ts';
import { groupResource, type Kind } from './kinds.ts';
import type { KubeObject, ResourceList } from './meta.ts';
import { type Container, isPodTerminal, type Pod } from './pod.ts';
import { isExtendedResource, isPodLevelResource } from './pod-requests.ts';
import { podTotals } from './pod-totals.ts';
import { concerns } from './quota-scope.ts';
import type { Service } from './service.ts';
import type { PersistentVolumeClaim } from './storage.ts';
import { timeUsOf } from './time.ts';

export type Usage = ReadonlyMap<string, Amount>;

const COMPUTE: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Counted under their bare name as well as under `count/`. */
const PLAIN_COUNTS: { readonly [K in Kind]?: string } = {
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  ResourceQuota: 'resourcequotas',
  ReplicationController: 'replicationcontrollers',
  Service: 'services',
  PersistentVolumeClaim: 'persistentvolumeclaims',
};
// It came before the field and still goes before it.
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** Everything the object may be charged for now, by the resource's name in a quota. */
export function usageOf(kind: Kind, object: KubeObject, nowUs: number): Usage {
  const usage = new Map<string, Amount>([[`count/${groupResource(kind)}`, ONE]]);
  const plain = PLAIN_COUNTS[kind];
  if (plain !== undefined) usage.set(plain, ONE);
  if (kind === 'Pod') addPod(usage, object as Pod, nowUs);
  else if (kind === 'Service') addService(usage, object as Service);
  else if (kind === 'PersistentVolumeClaim') addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

/**
 * Does the pod keep what it asked for? One that has come to an end gives it back, and one whose time to go ran out as long ago as it was
 * given: upstream adds the grace once more to an instant that has it in it already.
 */
export function keepsResources(pod: Pod, nowUs: number): boolean {
  if (isPodTerminal(pod)) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowUs <= timeUsOf(deletionTimestamp) + deletionGracePeriodSeconds * SECOND_US;
}

/** A pod that keeps nothing is still one of the objects. */
function addPod(usage: Map<string, Amount>, pod: Pod, nowUs: number): void {
  if (!keepsResources(pod, nowUs)) return;
  usage.set('pods', ONE);
  for (const [name, amount] of podTotals(pod, 'requests', true)) {
    const isCounted = COMPUTE.has(name) || name.startsWith('hugepages-');
    if (isCounted) usage.set(name, amount);
    if (isCounted || isExtendedResource(name)) usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of podTotals(pod, 'limits', true)) if (COMPUTE.has(name)) usage.set(`limits.${name}`, amount);
}

/** Of a load balancer that is to have no node ports, those count that were asked for all the same. */
function addService(usage: Map<string, Amount>, { spec }: Service): void {
  const ports = spec.ports ?? [];
  const isBalanced = spec.type === 'LoadBalancer';
  const counted = isBalanced && spec.allocateLoadBalancerNodePorts === false ? ports.filter((port) => (port.nodePort ?? 0) !== 0) : ports;
  usage.set('services.nodeports', isBalanced || spec.type === 'NodePort' ? amountOfCount(counted.length) : NOTHING);
  usage.set('services.loadbalancers', isBalanced ? ONE : NOTHING);
}

/** Whole bytes, of what is asked for or, while that is more, of what is being made of an earlier wish. */
function addClaim(usage: Map<string, Amount>, { metadata, spec, status }: PersistentVolumeClaim): void {
  const asked = spec.resources?.requests?.storage;
  const allocated = status?.allocatedResources?.storage;
  let storage = asked === undefined ? undefined : roundedUp(amountOf(asked));
  if (storage !== undefined && allocated !== undefined && amountOf(allocated).nanos > storage.nanos)
    storage = roundedUp(amountOf(allocated));
  if (storage !== undefined) usage.set('requests.storage', storage);
  const className = metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? '';
  if (className === '') return;
  usage.set(`${className}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE);
  if (storage !== undefined) usage.set(`${className}.storageclass.storage.k8s.io/requests.storage`, storage);
}

/** What containers have to say because the quota counts it: `requests.cpu for: c0,c1; limits.memory for: c0`, or nothing. */
export function missingFor(hard: ResourceList, { spec }: Pod): string {
  const { requests = {}, limits = {} } = spec.resources ?? {};
  if ([...Object.keys(requests), ...Object.keys(limits)].some(isPodLevelResource)) return '';
  const containers: readonly Container[] = [...(spec.initContainers ?? []), ...spec.containers];
  const parts: string[] = [];
  for (const name of Object.keys(hard).sort()) {
    const [, field, resource] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? [];
    if (resource === undefined) continue;
    const silent = containers.filter(
      (container) => container.resources?.[(field ?? 'requests') as 'requests' | 'limits']?.[resource] === undefined,
    );
    const names = new Set(silent.map((container) => container.name));
    if (silent.length > 0) parts.push(`${name} for: ${[...names].sort().join(',')}`);
  }
  return parts.join('; ');
}

/** What a quota of these limits counts of the kind. */
export function concernedIn(hard: ResourceList, kind: Kind): readonly string[] {
  return Object.keys(hard).filter((resource) => concerns(resource, kind));
}
