import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectHost } from '../../../src/scheduler/select-host.ts';

describe('selectHost', () => {
  // Worked examples of the specification (10.2, 8).
  test.each([
    { totals: [7, 7, 7, 7], winner: 0 },
    { totals: [5, 9, 9, 9], winner: 1 },
    { totals: [1, 2, 9, 9, 9], winner: 3 },
    { totals: [5, 5, 5, 9, 9, 5, 9], winner: 3 },
    { totals: [3, 9, 3, 9, 9, 9, 1, 9], winner: 1 },
    { totals: [1, 1, 9, 1, 9, 9], winner: 4 },
    { totals: [5, 9, 9], winner: 1 },
    { totals: [8, 9, 9, 8, 9], winner: 1 },
    { totals: [], winner: -1 },
  ])('chooses $winner of $totals', ({ totals, winner }) => {
    expect(selectHost(totals)).toBe(winner);
  });

  test('agrees with the root of the heap that upstream builds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 80 }), (totals) => {
        expect(selectHost(totals)).toBe(heapRoot(totals));
      }),
    );
  });
});

/** Go's heap.Init with a strict order, on positions. */
function heapRoot(totals: readonly number[]): number {
  const heap = totals.map((_, i) => i);
  const isBetter = (a: number, b: number) => totals[heap[a]!]! > totals[heap[b]!]!;
  for (let start = (heap.length >> 1) - 1; start >= 0; start--) {
    let at = start;
    while (2 * at + 1 < heap.length) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && isBetter(child + 1, child)) child++;
      if (!isBetter(child, at)) break;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
  return heap[0]!;
}
