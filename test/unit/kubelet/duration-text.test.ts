import { expect, test } from 'vitest';
import { durationText, secondsDurationText } from '../../../src/kubelet/duration-text.ts';

test.each([
  [0, '0s'],
  [999, '0s'],
  [843_900, '843ms'],
  [2_100_000, '2.1s'],
  [1_936_412, '1.936s'],
  [90_000_000, '1m30s'],
  [3_600_000_000, '1h0m0s'],
])('A duration of %d microseconds reads %s', (durationUs, text) => {
  expect(durationText(durationUs)).toBe(text);
});

test('A back-off reads in whole seconds as Go prints them', () => {
  expect(secondsDurationText(300_000_000)).toBe('5m0s');
  expect(secondsDurationText(10_000_000)).toBe('10s');
});
