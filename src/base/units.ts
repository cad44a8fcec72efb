/**
 * Units of simulated time. Time is a whole number of microseconds in a `number`.
 */

export const MICROSECOND_US = 1;
export const MILLISECOND_US = 1_000;
export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const HOUR_US = 60 * MINUTE_US;
export const DAY_US = 24 * HOUR_US;

/** `12.500000 s`, always six decimals, so that two times line up. */
export function secondsText(timeUs: number): string {
  return `${(timeUs / SECOND_US).toFixed(6)} s`;
}
