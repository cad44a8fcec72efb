import fc from 'fast-check';
import { expect, test } from 'vitest';
import { microTimeText, timeText, timeUsOf } from '../../../src/model/time.ts';

test('timeText counts from the first second of 2026 and cuts fractions off', () => {
  expect(timeText(0)).toBe('2026-01-01T00:00:00Z');
  expect(timeText(59_999_999)).toBe('2026-01-01T00:00:59Z');
  expect(timeText(59 * 86_400_000_000)).toBe('2026-03-01T00:00:00Z');
});

test('timeUsOf reads offsets and fractions', () => {
  expect(timeUsOf('2026-01-01T01:00:00+01:00')).toBe(0);
  expect(timeUsOf('2026-01-01T00:00:01.250000Z')).toBe(1_250_000);
  expect(timeUsOf('2026-01-01T00:00:00.064977Z')).toBe(64_977);
  expect(timeUsOf('2026-01-01T00:00:00.5Z')).toBe(500_000);
  expect(timeUsOf('yesterday')).toBeNaN();
});

test('timeUsOf undoes timeText and microTimeText, and both agree with the platform calendar', () => {
  const base = Date.UTC(2026, 0, 1);
  fc.assert(
    fc.property(fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), fc.nat(999_999), (second, micros) => {
      const timeUs = second * 1_000_000;
      expect(timeText(timeUs)).toBe(new Date(base + second * 1000).toISOString().replace('.000Z', 'Z'));
      expect(timeUsOf(timeText(timeUs))).toBe(timeUs);
      expect(timeUsOf(microTimeText(timeUs + micros))).toBe(timeUs + micros);
    }),
  );
});
