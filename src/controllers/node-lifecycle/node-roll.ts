/**
 * Which nodes the controller knows: of one that is new to it, and of one that has gone, it tells in its next pass.
 *
 * Models classifyNodes and knownNodeSet of pkg/controller/nodelifecycle/node_lifecycle_controller.go, and RecordNodeEvent of
 * pkg/controller/util/node/controller_utils.go.
 */
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Node } from '../../model/node.ts';
import { timeText } from '../../model/time.ts';

export class NodeRoll {
  readonly #recorder: EventRecorder;
  /** Nodes as old as this are no news. */
  readonly #knownUntil: string;
  readonly #came = new Map<string, Node>();
  readonly #left = new Map<string, Node>();

  /** `startUs`: when the controller starts; `isContinued` when it stands for one that has seen all nodes there were by then. */
  constructor(recorder: EventRecorder, startUs: number, isContinued: boolean) {
    this.#recorder = recorder;
    this.#knownUntil = isContinued ? timeText(startUs) : '';
  }

  came(node: Node): void {
    const { name, creationTimestamp = '' } = node.metadata;
    // One that went and came between two passes has never been away.
    if (this.#left.delete(name) || creationTimestamp <= this.#knownUntil) return;
    this.#came.set(name, node);
  }

  left(node: Node): void {
    if (!this.#came.delete(node.metadata.name)) this.#left.set(node.metadata.name, node);
  }

  tell(): void {
    for (const [name, node] of this.#came) this.#event(node, 'RegisteredNode', `Registered Node ${name} in Controller`);
    for (const [name, node] of this.#left) this.#event(node, 'RemovingNode', `Removing Node ${name} from Controller`);
    this.#came.clear();
    this.#left.clear();
  }

  #event(node: Node, reason: string, what: string): void {
    this.#recorder.event(node, 'Normal', reason, `Node ${node.metadata.name} event: ${what}`);
  }
}
