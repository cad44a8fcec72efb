/**
 * What the scheduler believes of nodes and of the pods on them: what its informers told, plus the pods it has just placed.
 *
 * Models pkg/scheduler/backend/cache/cache.go. An assumed pod counts at once and for as long as nobody confirms or forgets it
 * (no expiry). Pods of a node not seen yet are held until it appears; a deleted node is kept, out of the snapshot, while
 * pods are left on it. Each change costs the same however many nodes there are.
 */
import { fail } from '../base/fail.ts';
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import { NodeImages } from './node-images.ts';
import { NodeInfo } from './node-info.ts';
import { NodeTree } from './node-tree.ts';
import { isSameForScheduling } from './object-events.ts';
import { PodInfo } from './pod-info.ts';
import type { Snapshot } from './snapshot.ts';

/** Told of every change of the counted world, as it happens: the fast path's counters listen. */
export interface CacheListener {
  podAdded(pod: PodInfo, node: NodeInfo): void;
  podRemoved(pod: PodInfo, node: NodeInfo): void;
  /** Labels, taints or anything else of the node may have changed, or it came or went (`node.node` undefined). */
  nodeChanged(node: NodeInfo, previous: Node | undefined): void;
}

interface CachedPod {
  info: PodInfo;
  nodeName: string;
  isAssumed: boolean;
}

