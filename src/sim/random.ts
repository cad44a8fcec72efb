/**
 * Chance, in named streams: each is a function of the seed and its own name alone, so a new draw here moves nothing there.
 *
 * The only file of the core that imports a package: seedrandom's alea generator, which is fast and the same on every machine.
 */
import seedrandom from 'seedrandom';

/** A source of chance. All draws of one stream depend on the seed, its name, and the draws made from it before. */
export class RandomStream {
  readonly #next: seedrandom.PRNG;

  constructor(seed: string) {
    this.#next = seedrandom.alea(seed);
  }

  /** At least 0, below 1. */
  uniform(): number {
    return this.#next();
  }

  /** A whole number, at least 0 and below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** Standard normal, by Box and Muller; the second value is thrown away so that a draw costs the same each time. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#next()));
    return radius * Math.cos(2 * Math.PI * this.#next());
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#next());
  }
}

/** All chance of a run, from one seed. */
export class Random {
  readonly #seed: string;
  readonly #streams = new Map<string, RandomStream>();

  constructor(seed: number | string) {
    this.#seed = String(seed);
  }

  /** The stream of that name: the same object each time it is asked for. */
  stream(...names: readonly (string | number)[]): RandomStream {
    const name = names.join('/');
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new RandomStream(`${this.#seed}\u0000${name}`);
      this.#streams.set(name, stream);
    }
    return stream;
  }
}
