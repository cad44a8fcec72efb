/**
 * How long the API server takes to answer, in simulated time.
 *
 * A single-object write takes a lognormal time with a median of 6 ms and sigma 0.7 (99th percentile about 31 ms), a read
 * half of that; the figures are the engineering choice documented in docs/fidelity.md, in line with published measurements.
 * A slow API server (a fault) stretches all of it.
 */
import { type Distribution, drawUs, medianUs } from '../sim/distribution.ts';
import type { RandomStream } from '../sim/random.ts';

export interface RequestLatencies {
  /** From the client's sending to the commit in etcd. */
  readonly write: Distribution;
  readonly read: Distribution;
  /** From the commit back to the client. */
  readonly answer: Distribution;
}

export const DEFAULT_REQUEST_LATENCIES: RequestLatencies = {
  write: { kind: 'lognormal', medianUs: 5_500, sigma: 0.7 },
  read: { kind: 'lognormal', medianUs: 2_500, sigma: 0.7 },
  answer: { kind: 'constant', valueUs: 500 },
};

export class RequestLatency {
  readonly #latencies: RequestLatencies;
  readonly #random: RandomStream;
  /** 1 when healthy; a fault sets it higher. */
  slowdown = 1;
  /** False while the API server answers nobody. */
  isUp = true;

  constructor(latencies: RequestLatencies, random: RandomStream) {
    this.#latencies = latencies;
    this.#random = random;
  }

  commitUs(isWrite: boolean): number {
    return Math.round(drawUs(isWrite ? this.#latencies.write : this.#latencies.read, this.#random) * this.slowdown);
  }

  /** What a write takes at the median. */
  get typicalWriteUs(): number {
    return Math.round(medianUs(this.#latencies.write) * this.slowdown);
  }

  answerUs(): number {
    return Math.round(drawUs(this.#latencies.answer, this.#random) * this.slowdown);
  }
}
