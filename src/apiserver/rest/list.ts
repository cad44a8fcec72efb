/**
 * Lists: whole or in pages, as things are or as they were at a revision, of what the selectors match.
 *
 * Models GetList of staging/src/k8s.io/apiserver/pkg/storage/{etcd3,cacher} with pkg/endpoints/handlers/get.go around it.
 */
import type { Kind } from '../../model/kinds.ts';
import { type KubeObject, objectKey } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import type { Store } from '../store.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { type ObjectTest, parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';
import { listOptionsOf, revisionAsked } from './list-options.ts';
import { type Query, queryValue } from './rest-request.ts';

const NO_LABELS = {};

export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
}

/** The test both selectors in the query make together. */
export function selectionOf(kind: Kind, query: Query | undefined): ObjectTest {
  const matchesLabels = parseLabelSelector(queryValue(query, 'labelSelector') ?? '');
  const matchesFields = parseFieldSelector(kind, queryValue(query, 'fieldSelector') ?? '');
  return (object) => matchesLabels(object.metadata.labels ?? NO_LABELS) && matchesFields(object);
}

export function listed(store: Store, kind: Kind, namespace: string | undefined): readonly KubeObject[] {
  const objects: Iterable<KubeObject> = namespace === undefined ? store.values(kind) : store.valuesIn(kind, namespace);
  return sortedByKey([...objects]);
}

export function readList(store: Store, kind: Kind, namespace: string | undefined, query: Query | undefined): ObjectList {
  const matches = selectionOf(kind, query);
  const isSelective = (queryValue(query, 'labelSelector') ?? '') !== '' || (queryValue(query, 'fieldSelector') ?? '') !== '';
  const options = listOptionsOf(query, false);
  const { resourceVersion, resourceVersionMatch, continueToken } = options;
  // A list that may be as old as it likes is read from the cache, which has no pages.
  const limit = resourceVersion === '0' ? 0 : options.limit;
  let revision = store.revision;
  let objects: readonly KubeObject[];
  if (continueToken !== '') {
    const token = decodeContinue(continueToken);
    if (resourceVersion !== '' && resourceVersion !== '0')
      throw badRequest('specifying resource version is not allowed when using continue');
    if (token.revision !== undefined) revision = token.revision;
    const found = token.revision === undefined ? listed(store, kind, namespace) : listedAt(store, kind, namespace, revision);
    if (found === undefined) throw tooOldToContinue(token.afterKey);
    objects = found.filter((object) => compareKeys(keyIn(object, namespace), token.afterKey) > 0);
  } else {
    const asked = revisionAsked(resourceVersion, (why) => badRequest(`invalid resource version: ${why}`));
    checkRevision(asked, store.revision);
    const isExact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === '' && limit > 0 && asked > 0);
    if (isExact) revision = asked;
    const found = isExact ? listedAt(store, kind, namespace, revision) : listed(store, kind, namespace);
    if (found === undefined)
      throw new ApiError({ code: 410, reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' });
    objects = found;
  }
  return page(objects.filter(matches), limit, isSelective, revision, namespace);
}

/** Throws 504 for a revision that is still to come. */
export function checkRevision(asked: number, current: number): void {
  if (asked <= current) return;
  throw new ApiError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
    retryAfterSeconds: 1,
  });
}

function page(
  objects: readonly KubeObject[],
  limit: number,
  isSelective: boolean,
  revision: number,
  namespace: string | undefined,
): ObjectList {
  const resourceVersion = String(revision);
  if (limit === 0 || objects.length <= limit) return { items: objects, metadata: { resourceVersion } };
  const items = objects.slice(0, limit);
  const token = encodeContinue({ revision, afterKey: keyIn(items[limit - 1]!, namespace) });
  // How many are left is known only where nobody has to look at them to know.
  const remaining = isSelective ? {} : { remainingItemCount: objects.length - limit };
  return { items, metadata: { resourceVersion, continue: token, ...remaining } };
}

function listedAt(store: Store, kind: Kind, namespace: string | undefined, revision: number): readonly KubeObject[] | undefined {
  const objects = store.objectsAt(kind, revision);
  if (objects === undefined) return undefined;
  return sortedByKey([...objects.values()].filter((object) => namespace === undefined || object.metadata.namespace === namespace));
}

function tooOldToContinue(afterKey: string): ApiError {
  return new ApiError({
    code: 410,
    reason: 'Expired',
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue ' +
      'parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided ' +
      'token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was ' +
      'returned and now may show up in the list.',
    continueToken: encodeContinue({ revision: undefined, afterKey }),
  });
}

function sortedByKey(objects: KubeObject[]): readonly KubeObject[] {
  return objects.sort((a, b) => compareKeys(objectKey(a), objectKey(b)));
}

function keyIn(object: KubeObject, namespace: string | undefined): string {
  return namespace === undefined ? objectKey(object) : object.metadata.name;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
