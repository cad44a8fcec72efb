/**
 * Who has been promised which node.
 *
 * Models pkg/scheduler/backend/queue/nominator.go. A pod stands on at most one node; on one node they stand in the order in
 * which they were nominated.
 */
import type { NominatedPods } from './handle.ts';
import type { PodInfo } from './pod-info.ts';

const NONE: readonly PodInfo[] = [];

export class Nominator implements NominatedPods {
  readonly #byNode = new Map<string, PodInfo[]>();
  readonly #nodeOf = new Map<string, string>();
  /** Told of each node whose promises change. */
  onChange: ((nodeName: string) => void) | undefined;

  get isEmpty(): boolean {
    return this.#nodeOf.size === 0;
  }

  onNode(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? NONE;
  }

  nodeNames(): Iterable<string> {
    return this.#byNode.keys();
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid);
  }

  /** Takes the pod off any other node first. An empty name nominates it nowhere. */
  add(pod: PodInfo, nodeName: string): void {
    if (this.#nodeOf.size > 0) this.remove(pod.uid);
    if (nodeName === '') return;
    this.#nodeOf.set(pod.uid, nodeName);
    const present = this.#byNode.get(nodeName);
    if (present === undefined) this.#byNode.set(nodeName, [pod]);
    else present.push(pod);
    this.onChange?.(nodeName);
  }

  /** A new version of a pod keeps its nomination while neither version names a node: nobody has taken it back yet. */
  update(previous: PodInfo | undefined, pod: PodInfo): void {
    const held = this.#nodeOf.get(pod.uid) ?? '';
    const isSilent = (previous?.nominatedNodeName ?? '') === '' && pod.nominatedNodeName === '';
    this.add(pod, isSilent ? held : pod.nominatedNodeName);
  }

  remove(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const left = this.#byNode.get(nodeName)!.filter((pod) => pod.uid !== uid);
    if (left.length === 0) this.#byNode.delete(nodeName);
    else this.#byNode.set(nodeName, left);
    this.onChange?.(nodeName);
  }
}
