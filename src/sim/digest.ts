/**
 * A rolling digest of everything that happened: two runs are the same run exactly when their digests agree.
 *
 * Two 32-bit lanes of a multiply-and-rotate mix (Math.imul keeps them exact); not cryptographic, and it need not be.
 */
export class Digest {
  #high = 0x9e3779b9 | 0;
  #low = 0x85ebca6b | 0;

  /** Folds in one number: the 32 low bits of its whole part, then what lies above them. */
  number(value: number): void {
    this.#word(value | 0);
    this.#word(Math.floor(value / 2 ** 32) | 0);
  }

  /** Folds in one event. The upper bits of the time are left out: an event displaced by whole 2^32 us would show in its order. */
  event(timeUs: number, handler: number, event: number, a: number): void {
    this.#word(timeUs | 0);
    this.#word(Math.imul(handler * 64 + event, 0x2545f491) ^ (a | 0));
  }

  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.#word(value.charCodeAt(i));
    this.#word(value.length);
  }

  /** Sixteen hexadecimal digits. */
  get hex(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0');
  }

  #word(word: number): void {
    let high = Math.imul(this.#high ^ word, 0xcc9e2d51 | 0);
    high = (high << 15) | (high >>> 17);
    let low = Math.imul((this.#low + word) | 0, 0x1b873593 | 0) ^ high;
    low = (low << 13) | (low >>> 19);
    this.#high = (high + this.#low) | 0;
    this.#low = (Math.imul(low, 5) + 0xe6546b64) | 0;
  }
}
