/**
 * For verbs that have nothing to wait for: a task that is over before it began.
 */
import type { Awaitable, Task } from '../../client/task.ts';

const NOTHING: readonly Awaitable<void>[] = [];

export function* atOnce(): Task<void> {
  yield* NOTHING;
}
