/**
 * Sums by topology domain: by a label key and one of its values.
 *
 * Models topologyToMatchedTermCount of plugins/interpodaffinity/filtering.go and scoreMap of scoring.go, which differ in one thing: a
 * count that comes back to 0 is gone, a score of 0 was still given.
 */
import type { StringMap } from '../../model/meta.ts';

export class DomainCounts {
  readonly #byKey = new Map<string, Map<string, number>>();
  readonly #keepsZero: boolean;

  constructor(keepsZero = false) {
    this.#keepsZero = keepsZero;
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Nothing happens on a node without the key: it lies in no domain. */
  add(key: string, labels: StringMap, amount: number): void {
    const value = labels[key];
    if (value === undefined) return;
    let byValue = this.#byKey.get(key);
    if (byValue === undefined) {
      byValue = new Map();
      this.#byKey.set(key, byValue);
    }
    const sum = (byValue.get(value) ?? 0) + amount;
    if (sum !== 0 || this.#keepsZero) {
      byValue.set(value, sum);
      return;
    }
    byValue.delete(value);
    if (byValue.size === 0) this.#byKey.delete(key);
  }

  get(key: string, labels: StringMap): number {
    const value = labels[key];
    return value === undefined ? 0 : (this.#byKey.get(key)?.get(value) ?? 0);
  }

  /** Is any domain the node lies in counted above 0? */
  hasAny(labels: StringMap): boolean {
    for (const key of this.#byKey.keys()) if (this.get(key, labels) > 0) return true;
    return false;
  }

  /** Over all keys, of the domains the node lies in. */
  sum(labels: StringMap): number {
    let sum = 0;
    for (const key of this.#byKey.keys()) sum += this.get(key, labels);
    return sum;
  }

  clone(): DomainCounts {
    const copy = new DomainCounts(this.#keepsZero);
    for (const [key, byValue] of this.#byKey) copy.#byKey.set(key, new Map(byValue));
    return copy;
  }
}
