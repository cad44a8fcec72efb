/**
 * Simulated time as a clock shows it.
 */

/** `2:03.250` after the start, and `1:02:03.250` beyond an hour. */
export function clock(timeUs: number): string {
  const totalMs = Math.round(timeUs / 1000);
  const minutes = Math.floor(totalMs / 60_000);
  const seconds = ((totalMs % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return minutes < 60 ? `${minutes}:${seconds}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
}
