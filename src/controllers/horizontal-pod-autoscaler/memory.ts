/**
 * What the autoscaler keeps of its past: a new entry takes the place of one that no longer counts, so the lists stay short without
 * ever being swept.
 *
 * Models the ends of stabilizeRecommendation… and storeScaleEvent in pkg/controller/podautoscaler/horizontal.go. An old entry that
 * was not replaced is still there when a window or a period is made longer, and then counts again.
 */
import type { ScaleEvent } from './scaling-rules.ts';

/** A change of the target's size, and whether it was found past every period once: that mark stays. */
export interface Scaling extends ScaleEvent {
  isOutdated?: boolean;
}

/** Puts the entry in the place of the last old one; at the end when there is none. */
export function remember<T>(entries: T[], entry: T, isOld: (entry: T) => boolean): void {
  const place = entries.findLastIndex(isOld);
  if (place === -1) entries.push(entry);
  else entries[place] = entry;
}

/** As {@link remember}, for changes that policies look back at for `periodUs` at most. */
export function rememberScaling(entries: Scaling[], entry: Scaling, periodUs: number): void {
  for (const one of entries) if (one.timeUs < entry.timeUs - periodUs) one.isOutdated = true;
  remember(entries, entry, (one) => one.isOutdated === true);
}
