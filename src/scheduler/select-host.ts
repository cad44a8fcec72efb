/**
 * Which of the feasible nodes wins.
 *
 * Models selectHost of pkg/scheduler/schedule_one.go in 1.35 and 1.36. Upstream builds a binary heap over the feasible list and
 * takes its root. Without random keys that is the first maximum met in a pre-order walk of the list read as a heap:
 * a position, then what hangs under 2i+1, then what hangs under 2i+2 (spec 3.2).
 */

/** The position of the winner in the first `count` of `totals`; -1 when there is none. */
export function selectHost(totals: ArrayLike<number>, count = totals.length): number {
  let best = -1;
  let bestTotal = Number.NEGATIVE_INFINITY;
  let position = 0;
  while (position < count) {
    const total = totals[position]!;
    if (total > bestTotal) {
      best = position;
      bestTotal = total;
    }
    position = nextInPreOrder(position, count);
  }
  return best;
}

/** The position visited after `position` in a pre-order walk of a heap of `count` positions; `count` at the end. */
export function nextInPreOrder(position: number, count: number): number {
  if (2 * position + 1 < count) return 2 * position + 1;
  // Climb while it is a right child (an even position), or a left one whose sister is missing; the sister comes next.
  let at = position;
  while (at > 0 && (at % 2 === 0 || at + 1 >= count)) at = (at - 1) >> 1;
  return at === 0 ? count : at + 1;
}
