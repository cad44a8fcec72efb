import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationText, parseDurationUs, parseRatePerSecond } from '../../../src/scenario/duration.ts';

test.each([
  ['0', 0],
  ['90s', 90_000_000],
  ['1h30m', 5_400_000_000],
  ['1.5ms', 1500],
  ['2d', 172_800_000_000],
  ['250us', 250],
  ['', undefined],
  ['5', undefined],
  ['-5m', undefined],
  ['5 m', undefined],
  ['m', undefined],
])('The duration %j is %j microseconds', (text, us) => {
  expect(parseDurationUs(text)).toBe(us);
});

test.each([
  ['200/s', 200],
  ['30/m', 0.5],
  ['-1/s', undefined],
  ['200', undefined],
])('The rate %j is %j a second', (text, perSecond) => {
  expect(parseRatePerSecond(text)).toBe(perSecond);
});

test('A duration written out is read back', () => {
  fc.assert(fc.property(fc.nat({ max: 10 ** 13 }), (us) => parseDurationUs(durationText(us)) === us));
});
