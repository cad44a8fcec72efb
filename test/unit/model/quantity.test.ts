import { expect, test } from 'vitest';
import { isQuantity, quantityMilli, quantityNanos, quantityUnits } from '../../../src/model/quantity.ts';

test.each([
  ['1', 1000],
  ['500m', 500],
  ['0.1', 100],
  ['100u', 1],
  ['1n', 1],
  ['2k', 2_000_000],
  ['1e3', 1_000_000],
  [2, 2000],
  ['-1', -1000],
])('quantityMilli reads %s as %i thousandths, rounded up', (text, milli) => {
  expect(quantityMilli(text)).toBe(milli);
});

test.each([
  ['1Gi', 1_073_741_824],
  ['1.5Ki', 1536],
  ['128M', 128_000_000],
  ['1500m', 2],
  ['1E', 1e18],
  ['1E2', 100],
])('quantityUnits reads %s as %i', (text, units) => {
  expect(quantityUnits(text)).toBe(units);
});

test.each(['', 'x', '1GB', '1 Gi', '--1', '1.2.3', 'Mi', '.'])('isQuantity refuses %j', (text) => {
  expect(isQuantity(text)).toBe(false);
});

test('quantityNanos keeps what floating point would lose', () => {
  expect(quantityNanos('9007199254740993')).toBe(9_007_199_254_740_993_000_000_000n);
});
