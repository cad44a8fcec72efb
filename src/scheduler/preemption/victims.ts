/**
 * Which pods of one node would have to go for another to fit.
 *
 * Models SelectVictimsOnNode of plugins/defaultpreemption/default_preemption.go: take all lesser pods away, then put back, the most
 * important first, whoever leaves room enough; pods that a PodDisruptionBudget protects are put back before the others.
 */

import type { PodDisruptionBudget } from '../../model/policy.ts';
import { isEmptySelector, selectorMatches } from '../../model/selector.ts';
import { timeUsOf } from '../../model/time.ts';
import { type CycleState, errorStatus, type Status, unresolvable } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';

export const DEFAULT_PREEMPTION = 'DefaultPreemption';

export interface Candidate {
  readonly nodeName: string;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  readonly pdbViolations: number;
}

// The recordings give this status no plugin.
export const NO_VICTIMS = unresolvable('', 'No preemption victims found for incoming pod');

/** A candidate, or why the node is none. Neither `state` nor `node` is changed. */
export function dryRun(
  profile: Profile,
  state: CycleState,
  pod: PodInfo,
  node: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
  nowUs: number,
): Candidate | Status {
  const potential = node.pods.filter((other) => other.priority < pod.priority);
  if (potential.length === 0) return NO_VICTIMS;
  const world = { profile, state: state.clone(), pod, node: node.clone() };
  for (const victim of potential) {
    const failed = takeAway(world, victim);
    if (failed !== undefined) return failed;
  }
  const rejected = profile.runFiltersWithNominated(world.state, pod, world.node);
  if (rejected !== undefined) return rejected;

  const startUs = new Map(potential.map((victim) => [victim, startTimeUs(victim, nowUs)]));
  const byImportance = (a: PodInfo, b: PodInfo) => b.priority - a.priority || startUs.get(a)! - startUs.get(b)!;
  potential.sort(byImportance);
  const { violating, others } = splitByBudgets(potential, budgets);
  const victims: PodInfo[] = [];
  let pdbViolations = 0;
  for (const victim of violating) {
    if (isReprieved(world, victim)) continue;
    victims.push(victim);
    pdbViolations++;
  }
  for (const victim of others) if (!isReprieved(world, victim)) victims.push(victim);
  if (violating.length > 0 && others.length > 0) victims.sort(byImportance);
  if (victims.length === 0) return errorStatus('', `expected at least one victim pod on node "${node.name}"`);
  return { nodeName: node.name, victims, pdbViolations };
}

/** A pod that has not started counts as started now. */
export function startTimeUs({ pod }: PodInfo, nowUs: number): number {
  const text = pod.status?.startTime;
  return text === undefined ? nowUs : timeUsOf(text);
}

interface World {
  readonly profile: Profile;
  readonly state: CycleState;
  readonly pod: PodInfo;
  readonly node: NodeInfo;
}

function takeAway({ profile, state, pod, node }: World, victim: PodInfo): Status | undefined {
  node.removePod(victim);
  return profile.runRemovePod(state, pod, victim, node);
}

/** Puts the victim back, and leaves it there if the pod still fits. */
function isReprieved(world: World, victim: PodInfo): boolean {
  const { profile, state, pod, node } = world;
  node.addPod(victim);
  profile.runAddPod(state, pod, victim, node);
  if (profile.runFiltersWithNominated(state, pod, node) === undefined) return true;
  takeAway(world, victim);
  return false;
}

/** In order of importance, each pod uses up one disruption of every budget it falls under; beyond that it violates one. */
function splitByBudgets(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): { violating: PodInfo[]; others: PodInfo[] } {
  const left = budgets.map((budget) => budget.status?.disruptionsAllowed ?? 0);
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    const { labels, name } = info.pod.metadata;
    let isViolating = false;
    if (labels !== undefined && Object.keys(labels).length > 0) {
      budgets.forEach(({ metadata, spec, status }, i) => {
        if ((metadata.namespace ?? '') !== info.namespace || spec.selector === undefined || isEmptySelector(spec.selector)) return;
        if (!selectorMatches(spec.selector, labels) || status?.disruptedPods?.[name] !== undefined) return;
        left[i]!--;
        if (left[i]! < 0) isViolating = true;
      });
    }
    (isViolating ? violating : others).push(info);
  }
  return { violating, others };
}
