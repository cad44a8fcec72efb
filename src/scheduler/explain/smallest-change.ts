/**
 * The smallest change that would let a pod run: proposals are made plugin by plugin and node by node, and each is tried out by running
 * PreFilter and Filter again with it. What is told has been seen to work.
 */
import { controllerOf } from '../../model/meta.ts';
import type { Node, Taint } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { NodeInfo } from '../node-info.ts';
import { PodInfo } from '../pod-info.ts';
import type { Change } from './explanation.ts';
import { Cost, type Proposal } from './proposal.ts';
import { proposalsFor } from './proposals.ts';
import { gapsOn } from './request-proposals.ts';
import { type ClusterChange, changedSpec, type WhatIf } from './what-if.ts';

// Bounds on the search: nodes tried of those that say the same, changes taken together, changes told.
const NODES_A_REASON = 16;
const PARTS_MAX = 3;
const CHANGES_TOLD = 6;
const PRIORITIES_TRIED = 4;

/** A change with what it does, so that it can be done. */
export interface TriedChange extends Change {
  readonly cost: number;
  readonly pod: Pod;
  readonly cluster: ClusterChange;
}

/** Changes that help, the smallest first; empty when none was found. */
export function changesThatHelp(world: WhatIf, original: Pod): readonly Change[] {
  return triedChanges(world, original).map(({ text, node, fits, parts }) => ({ text, node, fits, parts }));
}

export function triedChanges(world: WhatIf, original: Pod): readonly TriedChange[] {
  return new Search(world, original).run().slice(0, CHANGES_TOLD);
}

class Search {
  readonly #world: WhatIf;
  readonly #pod: Pod;
  /** By text without the node's name: of changes that differ in the node only, the first is told. */
  readonly #found = new Map<string, TriedChange>();

  constructor(world: WhatIf, pod: Pod) {
    this.#world = world;
    this.#pod = pod;
  }

  run(): readonly TriedChange[] {
    const nodes = this.#candidates();
    for (const node of nodes) this.#tryOne(node);
    for (const node of this.#kinds(nodes)) this.#tryNewNode(node);
    this.#tryPriorities();
    if (this.#found.size === 0) for (const node of nodes) this.#tryTogether(node);
    return [...this.#found.values()].sort((a, b) => a.parts - b.parts || a.cost - b.cost || b.fits - a.fits);
  }

  /** A few nodes of each sort of verdict, those nearest to fitting first. */
  #candidates(): readonly NodeInfo[] {
    const info = this.#info(this.#pod);
    const groups = new Map<string, { readonly node: NodeInfo; readonly distance: number }[]>();
    for (const [name, status] of this.#world.verdicts(info)) {
      if (status === undefined) continue;
      const node = this.#world.snapshot.get(name)!;
      const key = `${status.plugin}/${status.reasons.join()}`;
      const group = groups.get(key) ?? [];
      const gaps = status.plugin === 'NodeResourcesFit' ? gapsOn(this.#pod, node) : [];
      group.push({ node, distance: gaps.reduce((sum, { asked, tooMuch }) => sum + tooMuch / asked, 0) });
      groups.set(key, group);
    }
    return [...groups.values()].flatMap((group) =>
      group
        .sort((a, b) => a.distance - b.distance)
        .slice(0, NODES_A_REASON)
        .map(({ node }) => node),
    );
  }

  #tryOne({ name }: NodeInfo): void {
    const info = this.#info(this.#pod);
    const node = this.#world.snapshot.get(name)!;
    const status = this.#world.verdict(info, name);
    if (status === undefined) return;
    for (const proposal of proposalsFor(status, this.#pod, node, this.#world)) {
      if (this.#isTold(proposal.text, name)) continue;
      const { text, cost, pod = this.#pod, cluster = {} } = proposal;
      const fits = this.#fitsWith(pod, cluster, name);
      if (fits > 0) this.#tell({ text, cost, node: name, fits, parts: 1, pod, cluster });
    }
  }

  /** One proposal after the other, each for what is still in the way. */
  #tryTogether({ name }: NodeInfo): void {
    const taken: Proposal[] = [];
    let pod = this.#pod;
    const nodes = new Map<string, Node>();
    const withoutPods: PodInfo[] = [];
    while (taken.length < PARTS_MAX) {
      const cluster = () => ({ nodes: [...nodes.values()], withoutPods });
      const next = this.#world.with(cluster(), () => {
        const status = this.#world.verdict(this.#info(pod), name);
        return status === undefined ? undefined : (proposalsFor(status, pod, this.#world.snapshot.get(name)!, this.#world)[0] ?? null);
      });
      if (next === null) return;
      if (next === undefined) break;
      taken.push(next);
      pod = next.pod ?? pod;
      for (const node of next.cluster?.nodes ?? []) nodes.set(node.metadata.name, node);
      withoutPods.push(...(next.cluster?.withoutPods ?? []));
      const fits = this.#fitsWith(pod, cluster(), name);
      if (fits === 0) continue;
      const cost = taken.reduce((sum, one) => sum + one.cost, 0);
      this.#tell({
        text: taken.map(({ text }) => text).join(', and '),
        cost,
        node: name,
        fits,
        parts: taken.length,
        pod,
        cluster: cluster(),
      });
      return;
    }
  }

  /** One node of each kind: of the same labels, taints and size. */
  #kinds(nodes: readonly NodeInfo[]): readonly NodeInfo[] {
    const kinds = new Map<string, NodeInfo>();
    for (const node of nodes) {
      const { 'kubernetes.io/hostname': _, ...labels } = node.labels;
      const key = JSON.stringify([labels, ownTaints(node.node!), node.node!.status?.allocatable]);
      if (!kinds.has(key)) kinds.set(key, node);
    }
    return [...kinds.values()];
  }

  /** It comes without pods but for those that every node of its kind has: those of DaemonSets. */
  #tryNewNode({ node, pods }: NodeInfo): void {
    const name = `${node!.metadata.name}-twin`;
    const labels = { ...node!.metadata.labels, 'kubernetes.io/hostname': name };
    const twin: Node = {
      ...node!,
      metadata: { ...node!.metadata, name, uid: name, labels },
      spec: { ...node!.spec, unschedulable: false, taints: ownTaints(node!) },
    };
    const daemons = pods
      .filter(({ pod }) => controllerOf(pod)?.kind === 'DaemonSet')
      .map(({ pod, uid }) => ({ ...changedSpec(pod, { nodeName: name }), metadata: { ...pod.metadata, uid: `${uid}-twin` } }));
    const cluster = { nodes: [twin], pods: daemons };
    const fits = this.#fitsWith(this.#pod, cluster, name);
    const text = `add one more node like ${node!.metadata.name}`;
    if (fits > 0) this.#tell({ text, cost: Cost.newNode, node: name, fits, parts: 1, pod: this.#pod, cluster });
  }

