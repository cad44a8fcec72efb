/**
 * What happened lately to the objects of one kind, for watches that start from a revision of the past.
 *
 * Models the ring of watch_cache.go: the oldest change gives way to the newest, and a watch from before the oldest is refused.
 */
import type { KubeObject } from '../model/meta.ts';
import type { WatchEvent } from './store.ts';

export interface Change {
  readonly event: WatchEvent;
  readonly previous: KubeObject | undefined;
}

export class WatchHistory {
  readonly #limit: number;
  readonly #ring: Change[] = [];
  /** Where the oldest change stands. */
  #first = 0;
  /** A watch from an earlier revision has missed something. */
  oldestRevision = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(event: WatchEvent, previous: KubeObject | undefined): void {
    if (this.#limit === 0) {
      this.oldestRevision = event.revision;
      return;
    }
    const change = { event, previous };
    if (this.#ring.length < this.#limit) {
      this.#ring.push(change);
      return;
    }
    this.oldestRevision = this.#ring[this.#first]!.event.revision;
    this.#ring[this.#first] = change;
    this.#first = this.#first + 1 === this.#limit ? 0 : this.#first + 1;
  }

  /** The changes after a revision, oldest first. */
  since(revision: number): Change[] {
    return this.#inOrder().filter((change) => change.event.revision > revision);
  }

  /** Forgets the changes before `revision`. */
  compact(revision: number): void {
    const kept = this.#inOrder().filter((change) => change.event.revision >= revision);
    this.#ring.length = 0;
    this.#ring.push(...kept);
    this.#first = 0;
    this.oldestRevision = Math.max(this.oldestRevision, revision);
  }

  #inOrder(): Change[] {
    return [...this.#ring.slice(this.#first), ...this.#ring.slice(0, this.#first)];
  }
}
