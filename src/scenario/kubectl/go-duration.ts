/**
 * Durations as Go reads them: `1h30m`, `2s`, `1.5m`, `0`. Models time.ParseDuration.
 */
import { HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from '../../base/units.ts';

const FORM = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;
const UNITS_US: { readonly [unit: string]: number } = {
  ns: 0.001,
  us: 1,
  µs: 1,
  ms: MILLISECOND_US,
  s: SECOND_US,
  m: MINUTE_US,
  h: HOUR_US,
};

export function isGoDuration(text: string): boolean {
  return FORM.test(text);
}

/** In whole microseconds; 0 for what is no duration. */
export function goDurationUs(text: string): number {
  let durationUs = 0;
  for (const [, amount, unit] of text.matchAll(PART)) durationUs += Number(amount) * UNITS_US[unit!]!;
  return Math.round(text.startsWith('-') ? -durationUs : durationUs);
}

/** As time.Duration prints itself: `2s`, `1m30s`, `1h0m0s`. */
export function goDurationText(durationUs: number): string {
  if (durationUs === 0) return '0s';
  if (durationUs < MILLISECOND_US) return `${durationUs}µs`;
  if (durationUs < SECOND_US) return `${durationUs / MILLISECOND_US}ms`;
  const hours = Math.floor(durationUs / HOUR_US);
  const minutes = Math.floor(durationUs / MINUTE_US) % 60;
  const seconds = (durationUs % MINUTE_US) / SECOND_US;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
