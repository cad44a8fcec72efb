/**
 * Between simulated microseconds and the instants objects carry.
 *
 * Simulated time 0 is 2026-01-01T00:00:00Z. API times are whole seconds (cut, not rounded); Leases carry microseconds.
 * The calendar is worked out here (days from civil, after Howard Hinnant's public algorithm) because the core has no Date.
 */
import { flatText } from '../base/flat-text.ts';
import { SECOND_US } from '../base/units.ts';

// Days from 1970-01-01 to 2026-01-01.
const EPOCH_DAYS = 20454;
const DAY_SECONDS = 86_400;

const texts = new Map<number, string>();
const instants = new Map<string, number>();
// One entry per simulated second that something was written in; cleared rather than let grow through a simulated year.
const CACHE_LIMIT = 100_000;

/** RFC 3339 in whole seconds. */
export function timeText(timeUs: number): string {
  const second = Math.floor(timeUs / SECOND_US);
  let text = texts.get(second);
  if (text === undefined) {
    if (texts.size >= CACHE_LIMIT) texts.clear();
    text = `${dateText(second)}Z`;
    texts.set(second, text);
  }
  return text;
}

/** RFC 3339 with six decimals: what a Lease's renewTime holds. */
export function microTimeText(timeUs: number): string {
  if (timeUs === lastMicroUs) return lastMicroText;
  lastMicroUs = timeUs;
  lastMicroText = flatText(microText(timeUs));
  return lastMicroText;
}

// Nodes that renew their leases in the same instant write the same text.
let lastMicroUs = -1;
let lastMicroText = '';

function microText(timeUs: number): string {
  const micros = timeUs - Math.floor(timeUs / SECOND_US) * SECOND_US;
  // Through the cache of whole seconds: thousands of leases are renewed in each.
  return `${timeText(timeUs).slice(0, -1)}.${micros < 100_000 ? String(micros).padStart(6, '0') : micros}Z`;
}

/** Simulated microseconds of an RFC 3339 instant; NaN when it is none. */
export function timeUsOf(text: string): number {
  let timeUs = instants.get(text);
  if (timeUs === undefined) {
    if (instants.size >= CACHE_LIMIT) instants.clear();
    timeUs = parse(text);
    instants.set(text, timeUs);
  }
  return timeUs;
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

function parse(text: string): number {
  const match = INSTANT.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const days = daysFromCivil(Number(year), Number(month), Number(day)) - EPOCH_DAYS;
  const offset = (Number(offsetHour ?? 0) * 3600 + Number(offsetMinute ?? 0) * 60) * (sign === '-' ? -1 : 1);
  const seconds = days * DAY_SECONDS + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  // Digits, not a fraction times a million: 0.064977 * 1e6 is a hair below 64977, and cutting would lose a microsecond.
  return seconds * SECOND_US + Number((fraction ?? '').slice(0, 6).padEnd(6, '0'));
}

function dateText(second: number): string {
  const day = Math.floor(second / DAY_SECONDS);
  const rest = second - day * DAY_SECONDS;
  const [year, month, dayOfMonth] = civilFromDays(day + EPOCH_DAYS);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}T${pad(Math.floor(rest / 3600), 2)}:${pad(Math.floor(rest / 60) % 60, 2)}:${pad(rest % 60, 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Days since 1970-01-01 of a Gregorian date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Year, month (1 to 12) and day of a number of days since 1970-01-01. */
export function civilFromDays(days: number): [number, number, number] {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthIndex + (monthIndex < 10 ? 3 : -9);
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1];
}
