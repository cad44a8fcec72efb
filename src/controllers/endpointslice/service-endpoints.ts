/**
 * The endpoints of one version of a Service and the slices they are in, kept from pass to pass: a pass costs the pods and slices that have
 * changed since the one before, and a glance at each other slice.
 *
 * What is decided is what planSlices decides, the slow twin, which looks at every pod. To it are left the passes where endpoints are not all
 * in slices of the same ports: those with nothing to show, with a placeholder, or with pods that offer different ports; and those where an
 * endpoint is in two slices, which somebody else must have put there.
 * Always true after a plan: a slice that is settled holds endpoints as they should be, and none that is in another slice.
 */
import type { StringMap } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import type { Endpoint, EndpointSlice, Service } from '../../model/service.ts';
import type { Selected } from '../pod-selectors.ts';
import { knownEndpoint, knownPorts, type PortTuple } from './known-endpoints.ts';
import { hasEndpoint } from './pod-endpoint.ts';
import { addPacked, isStale, reusing, type SlicePlan, sliceLabels } from './service-slices.ts';
import { endpointId, fillUp, isSameEndpoint, keepWanted } from './slice-packing.ts';

/** A pod's endpoint. */
interface Row {
  readonly id: string;
  readonly order: number;
  readonly tuple: PortTuple;
  endpoint: Endpoint;
  /** Where it is. */
  shelf: Shelf | undefined;
}

/** A slice as it was when it was last looked at. */
interface Shelf {
  endpoints: readonly Endpoint[];
  ports: EndpointSlice['ports'];
  portsText: string;
  labels: StringMap | undefined;
  /** Its labels are not those of the Service. */
  isStale: boolean;
  /** Every endpoint in it is as it should be. */
  isSettled: boolean;
  /** The pass that saw it last. */
  seen: number;
}

type SlicesByShelf = readonly (readonly [shelf: Shelf, slice: EndpointSlice])[];

const NOTHING: SlicePlan = { creates: [], updates: [], deletes: [] };
const NO_ENDPOINTS: readonly Endpoint[] = [];

export class ServiceEndpoints {
  readonly service: Service;
  readonly #labels: StringMap;
  readonly #rows = new Map<Selected, Row>();
  readonly #byId = new Map<string, Row>();
  /** How many endpoints offer the same ports, by their print. */
  readonly #tuples = new Map<string, { readonly tuple: PortTuple; count: number }>();
  /** Rows that are in no slice. */
  readonly #homeless = new Set<Row>();
  readonly #shelves = new Map<string, Shelf>();
  #pass = 0;
  /** Two pods that cannot be told apart. */
  #hasTwins = false;

  constructor(service: Service) {
    this.service = service;
    this.#labels = sliceLabels(service);
  }

  /** Takes in the pods that have come, gone or changed; at first, all there are. */
  takeIn(changed: Iterable<Selected>, nodeOf: (name: string) => Node | undefined): void {
    const stayed: Selected[] = [];
    // The gone first: the next pod of a StatefulSet's ordinal may follow at the same address.
    for (const one of changed) {
      if (one.isGone || !hasEndpoint(one.pod)) this.#remove(one);
      else stayed.push(one);
    }
    for (const one of stayed) this.#put(one, nodeOf);
  }

