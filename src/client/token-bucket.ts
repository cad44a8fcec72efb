/**
 * A token bucket, as golang.org/x/time/rate keeps it: callers take a token each and are told how long to wait for it.
 */
import { SECOND_US } from '../base/units.ts';

export class TokenBucket {
  readonly #perUs: number;
  readonly #burst: number;
  #tokens: number;
  #lastUs = 0;

  /** `perSecond` at or below 0 means no limit. */
  constructor(perSecond: number, burst: number) {
    this.#perUs = perSecond / SECOND_US;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes one token, on credit if need be, and returns the whole microseconds to wait until it is really there. */
  takeUs(nowUs: number): number {
    if (this.#perUs <= 0) return 0;
    this.#refill(nowUs);
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.#perUs);
  }

  /** Takes a token if one is there now. */
  tryTake(nowUs: number): boolean {
    if (this.#perUs <= 0) return true;
    this.#refill(nowUs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(nowUs: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowUs - this.#lastUs) * this.#perUs);
    this.#lastUs = nowUs;
  }
}
