import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reflectorRetryUs } from '../../../src/client/reflector-backoff.ts';
import { Random, type RandomStream } from '../../../src/sim/random.ts';

const SECOND_US = 1_000_000;
const fixed = (uniform: number) => ({ uniform: () => uniform }) as RandomStream;

test.each([
  // No stretch: tries at 0.8, 2.4, 5.6, 12, 24.8, 50.4 s, then every 30 s.
  ['a connection that never broke', 0, 0, 0],
  ['one second', 1 * SECOND_US, 0, 1.4 * SECOND_US],
  ['ten seconds', 10 * SECOND_US, 0, 2 * SECOND_US],
  ['a minute', 60 * SECOND_US, 0, 20.4 * SECOND_US],
  // Each wait twice as long: 1.6, 4.8, 11.2, 24, 49.6 s, then 30 s more.
  ['a minute, with the longest waits', 60 * SECOND_US, 1, 19.6 * SECOND_US],
])('reflectorRetryUs after %s', (_about, outageUs, uniform, expected) => {
  expect(reflectorRetryUs(outageUs, fixed(uniform))).toBe(expected);
});

test('reflectorRetryUs is never past the longest wait', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3600 * SECOND_US }), fc.nat(), (outageUs, seed) => {
      const waitUs = reflectorRetryUs(outageUs, new Random(seed).stream('reflector'));
      return waitUs >= 0 && waitUs <= 30 * SECOND_US;
    }),
  );
});
