/**
 * Who owns whom, as the informers have told it, with owners nobody has seen yet as virtual nodes.
 *
 * Models pkg/controller/garbagecollector/graph.go and graph_builder.go (processGraphChanges). Every edge is kept on both
 * ends, so that an owner with 100,000 dependants costs each of them the same as an owner with one.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject, OwnerReference } from '../../model/meta.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export interface GraphNode {
  readonly uid: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  owners: readonly OwnerReference[];
  /** The shared empty set until the first comes: most objects own nothing. */
  dependents: Set<GraphNode>;
  /** Dependents whose reference blocks the deletion of this owner: counted, since it is asked after each deletion. */
  blocking: number;
  /** Known only from the references of others: nobody has seen it. */
  isVirtual: boolean;
  isBeingDeleted: boolean;
  isDeletingDependents: boolean;
}

export interface GraphListener {
  attemptToDelete(node: GraphNode): void;
  attemptToOrphan(node: GraphNode): void;
}

const NONE: readonly OwnerReference[] = [];
const NO_DEPENDENTS: Set<GraphNode> = new Set();

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #listener: GraphListener;

  constructor(listener: GraphListener) {
    this.#listener = listener;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** An object was added or changed. */
  observe(kind: Kind, object: KubeObject): void {
    const { uid, namespace, name, ownerReferences = NONE } = object.metadata;
    if (uid === undefined) return;
    let node = this.#nodes.get(uid);
    const hadFinalizers = node?.isDeletingDependents === true;
    const wasBeingDeleted = node?.isBeingDeleted === true;
    if (node === undefined) {
      node = newNode(uid, object.apiVersion, kind, namespace, name, false);
      this.#nodes.set(uid, node);
    }
    node.isVirtual = false;
    const finalizers = object.metadata.finalizers;
    node.isBeingDeleted = object.metadata.deletionTimestamp !== undefined;
    node.isDeletingDependents = node.isBeingDeleted && finalizers?.includes(FOREGROUND) === true;
    this.#setOwners(node, ownerReferences, namespace);

    if (node.isBeingDeleted && !wasBeingDeleted && finalizers?.includes(ORPHAN) === true) this.#listener.attemptToOrphan(node);
    if (node.isDeletingDependents && !hadFinalizers) {
      // The dependents first: the owner's own turn only finds out what still blocks it.
      for (const dependent of node.dependents) this.#listener.attemptToDelete(dependent);
      this.#listener.attemptToDelete(node);
    }
  }

  /** An object is gone, or, for a virtual node, was found never to have been. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#nodes.delete(uid);
    for (const owner of node.owners) this.#unlink(node, owner);
    for (const dependent of node.dependents) this.#listener.attemptToDelete(dependent);
    for (const owner of node.owners) {
      const ownerNode = this.#nodes.get(owner.uid);
      // An owner that waits for its dependents may have lost the last of them.
      if (ownerNode?.isDeletingDependents === true) this.#listener.attemptToDelete(ownerNode);
    }
  }

  #setOwners(node: GraphNode, owners: readonly OwnerReference[], namespace: string | undefined): void {
    const before = node.owners;
    if (before === owners || (before.length === 0 && owners.length === 0)) return;
    node.owners = owners;
    let hasLost = false;
    for (const owner of before) {
      const now = owners.find((one) => one.uid === owner.uid);
      if (now !== undefined && now.blockOwnerDeletion === owner.blockOwnerDeletion) continue;
      this.#unlink(node, owner);
      const ownerNode = this.#nodes.get(owner.uid);
      if (ownerNode?.isDeletingDependents === true) this.#listener.attemptToDelete(ownerNode);
      if (now === undefined) hasLost = true;
    }
    for (const owner of owners) {
      const was = before.find((one) => one.uid === owner.uid);
      if (was === undefined || was.blockOwnerDeletion !== owner.blockOwnerDeletion) this.#link(node, owner, namespace);
    }
    if (hasLost && owners.length > 0) this.#listener.attemptToDelete(node);
  }

  #link(node: GraphNode, owner: OwnerReference, namespace: string | undefined): void {
    let ownerNode = this.#nodes.get(owner.uid);
    if (ownerNode === undefined) {
      // Its event may still be on the way; a live look-up will tell.
      ownerNode = newNode(owner.uid, owner.apiVersion, owner.kind, namespace, owner.name, true);
      this.#nodes.set(owner.uid, ownerNode);
      this.#listener.attemptToDelete(ownerNode);
    }
    if (ownerNode.dependents.has(node)) return;
    if (ownerNode.dependents === NO_DEPENDENTS) ownerNode.dependents = new Set();
    ownerNode.dependents.add(node);
    if (owner.blockOwnerDeletion === true) ownerNode.blocking++;
  }

  #unlink(node: GraphNode, owner: OwnerReference): void {
    const ownerNode = this.#nodes.get(owner.uid);
    if (ownerNode?.dependents.delete(node) === true && owner.blockOwnerDeletion === true) ownerNode.blocking--;
  }
}

function newNode(
  uid: string,
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  isVirtual: boolean,
): GraphNode {
  return {
    uid,
    apiVersion,
    kind,
    namespace,
    name,
    owners: NONE,
    dependents: NO_DEPENDENTS,
    blocking: 0,
    isVirtual,
    isBeingDeleted: false,
    isDeletingDependents: false,
  };
}
