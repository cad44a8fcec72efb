/**
 * The first maximum in a pre-order walk of a heap, without walking it: what select-host.ts finds, from positions alone.
 *
 * Positions are numbered as in a heap (children of i at 2i+1 and 2i+2); one comes before another when it is an ancestor of it, or when
 * it lies further left where their ancestors part.
 */

/** Does position `a` come before another position `b`? */
export function comesBefore(a: number, b: number): boolean {
  // Counted from 1, a position's ancestors are its leading bits.
  const one = a + 1;
  const other = b + 1;
  const depth = Math.clz32(other) - Math.clz32(one);
  if (depth > 0) {
    const ancestor = one >> depth;
    return ancestor === other ? false : ancestor < other;
  }
  const ancestor = other >> -depth;
  return ancestor === one ? one < other : one < ancestor;
}

/** Of the first `count` totals. Hot: one pass in order, and a comparison only where totals tie with the best. */
export function firstMaximum(totals: Float64Array, count: number): number {
  let best = 0;
  let bestTotal = totals[0]!;
  for (let i = 1; i < count; i++) {
    const total = totals[i]!;
    if (total < bestTotal) continue;
    if (total > bestTotal || comesBefore(i, best)) {
      best = i;
      bestTotal = total;
    }
  }
  return best;
}
