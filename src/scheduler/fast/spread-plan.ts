/**
 * The spread constraints of one kind of pod, each with the table that counts its group.
 *
 * Default constraints depend on the services and the owner that select the group: what they were made of is kept beside them, and
 * compared at each decision. A group's count is shared by all pods that are spread within it.
 */
import { controllerOf } from '../../model/meta.ts';
import type { Service } from '../../model/service.ts';
import type { Listers, PluginHandle } from '../handle.ts';
import { isSame } from '../object-events.ts';
import { HOSTNAME, requiresAllKeys } from '../plugins/pod-topology-spread.ts';
import type { PodInfo } from '../pod-info.ts';
import type { LabelTraits } from '../pod-traits.ts';
import type { PluginArgs } from '../profile-spec.ts';
import { type SpreadAction, type SpreadConstraint, selectsPod, spreadConstraintsOf } from '../spread-constraints.ts';
import type { CountClass, DomainTable } from './count-class.ts';
import type { PodCounts } from './pod-counts.ts';
import { labelPairs } from './selector-index.ts';

export interface SpreadItem {
  readonly maxSkew: number;
  readonly minDomains: number;
  /** Whether the pod is one of those it is spread among. */
  readonly self: 0 | 1;
  /** Counted on the node itself when it scores, and one domain for each node. */
  readonly isHostname: boolean;
  readonly table: DomainTable;
}

export interface SpreadPlan {
  readonly hard: readonly SpreadItem[];
  readonly soft: readonly SpreadItem[];
  /** Nodes without all keys of the soft constraints are out of the ranking. */
  readonly needsAllKeys: boolean;
  /** What the defaults were made of; absent where the pod has constraints of its own. */
  readonly sources: SelectorSources | undefined;
}

export interface SelectorSources {
  readonly services: readonly Service[];
  readonly ownerSelector: unknown;
}

type SpreadArgs = PluginArgs['PodTopologySpread'];

/** `roles`: whether the profile filters, and whether it scores by spreading. */
export function spreadPlanOf(
  pod: PodInfo,
  handle: PluginHandle,
  args: SpreadArgs,
  counts: PodCounts,
  roles: { readonly filters: boolean; readonly scores: boolean },
): SpreadPlan {
  const own = pod.pod.spec.topologySpreadConstraints ?? [];
  const items = (action: SpreadAction, isUsed: boolean, needsKeys: boolean): readonly SpreadItem[] => {
    const constraints = isUsed ? spreadConstraintsOf(pod, action, handle, args) : [];
    const keys = needsKeys ? constraints.map(({ topologyKey }) => topologyKey) : [];
    return constraints.map((constraint) => itemOf(constraint, keys, pod, counts));
  };
  const needsAllKeys = requiresAllKeys(pod, args);
  return {
    hard: items('DoNotSchedule', roles.filters, true),
    soft: items('ScheduleAnyway', roles.scores, needsAllKeys),
    needsAllKeys,
    sources: own.length > 0 ? undefined : sourcesOf(pod, handle.listers),
  };
}

export function areCurrent(sources: SelectorSources | undefined, pod: PodInfo, listers: Listers): boolean {
  if (sources === undefined) return true;
  const services = listers.services.byIndex('namespace', pod.namespace);
  if (services.length !== sources.services.length) return false;
  for (let i = 0; i < services.length; i++) {
    if (services[i] !== sources.services[i] && !isSame(services[i]!.spec.selector, sources.services[i]!.spec.selector)) return false;
  }
  return isSame(sources.ownerSelector, ownerSelectorOf(pod, listers));
}

function sourcesOf(pod: PodInfo, listers: Listers): SelectorSources {
  return { services: listers.services.byIndex('namespace', pod.namespace), ownerSelector: ownerSelectorOf(pod, listers) };
}

function ownerSelectorOf({ pod, namespace }: PodInfo, listers: Listers): unknown {
  const owner = controllerOf(pod);
  if (owner === undefined) return undefined;
  const key = `${namespace}/${owner.name}`;
  switch (owner.kind) {
    case 'ReplicaSet':
      return listers.replicaSets.get(key)?.spec.selector;
    case 'StatefulSet':
      return listers.statefulSets.get(key)?.spec.selector;
    case 'ReplicationController':
      return (listers.replicationControllers.get(key) as { readonly spec?: { readonly selector?: unknown } } | undefined)?.spec?.selector;
    default:
      return undefined;
  }
}

function itemOf(constraint: SpreadConstraint, keys: readonly string[], pod: PodInfo, counts: PodCounts): SpreadItem {
  const { topologyKey, maxSkew, minDomains, selector } = constraint;
  const mask = counts.domains.mask(keys, constraint, pod);
  return {
    maxSkew,
    minDomains,
    self: selectsPod(selector, pod.peer.names.labels) ? 1 : 0,
    isHostname: topologyKey === HOSTNAME,
    table: groupOf(constraint, pod.namespace, counts).table(counts.domains.column(topologyKey), mask),
  };
}

function groupOf({ selector }: SpreadConstraint, namespace: string, counts: PodCounts): CountClass {
  if (selector.isEmpty || selector.matchesNothing) return counts.selecting('nobody', true, [], () => false);
  const selects = (names: LabelTraits) => names.namespace === namespace && selectsPod(selector, names.labels);
  const pairs = selector.parts.flatMap(labelPairs);
  return counts.selecting(`spread ${namespace} ${JSON.stringify(selector.parts)}`, true, pairs, selects);
}
