/**
 * What a controller has asked for and not yet seen in its caches. Models pkg/controller/controller_utils.go.
 *
 * Until its own creations and deletions come back through the watch, a controller's lister is wrong in a known way;
 * acting on it would do everything twice.
 */
import { MINUTE_US } from '../base/units.ts';
import type { Simulation } from '../sim/simulation.ts';

// ExpectationsTimeout in controller_utils.go.
const TTL_US = 5 * MINUTE_US;

interface Expectation {
  adds: number;
  dels: number;
  /** Keys of pods whose deletion is awaited; each is counted once. */
  deletedKeys: Set<string> | undefined;
  sinceUs: number;
}

export class Expectations {
  readonly #sim: Simulation;
  readonly #byKey = new Map<string, Expectation>();

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  expectCreations(key: string, count: number): void {
    this.#byKey.set(key, { adds: count, dels: 0, deletedKeys: undefined, sinceUs: this.#sim.nowUs });
  }

  expectDeletions(key: string, podKeys: readonly string[]): void {
    this.#byKey.set(key, { adds: 0, dels: podKeys.length, deletedKeys: new Set(podKeys), sinceUs: this.#sim.nowUs });
  }

  /** Both at once, as the DaemonSet and Job controllers ask. */
  expect(key: string, adds: number, deletedKeys: readonly string[]): void {
    this.#byKey.set(key, { adds, dels: deletedKeys.length, deletedKeys: new Set(deletedKeys), sinceUs: this.#sim.nowUs });
  }

  creationObserved(key: string): void {
    const expectation = this.#byKey.get(key);
    if (expectation !== undefined) expectation.adds--;
  }

  /** Creations given up after an error: `count` of them will never be seen. */
  creationsSkipped(key: string, count: number): void {
    const expectation = this.#byKey.get(key);
    if (expectation !== undefined) expectation.adds -= count;
  }

  deletionObserved(key: string, podKey: string): void {
    const expectation = this.#byKey.get(key);
    if (expectation?.deletedKeys?.delete(podKey) === true) expectation.dels--;
  }

  areMet(key: string): boolean {
    const expectation = this.#byKey.get(key);
    if (expectation === undefined) return true;
    return (expectation.adds <= 0 && expectation.dels <= 0) || this.#sim.nowUs - expectation.sinceUs > TTL_US;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }
}
