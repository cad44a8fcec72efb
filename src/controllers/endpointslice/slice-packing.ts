/**
 * How the endpoints of one port tuple are spread over slices: with as few changed slices as possible, never rebalanced.
 *
 * Models staging/src/k8s.io/endpointslice/reconciler.go (reconcileByPortMapping).
 */
import type { Endpoint, EndpointSlice } from '../../model/service.ts';

export interface SliceChanges {
  /** Endpoints of slices still to be made. */
  readonly creates: readonly (readonly Endpoint[])[];
  readonly updates: readonly { readonly slice: EndpointSlice; readonly endpoints: readonly Endpoint[] }[];
  readonly deletes: readonly EndpointSlice[];
}

/** A slice that is there, and what it is to hold. */
export interface Filling {
  readonly slice: EndpointSlice;
  endpoints: readonly Endpoint[];
  isChanged: boolean;
}

/** `desired` is emptied of what is already there. `isStale` says of a slice that its labels or owner need a write anyway. */
export function packSlices(
  existing: readonly EndpointSlice[],
  desired: Map<string, Endpoint>,
  perSlice: number,
  isStale: (slice: EndpointSlice) => boolean,
): SliceChanges {
  const wanted = (id: string) => {
    const endpoint = desired.get(id);
    if (endpoint !== undefined) desired.delete(id);
    return endpoint;
  };
  const fillings = existing.map((slice) => keepWanted(slice, wanted, isStale(slice)));
  return fillUp(fillings, [...desired.values()], perSlice);
}

/** Finds places for endpoints that are in no slice yet, once those that are no longer wanted have been taken out. */
export function fillUp(fillings: readonly Filling[], homeless: readonly Endpoint[], perSlice: number): SliceChanges {
  let left = homeless;
  const take = (filling: Filling) => {
    const free = Math.max(0, perSlice - filling.endpoints.length);
    if (free === 0 || left.length === 0) return;
    filling.endpoints = [...filling.endpoints, ...left.slice(0, free)];
    filling.isChanged = true;
    left = left.slice(free);
  };

  // Slices that are written anyway, the fullest first.
  const changed = fillings.filter((one) => one.isChanged && one.endpoints.length > 0);
  for (const filling of changed.sort((a, b) => b.endpoints.length - a.endpoints.length)) take(filling);

  const creates: (readonly Endpoint[])[] = [];
  while (left.length > 0) {
    // One more write is due in any case: rather to a slice that has room for all than to a new one.
    const home = left.length < perSlice ? fullestWithRoom(fillings, left.length, perSlice) : undefined;
    if (home !== undefined) {
      take(home);
      continue;
    }
    creates.push(left.slice(0, perSlice));
    left = left.slice(perSlice);
  }
  const written = fillings.filter((one) => one.isChanged);
  return {
    creates,
    updates: written.filter((one) => one.endpoints.length > 0),
    deletes: written.filter((one) => one.endpoints.length === 0).map((one) => one.slice),
  };
}

/** The slice with what is still wanted of it, as that is now. */
export function keepWanted(slice: EndpointSlice, wantedAs: (id: string) => Endpoint | undefined, isStale: boolean): Filling {
  const { endpoints } = slice;
  // The slice's own list as long as nothing in it has changed: mostly nothing has.
  let kept: Endpoint[] | undefined;
  for (let at = 0; at < endpoints.length; at++) {
    const endpoint = endpoints[at]!;
    const wanted = wantedAs(endpointId(endpoint));
    if (wanted !== undefined && isSameEndpoint(endpoint, wanted)) {
      kept?.push(endpoint);
      continue;
    }
    kept ??= endpoints.slice(0, at);
    if (wanted !== undefined) kept.push(wanted);
  }
  return { slice, endpoints: kept ?? endpoints, isChanged: kept !== undefined || isStale };
}

function fullestWithRoom(fillings: readonly Filling[], count: number, perSlice: number): Filling | undefined {
  let best: Filling | undefined;
  for (const one of fillings) {
    if (one.isChanged || one.endpoints.length + count > perSlice) continue;
    if (best === undefined || one.endpoints.length > best.endpoints.length) best = one;
  }
  return best;
}

const ids = new WeakMap<Endpoint, string>();

/** An endpoint is the same one as long as address and pod are (endpointset's hash). */
export function endpointId(endpoint: Endpoint): string {
  let id = ids.get(endpoint);
  if (id === undefined) {
    id = `${endpoint.addresses[0]}|${endpoint.targetRef?.uid ?? endpoint.targetRef?.name ?? ''}`;
    ids.set(endpoint, id);
  }
  return id;
}

export function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a === b) return true;
  return (
    a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.hostname === b.hostname &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    hintsText(a) === hintsText(b)
  );
}

function hintsText({ hints }: Endpoint): string {
  if (hints === undefined) return '';
  return [hints.forZones, hints.forNodes].map((places) => places?.map(({ name }) => name).join() ?? '').join(';');
}
