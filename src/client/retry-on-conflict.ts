/**
 * Tries a write again after a conflict, in the hope that a cache has caught up in the meantime.
 *
 * Models RetryOnConflict with DefaultBackoff of client-go/util/retry/util.go. Its jitter of a tenth is left out: it decides nothing.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { MILLISECOND_US } from '../base/units.ts';
import type { Simulation } from '../sim/simulation.ts';
import { sleep, type Task } from './task.ts';

// DefaultBackoff: four attempts, the first pause 10 ms, each five times the one before.
const ATTEMPTS = 4;
const FIRST_PAUSE_US = 10 * MILLISECOND_US;
const FACTOR = 5;

/** What `attempt` returns in the end; its last error if it never gets through, or the first that is no conflict. */
export function* retryOnConflict<T>(sim: Simulation, attempt: () => Task<T>): Task<T> {
  for (let number = 1, pauseUs = FIRST_PAUSE_US; ; number++, pauseUs *= FACTOR) {
    try {
      return yield* attempt();
    } catch (error) {
      if (number === ATTEMPTS || !isConflict(error)) throw error;
    }
    yield* sleep(sim, pauseUs);
  }
}

/** Also one wrapped in another error, as Go's errors.As finds it. */
export function isConflict(error: unknown): boolean {
  if (error instanceof ApiError) return error.reason === 'Conflict';
  return error instanceof Error && error.cause !== undefined && isConflict(error.cause);
}
