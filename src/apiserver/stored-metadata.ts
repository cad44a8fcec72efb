/**
 * What of an object stays as it is stored, whatever an update says, and whether the update was made from the version that is stored.
 *
 * Models BeforeUpdate of staging/src/k8s.io/apiserver/pkg/registry/rest/update.go and the preconditions of storage/etcd3/store.go.
 */
import { groupResource, KINDS, type Kind } from '../model/kinds.ts';
import { type KubeObject, type ObjectKey, type ObjectMeta, objectKey } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import { ApiError, conflict } from './api-error.ts';
import { withQosClassOf } from './pod-status-strategy.ts';
import { goQuote } from './schema/go-text.ts';

export function checkVersion(kind: Kind, stored: ObjectMeta, resourceVersion: string): void {
  if (stored.resourceVersion === resourceVersion) return;
  if (!/^\d+$/.test(resourceVersion)) {
    const message = `strconv.ParseUint: parsing ${goQuote(resourceVersion)}: invalid syntax`;
    throw new ApiError({ code: 500, reason: '', message });
  }
  throw conflict(
    groupResource(kind),
    stored.name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function otherUid(kind: Kind, stored: KubeObject, uid: string): ApiError {
  return storageConflict(kind, stored, `UID in precondition: ${uid}, UID in object meta: ${stored.metadata.uid}`);
}

/** Where etcd has kinds it does not keep under the name of their resource. */
const STORED_UNDER: { readonly [K in Kind]?: string } = {
  Node: 'minions',
  Service: 'services/specs',
  Endpoints: 'services/endpoints',
  ReplicationController: 'controllers',
};

export function storageConflict(kind: Kind, stored: KubeObject, failed: string): ApiError {
  const key = `/registry/${STORED_UNDER[kind] ?? KINDS[kind].resource}/${objectKey(stored)}`;
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${failed}`;
  return conflict(groupResource(kind), stored.metadata.name, why);
}

/** What the server itself keeps of an object's metadata, whatever an update says. */
export function keptMetadata(stored: ObjectMeta, given: ObjectMeta): ObjectMeta {
  // Written back as it was read: there is nothing to put right.
  if (given === stored) return stored;
  const kept: Record<string, unknown> = { ...given };
  for (const field of ['resourceVersion', 'creationTimestamp', 'deletionTimestamp'] as const) {
    if (stored[field] !== undefined) kept[field] = stored[field];
  }
  // What an update gives of these is for validation to refuse.
  for (const field of ['uid', 'deletionGracePeriodSeconds'] as const) kept[field] ??= stored[field];
  for (const field of ['uid', 'deletionGracePeriodSeconds'] as const) if (kept[field] === undefined) delete kept[field];
  return kept as unknown as ObjectMeta;
}

export function withGeneration(metadata: ObjectMeta, generation: number | undefined): ObjectMeta {
  if (metadata.generation === generation) return metadata;
  const { generation: _, ...others } = metadata;
  return generation === undefined ? others : { ...others, generation };
}

/** Everything stored, but the status given; spec and generation are not even looked at. */
export function withStatusOf<T extends KubeObject>(stored: T, object: T): T {
  const given = (object as unknown as { readonly status?: unknown }).status;
  const status = stored.kind === 'Pod' ? withQosClassOf(stored as unknown as Pod, given as Pod['status']) : given;
  if (object.metadata === stored.metadata || stored.kind === 'VolumeAttachment') return { ...stored, status };
  const { annotations, finalizers } = object.metadata;
  const { labels } = stored.kind === 'Deployment' ? stored.metadata : object.metadata;
  const metadata: Record<string, unknown> = { ...stored.metadata };
  const { managedFields } = object.metadata as { readonly managedFields?: unknown };
  for (const [field, value] of Object.entries({ labels, annotations, finalizers, managedFields })) {
    if (value === undefined) delete metadata[field];
    else metadata[field] = value;
  }
  return { ...stored, metadata, status };
}

export function namesOf(key: ObjectKey): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: undefined, name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
