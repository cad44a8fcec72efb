/**
 * Keeps pods off nodes without room for what they request, and ranks the rest by how full they would be.
 * Models plugins/noderesources/fit.go.
 */
import { isExtendedResource, type Resources } from '../../model/pod-requests.ts';
import {
  type CycleState,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type PreScorePlugin,
  type ScorePlugin,
  type Status,
  unresolvable,
  unschedulable,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { PluginArgs } from '../profile-spec.ts';
import { amountOf, isLeftOut, nonZeroRequestedOn } from '../resource-amounts.ts';
import { leastAllocatedScore, mostAllocatedScore, shapeScore, utilizationPercent } from './allocation-strategies.ts';

const NAME = 'NodeResourcesFit';

export class NodeResourcesFit implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = NAME;
  readonly #args: PluginArgs['NodeResourcesFit'];
  readonly #ignored: ReadonlySet<string>;
  readonly #ignoredGroups: ReadonlySet<string>;

  constructor(args: PluginArgs['NodeResourcesFit']) {
    this.#args = args;
    this.#ignored = new Set(args.ignoredResources);
    this.#ignoredGroups = new Set(args.ignoredResourceGroups);
  }

  preFilter(): PreFilterResult {
    return PRE_FILTER_SUCCESS;
  }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const { request } = pod.spec;
    const { allocatable } = node;
    // The usual answer first, without building anything.
    const hasSlot = node.pods.length + 1 <= node.allowedPods;
    const fitsPlain =
      isEnough(request.milliCpu, allocatable.milliCpu, node.requestedMilliCpu) &&
      isEnough(request.memory, allocatable.memory, node.requestedMemory) &&
      isEnough(request.ephemeralStorage, allocatable.ephemeralStorage, node.requestedEphemeralStorage);
    if (hasSlot && fitsPlain && request.scalars.size === 0) return undefined;

    if (request.scalars.size === 0) return plainStatus(request, node, hasSlot);
    const shortages = shortagesOn(request, node, (name) => this.#isIgnored(name));
    if (hasSlot && shortages.length === 0) return undefined;
    return shortStatus(!hasSlot, shortages);
  }

  preScore(): Status | undefined {
    return undefined;
  }

  score(_state: CycleState, pod: PodInfo, node: NodeInfo): number {
    const { type, resources, shape } = this.#args.scoringStrategy;
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const asked = amountOf(pod.spec.scored, name);
      const allocatable = amountOf(node.allocatable, name);
      if (allocatable === 0 || isLeftOut(name, asked)) continue;
      const requested = nonZeroRequestedOn(node, name) + asked;
      if (type === 'RequestedToCapacityRatio') {
        const score = shapeScore(shape, utilizationPercent(requested, allocatable));
        // A resource that scores nothing does not weigh either.
        if (score === 0) continue;
        sum += score * weight;
      } else {
        sum +=
          (type === 'LeastAllocated' ? leastAllocatedScore(requested, allocatable) : mostAllocatedScore(requested, allocatable)) * weight;
      }
      weights += weight;
    }
    if (weights === 0) return 0;
    return type === 'RequestedToCapacityRatio' ? Math.floor(sum / weights + 0.5) : Math.floor(sum / weights);
  }

  #isIgnored(name: string): boolean {
    return isExtendedResource(name) && (this.#ignored.has(name) || this.#ignoredGroups.has(name.slice(0, name.indexOf('/'))));
  }
}

export interface Shortage {
  readonly resource: string;
  /** More than the node could give with nothing on it. */
  readonly isHopeless: boolean;
}

/** The resources of which the node has too little left; the number of pods is not among them. */
export function shortagesOn(request: Resources, node: NodeInfo, isIgnored: (scalar: string) => boolean): Shortage[] {
  const { allocatable } = node;
  const found: Shortage[] = [];
  const check = (resource: string, asked: number, capacity: number, taken: number) => {
    if (!isEnough(asked, capacity, taken)) found.push({ resource, isHopeless: asked > capacity });
  };
  check('cpu', request.milliCpu, allocatable.milliCpu, node.requestedMilliCpu);
  check('memory', request.memory, allocatable.memory, node.requestedMemory);
  check('ephemeral-storage', request.ephemeralStorage, allocatable.ephemeralStorage, node.requestedEphemeralStorage);
  for (const [name, asked] of request.scalars) {
    if (asked !== 0 && !isIgnored(name)) check(name, asked, allocatable.scalars.get(name) ?? 0, node.requestedOf(name));
  }
  return found;
}

/** Nothing asked for always fits, however overcommitted the node. */
function isEnough(asked: number, allocatable: number, requested: number): boolean {
  return asked <= 0 || asked <= allocatable - requested;
}

const statuses = new Map<string, Status>();

function shortStatus(lacksSlot: boolean, shortages: readonly Shortage[]): Status {
  const isHopeless = shortages.some((shortage) => shortage.isHopeless);
  const reasons = shortages.map(({ resource }) => `Insufficient ${resource}`);
  // Upstream lists scalar resources in random order; sorted here, behind the fixed ones.
  const fixed = shortages.filter(({ resource }) => FIXED.has(resource)).length;
  const sorted = [...(lacksSlot ? ['Too many pods'] : []), ...reasons.slice(0, fixed), ...reasons.slice(fixed).sort()];
  const key = `${isHopeless}${sorted.join()}`;
  let status = statuses.get(key);
  if (status === undefined) {
    status = (isHopeless ? unresolvable : unschedulable)(NAME, ...sorted);
    statuses.set(key, status);
  }
  return status;
}

/** By what is short: of the pod's place and three resources, each lacking or hopeless. */
const plain: (Status | undefined)[] = [];

/** The status where only the fixed resources are asked for: one of few, found by number. */
function plainStatus(request: Resources, node: NodeInfo, hasSlot: boolean): Status {
  const { allocatable } = node;
  const number =
    (hasSlot ? 0 : 1) +
    2 * lack(request.milliCpu, allocatable.milliCpu, node.requestedMilliCpu) +
    6 * lack(request.memory, allocatable.memory, node.requestedMemory) +
    18 * lack(request.ephemeralStorage, allocatable.ephemeralStorage, node.requestedEphemeralStorage);
  let status = plain[number];
  if (status === undefined) {
    status = shortStatus(
      !hasSlot,
      shortagesOn(request, node, () => false),
    );
    plain[number] = status;
  }
  return status;
}

/** 0 for enough, 1 for too little left, 2 for more than there is at all. */
function lack(asked: number, capacity: number, taken: number): 0 | 1 | 2 {
  if (isEnough(asked, capacity, taken)) return 0;
  return asked > capacity ? 2 : 1;
}

const FIXED: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