export class Cache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, CachedPod>();
  readonly #tree = new NodeTree();
  readonly #images = new NodeImages();
  readonly #listeners: CacheListener[] = [];
  /** Changed since the last snapshot. */
  #changed = new Set<NodeInfo>();
  /** Takes its place while a snapshot is made; empty. */
  #spare = new Set<NodeInfo>();
  #generation = 0;
  #assumedCount = 0;

  addListener(listener: CacheListener): void {
    this.#listeners.push(listener);
  }

  get nodeCount(): number {
    return this.#tree.size;
  }

  get podCount(): number {
    return this.#pods.size;
  }

  get assumedCount(): number {
    return this.#assumedCount;
  }

  /** Any node the cache knows, ghosts included. */
  getNode(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** The pod as counted, assumed or confirmed. */
  getPod(uid: string): PodInfo | undefined {
    return this.#pods.get(uid)?.info;
  }

  isAssumed(uid: string): boolean {
    return this.#pods.get(uid)?.isAssumed === true;
  }

  addNode(node: Node): void {
    const info = this.#nodeInfo(node.metadata.name);
    const previous = info.node;
    if (previous !== undefined && isSameForScheduling(previous, node)) {
      // A heartbeat. The counts of its images are taken anew all the same, as with any update (spec 5.10).
      info.node = node;
      this.#changed.add(info);
      return;
    }
    if (previous === undefined) this.#tree.add(node);
    else this.#tree.update(previous, node);
    this.#images.replace(info, previous, node);
    this.#setNode(info, previous, node);
  }

  updateNode(node: Node): void {
    this.addNode(node);
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    const previous = info?.node;
    if (info === undefined || previous === undefined) return;
    this.#tree.remove(previous);
    this.#images.replace(info, previous, undefined);
    this.#setNode(info, previous, undefined);
    this.#dropEmptyGhost(info);
  }

  /** The informer shows a pod on a node: counts it, or confirms it where it was assumed. */
  addPod(pod: Pod): PodInfo {
    const info = new PodInfo(pod, this.#pods.get(pod.metadata.uid ?? '')?.info);
    const present = this.#pods.get(info.uid);
    if (present === undefined) this.#place(info, false);
    else this.#replace(present, info);
    return info;
  }

  /** A new version of a counted pod. */
  updatePod(pod: Pod): PodInfo {
    return this.addPod(pod);
  }

  removePod(uid: string): void {
    const present = this.#pods.get(uid);
    if (present === undefined) return;
    this.#pods.delete(uid);
    if (present.isAssumed) this.#assumedCount--;
    this.#takeAway(present.info, present.nodeName);
  }

  /** Counts the pod on the node before the API server has heard of it. */
  assumePod(pod: PodInfo, nodeName: string): PodInfo {
    if (this.#pods.has(pod.uid)) fail(`Cannot assume pod ${pod.key} on node ${nodeName}: it is in the cache already`);
    const assumed = pod.assumedOn(nodeName);
    this.#place(assumed, true);
    this.#assumedCount++;
    return assumed;
  }

  /** Takes back an assumption. */
  forgetPod(uid: string): void {
    const present = this.#pods.get(uid);
    if (present === undefined || !present.isAssumed) return;
    this.removePod(uid);
  }

  /**
   * Brings the snapshot up to date, at a cost of the nodes that changed. The list is dealt anew only when a name appears that
   * it does not know, or when it holds more nodes than there are: a mere change of zone leaves the order (spec 2.4).
   */
  updateSnapshot(snapshot: Snapshot): void {
    if (this.#changed.size === 0) return;
    let isListStale = false;
    let replaced: readonly number[] | undefined;
    for (const info of this.#changed) {
      if (info.node === undefined) continue;
      if (this.#images.refresh(info)) info.generation = info.ownGeneration = ++this.#generation;
      const known = snapshot.byName.get(info.name);
      if (known === info) {
        updateMembership(snapshot, info);
        continue;
      }
      snapshot.byName.set(info.name, info);
      if (known === undefined) {
        isListStale = true;
      } else {
        replaced = replaced === undefined ? [known.row] : [...replaced, known.row];
        dropMembership(snapshot, known);
        info.row = known.row;
        (snapshot.nodes as NodeInfo[])[known.row] = info;
        known.row = -1;
      }
      updateMembership(snapshot, info);
    }
    const changed = this.#changed;
    this.#changed = this.#spare;
    this.#spare = changed;
    // The same name, another node: it keeps the row, but nothing that was known of it.
    if (replaced !== undefined) snapshot.noteDeal(Int32Array.from(snapshot.nodes, (_, row) => (replaced!.includes(row) ? -1 : row)));
    if (isListStale || snapshot.byName.size > this.#tree.size) this.#dealRows(snapshot);
    for (const info of changed) {
      if (info.row === -1 || info.loggedGeneration === info.generation) continue;
      info.loggedGeneration = info.generation;
      snapshot.log.push(info.row);
    }
    changed.clear();
  }

  #dealRows(snapshot: Snapshot): void {
    for (const [name, info] of snapshot.byName) {
      if (info.node !== undefined && this.#nodes.get(name) === info) continue;
      snapshot.byName.delete(name);
      dropMembership(snapshot, info);
      info.row = -1;
    }
    snapshot.nodes = this.#tree.list().map((name) => this.#nodes.get(name)!);
    const previousRows = new Int32Array(snapshot.nodes.length);
    snapshot.nodes.forEach((info, row) => {
      previousRows[row] = info.row;
      info.row = row;
    });
    snapshot.noteDeal(previousRows);
  }

  #nodeInfo(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (info === undefined) {
      info = new NodeInfo(name);
      this.#nodes.set(name, info);
    }
    return info;
  }

  #setNode(info: NodeInfo, previous: Node | undefined, node: Node | undefined): void {
    info.setNode(node);
    this.#touch(info);
    info.ownGeneration = info.generation;
    for (const listener of this.#listeners) listener.nodeChanged(info, previous);
  }

  #place(info: PodInfo, isAssumed: boolean): void {
    const { nodeName } = info;
    this.#pods.set(info.uid, { info, nodeName, isAssumed });
    const node = this.#nodeInfo(nodeName);
    node.addPod(info);
    this.#touch(node);
    for (const listener of this.#listeners) listener.podAdded(info, node);
  }

  #takeAway(info: PodInfo, nodeName: string): void {
    const node = this.#nodes.get(nodeName);
    if (node === undefined || !node.removePod(info)) fail(`Cannot take pod ${info.key} off node ${nodeName}: it is not there`);
    this.#touch(node);
    for (const listener of this.#listeners) listener.podRemoved(info, node);
    this.#dropEmptyGhost(node);
  }

  #replace(present: CachedPod, info: PodInfo): void {
    const previous = present.info;
    if (present.isAssumed) this.#assumedCount--;
    if (info.nodeName === present.nodeName && countsTheSame(previous, info)) {
      // The node by itself has nothing to notice: only the order of its pods moves on, as upstream's does. Other labels are counted
      // elsewhere; every pod that is bound gets some, those of its node's place.
      const node = this.#nodes.get(present.nodeName)!;
      node.replacePod(previous, info);
      this.#changed.add(node);
      if (previous.peer !== info.peer) {
        for (const listener of this.#listeners) {
          listener.podRemoved(previous, node);
          listener.podAdded(info, node);
        }
      }
      present.info = info;
      present.isAssumed = false;
      return;
    }
    this.#takeAway(previous, present.nodeName);
    this.#place(info, false);
  }

  #touch(node: NodeInfo): void {
    node.generation = ++this.#generation;
    this.#changed.add(node);
  }

  #dropEmptyGhost(node: NodeInfo): void {
    if (node.node === undefined && node.pods.length === 0) this.#nodes.delete(node.name);
  }
}

function countsTheSame(previous: PodInfo, info: PodInfo): boolean {
  return (
    previous.spec === info.spec &&
    previous.placed === info.placed &&
    previous.priority === info.priority &&
    previous.isTerminating === info.isTerminating
  );
}

function updateMembership(snapshot: Snapshot, info: NodeInfo): void {
  if (info.affinityPodCount > 0) snapshot.affinityNodes.add(info);
  else snapshot.affinityNodes.delete(info);
  if (info.requiredAntiAffinityPodCount > 0) snapshot.requiredAntiAffinityNodes.add(info);
  else snapshot.requiredAntiAffinityNodes.delete(info);
  snapshot.noteClaims(info);
}

function dropMembership(snapshot: Snapshot, info: NodeInfo): void {
  snapshot.affinityNodes.delete(info);
  snapshot.requiredAntiAffinityNodes.delete(info);
  snapshot.forgetClaims(info);
}
