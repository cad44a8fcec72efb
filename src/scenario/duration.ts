/**
 * Durations and rates as a scenario writes them: `1h30m`, `500ms`, `200/s`.
 *
 * Models time.ParseDuration of Go, which Kubernetes uses, with `d` and `w` beside it for simulated days and weeks.
 */
import { DAY_US, HOUR_US, MILLISECOND_US, MINUTE_US, SECOND_US } from '../base/units.ts';

const UNIT_US: { readonly [unit: string]: number } = {
  us: 1,
  µs: 1,
  ms: MILLISECOND_US,
  s: SECOND_US,
  m: MINUTE_US,
  h: HOUR_US,
  d: DAY_US,
  w: 7 * DAY_US,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(us|µs|ms|s|m|h|d|w)/y;
const RATE = /^(\d+(?:\.\d+)?)\/(s|m|h|d)$/;

/** Whole microseconds; undefined when it is no duration. `0` needs no unit. */
export function parseDurationUs(text: string): number | undefined {
  if (text === '0') return 0;
  let totalUs = 0;
  PART.lastIndex = 0;
  let end = 0;
  while (end < text.length) {
    const match = PART.exec(text);
    if (match === null) return undefined;
    totalUs += Number(match[1]) * UNIT_US[match[2]!]!;
    end = PART.lastIndex;
  }
  const wholeUs = Math.round(totalUs);
  return text === '' || !Number.isSafeInteger(wholeUs) ? undefined : wholeUs;
}

/** Times a second; undefined when it is no rate. */
export function parseRatePerSecond(text: string): number | undefined {
  const match = RATE.exec(text);
  return match === null ? undefined : (Number(match[1]) * SECOND_US) / UNIT_US[match[2]!]!;
}

/** The shortest way to write it that loses nothing: `2m30s`, `1.5ms`, `0s`. */
export function durationText(durationUs: number): string {
  if (durationUs === 0) return '0s';
  if (durationUs < 0) return `-${durationText(-durationUs)}`;
  if (durationUs < MILLISECOND_US) return `${durationUs}us`;
  if (durationUs < SECOND_US) return `${durationUs / MILLISECOND_US}ms`;
  let text = '';
  let restUs = durationUs;
  for (const [unit, unitUs] of [
    ['d', DAY_US],
    ['h', HOUR_US],
    ['m', MINUTE_US],
  ] as const) {
    const count = Math.floor(restUs / unitUs);
    if (count > 0) text += `${count}${unit}`;
    restUs -= count * unitUs;
  }
  return restUs > 0 ? `${text}${restUs / SECOND_US}s` : text;
}
