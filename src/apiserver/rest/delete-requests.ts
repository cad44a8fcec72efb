/**
 * DELETE of an object and of a whole collection, and what each is answered with.
 *
 * Models DeleteResource and DeleteCollection of staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go.
 */
import type { Kind } from '../../model/kinds.ts';
import type { ApiServer } from '../api-server.ts';
import type { Answer, Warn } from './answer.ts';
import { readList } from './list.ts';
import { Representation } from './representation.ts';
import { deleteOptionsOf } from './request-options.ts';
import type { RestRequest } from './rest-request.ts';
import type { Route } from './route.ts';
import { servedVersion } from './served-version.ts';
import { infoOf } from './shared.ts';
import { removedStatus } from './status-object.ts';

/** Kinds whose DELETE answers with the object, though it is gone (ReturnDeletedObject in their storage). */
const RETURNED_WHEN_DELETED: ReadonlySet<Kind> = new Set<Kind>([
  'ResourceQuota',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ServiceAccount',
  'Namespace',
  'Pod',
  'Service',
  'PodTemplate',
  'CSIDriver',
  'StorageClass',
  'VolumeAttachment',
  'CSINode',
]);

const JOBS_ORPHAN =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set ' +
  'propagationPolicy=Orphan to suppress this warning';

/** The objects deleted, in a list of what they were. */
export function deleteCollection(server: ApiServer, request: RestRequest, { kind, apiVersion, namespace }: Route, warn: Warn): Answer {
  const options = deleteOptionsOf(request);
  const info = infoOf(request, options, warn);
  const list = readList(server.store, kind, namespace, request.query);
  for (const object of list.items) server.delete(kind, namespace ?? object.metadata.namespace, object.metadata.name, options, info);
  // The list is what was there, not what became of it.
  const representation = new Representation(request.accept, request.query, server.nowUs);
  return { code: 200, body: representation.list(servedVersion(kind, apiVersion), list) };
}

export function deleteOne(server: ApiServer, request: RestRequest, route: Route, warn: Warn): Answer {
  const { kind, apiVersion, namespace, name } = route;
  const options = deleteOptionsOf(request);
  if (kind === 'Job' && options.propagationPolicy === undefined) warn(JOBS_ORPHAN);
  const last = server.delete(kind, namespace, name!, options, infoOf(request, options, warn));
  const isGone = options.dryRun ? (last.metadata.finalizers ?? []).length === 0 : !server.has(kind, namespace, name!);
  if (isGone && !RETURNED_WHEN_DELETED.has(kind)) return { code: 200, body: removedStatus(kind, name!, last.metadata.uid) };
  return { code: 200, body: servedVersion(kind, apiVersion).shown(last) };
}
