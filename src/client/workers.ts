/**
 * The workers of a controller: each takes a key, runs one pass to its end, and takes the next.
 *
 * A pass blocks its worker while it waits for the API server; with all workers busy the queue grows, as in the real thing.
 */
import { BrokenInvariant } from '../base/fail.ts';
import { QuietError } from '../base/quiet-error.ts';
import type { Simulation } from '../sim/simulation.ts';
import { run, type Task } from './task.ts';
import type { WorkQueue } from './work-queue.ts';

/** What stops workers from taking further keys, such as the loss of leadership. */
export interface Stoppable {
  stop(): void;
}

/**
 * Starts `count` workers. `sync` is one pass over one key; what it throws goes to `failed`, which decides about a retry.
 * Without `failed`, a key that fails is added again under the queue's rate limit, and one that succeeds is forgotten.
 */
export function startWorkers(
  sim: Simulation,
  queue: WorkQueue,
  count: number,
  sync: (key: string) => Task<void>,
  failed?: (key: string, error: unknown) => void,
): Stoppable {
  let idle = count;
  let isWakePending = false;
  let isStopped = false;

  const retry = failed ?? ((key: string) => queue.addRateLimited(key));
  const handler = sim.register({ on: () => dispatch() });

  function wake(): void {
    if (isWakePending || idle === 0 || isStopped) return;
    // Not at once: whoever added the key is in the middle of something, such as handing out a watch event.
    isWakePending = true;
    sim.schedule(0, handler, 0);
  }

  function dispatch(): void {
    isWakePending = false;
    while (idle > 0 && !isStopped) {
      const key = queue.take();
      if (key === undefined) return;
      idle--;
      run(
        sync(key),
        () => finish(key, undefined, false),
        (error) => finish(key, error, true),
      );
    }
  }

  function finish(key: string, error: unknown, isError: boolean): void {
    if (error instanceof BrokenInvariant || (error instanceof Error && !('code' in error) && !('isRetry' in error))) throw error;
    idle++;
    if (isStopped) return;
    if (isError) retry(key, error);
    else if (failed === undefined) queue.forget(key);
    queue.finish(key);
    if (queue.length > 0) wake();
  }

  queue.onReady(wake);
  if (queue.length > 0) wake();
  return {
    stop() {
      isStopped = true;
    },
  };
}

/** Thrown by a pass that wants its key back under the rate limit, without there being anything wrong with the program. */
export class Retry extends QuietError {
  override readonly name = 'Retry';
  readonly isRetry = true;
}
