/**
 * The addresses of one version of a Service, sorted as its Endpoints object lists them and kept from pass to pass: a pass costs the pods that
 * have changed since the one before, and a copy of the lists they are in.
 *
 * What comes out is what subsetsOf makes of all pods, the slow twin, to which are left Services whose pods do not all offer the same ports.
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import { compareText } from '../../base/compare.ts';
import type { EndpointAddress, Service } from '../../model/service.ts';
import { knownPorts, type PortTuple } from '../endpointslice/known-endpoints.ts';
import type { Selected } from '../pod-selectors.ts';
import { isListed, knownListed, type Listed, portsOffered, type Subset, subsetOf } from './endpoint-subsets.ts';

interface Row {
  readonly listed: Listed;
  readonly order: number;
  readonly tuple: PortTuple;
}

// Of a Service without ports, whatever its pods offer.
const PORTLESS: PortTuple = { ports: [], text: '' };

export class ServiceAddresses {
  readonly service: Service;
  readonly #isPortless: boolean;
  readonly #rows = new Map<Selected, Row>();
  readonly #ready = new SortedRows();
  readonly #notReady = new SortedRows();
  /** How many addresses offer the same ports, by their print. */
  readonly #tuples = new Map<string, { readonly tuple: PortTuple; count: number }>();
  /** What came out last, until something changes. */
  #subsets: readonly Subset[] | undefined;
  /** A pod without an identity may be listed in place of another. */
  #hasTwins = false;

  constructor(service: Service) {
    this.service = service;
    this.#isPortless = (service.spec.ports ?? []).length === 0;
  }

  /** Takes in the pods that have come, gone or changed; at first, all there are. */
  takeIn(changed: Iterable<Selected>): void {
    for (const one of changed) this.#put(one, this.#rowOf(one));
    const hasChanged = this.#ready.settle();
    if (this.#notReady.settle() || hasChanged) this.#subsets = undefined;
  }

  /** What subsetsOf would say; undefined when it has to be asked. */
  subsets(): readonly Subset[] | undefined {
    if (this.#tuples.size > 1 || this.#hasTwins) return undefined;
    this.#subsets ??= [...this.#tuples.values()].flatMap(({ tuple }) => this.#subsetsOf(tuple));
    return this.#subsets;
  }

  #subsetsOf({ ports }: PortTuple): readonly Subset[] {
    // Without ports a Service lists its pods all the same; with ports that no pod has, none.
    if (ports.length === 0 && !this.#isPortless) return [];
    return [subsetOf(this.#ready.addresses(), this.#notReady.addresses(), portsOffered(ports))];
  }

  #rowOf(selected: Selected): Row | undefined {
    const { service } = this;
    const { pod, order, isGone } = selected;
    if (isGone || !isListed(pod, service.spec.publishNotReadyAddresses === true)) return undefined;
    if ((pod.metadata.uid ?? '') === '') this.#hasTwins = true;
    return { listed: knownListed(service, pod), order, tuple: this.#isPortless ? PORTLESS : knownPorts(service, pod) };
  }

  #put(selected: Selected, row: Row | undefined): void {
    const known = this.#rows.get(selected);
    if (known !== undefined) {
      if (row !== undefined && isSameRow(known, row)) return;
      this.#sideOf(known).remove(known);
      const alike = this.#tuples.get(known.tuple.text)!;
      alike.count--;
      if (alike.count === 0) this.#tuples.delete(known.tuple.text);
      this.#rows.delete(selected);
    }
    if (row === undefined) return;
    this.#sideOf(row).add(row);
    const alike = this.#tuples.get(row.tuple.text);
    if (alike === undefined) this.#tuples.set(row.tuple.text, { tuple: row.tuple, count: 1 });
    else alike.count++;
    this.#rows.set(selected, row);
  }

  #sideOf({ listed }: Row): SortedRows {
    return listed.isReady ? this.#ready : this.#notReady;
  }
}

/** Rows by address; those of one address, as pods on their node's network have, in the order they were selected. */
class SortedRows {
  #rows: Row[] = [];
  #added: Row[] = [];
  #removed: Row[] = [];
  #addresses: readonly EndpointAddress[] | undefined;

  add(row: Row): void {
    this.#added.push(row);
  }

  remove(row: Row): void {
    this.#removed.push(row);
  }

  /** Brings what was added and removed into the list; false when that is nothing. */
  settle(): boolean {
    if (this.#added.length === 0 && this.#removed.length === 0) return false;
    // Moving the rest of the list along costs little, but not for each of many.
    if ((this.#added.length + this.#removed.length) * 16 > this.#rows.length) this.#rebuild();
    else {
      for (const row of this.#removed) this.#rows.splice(this.#place(row), 1);
      for (const row of this.#added) this.#rows.splice(this.#place(row), 0, row);
    }
    this.#added = [];
    this.#removed = [];
    this.#addresses = undefined;
    return true;
  }

  addresses(): readonly EndpointAddress[] {
    this.#addresses ??= this.#rows.map(({ listed }) => listed.address);
    return this.#addresses;
  }

  #rebuild(): void {
    const removed = new Set(this.#removed);
    this.#rows = [...this.#rows.filter((row) => !removed.has(row)), ...this.#added].sort(byAddress);
  }

  /** Where the row is, or would be: no two are equal. */
  #place(row: Row): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byAddress(this.#rows[middle]!, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function byAddress(a: Row, b: Row): number {
  return compareText(a.listed.address.ip, b.listed.address.ip) || a.order - b.order;
}

function isSameRow(a: Row, b: Row): boolean {
  if (a.tuple.text !== b.tuple.text || a.listed.isReady !== b.listed.isReady) return false;
  return a.listed === b.listed || isSameValue(a.listed.address, b.listed.address);
}