  /** What planSlices would plan; undefined when it has to be asked. */
  plan(existing: readonly EndpointSlice[], perSlice: number, triggerTime: string | undefined): SlicePlan | undefined {
    const open = this.#look(existing);
    if (!this.#settleIn(open)) return undefined;
    const tuple = this.#onlyTuple();
    if (tuple === undefined) return undefined;
    let isCalm = open.length === 0 && this.#homeless.size === 0;
    for (const slice of existing) {
      const shelf = this.#shelves.get(slice.metadata.name)!;
      if (shelf.portsText !== tuple.text) return undefined;
      if (shelf.isStale) isCalm = false;
    }
    return isCalm ? NOTHING : this.#planFor(tuple, existing, perSlice, triggerTime);
  }

  #planFor(tuple: PortTuple, existing: readonly EndpointSlice[], perSlice: number, triggerTime: string | undefined): SlicePlan {
    const wantedAs = (id: string) => this.#byId.get(id)?.endpoint;
    const fillings = existing.map((slice) => {
      const shelf = this.#shelves.get(slice.metadata.name)!;
      if (shelf.isSettled) return { slice, endpoints: slice.endpoints, isChanged: shelf.isStale };
      const filling = keepWanted(slice, wantedAs, shelf.isStale);
      shelf.isSettled = filling.endpoints === slice.endpoints;
      return filling;
    });
    const homeless = [...this.#homeless].sort((a, b) => a.order - b.order).map(({ endpoint }) => endpoint);
    const { service } = this;
    const plan: SlicePlan = { creates: [], updates: [], deletes: [] };
    addPacked(plan, fillUp(fillings, homeless, perSlice), tuple.ports, { service, labels: this.#labels, triggerTime });
    return reusing(plan, this.#labels, triggerTime);
  }

  #put(selected: Selected, nodeOf: (name: string) => Node | undefined): void {
    const { service } = this;
    const { pod, order } = selected;
    const tuple = knownPorts(service, pod);
    const endpoint = knownEndpoint(service, pod, pod.spec.nodeName === undefined ? undefined : nodeOf(pod.spec.nodeName));
    const id = endpointId(endpoint);
    const known = this.#rows.get(selected);
    if (known !== undefined && known.id === id && known.tuple.text === tuple.text) {
      if (isSameEndpoint(known.endpoint, endpoint)) return;
      known.endpoint = endpoint;
      if (known.shelf !== undefined) known.shelf.isSettled = false;
      return;
    }
    this.#remove(selected);
    if (this.#byId.has(id)) this.#hasTwins = true;
    const row: Row = { id, order, tuple, endpoint, shelf: undefined };
    this.#rows.set(selected, row);
    this.#byId.set(id, row);
    this.#homeless.add(row);
    const alike = this.#tuples.get(tuple.text);
    if (alike === undefined) this.#tuples.set(tuple.text, { tuple, count: 1 });
    else alike.count++;
  }

  #remove(selected: Selected): void {
    const row = this.#rows.get(selected);
    if (row === undefined) return;
    this.#rows.delete(selected);
    this.#byId.delete(row.id);
    this.#homeless.delete(row);
    if (row.shelf !== undefined) row.shelf.isSettled = false;
    const alike = this.#tuples.get(row.tuple.text)!;
    alike.count--;
    if (alike.count === 0) this.#tuples.delete(row.tuple.text);
  }

  #onlyTuple(): PortTuple | undefined {
    if (this.#tuples.size !== 1 || this.#hasTwins) return undefined;
    for (const { tuple } of this.#tuples.values()) return tuple;
    return undefined;
  }

  /** Holds the slices there are against what is known of them, and names those whose endpoints have to be looked at. */
  #look(existing: readonly EndpointSlice[]): SlicesByShelf {
    const pass = ++this.#pass;
    let open: (readonly [Shelf, EndpointSlice])[] | undefined;
    for (const slice of existing) {
      const shelf = this.#shelf(slice);
      shelf.seen = pass;
      if (shelf.endpoints !== slice.endpoints) shelf.isSettled = false;
      if (shelf.isSettled) continue;
      open ??= [];
      open.push([shelf, slice]);
    }
    if (this.#shelves.size > existing.length) {
      for (const [name, shelf] of this.#shelves) {
        if (shelf.seen === pass) continue;
        this.#shelves.delete(name);
        this.#clear(shelf);
      }
    }
    return open ?? NO_SLICES;
  }

  #shelf(slice: EndpointSlice): Shelf {
    const { ports, metadata } = slice;
    let shelf = this.#shelves.get(metadata.name);
    if (shelf === undefined) {
      shelf = {
        endpoints: NO_ENDPOINTS,
        ports,
        portsText: JSON.stringify(ports ?? []),
        labels: metadata.labels,
        isStale: isStale(slice, this.#labels),
        isSettled: false,
        seen: 0,
      };
      this.#shelves.set(metadata.name, shelf);
    }
    if (shelf.ports !== ports) {
      shelf.ports = ports;
      shelf.portsText = JSON.stringify(ports ?? []);
    }
    if (shelf.labels !== metadata.labels) {
      shelf.labels = metadata.labels;
      shelf.isStale = isStale(slice, this.#labels);
    }
    return shelf;
  }

  /** Finds anew which endpoints are in these slices; false when one turns out to be in two places. */
  #settleIn(open: SlicesByShelf): boolean {
    for (const [shelf] of open) this.#clear(shelf);
    let isUnique = true;
    for (const [shelf, { endpoints }] of open) {
      shelf.endpoints = endpoints;
      for (const endpoint of endpoints) {
        const row = this.#byId.get(endpointId(endpoint));
        if (row === undefined) continue;
        if (row.shelf !== undefined) isUnique = false;
        else {
          row.shelf = shelf;
          this.#homeless.delete(row);
        }
      }
    }
    return isUnique;
  }

  #clear(shelf: Shelf): void {
    for (const endpoint of shelf.endpoints) {
      const row = this.#byId.get(endpointId(endpoint));
      if (row?.shelf !== shelf) continue;
      row.shelf = undefined;
      this.#homeless.add(row);
    }
  }
}

const NO_SLICES: SlicesByShelf = [];
