/**
 * NodeResourcesFit and NodeResourcesBalancedAllocation on one node in one go, for the usual pod under the usual arguments: cpu, memory and
 * ephemeral storage asked for, the least allocated node preferred by cpu and memory.
 *
 * Hot: most of what it costs to work a row out anew. The arithmetic is the plugins' own, step by step; for pods or arguments of any other
 * kind there is no kernel, and the plugins are asked.
 */
import type { NodeInfo } from '../node-info.ts';
import { MAX_NODE_SCORE } from '../plugins/default-normalize.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import type { ResourceWeight } from '../profile-spec.ts';

export interface ResourceKernel {
  readonly milliCpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** What the pod counts for when NodeResourcesFit scores, which is never nothing. */
  readonly scoredMilliCpu: number;
  readonly scoredMemory: number;
  readonly cpuWeight: number;
  readonly memoryWeight: number;
  /** Of the two plugins' scores in the total; 0 where the plugin does not score. */
  readonly fitWeight: number;
  readonly balanceWeight: number;
}

const FIT = 'NodeResourcesFit';
const BALANCE = 'NodeResourcesBalancedAllocation';
export const DOES_NOT_FIT = -1;

/** `scorers`: those that score pods of the template and look at what stands on the node. */
export function resourceKernelFor(pod: PodInfo, profile: Profile, scorers: Profile['score']): ResourceKernel | undefined {
  const { NodeResourcesFit: fit, NodeResourcesBalancedAllocation: balance } = profile.spec.args;
  const { type, resources } = fit.scoringStrategy;
  const { request, scored, hostPorts } = pod.spec;
  const isUsual = type === 'LeastAllocated' && isCpuAndMemory(resources) && isCpuAndMemory(balance.resources);
  const isLocal = scorers.every(({ plugin: { name } }) => name === FIT || name === BALANCE);
  const filters = profile.filter.some(({ name }) => name === FIT);
  if (!isUsual || !isLocal || !filters || request.scalars.size > 0 || hostPorts.length > 0) return undefined;
  const weightOf = (name: string) => scorers.find(({ plugin }) => plugin.name === name)?.weight ?? 0;
  return {
    milliCpu: request.milliCpu,
    memory: request.memory,
    ephemeralStorage: request.ephemeralStorage,
    scoredMilliCpu: scored.milliCpu,
    scoredMemory: scored.memory,
    cpuWeight: resources[0]!.weight,
    memoryWeight: resources[1]!.weight,
    fitWeight: weightOf(FIT),
    balanceWeight: weightOf(BALANCE),
  };
}

/** The weighted sum of both scores, or DOES_NOT_FIT. */
export function resourceScore(kernel: ResourceKernel, node: NodeInfo): number {
  const { allocatable, requestedMilliCpu, requestedMemory } = node;
  const cpu = allocatable.milliCpu;
  const memory = allocatable.memory;
  if (
    node.pods.length + 1 > node.allowedPods ||
    (kernel.milliCpu > 0 && kernel.milliCpu > cpu - requestedMilliCpu) ||
    (kernel.memory > 0 && kernel.memory > memory - requestedMemory) ||
    (kernel.ephemeralStorage > 0 && kernel.ephemeralStorage > allocatable.ephemeralStorage - node.requestedEphemeralStorage)
  ) {
    return DOES_NOT_FIT;
  }
  let score = 0;
  if (kernel.fitWeight !== 0) {
    let sum = 0;
    let weights = 0;
    if (cpu !== 0) {
      const requested = node.nonZeroMilliCpu + kernel.scoredMilliCpu;
      if (requested <= cpu) sum += Math.floor(((cpu - requested) * MAX_NODE_SCORE) / cpu) * kernel.cpuWeight;
      weights += kernel.cpuWeight;
    }
    if (memory !== 0) {
      const requested = node.nonZeroMemory + kernel.scoredMemory;
      if (requested <= memory) sum += Math.floor(((memory - requested) * MAX_NODE_SCORE) / memory) * kernel.memoryWeight;
      weights += kernel.memoryWeight;
    }
    if (weights !== 0) score = Math.floor(sum / weights) * kernel.fitWeight;
  }
  if (kernel.balanceWeight !== 0) {
    let gain = 0;
    // With one of the two alone there is nothing to be out of balance.
    if (cpu !== 0 && memory !== 0) {
      const before = Math.min(1, requestedMilliCpu / cpu) - Math.min(1, requestedMemory / memory);
      const after = Math.min(1, (requestedMilliCpu + kernel.milliCpu) / cpu) - Math.min(1, (requestedMemory + kernel.memory) / memory);
      gain = balanceOf(after) - balanceOf(before);
    }
    score += (MAX_NODE_SCORE / 2 + Math.floor((MAX_NODE_SCORE / 2 + gain) / 2)) * kernel.balanceWeight;
  }
  return score;
}

/** 100 when both fractions are equal, less the further apart they are: their standard deviation is half of what lies between them. */
function balanceOf(difference: number): number {
  return Math.trunc((1 - Math.abs(difference / 2)) * MAX_NODE_SCORE);
}

function isCpuAndMemory(resources: readonly ResourceWeight[]): boolean {
  return resources.length === 2 && resources[0]!.name === 'cpu' && resources[1]!.name === 'memory';
}
