/**
 * Standard five-field cron expressions and the @descriptors, with time zones: when does a schedule fire next?
 *
 * Models the parser and Next() of robfig/cron v3, which the CronJob controller uses: of day-of-month and day-of-week either suffices
 * when both are restricted; an hour that a zone's clock leaps over does not happen, one it goes through twice happens twice.
 */
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from '../../base/units.ts';
import { civilFromDays, daysFromCivil } from '../../model/time.ts';
import { everySeconds } from './every.ts';
import { zoneOffsetUs } from './time-zone.ts';

/** Days from 1970-01-01 to simulated time 0. */
const EPOCH_DAYS = 20_454;
// With the one blank: what follows it has to be a duration as it stands.
const EVERY = '@every ';
// Next() gives up after five years: 31 February never comes.
const SEARCH_YEARS = 5;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DESCRIPTORS: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export interface Schedule {
  /** The first instant after `afterUs`, in simulated microseconds; undefined when there is none in years. */
  next(afterUs: number): number | undefined;
}

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  readonly isAnyDay: boolean;
  readonly isAnyWeekday: boolean;
}

/** Throws an Error that says what is wrong with the expression. */
export function parseSchedule(text: string, zone: string): Schedule {
  if (text.startsWith(EVERY)) {
    const seconds = everySeconds(text.slice(EVERY.length), text);
    return { next: (afterUs) => (Math.floor(afterUs / SECOND_US) + seconds) * SECOND_US };
  }
  const expression = text.startsWith('@') ? DESCRIPTORS[text] : text;
  if (expression === undefined) throw new Error(`unrecognized descriptor: ${text}`);
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5) throw new Error(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minute, hour, day, month, weekday] = parts as [string, string, string, string, string];
  const weekdays = field(weekday, 0, 6, DAYS);
  const fields: Fields = {
    minutes: field(minute, 0, 59),
    hours: field(hour, 0, 23),
    days: field(day, 1, 31),
    months: field(month, 1, 12, MONTHS, 1),
    weekdays,
    isAnyDay: isStar(day),
    isAnyWeekday: isStar(weekday),
  };
  return { next: (afterUs) => nextInstant(fields, zone, afterUs) };
}

function isStar(text: string): boolean {
  return text.split(',').some((part) => /^[*?](\/1)?$/.test(part));
}

function field(text: string, low: number, high: number, names: readonly string[] = [], firstName = 0): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, more] = part.split('/');
    if (more !== undefined) throw new Error(`too many slashes: ${part}`);
    const [from = '', to, extra] = range.split('-');
    if (extra !== undefined) throw new Error(`too many hyphens: ${part}`);
    const isAll = from === '*' || from === '?';
    const first = isAll ? low : numberOf(from, names, firstName);
    let last = isAll ? high : to === undefined ? first : numberOf(to, names, firstName);
    // `N/step` means `N-max/step`.
    if (step !== undefined && !isAll && to === undefined) last = high;
    const stride = step === undefined ? 1 : numberOf(step, [], 0);
    if (first < low) throw new Error(`beginning of range (${first}) below minimum (${low}): ${part}`);
    if (last > high) throw new Error(`end of range (${last}) above maximum (${high}): ${part}`);
    if (first > last) throw new Error(`beginning of range (${first}) beyond end of range (${last}): ${part}`);
    if (stride === 0) throw new Error(`step of range should be a positive number: ${part}`);
    for (let value = first; value <= last; value += stride) values.add(value);
  }
  return values;
}

function numberOf(text: string, names: readonly string[], firstName: number): number {
  const name = names.indexOf(text.toLowerCase());
  if (name >= 0) return name + firstName;
  if (!/^\d+$/.test(text)) throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** Walks the zone's calendar day by day, then the hours and minutes of a day that fits. */
function nextInstant(fields: Fields, zone: string, afterUs: number): number | undefined {
  const startUs = (Math.floor(afterUs / MINUTE_US) + 1) * MINUTE_US;
  const localUs = startUs + zoneOffsetUs(zone, startUs);
  const firstDay = Math.floor(localUs / DAY_US);
  for (let day = firstDay; day < firstDay + SEARCH_YEARS * 366; day++) {
    if (!fitsDay(fields, day)) continue;
    const instant = earliestOfDay(fields, zone, day, startUs);
    if (instant !== undefined) return instant;
  }
  return undefined;
}

/** Where the clock is put back an hour happens twice, and so do its ticks: the earliest instant is then not that of the earliest clock time. */
function earliestOfDay(fields: Fields, zone: string, day: number, startUs: number): number | undefined {
  const isPutBack = zoneOffsetUs(zone, (day - 1) * DAY_US) > zoneOffsetUs(zone, (day + 2) * DAY_US);
  let earliest: number | undefined;
  for (let hour = 0; hour < 24; hour++) {
    if (!fields.hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      if (!fields.minutes.has(minute)) continue;
      for (const instant of instantsOf(zone, day * DAY_US + hour * HOUR_US + minute * MINUTE_US)) {
        if (instant < startUs || (earliest !== undefined && instant >= earliest)) continue;
        if (!isPutBack) return instant;
        earliest = instant;
      }
    }
  }
  return earliest;
}

function fitsDay({ days, months, weekdays, isAnyDay, isAnyWeekday }: Fields, day: number): boolean {
  const [, month, dayOfMonth] = civilFromDays(day + EPOCH_DAYS);
  if (!months.has(month)) return false;
  // 1970-01-01 was a Thursday.
  const fitsWeekday = weekdays.has((((day + EPOCH_DAYS + 4) % 7) + 7) % 7);
  const fitsMonthDay = days.has(dayOfMonth);
  return isAnyDay || isAnyWeekday ? fitsMonthDay && fitsWeekday : fitsMonthDay || fitsWeekday;
}

/** The instants at which the zone's clock shows `localUs`: none when it leaps over it, two when it is put back over it. */
function instantsOf(zone: string, localUs: number): number[] {
  const instants: number[] = [];
  for (const guessUs of [localUs - DAY_US, localUs + DAY_US]) {
    const instant = localUs - zoneOffsetUs(zone, guessUs);
    if (instant + zoneOffsetUs(zone, instant) === localUs && !instants.includes(instant)) instants.push(instant);
  }
  return instants;
}

/** Simulated time of a date, for tests and messages. */
export function dateUs(year: number, month: number, day: number): number {
  return (daysFromCivil(year, month, day) - EPOCH_DAYS) * DAY_US;
}
