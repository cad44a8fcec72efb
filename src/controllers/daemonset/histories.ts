/**
 * The templates a DaemonSet has had, as ControllerRevisions: finds or makes the one of the present template.
 *
 * Models constructHistory, dedupCurHistories and snapshot of pkg/controller/daemon/update.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { WrittenRevisions } from '../../client/consistency.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { Retry } from '../../client/workers.ts';
import { objectKey, revisionOf } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { ControllerRevision, DaemonSet } from '../../model/workloads.ts';
import { claim } from '../controller-ref-manager.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { compareRevisions, isSameTemplate, newRevision } from '../template-revision.ts';

export const ORPHANS = 'orphansByNamespace';
export const HASH_LABEL = 'controller-revision-hash';

export interface Histories {
  readonly current: ControllerRevision;
  readonly old: readonly ControllerRevision[];
}

export interface HistoryTools {
  readonly client: Client;
  readonly revisions: Informer<'ControllerRevision'>;
  readonly written: WrittenRevisions;
  readonly podsOf: (set: DaemonSet) => Task<Pod[]>;
}

export function* historiesOf(tools: HistoryTools, set: DaemonSet): Task<Histories> {
  const { client, revisions, written } = tools;
  const { namespace = '', uid = '' } = set.metadata;
  const claimant = { kind: 'DaemonSet', owner: set, selector: set.spec.selector, client } as const;
  const candidates = [...revisions.byIndex('controllerUid', uid), ...revisions.byIndex(ORPHANS, namespace)];
  const known: ControllerRevision[] = [];
  for (const one of yield* claim(claimant, 'ControllerRevision', candidates)) known.push(yield* labelled(client, one));
  known.sort(compareRevisions);
  const same = known.filter((revision) => isSameTemplate(revision, set.spec.template));
  const old = known.filter((revision) => !same.includes(revision));
  const number = (old.at(-1)?.revision ?? 0) + 1;
  const kept = same.at(-1);
  let current = kept;
  if (current === undefined) current = yield* create(client, set, number);
  else {
    if (same.length > 1) yield* mergeInto(current, same, tools, set);
    if (current.revision < number) current = yield* client.update('ControllerRevision', { ...current, revision: number });
  }
  if (current !== kept) written.wrote(objectKey(set), revisions, revisionOf(current));
  return { current, old };
}

/** Made by somebody else, it may lack the label; its name is as good. */
function* labelled(client: Client, revision: ControllerRevision): Task<ControllerRevision> {
  const { metadata } = revision;
  if (metadata.labels?.[HASH_LABEL] !== undefined) return revision;
  const labels = { ...metadata.labels, [HASH_LABEL]: metadata.name };
  return yield* client.update('ControllerRevision', { ...revision, metadata: { ...metadata, labels } });
}

/** Of several with the present template the latest stays. The set's pods, whatever they were made from, come under it. */
function* mergeInto(kept: ControllerRevision, same: readonly ControllerRevision[], tools: HistoryTools, set: DaemonSet): Task<void> {
  const hash = kept.metadata.labels?.[HASH_LABEL] ?? '';
  for (const pod of yield* tools.podsOf(set)) {
    const { metadata } = pod;
    if (metadata.labels?.[HASH_LABEL] === hash) continue;
    yield* tools.client.update('Pod', { ...pod, metadata: { ...metadata, labels: { ...metadata.labels, [HASH_LABEL]: hash } } });
  }
  for (const { metadata } of same) {
    if (metadata.name !== kept.metadata.name) yield* tools.client.delete('ControllerRevision', metadata.namespace, metadata.name);
  }
}

function* create(client: Client, set: DaemonSet, revision: number): Task<ControllerRevision> {
  const { template } = set.spec;
  const hash = podTemplateHash(template, set.status?.collisionCount);
  const name = `${set.metadata.name}-${hash}`;
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  try {
    return yield* client.create('ControllerRevision', newRevision(set, { name, labels, template, revision }));
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
    const { namespace } = set.metadata;
    const present = yield* client.get('ControllerRevision', namespace, name);
    if (isSameTemplate(present, template)) return present;
    const fresh = yield* client.get('DaemonSet', namespace, set.metadata.name);
    const collisions = fresh.status?.collisionCount ?? 0;
    // Somebody has counted this collision already: the next pass will see it.
    if (collisions !== (set.status?.collisionCount ?? 0)) throw new Retry(`stale collision count of DaemonSet ${objectKey(set)}`);
    yield* client.updateStatus('DaemonSet', { ...fresh, status: { ...(fresh.status ?? EMPTY_STATUS), collisionCount: collisions + 1 } });
    throw new Retry(`found a hash collision for DaemonSet ${objectKey(set)}`);
  }
}

const EMPTY_STATUS = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
