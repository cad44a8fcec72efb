import { expect, test } from 'vitest';
import { ExponentialWithBucket } from '../../../src/client/rate-limiter.ts';
import { TokenBucket } from '../../../src/client/token-bucket.ts';

const MS = 1000;

// 20 a second, 30 at once: kube-controller-manager's client.
test('TokenBucket lets a burst through at once, and then one token each twentieth of a second', () => {
  const bucket = new TokenBucket(20, 30);
  const waitsMs = Array.from({ length: 34 }, () => bucket.takeUs(0) / MS);
  expect(waitsMs.slice(0, 30).every((wait) => wait === 0)).toBe(true);
  expect(waitsMs.slice(30)).toEqual([50, 100, 150, 200]);
  // 10 s later it is full again, and no fuller: what was owed has been paid.
  const later = Array.from({ length: 31 }, () => bucket.takeUs(10_000 * MS) / MS);
  expect(later.filter((wait) => wait === 0)).toHaveLength(30);
  expect(later.at(-1)).toBe(50);
});

test('TokenBucket without a rate never makes anybody wait', () => {
  const bucket = new TokenBucket(0, 0);
  expect([bucket.takeUs(0), bucket.takeUs(0)]).toEqual([0, 0]);
  expect(bucket.tryTake(0)).toBe(true);
});

test('TokenBucket refuses a try when no token is there', () => {
  const bucket = new TokenBucket(5, 2);
  expect([bucket.tryTake(0), bucket.tryTake(0), bucket.tryTake(0)]).toEqual([true, true, false]);
  expect(bucket.tryTake(199 * MS)).toBe(false);
  expect(bucket.tryTake(200 * MS)).toBe(true);
});

test('ExponentialWithBucket has a key wait for the longer of its own back-off and the bucket of all', () => {
  // 5 ms doubling per key; 10 a second and 2 at once for all.
  const limiter = new ExponentialWithBucket(5 * MS, 1_000_000 * MS, 10, 2);
  expect([limiter.whenUs('a', 0), limiter.whenUs('a', 0)].map((us) => us / MS)).toEqual([5, 10]);
  // The bucket is empty: the next tokens come after 100 and 200 ms, longer than the 5 ms of a new key and the 20 ms of the old one.
  expect([limiter.whenUs('b', 0), limiter.whenUs('a', 0)].map((us) => us / MS)).toEqual([100, 200]);
  expect(limiter.requeues('a')).toBe(3);
  limiter.forget('a');
  expect(limiter.requeues('a')).toBe(0);
});
