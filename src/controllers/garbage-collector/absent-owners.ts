/** Owners known to be gone, so that a thousand dependents need not each ask. Models pkg/controller/garbagecollector/uid_cache.go. */
import { type Identity, identityText } from './owner-identity.ts';

// NewReferenceCache(500) in garbagecollector.go.
const CAPACITY = 500;

export class AbsentOwners {
  /** In the order of their last use. */
  readonly #texts = new Set<string>();

  add(owner: Identity): void {
    this.#use(identityText(owner));
    for (const oldest of this.#texts) {
      if (this.#texts.size <= CAPACITY) break;
      this.#texts.delete(oldest);
    }
  }

  has(owner: Identity): boolean {
    const text = identityText(owner);
    if (!this.#texts.has(text)) return false;
    this.#use(text);
    return true;
  }

  #use(text: string): void {
    this.#texts.delete(text);
    this.#texts.add(text);
  }
}
