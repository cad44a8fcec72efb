/**
 * How long the real scheduler would have taken over one attempt, in simulated time.
 *
 * A sum of what an attempt looks at, times what looking at it costs. The costs are fitted to the thresholds of upstream's own benchmark;
 * docs/fidelity-scheduler-cost.md says which row fixes which of them, and by how much the others are missed. Bindings, status patches
 * and evictions run beside the attempts and take what the API takes.
 */

/** What one attempt has to look at. */
export interface AttemptWork {
  /** Nodes the filters were run on, those that fit and were scored among them. */
  readonly examinedNodes: number;
  /** Something was scored: more than one node fit. */
  readonly isScored: boolean;
  readonly clusterNodes: number;
  readonly clusterPods: number;
  /** Of those, pods with any affinity to other pods, or against them. */
  readonly affinityPods: number;
  /** Of those, pods with required anti-affinity. */
  readonly antiAffinityPods: number;
  /** The pod selects nodes, or prefers some. */
  readonly hasNodeAffinity: boolean;
  /** Extended resources it asks for. */
  readonly extendedResources: number;
  readonly claims: number;
  /** Spread constraints that filter, and that score by what is counted over the cluster; defaults count as the pod's own. */
  readonly hardConstraints: number;
  readonly softConstraints: number;
  /** Of all of them, those that leave out tainted nodes. */
  readonly taintPolicies: number;
  readonly requiredTerms: number;
  readonly preferredTerms: number;
  /** Nodes on which preemption was tried out. */
  readonly dryRuns: number;
}

/** Microseconds each. */
export interface CostModel {
  /** Queue, snapshot, assume, bookkeeping, and what else the scheduler's process has to do for each pod. */
  readonly attemptUs: number;
  /** All filters and scores of one examined node that have nothing special to do. */
  readonly nodeUs: number;
  /** More for an examined node, when ... the pod selects nodes; for each extended resource; for each claim. */
  readonly nodeAffinityUs: number;
  readonly extendedResourceUs: number;
  readonly claimUs: number;
  /** For each constraint: a node of the cluster, and a pod of the cluster. */
  readonly hardConstraintNodeUs: number;
  readonly hardConstraintPodUs: number;
  readonly softConstraintNodeUs: number;
  readonly softConstraintPodUs: number;
  readonly taintPolicyNodeUs: number;
  /** With required terms: a node of the cluster; and for each term, a pod. */
  readonly requiredTermsNodeUs: number;
  readonly requiredTermPodUs: number;
  readonly preferredTermsNodeUs: number;
  readonly preferredTermPodUs: number;
  /** Pods whose own terms are looked at for every newcomer. */
  readonly antiAffinityPodUs: number;
  readonly affinityPodUs: number;
  readonly dryRunUs: number;
}

export const DEFAULT_COST: CostModel = {
  attemptUs: 880,
  nodeUs: 0.71,
  nodeAffinityUs: 6.6,
  extendedResourceUs: 4.3,
  claimUs: 17.5,
  hardConstraintNodeUs: 0.12,
  hardConstraintPodUs: 0.045,
  softConstraintNodeUs: 0.2,
  softConstraintPodUs: 0.094,
  taintPolicyNodeUs: 0.35,
  requiredTermsNodeUs: 2.2,
  requiredTermPodUs: 1.85,
  preferredTermsNodeUs: 0.6,
  preferredTermPodUs: 0.6,
  antiAffinityPodUs: 0.36,
  affinityPodUs: 0.32,
  dryRunUs: 108,
};

export function attemptCostUs(cost: CostModel, work: AttemptWork): number {
  return Math.round(cost.attemptUs + examinationUs(cost, work) + countingUs(cost, work) + cost.dryRunUs * work.dryRuns);
}

/** Filters and scores, node by node. */
function examinationUs(cost: CostModel, work: AttemptWork): number {
  let perNode = cost.nodeUs + cost.extendedResourceUs * work.extendedResources + cost.claimUs * work.claims;
  if (work.hasNodeAffinity) perNode += cost.nodeAffinityUs;
  return perNode * work.examinedNodes;
}

/** PreFilter and PreScore, which go over the whole cluster whatever is examined afterwards. */
function countingUs(cost: CostModel, work: AttemptWork): number {
  const { clusterNodes, clusterPods, hardConstraints, softConstraints, taintPolicies, requiredTerms, preferredTerms } = work;
  let us = cost.antiAffinityPodUs * work.antiAffinityPods;
  us += hardConstraints * (cost.hardConstraintNodeUs * clusterNodes + cost.hardConstraintPodUs * clusterPods);
  us += taintPolicies * cost.taintPolicyNodeUs * clusterNodes;
  if (requiredTerms > 0) us += cost.requiredTermsNodeUs * clusterNodes + requiredTerms * cost.requiredTermPodUs * clusterPods;
  if (!work.isScored) return us;
  us += softConstraints * (cost.softConstraintNodeUs * clusterNodes + cost.softConstraintPodUs * clusterPods);
  us += cost.affinityPodUs * work.affinityPods;
  if (preferredTerms > 0) us += cost.preferredTermsNodeUs * clusterNodes + preferredTerms * cost.preferredTermPodUs * clusterPods;
  return us;
}
