/**
 * Durations drawn by chance: what a scenario may say of a latency, turned into whole microseconds.
 */
import type { RandomStream } from './random.ts';

/** A distribution of durations; all parameters in microseconds, but for `sigma`, which has no unit. */
export type Distribution =
  | { readonly kind: 'constant'; readonly valueUs: number }
  | { readonly kind: 'uniform'; readonly lowUs: number; readonly highUs: number }
  | { readonly kind: 'exponential'; readonly meanUs: number }
  | { readonly kind: 'lognormal'; readonly medianUs: number; readonly sigma: number };

// The 99th percentile of the standard normal.
const Z99 = 2.3263478740408408;

export function constantUs(valueUs: number): Distribution {
  return { kind: 'constant', valueUs };
}

/** Lognormal through two of its quantiles, the way people measure latency. */
export function lognormalFromQuantiles(medianUs: number, p99Us: number): Distribution {
  return { kind: 'lognormal', medianUs, sigma: Math.log(p99Us / medianUs) / Z99 };
}

/** One draw, in whole microseconds, never negative. */
export function drawUs(distribution: Distribution, random: RandomStream): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.valueUs;
    case 'uniform':
      return Math.round(distribution.lowUs + (distribution.highUs - distribution.lowUs) * random.uniform());
    case 'exponential':
      return Math.round(random.exponential(distribution.meanUs));
    case 'lognormal':
      return Math.round(distribution.medianUs * Math.exp(distribution.sigma * random.normal()));
  }
}

/** Half of all draws are shorter. */
export function medianUs(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.valueUs;
    case 'uniform':
      return (distribution.lowUs + distribution.highUs) / 2;
    case 'exponential':
      return distribution.meanUs * Math.LN2;
    case 'lognormal':
      return distribution.medianUs;
  }
}
