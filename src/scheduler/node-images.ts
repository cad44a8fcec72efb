/**
 * Which images lie on which nodes.
 *
 * Models the imageStates of pkg/scheduler/backend/cache/cache.go. An image has the size its first node reported. A node keeps the
 * counts of the moment it was last taken into the snapshot, so they may lag behind other nodes' pulls (spec 5.10).
 */
import type { Node } from '../model/node.ts';
import type { ImageSummary, NodeInfo } from './node-info.ts';

interface ImageState {
  sizeBytes: number;
  readonly nodes: Set<string>;
}

export class NodeImages {
  readonly #states = new Map<string, ImageState>();
  /** Grows when any count or size changes, so that a node whose counts are current need not look at each image. */
  #version = 0;
  readonly #seen = new WeakMap<NodeInfo, number>();

  replace(info: NodeInfo, previous: Node | undefined, node: Node | undefined): void {
    const had = previous?.status?.images;
    const has = node?.status?.images;
    if (had === undefined && has === undefined) return;
    const before = this.#version;
    if (had !== undefined && had !== has) this.#remove(info.name, previous!);
    else if (had !== undefined) this.#resize(node!);
    if (had !== has && node !== undefined) this.#add(node);
    if (this.#version !== before) this.#seen.delete(info);
  }

  /** Brings the node's counts up to date; true when they changed. */
  refresh(info: NodeInfo): boolean {
    const { images } = info.node?.status ?? {};
    if (images === undefined || images.length === 0) {
      if (info.images.size === 0) return false;
      info.images = new Map();
      return true;
    }
    if (this.#seen.get(info) === this.#version) return false;
    this.#seen.set(info, this.#version);
    const summaries = new Map<string, ImageSummary>();
    for (const { names = [] } of images) {
      for (const name of names) {
        const state = this.#states.get(name);
        if (state !== undefined) summaries.set(name, { sizeBytes: state.sizeBytes, nodeCount: state.nodes.size });
      }
    }
    info.images = summaries;
    return true;
  }

  #add(node: Node): void {
    for (const { names = [], sizeBytes = 0 } of node.status?.images ?? []) {
      for (const name of names) {
        const state = this.#states.get(name);
        if (state === undefined) this.#states.set(name, { sizeBytes, nodes: new Set([node.metadata.name]) });
        else state.nodes.add(node.metadata.name);
        this.#version++;
      }
    }
  }

  #remove(nodeName: string, node: Node): void {
    for (const { names = [] } of node.status?.images ?? []) {
      for (const name of names) {
        const state = this.#states.get(name);
        if (state === undefined || !state.nodes.delete(nodeName)) continue;
        if (state.nodes.size === 0) this.#states.delete(name);
        this.#version++;
      }
    }
  }

  /** Upstream takes an updated node out and puts it in again: an image it holds alone then has the size it reports. */
  #resize(node: Node): void {
    for (const { names = [], sizeBytes = 0 } of node.status?.images ?? []) {
      for (const name of names) {
        const state = this.#states.get(name);
        if (state === undefined || state.nodes.size !== 1 || state.sizeBytes === sizeBytes) continue;
        state.sizeBytes = sizeBytes;
        this.#version++;
      }
    }
  }
}
