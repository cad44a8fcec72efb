/**
 * Prefers nodes on which the pod brings CPU, memory and the like closer to equal use. Models
 * plugins/noderesources/balanced_allocation.go as of 1.36: what counts is the improvement, not the state reached.
 */
import { type CycleState, type PreScorePlugin, type ScorePlugin, type Status, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { PluginArgs } from '../profile-spec.ts';
import { amountOf, isLeftOut, requestedOn } from '../resource-amounts.ts';
import { MAX_NODE_SCORE } from './default-normalize.ts';

const SKIP = skip('NodeResourcesBalancedAllocation');

export class NodeResourcesBalancedAllocation implements PreScorePlugin, ScorePlugin {
  readonly name = 'NodeResourcesBalancedAllocation';
  readonly #resources: readonly string[];
  // Scratch, filled anew for each node: one place for each configured resource.
  readonly #before: Float64Array;
  readonly #after: Float64Array;

  constructor(args: PluginArgs['NodeResourcesBalancedAllocation']) {
    this.#resources = args.resources.map(({ name }) => name);
    this.#before = new Float64Array(this.#resources.length);
    this.#after = new Float64Array(this.#resources.length);
  }

  /** A pod that asks for nothing would score the same everywhere. */
  preScore(_state: CycleState, pod: PodInfo): Status | undefined {
    return this.#resources.every((name) => amountOf(pod.spec.request, name) === 0) ? SKIP : undefined;
  }

  score(_state: CycleState, pod: PodInfo, node: NodeInfo): number {
    let count = 0;
    for (const name of this.#resources) {
      const asked = amountOf(pod.spec.request, name);
      const allocatable = amountOf(node.allocatable, name);
      if (allocatable === 0 || isLeftOut(name, asked)) continue;
      const requested = requestedOn(node, name);
      this.#before[count] = Math.min(1, requested / allocatable);
      this.#after[count] = Math.min(1, (requested + asked) / allocatable);
      count++;
    }
    const gain = balance(this.#after, count) - balance(this.#before, count);
    return MAX_NODE_SCORE / 2 + Math.floor((MAX_NODE_SCORE / 2 + gain) / 2);
  }
}

/** 100 when all fractions are equal, less the further apart they are. */
function balance(fractions: Float64Array, count: number): number {
  return Math.trunc((1 - deviation(fractions, count)) * MAX_NODE_SCORE);
}

function deviation(fractions: Float64Array, count: number): number {
  if (count < 2) return 0;
  if (count === 2) return Math.abs((fractions[0]! - fractions[1]!) / 2);
  let total = 0;
  for (let i = 0; i < count; i++) total += fractions[i]!;
  const mean = total / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (fractions[i]! - mean) * (fractions[i]! - mean);
  return Math.sqrt(squares / count);
}
