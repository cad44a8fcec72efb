/**
 * A node as a plugin of the user's own sees it: a window on what the scheduler counts, which cannot be written through.
 */
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import type { NodeInfo } from './node-info.ts';
import type { Amounts, NodeView } from './plugin-interface.ts';
import { amountOf, requestedOn } from './resource-amounts.ts';

export class NodeInfoView implements NodeView {
  readonly #info: NodeInfo;

  constructor(info: NodeInfo) {
    this.#info = info;
  }

  get name(): string {
    return this.#info.name;
  }

  get labels(): { readonly [key: string]: string } {
    return this.#info.labels;
  }

  get node(): Node {
    return this.#info.node!;
  }

  get pods(): readonly Pod[] {
    return this.#info.pods.map(({ pod }) => pod);
  }

  get allocatable(): Amounts {
    const { allocatable } = this.#info;
    return amounts((resource) => amountOf(allocatable, resource));
  }

  get requested(): Amounts {
    return amounts((resource) => requestedOn(this.#info, resource));
  }
}

function amounts(of: (resource: string) => number): Amounts {
  return { milliCpu: of('cpu'), memory: of('memory'), ephemeralStorage: of('ephemeral-storage'), of };
}
