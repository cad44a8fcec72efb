/**
 * Through which node a connection comes into the cluster.
 *
 * From outside, a load balancer spreads connections over the nodes and checks their health; from inside, the client is a pod on some
 * node that has power. Which load balancer a site uses no manifest says: this one checks every 5 s and takes a node out after two failures.
 */
import { SECOND_US } from '../base/units.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { Node } from '../model/node.ts';
import type { PodRuntimeView } from '../model/runtime-view.ts';
import type { RandomStream } from '../sim/random.ts';

const HEALTH_CHECK_US = 5 * SECOND_US;
const FAILURES = 2;

export class EntryNodes {
  readonly #runtime: PodRuntimeView;
  readonly #random: RandomStream;
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  /** Since when the load balancer's checks of a node fail. */
  readonly #failingSinceUs = new Map<string, number>();

  constructor(informers: InformerFactory, runtime: PodRuntimeView, random: RandomStream) {
    this.#runtime = runtime;
    this.#random = random;
    informers.informer('Node').addHandler({ onAdd: (node) => this.#add(node), onDelete: (node) => this.#remove(node) });
  }

  /** Undefined when there is no node at all. It may be one that has just died and that no check has found out yet. */
  fromOutside(nowUs: number): string | undefined {
    return this.#choose((name) => this.#isInRotation(name, nowUs));
  }

  fromInside(): string | undefined {
    return this.#choose((name) => this.#runtime.isNodeUp(name));
  }

  #choose(isGood: (name: string) => boolean): string | undefined {
    const count = this.#names.length;
    if (count === 0) return undefined;
    const start = this.#random.below(count);
    for (let step = 0; step < count; step++) {
      const name = this.#names[(start + step) % count]!;
      if (isGood(name)) return name;
    }
    return this.#names[start];
  }

  #isInRotation(name: string, nowUs: number): boolean {
    if (this.#runtime.isNodeUp(name) && this.#runtime.isNodeReachable(name)) {
      this.#failingSinceUs.delete(name);
      return true;
    }
    const since = this.#failingSinceUs.get(name);
    if (since === undefined) {
      this.#failingSinceUs.set(name, nowUs);
      return true;
    }
    return nowUs - since < FAILURES * HEALTH_CHECK_US;
  }

  #add(node: Node): void {
    const { name } = node.metadata;
    this.#places.set(name, this.#names.length);
    this.#names.push(name);
  }

  #remove(node: Node): void {
    const { name } = node.metadata;
    const place = this.#places.get(name);
    if (place === undefined) return;
    this.#places.delete(name);
    this.#failingSinceUs.delete(name);
    const last = this.#names.pop()!;
    if (last === name) return;
    this.#names[place] = last;
    this.#places.set(last, place);
  }
}
