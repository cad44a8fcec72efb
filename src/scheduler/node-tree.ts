/**
 * The order in which nodes are looked at: one of each zone in turn.
 *
 * Models pkg/scheduler/backend/cache/node_tree.go and component-helpers/node/topology. A node whose zone changes goes to the
 * end of its new zone; a zone that empties is forgotten and comes back last.
 */
import type { Node } from '../model/node.ts';

export class NodeTree {
  readonly #zones = new Map<string, Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(node: Node): void {
    const zone = zoneKey(node);
    let names = this.#zones.get(zone);
    if (names === undefined) {
      names = new Set();
      this.#zones.set(zone, names);
    }
    if (names.has(node.metadata.name)) return;
    names.add(node.metadata.name);
    this.#size++;
  }

  remove(node: Node): void {
    const zone = zoneKey(node);
    const names = this.#zones.get(zone);
    if (names?.delete(node.metadata.name) !== true) return;
    this.#size--;
    if (names.size === 0) this.#zones.delete(zone);
  }

  update(previous: Node | undefined, node: Node): void {
    if (previous !== undefined && zoneKey(previous) === zoneKey(node)) return;
    if (previous !== undefined) this.remove(previous);
    this.add(node);
  }

  /** First of every zone, second of every zone, and so on. */
  list(): string[] {
    const zones = [...this.#zones.values()].map((names) => [...names]);
    const result: string[] = [];
    for (let i = 0; result.length < this.#size; i++) {
      for (const names of zones) if (i < names.length) result.push(names[i]!);
    }
    return result;
  }
}

function zoneKey(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'] ?? '';
  const region = labels['failure-domain.beta.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'] ?? '';
  return zone === '' && region === '' ? '' : `${region}:\0:${zone}`;
}
