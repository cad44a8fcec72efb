/**
 * Which revision a StatefulSet has and which it is to have. Models getStatefulSetRevisions and truncateHistory of
 * pkg/controller/statefulset/stateful_set_control.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { revisionOf } from '../../model/meta.ts';
import type { PodTemplate } from '../../model/pod.ts';
import type { ControllerRevision, StatefulSet } from '../../model/workloads.ts';
import { compareRevisions, isSameTemplate, newRevision, revisionHash } from '../template-revision.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';

export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

/** What a look at the revisions has found, and what it rests on beside them. */
interface Found {
  readonly template: PodTemplate;
  readonly currentRevision: string | undefined;
  readonly collisionCount: number;
  readonly revisions: readonly ControllerRevision[];
  readonly now: Revisions;
}

export class RevisionHistory {
  readonly #client: Client;
  readonly #wrote: (key: string, revision: number) => void;
  /** What the last pass found, by the set's uid, for as long as nothing it rests on changes. */
  readonly #found = new Map<string, Found>();

  constructor(client: Client, wrote: (key: string, revision: number) => void) {
    this.#client = client;
    this.#wrote = wrote;
  }

  /** What a look at the revisions would find again. */
  known({ metadata: { uid = '' }, spec, status }: StatefulSet): Found | undefined {
    const found = this.#found.get(uid);
    if (found === undefined || found.template !== spec.template || found.currentRevision !== status?.currentRevision) return undefined;
    return found.collisionCount === (status?.collisionCount ?? 0) ? found : undefined;
  }

  /** A revision of the set has changed, or the set is gone. */
  forget(uid: string): void {
    this.#found.delete(uid);
  }

  /** A template seen before gets its revision back under a new number; a new one is stored. */
  *present(key: string, set: StatefulSet, known: readonly ControllerRevision[]): Task<Revisions> {
    const revisions = [...known].sort(compareRevisions);
    const last = revisions.at(-1);
    const number = (last?.revision ?? 0) + 1;
    const equal = revisions.filter((revision) => isSameTemplate(revision, set.spec.template)).at(-1);
    let collisionCount = set.status?.collisionCount ?? 0;
    let update: ControllerRevision;
    if (equal !== undefined && equal === last) update = last;
    else if (equal !== undefined) update = yield* this.#client.update('ControllerRevision', { ...equal, revision: number });
    else ({ update, collisionCount } = yield* this.#create(set, number, collisionCount));
    this.#wrote(key, revisionOf(update));
    const current = revisions.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
    const now = { current, update, collisionCount };
    if (update === last) {
      const { currentRevision } = set.status ?? {};
      this.#found.set(set.metadata.uid ?? '', { template: set.spec.template, currentRevision, collisionCount, revisions: known, now });
    }
    return now;
  }

  *#create(set: StatefulSet, revision: number, collisionCount: number): Task<{ update: ControllerRevision; collisionCount: number }> {
    const { template } = set.spec;
    for (let count = collisionCount; ; count++) {
      const hash = revisionHash(template, count);
      const name = `${set.metadata.name}-${hash}`;
      const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
      try {
        const update = yield* this.#client.create('ControllerRevision', newRevision(set, { name, labels, template, revision }));
        return { update, collisionCount: count };
      } catch (error) {
        if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
        const present = yield* this.#client.get('ControllerRevision', set.metadata.namespace, name);
        if (isSameTemplate(present, template)) return { update: present, collisionCount: count };
      }
    }
  }

  /** Forgets the oldest revisions that no pod has, beyond what the set asks to keep. */
  *truncate(
    set: StatefulSet,
    revisions: readonly ControllerRevision[],
    now: Revisions,
    isOfPods: (revision: string) => boolean,
  ): Task<void> {
    const { revisionHistoryLimit = 10 } = set.spec;
    if (revisions.length <= revisionHistoryLimit) return;
    const isLive = (name: string) => name === now.current.metadata.name || name === now.update.metadata.name || isOfPods(name);
    const old = revisions.filter((revision) => !isLive(revision.metadata.name)).sort(compareRevisions);
    for (const { metadata } of old.slice(0, Math.max(0, old.length - revisionHistoryLimit))) {
      yield* this.#client.delete('ControllerRevision', metadata.namespace, metadata.name);
    }
  }
}
