/**
 * How many addresses an Endpoints object holds at most, and which of them stay when there are more: those that are ready, and of each subset
 * its share.
 *
 * Models truncateEndpoints of pkg/controller/endpoint/endpoints_controller.go.
 */
import type { Endpoints } from '../../model/service.ts';

type Subsets = NonNullable<Endpoints['subsets']>;

export const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const CAPACITY = 1000; // maxCapacity

/** The subsets cut down to what the object can hold; the same list when nothing has to go. */
export function withinCapacity(subsets: Subsets): Subsets {
  const ready = count(subsets, 'addresses');
  const notReady = count(subsets, 'notReadyAddresses');
  if (ready + notReady <= CAPACITY) return subsets;
  const isReadyCut = ready > CAPACITY;
  const cut = isReadyCut ? 'addresses' : 'notReadyAddresses';
  const room = isReadyCut ? CAPACITY : CAPACITY - ready;
  const total = isReadyCut ? ready : notReady;
  let left = room;
  return subsets.map((subset) => {
    const { notReadyAddresses, ...kept } = subset;
    const list = subset[cut] ?? [];
    // Rounded up, so that the last subset gets what the others leave.
    const share = Math.min(left, Math.ceil((list.length / total) * room));
    left -= share;
    const rest = isReadyCut || notReadyAddresses === undefined ? kept : subset;
    return share === 0 ? kept : { ...rest, [cut]: list.slice(0, share) };
  });
}

function count(subsets: Subsets, list: 'addresses' | 'notReadyAddresses'): number {
  return subsets.reduce((sum, subset) => sum + (subset[list]?.length ?? 0), 0);
}
