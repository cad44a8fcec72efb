import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Blocks, BlockWalk } from '../../../../src/scheduler/fast/block-walk.ts';
import type { LocalColumns } from '../../../../src/scheduler/fast/local-columns.ts';
import type { PodInfo } from '../../../../src/scheduler/pod-info.ts';
import { selectHost } from '../../../../src/scheduler/select-host.ts';

const STALE = -1;

/** Columns whose stale rows turn out to have the values given. */
function columnsOf(truth: readonly number[], known: readonly boolean[]): LocalColumns {
  const values = Int32Array.from(truth, (value, row) => (known[row % known.length] === true ? value : STALE));
  const blocks = new Blocks(truth.length);
  values.forEach((value, row) => {
    if (value !== STALE) blocks.learn(row, value);
  });
  const refreshBlock = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (values[row] !== STALE) continue;
      values[row] = truth[row]!;
      blocks.learn(row, truth[row]!);
    }
  };
  return { values, blocks, refreshBlock } as unknown as LocalColumns;
}

/** Row by row, and the winner by a walk of the heap. */
function obvious(truth: readonly number[], start: number, wanted: number) {
  const found: number[] = [];
  let seen = 0;
  for (; seen < truth.length; seen++) {
    const row = (start + seen) % truth.length;
    if (truth[row]! < 0) continue;
    if (found.length === wanted) break;
    found.push(row);
  }
  return { seen, found: found.length, winner: found.length === 0 ? -1 : found[selectHost(found.map((row) => truth[row]!))]! };
}

test('BlockWalk passes, finds and chooses what a walk row by row does, from any start and for any number wanted', () => {
  // -2 and -3 are reasons to reject; few different values, so that many tie.
  const values = fc.oneof(fc.constantFrom(-3, -2, 0, 1, 2), fc.constantFrom(3, 3, 3, 2), fc.nat(200));
  const walk = new BlockWalk();
  fc.assert(
    fc.property(
      fc.array(values, { minLength: 1, maxLength: 400, size: 'max' }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
      fc.nat(),
      fc.integer({ min: 1, max: 420 }),
      (truth, known, start, wanted) => {
        const from = start % truth.length;
        const columns = columnsOf(truth, known);
        walk.run(columns, {} as PodInfo, from, wanted);
        const { seen, found, winner } = walk;
        expect({ seen, found, winner }).toEqual(obvious(truth, from, wanted));
      },
    ),
    { numRuns: 300 },
  );
});

test('Blocks find a maximum anew that was forgotten', () => {
  const values = Int32Array.from([5, 9, 7]);
  const blocks = new Blocks(3);
  values.forEach((value, row) => {
    blocks.learn(row, value);
  });
  blocks.forget(1, 9);
  values[1] = STALE;
  blocks.learn(1, 6);
  values[1] = 6;
  expect(blocks.maximum(0, values)).toBe(7);
});
