/**
 * Who owns whom, as the informers have told it, with owners nobody has seen yet as virtual nodes.
 *
 * Models pkg/controller/garbagecollector/graph.go and graph_builder.go (processGraphChanges). Every edge is kept on both
 * ends, so that an owner with 100,000 dependants costs each of them the same as an owner with one.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject, OwnerReference } from '../../model/meta.ts';
import { alternativeTo, hasSameCoordinates, type Identity, identityOf, isSameIdentity, meaningOf } from './owner-identity.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

export interface GraphNode extends Identity {
  /** Of one that is virtual, these are what a dependent says. */
  apiVersion: string;
  kind: string;
  namespace: string | undefined;
  name: string;
  owners: readonly OwnerReference[];
  /** The shared empty set until the first comes: most objects own nothing. */
  dependents: Set<GraphNode>;
  /** Dependents whose reference blocks the deletion of this owner: counted, since it is asked after each deletion. */
  blocking: number;
  /** Known only from the references of others: nobody has seen it. */
  isVirtual: boolean;
  isBeingDeleted: boolean;
  isDeletingDependents: boolean;
  isOrphaningDependents: boolean;
}

export interface GraphListener {
  attemptToDelete(node: GraphNode): void;
  attemptToDeleteLater(node: GraphNode): void;
  attemptToOrphan(node: GraphNode): void;
  /** There is no such owner, or no longer. */
  foundAbsent(owner: Identity): void;
  /** It names an owner that lives in another namespace. */
  foundInOtherNamespace(dependent: GraphNode, owner: Identity): void;
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
    const wasDeletingDependents = node?.isDeletingDependents === true;
    const wasOrphaningDependents = node?.isOrphaningDependents === true;
    if (node === undefined) {
      node = newNode(identityOf({ apiVersion: object.apiVersion, kind, name, uid }, namespace), false);
      this.#nodes.set(uid, node);
    }
    if (node.isVirtual) this.#identify(node, identityOf({ apiVersion: object.apiVersion, kind, name, uid }, namespace));
    const finalizers = object.metadata.finalizers;
    node.isBeingDeleted = object.metadata.deletionTimestamp !== undefined;
    node.isDeletingDependents = node.isBeingDeleted && finalizers?.includes(FOREGROUND) === true;
    // Also of one that was on its way out before: a second deletion may ask for it.
    node.isOrphaningDependents = node.isBeingDeleted && finalizers?.includes(ORPHAN) === true;
    this.#setOwners(node, ownerReferences, namespace);

