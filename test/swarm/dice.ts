/** Chance for the generators of the swarm: choices that read as what they choose. */
import { Random, type RandomStream } from '../../src/sim/random.ts';

export class Dice {
  readonly #stream: RandomStream;

  constructor(seed: number) {
    this.#stream = new Random(seed).stream('swarm');
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + this.#stream.below(high - low + 1);
  }

  pick<T>(...choices: readonly T[]): T {
    return choices[this.#stream.below(choices.length)]!;
  }

  /** True so often. */
  often(part: number): boolean {
    return this.#stream.uniform() < part;
  }

  /** The fields so often, and otherwise none. */
  maybe(part: number, fields: () => object): object {
    return this.often(part) ? fields() : {};
  }

  /** So many different ones of them. */
  some<T>(count: number, all: readonly T[]): T[] {
    const left = [...all];
    return Array.from({ length: Math.min(count, all.length) }, () => left.splice(this.#stream.below(left.length), 1)[0]!);
  }
}
