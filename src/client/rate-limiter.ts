/**
 * How long a failing key waits before it is tried again. Models client-go/util/workqueue/default_rate_limiters.go.
 */
import { MILLISECOND_US, SECOND_US } from '../base/units.ts';
import { TokenBucket } from './token-bucket.ts';

export interface RateLimiter {
  /** Microseconds until `key` may be tried again; counts the failure. */
  whenUs(key: string, nowUs: number): number;
  forget(key: string): void;
  /** Failures of `key` since it was last forgotten. */
  requeues(key: string): number;
}

/** base · 2^n per key, up to a maximum. */
export class ItemExponential implements RateLimiter {
  readonly #baseUs: number;
  readonly #maxUs: number;
  readonly #failures = new Map<string, number>();

  constructor(baseUs: number, maxUs: number) {
    this.#baseUs = baseUs;
    this.#maxUs = maxUs;
  }

  whenUs(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(this.#maxUs, this.#baseUs * 2 ** Math.min(failures, 60));
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  requeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/** The longer of an exponential per key and a bucket all keys of the queue share. */
export class ExponentialWithBucket implements RateLimiter {
  readonly #item: ItemExponential;
  readonly #bucket: TokenBucket;

  constructor(baseUs: number, maxUs: number, perSecond = 10, burst = 100) {
    this.#item = new ItemExponential(baseUs, maxUs);
    this.#bucket = new TokenBucket(perSecond, burst);
  }

  whenUs(key: string, nowUs: number): number {
    return Math.max(this.#item.whenUs(key), this.#bucket.takeUs(nowUs));
  }

  forget(key: string): void {
    this.#item.forget(key);
  }

  requeues(key: string): number {
    return this.#item.requeues(key);
  }
}

/** DefaultTypedControllerRateLimiter: 5 ms to 1000 s per key, 10 a second with a burst of 100 for all. */
export function defaultRateLimiter(): RateLimiter {
  return new ExponentialWithBucket(5 * MILLISECOND_US, 1000 * SECOND_US);
}
