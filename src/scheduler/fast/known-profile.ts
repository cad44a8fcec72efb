/**
 * What the fast path knows of a profile's plugins: which of their answers hold for a template and which are read from counts.
 *
 * A profile with a plugin it does not know, or with them in an order that would name another plugin as the first to reject, is left
 * to the obvious way altogether.
 */
import type { FilterPlugin } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile, WeightedScorer } from '../profile.ts';
import type { LocalPlugins } from './local-columns.ts';

export interface KnownProfile {
  readonly local: LocalPlugins;
  /** PreScore plugins whose Skip holds for a template. */
  readonly skipping: ReadonlySet<string>;
  readonly spread: Roles;
  readonly affinity: Roles;
  readonly spreadWeight: number;
  readonly affinityWeight: number;
}

interface Roles {
  readonly filters: boolean;
  readonly scores: boolean;
}

const SPREAD = 'PodTopologySpread';
const AFFINITY = 'InterPodAffinity';

// By what the answer depends on, in the order in which they have to stand.
const OWN_FILTERS: ReadonlySet<string> = new Set(['NodeUnschedulable', 'NodeName', 'TaintToleration', 'NodeAffinity']);
const CROWD_FILTERS: ReadonlySet<string> = new Set(['NodePorts', 'NodeResourcesFit']);
const OWN_SCORES: ReadonlySet<string> = new Set(['ImageLocality']);
const CROWD_SCORES: ReadonlySet<string> = new Set(['NodeResourcesFit', 'NodeResourcesBalancedAllocation']);
const NORMALIZED_SCORES: ReadonlySet<string> = new Set(['TaintToleration', 'NodeAffinity']);
/** They have nothing to say of the pods that come this way. */
const SILENT: ReadonlySet<string> = new Set([
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
  'DynamicResources',
  'NodeDeclaredFeatures',
]);
// Sums of weighted scores are kept in 32 bits, and half of them is enough for anybody.
const MAX_TOTAL_WEIGHT = 2 ** 30 / 100;

export function knownProfileOf(profile: Profile): KnownProfile | undefined {
  const { filter, score, preFilter, preScore } = profile;
  const ranks = filter.filter(({ name }) => !SILENT.has(name)).map(({ name }) => rankOf(name));
  const isInOrder = ranks.every((rank, i) => rank !== undefined && (i === 0 || rank >= ranks[i - 1]!));
  const areScoresKnown = score.every(({ plugin: { name } }) => isKnownScore(name) || name === SPREAD || name === AFFINITY);
  const areOthersKnown = [...preFilter, ...preScore].every(({ name }) => rankOf(name) !== undefined || isKnownScore(name));
  const weights = score.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  if (filter.length === 0 || score.length === 0 || !isInOrder || !areScoresKnown || !areOthersKnown || weights > MAX_TOTAL_WEIGHT)
    return undefined;

  const has = (plugins: readonly { readonly name: string }[], name: string) => plugins.some((plugin) => plugin.name === name);
  for (const name of [SPREAD, AFFINITY]) {
    if (has(filter, name) !== has(preFilter, name) || score.some(({ plugin }) => plugin.name === name) !== has(preScore, name))
      return undefined;
  }
  const roles = (name: string) => ({ filters: has(filter, name), scores: has(preScore, name) });
  const weightOf = (name: string) => score.find(({ plugin }) => plugin.name === name)?.weight ?? 0;
  const filters = (names: ReadonlySet<string>): readonly FilterPlugin[] => filter.filter(({ name }) => names.has(name));
  const scorers = (names: ReadonlySet<string>): readonly WeightedScorer[] => score.filter(({ plugin }) => names.has(plugin.name));
  return {
    local: {
      ownFilters: filters(OWN_FILTERS),
      crowdFilters: filters(CROWD_FILTERS),
      ownScorers: scorers(OWN_SCORES),
      crowdScorers: scorers(CROWD_SCORES),
      normalizedScorers: scorers(NORMALIZED_SCORES),
    },
    skipping: new Set([...OWN_SCORES, ...CROWD_SCORES, ...NORMALIZED_SCORES]),
    spread: roles(SPREAD),
    affinity: roles(AFFINITY),
    spreadWeight: weightOf(SPREAD),
    affinityWeight: weightOf(AFFINITY),
  };
}

/** Volumes, claims, names of nodes and features are looked at by plugins this path does not follow. */
export function isWithinReach({ pod, spec, nodeName }: PodInfo): boolean {
  return !spec.hasStorage && nodeName === '' && (pod.spec.resourceClaims ?? []).length === 0;
}

function isKnownScore(name: string): boolean {
  return OWN_SCORES.has(name) || CROWD_SCORES.has(name) || NORMALIZED_SCORES.has(name) || SILENT.has(name);
}

function rankOf(name: string): number | undefined {
  if (OWN_FILTERS.has(name)) return 0;
  if (CROWD_FILTERS.has(name)) return 1;
  if (name === SPREAD) return 2;
  if (name === AFFINITY) return 3;
  return SILENT.has(name) ? 0 : undefined;
}
