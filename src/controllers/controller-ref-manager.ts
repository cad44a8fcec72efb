/**
 * Whose an object is: adopts orphans the selector matches, and lets go of what it matches no longer.
 *
 * Models pkg/controller/controller_ref_manager.go.
 */
import { ApiError } from '../apiserver/api-error.ts';
import type { Client } from '../client/client.ts';
import type { Task } from '../client/task.ts';
import { Retry } from '../client/workers.ts';
import type { KindMap } from '../model/kinds.ts';
import { controllerOf, isDeleting, type KubeObject, type LabelSelector, type OwnerReference } from '../model/meta.ts';
import { selectorMatches } from '../model/selector.ts';

export type OwnerKind = 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'ReplicationController';
export type ChildKind = 'Pod' | 'ReplicaSet' | 'ControllerRevision';

export interface Claimant<K extends OwnerKind> {
  readonly kind: K;
  readonly owner: KindMap[K];
  readonly selector: LabelSelector;
  readonly client: Client;
}

/** Metadata written along with an adoption, such as the finalizer of a Job's pods. */
export interface AdoptionExtras {
  readonly finalizers?: readonly string[];
}

export function controllerRef(owner: KubeObject): OwnerReference {
  const { name, uid = '' } = owner.metadata;
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Those of `objects` that are the owner's when it is done; one PATCH for each adopted or released. */
export function* claim<O extends OwnerKind, K extends ChildKind>(
  claimant: Claimant<O>,
  childKind: K,
  objects: readonly KindMap[K][],
  extras: AdoptionExtras = {},
): Task<KindMap[K][]> {
  const { owner, selector } = claimant;
  const claimed: KindMap[K][] = [];
  const failures: ApiError[] = [];
  let isChecked = false;
  for (const object of objects) {
    const controller = controllerOf(object);
    const matches = selectorMatches(selector, object.metadata.labels);
    try {
      if (controller !== undefined) {
        if (controller.uid !== owner.metadata.uid) continue;
        if (matches) claimed.push(object);
        else if (!isDeleting(owner)) yield* release(claimant, childKind, object);
      } else if (matches && !isDeleting(owner) && !isDeleting(object) && object.metadata.namespace === owner.metadata.namespace) {
        if (!isChecked) yield* checkAdopter(claimant);
        isChecked = true;
        claimed.push(yield* adopt(claimant, childKind, object, extras));
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Gone in the meantime: nothing to claim.
      if (error.code !== 404) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0]!;
  return claimed;
}

/** The cache may not know yet that the owner is being deleted: adopting then would keep its children alive. */
function* checkAdopter<O extends OwnerKind>({ kind, owner, client }: Claimant<O>): Task<void> {
  const { namespace, name, uid } = owner.metadata;
  const fresh = yield* client.get(kind, namespace, name);
  if (fresh.metadata.uid !== uid)
    throw new Retry(`original ${kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`);
  if (isDeleting(fresh)) throw new Retry(`${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
}

function* adopt<O extends OwnerKind, K extends ChildKind>(
  { owner, client }: Claimant<O>,
  childKind: K,
  { metadata }: KindMap[K],
  extras: AdoptionExtras,
): Task<KindMap[K]> {
  const body = { metadata: { ownerReferences: [controllerRef(owner)], uid: metadata.uid, ...extras } };
  return yield* client.patch(childKind, metadata.namespace, metadata.name, { type: 'strategic', body });
}

function* release<O extends OwnerKind, K extends ChildKind>(
  { owner, client }: Claimant<O>,
  childKind: K,
  { metadata }: KindMap[K],
): Task<void> {
  const body = { metadata: { ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }], uid: metadata.uid } };
  try {
    yield* client.patch(childKind, metadata.namespace, metadata.name, { type: 'strategic', body });
  } catch (error) {
    // 422: the reference is gone already, or the object is another one of the same name.
    if (!(error instanceof ApiError && (error.code === 404 || error.code === 422))) throw error;
  }
}
