/**
 * The copy of an object that is kept: the same, under the revision of its write.
 *
 * Hot: each write ends here. Kinds that are written by the million have a function of their own: an engine copies objects of one shape
 * fast and into one piece, and of all shapes in one place slowly and into two.
 */
import type { Kind, KindMap } from '../model/kinds.ts';
import type { KubeObject, ObjectMeta } from '../model/meta.ts';
import type { Lease } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import { withRevision } from './new-metadata.ts';

export function storedCopy<K extends Kind>(kind: K, object: KindMap[K], resourceVersion: string): KindMap[K] {
  if (kind === 'Pod') return podCopy(object as Pod, (object as Pod).status, resourceVersion) as KindMap[K];
  if (kind === 'Lease') return leaseCopy(object as Lease, resourceVersion) as KindMap[K];
  return anyCopy(object, resourceVersion);
}

/** The same with another status. */
export function storedCopyWithStatus<K extends Kind>(kind: K, object: KindMap[K], status: unknown, resourceVersion: string): KindMap[K] {
  if (kind === 'Pod') return podCopy(object as Pod, status as Pod['status'], resourceVersion) as KindMap[K];
  return { ...anyCopy(object, resourceVersion), status };
}

function podCopy(pod: Pod, status: Pod['status'], resourceVersion: string): Pod {
  const { apiVersion, kind, spec } = pod;
  const metadata = withRevision(pod.metadata, resourceVersion);
  return status === undefined ? { apiVersion, kind, metadata, spec } : { apiVersion, kind, metadata, spec, status };
}

/** A lease with another renewal time. Hot: all the nodes of a cluster live by it. */
export function renewedCopy(lease: Lease, renewTime: string, resourceVersion: string): Lease {
  const { apiVersion, kind } = lease;
  return { apiVersion, kind, metadata: leaseMetadata(lease.metadata, resourceVersion), spec: leaseSpec(lease.spec, renewTime) };
}

function leaseSpec(spec: Lease['spec'], renewTime: string): NonNullable<Lease['spec']> {
  return { ...spec, renewTime };
}

function leaseCopy(lease: Lease, resourceVersion: string): Lease {
  return { ...lease, metadata: leaseMetadata(lease.metadata, resourceVersion) };
}

function leaseMetadata(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  return { ...metadata, resourceVersion };
}

function anyCopy<T extends KubeObject>(object: T, resourceVersion: string): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
