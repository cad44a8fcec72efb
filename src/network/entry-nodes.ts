/**
 * Through which node a connection comes into the cluster.
 *
 * From outside, a load balancer spreads connections over the nodes and checks their health; from inside, the client is a pod on some
 * node that has power. Which load balancer a site uses no manifest says: this one checks every 5 s and takes a node out after two failures.
 */
import { SECOND_US } from '../base/units.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { ObjectKey } from '../model/meta.ts';
import type { Node } from '../model/node.ts';
import type { PodRuntimeView } from '../model/runtime-view.ts';
import type { RandomStream } from '../sim/random.ts';

const HEALTH_CHECK_US = 5 * SECOND_US;
const FAILURES = 2;
const ZONE = 'topology.kubernetes.io/zone';

export class EntryNodes {
  readonly #runtime: PodRuntimeView;
  readonly #random: RandomStream;
  readonly #names: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #zones = new Map<string, string>();
  /** Since when the load balancer's checks of a node fail. */
  readonly #failingSinceUs = new Map<string, number>();

  constructor(informers: InformerFactory, runtime: PodRuntimeView, random: RandomStream) {
    this.#runtime = runtime;
    this.#random = random;
    informers.informer('Node').addHandler({ onAdd: (node) => this.#add(node), onDelete: (node) => this.#remove(node) });
  }

  /**
   * Undefined when there is no node at all. It may be one that has just died and that no check has found out yet. With a Service,
   * the check also asks whether that Service is healthy on the node.
   */
  fromOutside(nowUs: number, service: ObjectKey = '', isHealthy: (name: string) => boolean = () => true): string | undefined {
    return this.#choose((name) => this.#isInRotation(name, service, isHealthy, nowUs));
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

  /** The node's zone, empty when it says nothing of one. */
  zoneOf(name: string): string {
    return this.#zones.get(name) ?? '';
  }

  #isInRotation(name: string, service: ObjectKey, isHealthy: (name: string) => boolean, nowUs: number): boolean {
    const check = service === '' ? name : `${name} ${service}`;
    if (this.#runtime.isNodeUp(name) && this.#runtime.isNodeReachable(name) && isHealthy(name)) {
      this.#failingSinceUs.delete(check);
      return true;
    }
    const since = this.#failingSinceUs.get(check);
    if (since === undefined) {
      this.#failingSinceUs.set(check, nowUs);
      return true;
    }
    return nowUs - since < FAILURES * HEALTH_CHECK_US;
  }

  #add(node: Node): void {
    const { name, labels } = node.metadata;
    const zone = labels?.[ZONE];
    if (zone !== undefined) this.#zones.set(name, zone);
    this.#places.set(name, this.#names.length);
    this.#names.push(name);
  }

  #remove(node: Node): void {
    const { name } = node.metadata;
    const place = this.#places.get(name);
    if (place === undefined) return;
    this.#places.delete(name);
    this.#zones.delete(name);
    this.#failingSinceUs.delete(name);
    const last = this.#names.pop()!;
    if (last === name) return;
    this.#names[place] = last;
    this.#places.set(last, place);
  }
}
