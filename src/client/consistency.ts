/**
 * Own writes a controller waits to see before it acts again. Models pkg/controller/util/consistency (beta, on in 1.36).
 */
import type { ObjectKey } from '../model/meta.ts';

/** How far a cache has come: the store revision of the last event it has delivered for a kind. */
export interface RevisionSource {
  readonly revision: number;
}

export class WrittenRevisions {
  readonly #byKey = new Map<ObjectKey, Map<RevisionSource, number>>();

  /** Remembers that a write made for `owner`, seen through `cache`, was stored as `revision`. */
  wrote(owner: ObjectKey, cache: RevisionSource, revision: number): void {
    let revisions = this.#byKey.get(owner);
    if (revisions === undefined) {
      revisions = new Map();
      this.#byKey.set(owner, revisions);
    }
    if (revision > (revisions.get(cache) ?? 0)) revisions.set(cache, revision);
  }

  /** Have the caches reached all that was written for `owner`? */
  isCaughtUp(owner: ObjectKey): boolean {
    const revisions = this.#byKey.get(owner);
    if (revisions === undefined) return true;
    for (const [cache, revision] of revisions) if (cache.revision < revision) return false;
    return true;
  }

  forget(owner: ObjectKey): void {
    this.#byKey.delete(owner);
  }
}
