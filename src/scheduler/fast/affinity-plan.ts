/**
 * The affinity terms that bear upon one kind of pod, its own and those of pods that stand, each with the table that counts for it.
 */
import { namespaceLabels, type OwnTerm, ownTerm, selectsIncoming, selectsPlaced } from '../affinity-matching.ts';
import type { Listers } from '../handle.ts';
import { isSame } from '../object-events.ts';
import { selectedByAll } from '../plugins/inter-pod-affinity.ts';
import type { PodInfo } from '../pod-info.ts';
import type { LabelTraits } from '../pod-traits.ts';
import type { PluginArgs } from '../profile-spec.ts';
import type { CountClass, DomainTable } from './count-class.ts';
import type { PodCounts } from './pod-counts.ts';
import { labelPairs } from './selector-index.ts';

export interface WeightedTable {
  readonly table: DomainTable;
  readonly weight: number;
}

export interface AffinityPlan {
  /** Pods that all of the required affinity terms select, by the key of each. */
  readonly affinity: readonly DomainTable[];
  /** The pod would be company for itself. */
  readonly selectsItself: boolean;
  readonly anti: readonly DomainTable[];
  /** Pods whose required anti-affinity is against this one. */
  readonly standingAnti: readonly DomainTable[];
  readonly scored: readonly WeightedTable[];
  readonly sources: AffinitySources;
}

interface AffinitySources {
  readonly standingVersion: number;
  readonly labelsOfNamespace: unknown;
  /** The namespaces that terms with a selector for them reach: empty where there is no such term. */
  readonly reach: string;
}

type AffinityArgs = PluginArgs['InterPodAffinity'];

export function affinityPlanOf(
  pod: PodInfo,
  { namespaces }: Listers,
  args: AffinityArgs,
  counts: PodCounts,
  roles: { readonly filters: boolean; readonly scores: boolean },
): AffinityPlan {
  const { peer } = pod;
  const labelsOfNamespace = namespaceLabels(namespaces, pod.namespace);
  const required = roles.filters ? peer.requiredAffinity.map((term) => ownTerm(term, 0, namespaces)) : [];
  const anti = roles.filters ? peer.requiredAntiAffinity.map((term) => ownTerm(term, 0, namespaces)) : [];
  const hasPreferences = peer.preferredAffinity.length + peer.preferredAntiAffinity.length > 0;
  const isScored = roles.scores && (hasPreferences || !args.ignorePreferredTermsOfExistingPods);
  const preferred = isScored
    ? [
        ...peer.preferredAffinity.map(({ term, weight }) => ownTerm(term, weight, namespaces)),
        ...peer.preferredAntiAffinity.map(({ term, weight }) => ownTerm(term, -weight, namespaces)),
      ]
    : [];
  const company = required.length === 0 ? undefined : companyOf(required, counts);
  const standingAnti: DomainTable[] = [];
  const scored = preferred.map((own) => ({ table: tableOf(own, counts), weight: own.weight }));
  for (const standing of counts.standingTerms()) {
    if (!selectsIncoming(standing.term, peer.names, labelsOfNamespace)) continue;
    if (roles.filters && standing.anti !== undefined) standingAnti.push(standing.anti);
    if (!isScored) continue;
    if (standing.preferred !== undefined) scored.push({ table: standing.preferred, weight: 1 });
    if (standing.affinity !== undefined && args.hardPodAffinityWeight > 0) {
      scored.push({ table: standing.affinity, weight: args.hardPodAffinityWeight });
    }
  }
  return {
    affinity: required.map(({ topologyKey }) => company!.table(counts.domains.column(topologyKey), undefined)),
    selectsItself: selectedByAll(required, peer.names),
    anti: anti.map((own) => tableOf(own, counts)),
    standingAnti,
    scored,
    sources: { standingVersion: counts.standingVersion, labelsOfNamespace, reach: reachOf(pod, { namespaces }) },
  };
}

export function isCurrent(sources: AffinitySources, pod: PodInfo, listers: Listers, counts: PodCounts): boolean {
  counts.standingTerms();
  return (
    sources.standingVersion === counts.standingVersion &&
    isSame(sources.labelsOfNamespace, namespaceLabels(listers.namespaces, pod.namespace)) &&
    sources.reach === reachOf(pod, listers)
  );
}

/** The namespaces that the pod's own terms with a namespaceSelector reach now. */
function reachOf({ peer }: PodInfo, { namespaces }: Pick<Listers, 'namespaces'>): string {
  if (!peer.hasAffinity) return '';
  let reach = '';
  for (const term of [...peer.requiredAffinity, ...peer.requiredAntiAffinity]) {
    if (term.namespaceSelector !== undefined) reach += `${keyOf(ownTerm(term, 0, namespaces))};`;
  }
  for (const { term } of [...peer.preferredAffinity, ...peer.preferredAntiAffinity]) {
    if (term.namespaceSelector !== undefined) reach += `${keyOf(ownTerm(term, 0, namespaces))};`;
  }
  return reach;
}

/** Stands for the pods a term selects: equal terms are the identical object, but namespaces may have come to match it. */
function keyOf({ term, namespaces, everyNamespace }: OwnTerm): string {
  if (term.namespaceSelector === undefined) return `term ${term.id}`;
  return `term ${term.id} ${everyNamespace ? '*' : [...namespaces].sort().join()}`;
}

function tableOf(own: OwnTerm, counts: PodCounts): DomainTable {
  const selected = counts.selecting(keyOf(own), false, labelPairs(own.term.selector), (names: LabelTraits) => selectsPlaced(own, names));
  return selected.table(counts.domains.column(own.topologyKey), undefined);
}

function companyOf(required: readonly OwnTerm[], counts: PodCounts): CountClass {
  const pairs = required.flatMap(({ term }) => labelPairs(term.selector));
  return counts.selecting(`all ${required.map(keyOf).join('|')}`, false, pairs, (names) => selectedByAll(required, names));
}
