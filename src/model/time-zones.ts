/**
 * Which names are those of time zones, by the tz data the runtime brings along.
 */
const known = new Map<string, boolean>();

/** Names are told by their letters' case, too, as files are on Linux. */
export function isTimeZone(zone: string): boolean {
  let isKnown = known.get(zone);
  if (isKnown === undefined) {
    isKnown = zone === 'Local' || resolves(zone);
    known.set(zone, isKnown);
  }
  return isKnown;
}

function resolves(zone: string): boolean {
  if (/^[+-]/.test(zone)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions();
    return timeZone === zone || timeZone.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}
