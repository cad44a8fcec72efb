/**
 * One operation per name at a time, and after a failure none for a while that doubles.
 *
 * Models pkg/util/goroutinemap with its exponentialbackoff, as volume operations are started by it.
 */
import { MILLISECOND_US, SECOND_US } from '../../base/units.ts';
import type { Simulation } from '../../sim/simulation.ts';

// exponential_backoff.go: initialDurationBeforeRetry and maxDurationBeforeRetry.
const FIRST_US = 500 * MILLISECOND_US;
const LONGEST_US = 122 * SECOND_US;

interface Attempt {
  isRunning: boolean;
  pauseUs: number;
  /** When it may be tried again. */
  nextUs: number;
}

export class OperationBackoff {
  readonly #sim: Simulation;
  readonly #attempts = new Map<string, Attempt>();

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** True when the operation may begin, and from then on it counts as running. */
  mayStart(name: string): boolean {
    const attempt = this.#attempts.get(name);
    if (attempt === undefined) {
      this.#attempts.set(name, { isRunning: true, pauseUs: 0, nextUs: 0 });
      return true;
    }
    if (attempt.isRunning || this.#sim.nowUs < attempt.nextUs) return false;
    attempt.isRunning = true;
    return true;
  }

  succeeded(name: string): void {
    this.#attempts.delete(name);
  }

  failed(name: string): void {
    const attempt = this.#attempts.get(name)!;
    attempt.isRunning = false;
    attempt.pauseUs = attempt.pauseUs === 0 ? FIRST_US : Math.min(2 * attempt.pauseUs, LONGEST_US);
    attempt.nextUs = this.#sim.nowUs + attempt.pauseUs;
  }
}
