/**
 * What an attempt of the real scheduler would have had to look at, whatever way the decision was found here.
 */

import type { CacheListener } from './cache.ts';
import type { AttemptWork } from './cost-model.ts';
import type { PodInfo } from './pod-info.ts';
import type { Profile } from './profile.ts';
import type { Attempt, SchedulerCore } from './scheduler-core.ts';
import { type SpreadConstraint, spreadConstraintsOf } from './spread-constraints.ts';

/** Counts pods with affinity as they come and go: an attempt is not to count them itself. */
export class AffinityCounts implements CacheListener {
  affinityPods = 0;
  antiAffinityPods = 0;

  podAdded(pod: PodInfo): void {
    this.#count(pod, 1);
  }

  podRemoved(pod: PodInfo): void {
    this.#count(pod, -1);
  }

  nodeChanged(): void {}

  #count({ peer }: PodInfo, by: 1 | -1): void {
    if (peer.hasAffinity) this.affinityPods += by;
    if (peer.requiredAntiAffinity.length > 0) this.antiAffinityPods += by;
  }
}

const NONE: readonly SpreadConstraint[] = [];

export function workOf(attempt: Attempt, core: SchedulerCore, counts: AffinityCounts): AttemptWork {
  const { profile, entry, evaluated, feasible } = attempt;
  const { info } = entry;
  const { spec, peer } = info;
  const runs = (plugin: string) => profile.plugins.has(plugin);
  const affinity = runs('InterPodAffinity');
  const hard = constraintsOf(profile, info, 'DoNotSchedule');
  const soft = constraintsOf(profile, info, 'ScheduleAnyway');
  return {
    examinedNodes: evaluated,
    isScored: feasible > 1,
    clusterNodes: core.snapshot.nodes.length,
    clusterPods: core.cache.podCount,
    affinityPods: affinity ? counts.affinityPods : 0,
    antiAffinityPods: affinity ? counts.antiAffinityPods : 0,
    hasNodeAffinity: runs('NodeAffinity') && selectsNodes(info),
    extendedResources: spec.request.scalars.size,
    claims: spec.hasStorage ? claimCount(info) : 0,
    hardConstraints: hard.length,
    // Those over host names are counted on the scored nodes alone.
    softConstraints: soft.filter(({ topologyKey }) => topologyKey !== 'kubernetes.io/hostname').length,
    taintPolicies: [...hard, ...soft].filter((one) => one.honorsTaints).length,
    requiredTerms: affinity ? peer.requiredAffinity.length + peer.requiredAntiAffinity.length : 0,
    preferredTerms: affinity ? peer.preferredAffinity.length + peer.preferredAntiAffinity.length : 0,
    dryRuns: dryRunsOf(attempt),
  };
}

function constraintsOf(profile: Profile, info: PodInfo, action: 'DoNotSchedule' | 'ScheduleAnyway'): readonly SpreadConstraint[] {
  if (!profile.plugins.has('PodTopologySpread')) return NONE;
  return spreadConstraintsOf(info, action, profile.handle, profile.spec.args.PodTopologySpread);
}

/** A pod that is held to one node by its name, as those of a DaemonSet, has its nodes narrowed before any is examined. */
function selectsNodes({ pod: { spec } }: PodInfo): boolean {
  const { nodeAffinity } = spec.affinity ?? {};
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return spec.nodeSelector !== undefined || preferred.length > 0 || terms.some(({ matchExpressions = [] }) => matchExpressions.length > 0);
}

function claimCount({ pod }: PodInfo): number {
  return (pod.spec.volumes ?? []).filter((volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined).length;
}

/** Of this attempt's PostFilter, which runs only where nothing fits. */
function dryRunsOf({ result, state, feasible, profile }: Attempt): number {
  if (result !== 'unschedulable' || state === undefined || feasible > 0) return 0;
  const plan = profile.preemptionPlan;
  return plan === undefined ? 0 : plan.candidates.length + plan.rejected.size;
}