    if (node.isOrphaningDependents && !wasOrphaningDependents) this.#listener.attemptToOrphan(node);
    else if (node.isDeletingDependents && !wasDeletingDependents) {
      // The dependents first: the owner's own turn only finds out what still blocks it.
      for (const dependent of node.dependents) this.#listener.attemptToDelete(dependent);
      this.#listener.attemptToDelete(node);
    }
  }

  /** An object is gone. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#nodes.delete(uid);
    if (node.dependents.size > 0) this.#listener.foundAbsent(node);
    for (const owner of node.owners) this.#unlink(node, owner);
    for (const dependent of node.dependents) this.#listener.attemptToDelete(dependent);
    for (const owner of node.owners) {
      const ownerNode = this.#nodes.get(owner.uid);
      // An owner that waits for its dependents may have lost the last of them.
      if (ownerNode?.isDeletingDependents === true) this.#listener.attemptToDelete(ownerNode);
    }
  }

  /** A look-up found nothing under this identity, whatever the informers say. */
  removeUnfound(unfound: Identity): void {
    const node = this.#nodes.get(unfound.uid);
    if (node === undefined) return;
    const meanings = [...node.dependents].map((dependent) => ({ dependent, ...meaningOf(dependent, unfound) }));
    const others = meanings.filter(({ isMismatch }) => isMismatch).map(({ dependent }) => dependent);
    if (node.isVirtual ? others.length === 0 : isSameIdentity(node, unfound)) return this.remove(unfound.uid);
    const matching = meanings.filter(({ isMatch }) => isMatch);
    if (matching.length > 0) this.#listener.foundAbsent(unfound);
    for (const { dependent } of matching) this.#listener.attemptToDelete(dependent);
    if (!(node.isVirtual && isSameIdentity(node, unfound))) return;
    const alternative = alternativeTo(unfound, others);
    if (alternative === undefined) return;
    assume(node, alternative);
    this.#listener.attemptToDeleteLater(node);
  }

  /** The first event of an owner that was only heard of: what its dependents said of it may have been wrong. */
  #identify(node: GraphNode, observed: Identity): void {
    node.isVirtual = false;
    if (isSameIdentity(node, observed)) return;
    assume(node, observed);
    for (const dependent of node.dependents) {
      if (!meaningOf(dependent, observed).isMismatch) continue;
      if (isInOtherNamespace(dependent, observed)) this.#listener.foundInOtherNamespace(dependent, observed);
      this.#listener.attemptToDelete(dependent);
    }
  }

  #setOwners(node: GraphNode, owners: readonly OwnerReference[], namespace: string | undefined): void {
    const before = node.owners;
    if (before === owners || (before.length === 0 && owners.length === 0)) return;
    node.owners = owners;
    for (const owner of before) {
      const now = owners.find((one) => one.uid === owner.uid);
      if (now !== undefined && now.blockOwnerDeletion === owner.blockOwnerDeletion) continue;
      this.#unlink(node, owner);
      const ownerNode = this.#nodes.get(owner.uid);
      if (ownerNode?.isDeletingDependents === true) this.#listener.attemptToDelete(ownerNode);
    }
    let isDoubtful = false;
    for (const owner of owners) {
      const was = before.find((one) => one.uid === owner.uid);
      if (was === undefined || was.blockOwnerDeletion !== owner.blockOwnerDeletion) {
        isDoubtful = this.#link(node, owner, namespace, isDoubtful) || isDoubtful;
      }
    }
    if (isDoubtful) this.#listener.attemptToDelete(node);
  }

  /** Answers whether the reference may be wrong, so that it has to be looked up; not asked of one already in doubt. */
  #link(node: GraphNode, owner: OwnerReference, namespace: string | undefined, isInDoubt: boolean): boolean {
    const known = this.#nodes.get(owner.uid);
    const ownerNode = known ?? newNode(identityOf(owner, namespace), true);
    if (known === undefined) this.#nodes.set(owner.uid, ownerNode);
    if (!ownerNode.dependents.has(node)) {
      if (ownerNode.dependents === NO_DEPENDENTS) ownerNode.dependents = new Set();
      ownerNode.dependents.add(node);
      if (owner.blockOwnerDeletion === true) ownerNode.blocking++;
    }
    // Its event may still be on the way; a live look-up will tell.
    if (known === undefined) this.#listener.attemptToDelete(ownerNode);
    if (known === undefined || isInDoubt) return false;
    if (isInOtherNamespace(node, ownerNode)) {
      if (!ownerNode.isVirtual) this.#listener.foundInOtherNamespace(node, ownerNode);
      return true;
    }
    // A virtual owner without namespace was heard of from an object without one, and may be of a kind that has them.
    return !hasSameCoordinates(owner, ownerNode) || (ownerNode.isVirtual && ownerNode.namespace !== node.namespace);
  }

  #unlink(node: GraphNode, owner: OwnerReference): void {
    const ownerNode = this.#nodes.get(owner.uid);
    if (ownerNode?.dependents.delete(node) === true && owner.blockOwnerDeletion === true) ownerNode.blocking--;
  }
}

function isInOtherNamespace(dependent: GraphNode, owner: Identity): boolean {
  return owner.namespace !== undefined && owner.namespace !== dependent.namespace;
}

function assume(node: GraphNode, { apiVersion, kind, name, namespace }: Identity): void {
  Object.assign(node, { apiVersion, kind, name, namespace });
}

function newNode(identity: Identity, isVirtual: boolean): GraphNode {
  const { uid, apiVersion, kind, namespace, name } = identity;
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
    isOrphaningDependents: false,
  };
}