  #tryPriorities(): void {
    if (this.#pod.spec.preemptionPolicy === 'Never') return;
    const own = this.#pod.spec.priority ?? 0;
    const above = new Set(this.#world.nodes.flatMap(({ pods }) => pods.map(({ priority }) => priority)));
    const tried = [...above].filter((priority) => priority >= own).sort((a, b) => a - b);
    for (const priority of tried.slice(0, PRIORITIES_TRIED)) {
      const pod = changedSpec(this.#pod, { priority: priority + 1 });
      const room = this.#world.preemption(this.#info(pod));
      if (room === undefined) continue;
      const evicted = room.victims === 1 ? '1 pod' : `${room.victims} pods`;
      const text = `give it a priority above ${priority}, which evicts ${evicted} from ${room.node}`;
      this.#tell({ text, cost: Cost.move, node: room.node, fits: 1, parts: 1, pod, cluster: {} });
      return;
    }
  }

  /** On how many nodes the pod fits then; 0 when it still does not fit on the one that was meant. */
  #fitsWith(pod: Pod, cluster: ClusterChange, node: string): number {
    const info = this.#info(pod);
    return this.#world.with(cluster, () => (this.#world.verdict(info, node) === undefined ? this.#world.fitting(info).length : 0));
  }

  #info(pod: Pod): PodInfo {
    return new PodInfo(pod);
  }

  #tell(found: TriedChange): void {
    const key = keyOf(found.text, found.node);
    const other = this.#found.get(key);
    if (other === undefined || other.cost > found.cost) this.#found.set(key, found);
  }

  #isTold(text: string, node: string): boolean {
    return this.#found.has(keyOf(text, node));
  }
}

/** What the text says whatever the node is called. */
function keyOf(text: string, node: string): string {
  return text.replaceAll(node, '*').replaceAll(/\d+m?\b|pod \S+/g, '#');
}

function ownTaints(node: Node): readonly Taint[] {
  return (node.spec?.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
}
