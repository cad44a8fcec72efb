import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstMaximum } from '../../../../src/scheduler/fast/pre-order.ts';
import { selectHost } from '../../../../src/scheduler/select-host.ts';

test('firstMaximum finds what a pre-order walk of the heap meets first, however many totals tie', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 300 }), (totals) => {
      expect(firstMaximum(Float64Array.from(totals), totals.length)).toBe(selectHost(totals));
    }),
  );
});
