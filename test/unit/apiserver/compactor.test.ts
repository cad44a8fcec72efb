import { expect, test } from 'vitest';
import { Compactor } from '../../../src/apiserver/compactor.ts';
import { MINUTE_US } from '../../../src/base/units.ts';

test('The past of a revision goes five to ten minutes after it, at every fifth minute', () => {
  const compactor = new Compactor(0);
  expect(compactor.due(4 * MINUTE_US, 10)).toBeUndefined();
  expect(compactor.due(5 * MINUTE_US, 20)).toBe(0);
  expect(compactor.due(6 * MINUTE_US, 30)).toBeUndefined();
  expect(compactor.due(10 * MINUTE_US, 40)).toBe(20);
});

test('A compactor nobody asked for a while has ticked all the same', () => {
  const compactor = new Compactor(0);
  expect(compactor.due(5 * MINUTE_US, 20)).toBe(0);
  expect(compactor.due(31 * MINUTE_US, 50)).toBe(50);
  expect(compactor.due(34 * MINUTE_US, 60)).toBeUndefined();
  expect(compactor.due(35 * MINUTE_US, 60)).toBe(50);
});
