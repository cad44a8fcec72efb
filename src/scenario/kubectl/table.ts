/**
 * Tables and ages as kubectl prints them.
 *
 * Models k8s.io/cli-runtime/pkg/printers (tabwriter with a padding of 3) and apimachinery/pkg/util/duration (HumanDuration).
 */
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from '../../base/units.ts';

export function table(header: readonly string[], rows: readonly (readonly string[])[], padding = 3): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)) + padding);
  const last = header.length - 1;
  return lines.map((line) => line.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column]!))).join('')).join('\n');
}

/** `45s`, `3m5s`, `12m`, `3h20m`, `26h`, `3d4h`, `40d`. */
export function ageText(ageUs: number): string {
  const seconds = Math.floor(ageUs / SECOND_US);
  const minutes = Math.floor(ageUs / MINUTE_US);
  const hours = Math.floor(ageUs / HOUR_US);
  const days = Math.floor(ageUs / DAY_US);
  const withRest = (whole: number, unit: string, rest: number, restUnit: string) =>
    rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`;
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h');
  return `${days}d`;
}
