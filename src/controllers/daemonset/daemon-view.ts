/**
 * The nodes as a pass of the DaemonSet controller sees them, each with the set's pods on it.
 *
 * Models getNodesToDaemonPods and the loops over all nodes of pkg/controller/daemon/daemon_controller.go. There are two ways to the same
 * answers: WholeView asks every node, as upstream does; NodeTable keeps what each node has answered and asks only those that have changed.
 */
import { isDeleting } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import { isPodReady, isPodTerminal, type Pod } from '../../model/pod.ts';
import type { DaemonSet } from '../../model/workloads.ts';
import { isPodAvailable } from '../pod-availability.ts';
import { type Eligibility, targetNode } from './eligibility.ts';
import { HASH_LABEL } from './histories.ts';
import { allowsSurge, budgetOf, compareAge, excessPods, type NodePods, type Replacement, type Rolling, rollingStep } from './rolling.ts';
import type { NodeSums } from './status.ts';

export const GENERATION_LABEL = 'pod-template-generation';
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** What the judgement of a node's pods rests on, beside the node and the time. */
export interface Basis {
  readonly spec: DaemonSet['spec'];
  readonly generation: string | undefined;
  /** Of the present template. */
  readonly hash: string;
}

export interface DaemonNode extends NodePods {
  readonly shouldContinue: boolean;
  /** Pods may be left of a node that is gone. */
  readonly isKnown: boolean;
}

export interface DaemonView {
  /** The nodes that want attention, in order; of those that merely lack their pod no more than `limit`. */
  toManage(limit: number): readonly DaemonNode[];
  /** The next step of a rolling update. */
  roll(nowUs: number): Replacement;
  sums(nowUs: number): NodeSums;
}

export function basisOf({ metadata, spec }: DaemonSet, hash: string): Basis {
  return { spec, generation: metadata.annotations?.[TEMPLATE_GENERATION], hash };
}

/** Is the pod of the present template? Either label says so. */
export function isUpdated({ generation, hash }: Basis, { metadata }: Pod): boolean {
  if (generation !== undefined && metadata.labels?.[GENERATION_LABEL] === generation) return true;
  return hash !== '' && metadata.labels?.[HASH_LABEL] === hash;
}

export function rollingOf(basis: Basis, desired: number, nowUs: number): Rolling {
  const { minReadySeconds = 0 } = basis.spec;
  return { budget: budgetOf(basis, desired), minReadySeconds, nowUs, isUpdated: (pod) => isUpdated(basis, pod) };
}

/** The node a pod counts for; those that have ended and are leaving are nobody's business. */
export function placeOf(pod: Pod): string | undefined {
  return isPodTerminal(pod) && isDeleting(pod) ? undefined : targetNode(pod);
}

/** Is there anything at a node with pods that manage would act on, or tell of? */
export function wantsAttention({ isKnown, shouldRun, shouldContinue, pods }: DaemonNode, basis: Basis, nowUs: number): boolean {
  if (!isKnown) return pods.some((pod) => (pod.spec.nodeName ?? '') === '' && !isDeleting(pod));
  const staying = pods.filter((pod) => !isDeleting(pod));
  if (!shouldContinue) return staying.length > 0;
  if (staying.some(isPodTerminal)) return true;
  const surge = allowsSurge(basis);
  if (staying.length === 0) return surge && shouldRun && pods.length > 0;
  return staying.length > 1 && excessPods(staying, surge, rollingOf(basis, 0, nowUs), basis.hash).length > 0;
}

/** What one node adds to the sums: of several pods the oldest speaks for it. */
export function sumsOfNode({ shouldRun, pods }: NodePods, basis: Basis, nowUs: number): NodeSums {
  if (!shouldRun) return pods.length > 0 ? MISSCHEDULED : NOTHING;
  if (pods.length === 0) return LACKING;
  const pod = pods.length === 1 ? pods[0]! : [...pods].sort(compareAge)[0]!;
  const ready = isPodReady(pod) ? 1 : 0;
  return {
    desired: 1,
    current: 1,
    misscheduled: 0,
    ready,
    updated: isUpdated(basis, pod) ? 1 : 0,
    available: ready === 1 && isPodAvailable(pod, basis.spec.minReadySeconds ?? 0, nowUs) ? 1 : 0,
  };
}

const NOTHING: NodeSums = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
const LACKING: NodeSums = { ...NOTHING, desired: 1 };
const MISSCHEDULED: NodeSums = { ...NOTHING, misscheduled: 1 };

/** The slow and obvious way: from lists of all nodes and all the set's pods. */
export class WholeView implements DaemonView {
  readonly #basis: Basis;
  /** Those there are, and then those that only pods speak of. */
  readonly #nodes: readonly DaemonNode[];

  constructor(basis: Basis, nodes: Iterable<Node>, pods: Iterable<Pod>, eligibilityOf: (node: Node) => Eligibility) {
    this.#basis = basis;
    const byNode = new Map<string, Pod[]>();
    for (const pod of pods) {
      const node = placeOf(pod);
      if (node === undefined) continue;
      const known = byNode.get(node);
      if (known === undefined) byNode.set(node, [pod]);
      else known.push(pod);
    }
    const all: DaemonNode[] = [];
    for (const node of nodes) {
      const { name } = node.metadata;
      all.push({ node: name, isKnown: true, pods: byNode.get(name) ?? [], ...eligibilityOf(node) });
      byNode.delete(name);
    }
    for (const [node, left] of byNode) all.push({ node, isKnown: false, shouldRun: false, shouldContinue: false, pods: left });
    this.#nodes = all;
  }

  toManage(): readonly DaemonNode[] {
    return this.#nodes;
  }

  roll(nowUs: number): Replacement {
    const desired = this.#nodes.filter(({ shouldRun }) => shouldRun).length;
    const nodes = this.#nodes.filter(({ shouldRun, pods }) => shouldRun || pods.length > 0);
    return rollingStep(nodes, rollingOf(this.#basis, desired, nowUs));
  }

  sums(nowUs: number): NodeSums {
    const sums = { ...NOTHING };
    for (const node of this.#nodes) {
      if (!node.isKnown) continue;
      const own = sumsOfNode(node, this.#basis, nowUs);
      for (const field of Object.keys(sums) as (keyof NodeSums)[]) sums[field] += own[field];
    }
    return sums;
  }
}
