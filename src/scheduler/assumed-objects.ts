/**
 * Objects the scheduler has decided to change, seen as changed before the API server has them so.
 *
 * Models pkg/scheduler/util/assumecache: an assumption stands until it is taken back, or until the informer shows another version than
 * the one it was made from.
 */
import type { KubeObject, ObjectKey } from '../model/meta.ts';
import type { Lister } from './framework.ts';

interface Assumption<T> {
  readonly object: T;
  /** The version the informer had when it was made. */
  readonly basis: T | undefined;
}

export class AssumedObjects<T extends KubeObject> implements Pick<Lister<T>, 'get' | 'values'> {
  readonly #lister: Lister<T>;
  readonly #keyOf: (object: T) => ObjectKey;
  readonly #assumed = new Map<ObjectKey, Assumption<T>>();

  constructor(lister: Lister<T>, keyOf: (object: T) => ObjectKey) {
    this.#lister = lister;
    this.#keyOf = keyOf;
  }

  get(key: ObjectKey): T | undefined {
    const known = this.#lister.get(key);
    const assumption = this.#assumed.get(key);
    if (assumption === undefined) return known;
    if (known !== undefined && known === assumption.basis) return assumption.object;
    this.#assumed.delete(key);
    return known;
  }

  *values(): IterableIterator<T> {
    for (const object of this.#lister.values()) yield this.#assumed.size === 0 ? object : this.get(this.#keyOf(object))!;
  }

  /** As the informer has it, whatever is assumed. */
  known(key: ObjectKey): T | undefined {
    return this.#lister.get(key);
  }

  assume(object: T): void {
    const key = this.#keyOf(object);
    this.#assumed.set(key, { object, basis: this.#lister.get(key) });
  }

  /** Takes the assumption back. */
  restore(object: T): void {
    this.#assumed.delete(this.#keyOf(object));
  }
}
