/**
 * Durations as Go's time.Duration prints them: `843ms`, `2.1s`, `1m30s`, which is how they stand in the kubelet's messages.
 */
import { SECOND_US } from '../base/units.ts';

/** Rounded down to whole milliseconds, as the kubelet does before printing. */
export function durationText(durationUs: number): string {
  const milliseconds = Math.floor(durationUs / 1000);
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${Number((seconds - Math.floor(seconds / 60) * 60).toFixed(3))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

/** A back-off in whole seconds: `10s`, `1m20s`, `5m0s`. */
export function secondsDurationText(durationUs: number): string {
  return durationText(Math.floor(durationUs / SECOND_US) * SECOND_US);
}
