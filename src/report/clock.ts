/**
 * Simulated time as a clock shows it.
 */

/** `2:03.250` after the start. */
export function clock(timeUs: number): string {
  const totalMs = Math.round(timeUs / 1000);
  const minutes = Math.floor(totalMs / 60_000);
  return `${minutes}:${((totalMs % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;
}
