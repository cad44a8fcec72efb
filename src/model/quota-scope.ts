/**
 * Which objects a ResourceQuota counts, and which resources it may count of a kind.
 *
 * Models MatchingResources and the scope functions of pkg/quota/v1/evaluator/core (pods.go, persistent_volume_claims.go, services.go), and
 * of apiserver/pkg/quota/v1/generic/evaluator.go. Left out: resource claims, of which there are none.
 */
import { groupResource, type Kind } from './kinds.ts';
import type { KubeObject } from './meta.ts';
import type { Pod } from './pod.ts';
import type { ResourceQuota } from './policy.ts';
import type { PersistentVolumeClaim } from './storage.ts';

interface Scope {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
/** What a quota may say of a kind besides `count/`, without a prefix or suffix that varies. */
const NAMES: { readonly [K in Kind]?: ReadonlySet<string> } = {
  Pod: new Set(['pods', ...COMPUTE, ...COMPUTE.map((name) => `requests.${name}`), ...COMPUTE.map((name) => `limits.${name}`)]),
  Service: new Set(['services', 'services.nodeports', 'services.loadbalancers']),
  PersistentVolumeClaim: new Set(['persistentvolumeclaims', 'requests.storage']),
  ConfigMap: new Set(['configmaps']),
  Secret: new Set(['secrets']),
  ResourceQuota: new Set(['resourcequotas']),
  ReplicationController: new Set(['replicationcontrollers']),
};
const OF_CLASS = /\.storageclass\.storage\.k8s\.io\/(persistentvolumeclaims|requests\.storage)$/;
// Served and counted upstream; here there are never any.
const ALWAYS_NONE = /^count\/resourceclaim(s|templates)\.resource\.k8s\.io$|\.deviceclass\.resource\.k8s\.io\/devices$/;

/** Does this resource of a quota say how much objects of the kind may use? */
export function concerns(resource: string, kind: Kind): boolean {
  if (resource.startsWith('count/')) return kind !== 'Event' && resource === `count/${groupResource(kind)}`;
  if (NAMES[kind]?.has(resource) === true) return true;
  if (kind === 'PersistentVolumeClaim') return OF_CLASS.test(resource);
  return kind === 'Pod' && (/^(requests\.)?hugepages-/.test(resource) || isExtended(resource));
}

export function isAlwaysNone(resource: string): boolean {
  return ALWAYS_NONE.test(resource);
}

/** Extended resources can only be limited by what is requested, as nobody gets more of them than that. */
function isExtended(resource: string): boolean {
  if (resource.startsWith('requests.deviceclass.resource.kubernetes.io/')) return true;
  return resource.startsWith('requests.') && resource.includes('/') && !resource.includes('kubernetes.io/');
}

/** Does the quota count this object? Scopes concern pods, and that of volume attributes claims; objects of other kinds are in none. */
export function isInScope({ spec }: ResourceQuota, kind: Kind, object: KubeObject): boolean {
  const scopes: readonly Scope[] = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  return scopes.every((scope) => {
    if (kind === 'Pod') return isPodIn(object as Pod, scope);
    return kind === 'PersistentVolumeClaim' && isClaimIn(object as PersistentVolumeClaim, scope);
  });
}

/** A pod that says when it will be stopped. */
export function isTerminating({ spec: { activeDeadlineSeconds } }: Pod): boolean {
  return activeDeadlineSeconds !== undefined && activeDeadlineSeconds >= 0;
}

function isPodIn(pod: Pod, scope: Scope): boolean {
  const isBestEffort = pod.status?.qosClass === 'BestEffort';
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating(pod);
    case 'NotTerminating':
      return !isTerminating(pod);
    case 'BestEffort':
      return isBestEffort;
    case 'NotBestEffort':
      return !isBestEffort;
    case 'PriorityClass': {
      const { priorityClassName = '' } = pod.spec;
      return isNamed(scope, priorityClassName === '' ? [] : [priorityClassName]);
    }
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(pod);
    default:
      return false;
  }
}

/** A claim on its way from one class to another is in the scope of both. */
function isClaimIn({ spec, status }: PersistentVolumeClaim, scope: Scope): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false;
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name): name is string => name !== undefined && name !== '');
  return isNamed(scope, [...new Set(names)]);
}

/** Of nobody, one of several, or one besides several: a single name that fits is enough. */
function isNamed({ operator, values = [] }: Scope, names: readonly string[]): boolean {
  if (operator === 'Exists') return names.length > 0;
  if (operator === 'DoesNotExist') return names.length === 0;
  if (operator === 'In') return names.some((name) => values.includes(name));
  return names.length === 0 || names.some((name) => !values.includes(name));
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
