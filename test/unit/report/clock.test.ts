import { expect, test } from 'vitest';
import { clock } from '../../../src/report/clock.ts';

test.each([
  [0, '0:00.000'],
  [123_250_000, '2:03.250'],
  [3_599_999_600, '1:00:00.000'],
  [3_723_250_000, '1:02:03.250'],
  [86_400_000_000, '24:00:00.000'],
])('clock shows %i microseconds as %s', (us, text) => {
  expect(clock(us)).toBe(text);
});
