import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowSet } from '../../../src/controllers/row-set.ts';

const row = fc.integer({ min: 0, max: 200 });

test('RowSet agrees with a sorted list of its numbers, whatever was added and taken away', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ row, isAdded: fc.boolean() }), { maxLength: 60 }),
      fc.integer({ min: -1, max: 300 }),
      (changes, from) => {
        const rows = new RowSet();
        const plain = new Set<number>();
        for (const change of changes) {
          if (change.isAdded) rows.add(change.row);
          else rows.delete(change.row);
          if (change.isAdded) plain.add(change.row);
          else plain.delete(change.row);
        }
        const sorted = [...plain].sort((a, b) => a - b);
        expect(rows.size).toBe(sorted.length);
        expect(rows.first(3)).toEqual(sorted.slice(0, 3));
        expect([rows.lowest(), rows.highest()]).toEqual([sorted[0] ?? -1, sorted.at(-1) ?? -1]);
        expect(rows.next(Math.max(0, from))).toBe(sorted.find((one) => one >= from) ?? -1);
        expect(rows.previous(from)).toBe(sorted.findLast((one) => one <= from) ?? -1);
      },
    ),
  );
});
