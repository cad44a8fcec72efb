/**
 * Sets of completion indexes, written as the API writes them: `0-3,5`. Models pkg/controller/job/indexed_job_utils.go (orderedIntervals).
 */

/** Reads the text; indexes from `completions` on are cut off, and what is no index is dropped with all that follows. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  if (text === undefined || text === '') return indexes;
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-');
    const low = Number(first);
    const high = Math.min(Number(last), completions - 1);
    if (!Number.isInteger(low) || !Number.isInteger(high)) return indexes;
    for (let index = low; index <= high; index++) indexes.add(index);
  }
  return indexes;
}

/** Two in a row are written `3,4`, three or more `3-5`. */
export function indexesText(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end]! + 1) end++;
    if (end === start) parts.push(`${sorted[start]}`);
    else parts.push(`${sorted[start]}${end === start + 1 ? ',' : '-'}${sorted[end]}`);
    start = end + 1;
  }
  return parts.join(',');
}

export function union(a: ReadonlySet<number>, more: Iterable<number>): Set<number> {
  const result = new Set(a);
  for (const index of more) result.add(index);
  return result;
}

/** The lowest `count` indexes below `completions` that are in none of the sets. */
export function firstFree(count: number, completions: number, ...taken: readonly ReadonlySet<number>[]): number[] {
  const free: number[] = [];
  for (let index = 0; index < completions && free.length < count; index++) {
    if (!taken.some((set) => set.has(index))) free.push(index);
  }
  return free;
}
