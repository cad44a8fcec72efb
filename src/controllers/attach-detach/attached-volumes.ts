/**
 * What the attach/detach controller holds for true of the world: which volumes are attached to which node, and what of that it has told the
 * nodes' kubelets, which mount nothing that is not in their node's `volumesAttached`.
 *
 * Models pkg/controller/volume/attachdetach/cache/actual_state_of_world.go. A new process begins with what the nodes say.
 */
import { compareText } from '../../base/compare.ts';
import type { Node, NodeStatus } from '../../model/node.ts';

export class AttachedVolumes {
  /** By node, the volumes that its status is to list. */
  readonly #reported = new Map<string, Set<string>>();
  /** Nodes whose status does not list them yet, with the number of the last change. */
  readonly #unposted = new Map<string, number>();
  #changes = 0;

  /** Takes over what the node's status lists. */
  learn({ metadata: { name }, status }: Node): void {
    for (const volume of status?.volumesAttached ?? []) this.#of(name).add(volume.name);
  }

  isReported(nodeName: string, volume: string): boolean {
    return this.#reported.get(nodeName)?.has(volume) === true;
  }

  add(nodeName: string, volume: string): void {
    this.#of(nodeName).add(volume);
    this.#unposted.set(nodeName, ++this.#changes);
  }

  remove(nodeName: string, volume: string): void {
    if (this.#reported.get(nodeName)?.delete(volume) === true) this.#unposted.set(nodeName, ++this.#changes);
  }

  /** Is there something of the node's volumes that its kubelet cannot know yet? */
  isUnposted(nodeName: string): boolean {
    return this.#unposted.has(nodeName);
  }

  /** The number of the last change, for `posted`, and the list that says it. */
  listOf(nodeName: string): { readonly change: number; readonly volumes: NonNullable<NodeStatus['volumesAttached']> } {
    const names = [...this.#of(nodeName)].sort(compareText);
    return { change: this.#unposted.get(nodeName) ?? 0, volumes: names.map((name) => ({ name, devicePath: '' })) };
  }

  /** The node's status says all that was so at that change; false when something has happened since. */
  posted(nodeName: string, change: number): boolean {
    if (this.#unposted.get(nodeName) !== change) return false;
    this.#unposted.delete(nodeName);
    return true;
  }

  #of(nodeName: string): Set<string> {
    let volumes = this.#reported.get(nodeName);
    if (volumes === undefined) {
      volumes = new Set();
      this.#reported.set(nodeName, volumes);
    }
    return volumes;
  }
}
