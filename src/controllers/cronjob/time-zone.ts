/**
 * How far a time zone's clock is from UTC at an instant, from the tz data the runtime brings along.
 */
import { DAY_US, HOUR_US, MINUTE_US } from '../../base/units.ts';
import { daysFromCivil } from '../../model/time.ts';

// 1970-01-01 to 2026-01-01, simulated time 0.
const EPOCH_DAYS = 20_454;
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

export function isTimeZone(zone: string): boolean {
  return isUtc(zone) || formatOf(zone) !== undefined;
}

/** Local time minus UTC. Zones change on whole minutes, and most never within an hour. */
export function zoneOffsetUs(zone: string, timeUs: number): number {
  if (isUtc(zone)) return 0;
  const format = formatOf(zone);
  if (format === undefined) return 0;
  const minute = Math.floor(timeUs / MINUTE_US);
  const field: { [type: string]: number } = {};
  for (const { type, value } of format.formatToParts(EPOCH_DAYS * 86_400_000 + minute * 60_000)) field[type] = Number(value);
  const days = daysFromCivil(field.year!, field.month!, field.day!) - EPOCH_DAYS;
  return days * DAY_US + field.hour! * HOUR_US + field.minute! * MINUTE_US - minute * MINUTE_US;
}

function isUtc(zone: string): boolean {
  return zone === '' || zone === 'UTC' || zone === 'Etc/UTC';
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) {
    let format: Intl.DateTimeFormat | undefined;
    try {
      const numeric = 'numeric';
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'gregory',
        hourCycle: 'h23',
        year: numeric,
        month: numeric,
        day: numeric,
        hour: numeric,
        minute: numeric,
      });
    } catch {
      // Not a zone: the caller says so to whoever asked for it.
    }
    formats.set(zone, format);
  }
  return formats.get(zone);
}
