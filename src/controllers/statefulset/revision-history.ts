/**
 * Which revision a StatefulSet has and which it is to have. Models getStatefulSetRevisions and truncateHistory of
 * pkg/controller/statefulset/stateful_set_control.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { revisionOf } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { ControllerRevision, StatefulSet } from '../../model/workloads.ts';
import { compareRevisions, isSameTemplate, newRevision, revisionHash } from '../template-revision.ts';
import { revisionOfPod } from './identity.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';

export interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

export class RevisionHistory {
  readonly #client: Client;
  readonly #wrote: (key: string, revision: number) => void;

  constructor(client: Client, wrote: (key: string, revision: number) => void) {
    this.#client = client;
    this.#wrote = wrote;
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
    return { current, update, collisionCount };
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
  *truncate(set: StatefulSet, pods: readonly Pod[], revisions: readonly ControllerRevision[], now: Revisions): Task<void> {
    const live = new Set([now.current.metadata.name, now.update.metadata.name, ...pods.map(revisionOfPod)]);
    const old = revisions.filter((revision) => !live.has(revision.metadata.name)).sort(compareRevisions);
    for (const { metadata } of old.slice(0, Math.max(0, old.length - (set.spec.revisionHistoryLimit ?? 10)))) {
      yield* this.#client.delete('ControllerRevision', metadata.namespace, metadata.name);
    }
  }
}
