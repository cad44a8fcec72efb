/**
 * How long ago, as people read it in tables: `45s`, `3m5s`, `12m`, `3h20m`, `26h`, `3d4h`, `40d`, `5y`.
 *
 * Models apimachinery/pkg/util/duration (HumanDuration).
 */
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from '../base/units.ts';
import { timeUsOf } from './time.ts';

const YEAR_DAYS = 365;

export function humanDuration(durationUs: number): string {
  const seconds = Math.trunc(durationUs / SECOND_US);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const minutes = Math.floor(durationUs / MINUTE_US);
  const hours = Math.floor(durationUs / HOUR_US);
  const days = Math.floor(durationUs / DAY_US);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h');
  if (days < 2 * YEAR_DAYS) return `${days}d`;
  if (days < 8 * YEAR_DAYS) return withRest(Math.floor(days / YEAR_DAYS), 'y', days % YEAR_DAYS, 'd');
  return `${Math.floor(days / YEAR_DAYS)}y`;
}

/** Since an instant of the API, or `<unknown>` when it was never written. */
export function ageText(time: string | null | undefined, nowUs: number): string {
  return time === undefined || time === null || time === '' ? '<unknown>' : humanDuration(nowUs - timeUsOf(time));
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;
}
