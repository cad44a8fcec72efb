/**
 * Which slices a service should have, against those it has: what to create, update and delete.
 *
 * Models staging/src/k8s.io/endpointslice/reconciler.go (reconcileByAddressType, finalize): one set of slices per port tuple,
 * a placeholder when there is nothing to show, and no slice deleted while another is to be made.
 */
import type { StringMap } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { Endpoint, EndpointSlice, Service } from '../../model/service.ts';
import { knownEndpoint, knownPorts } from './known-endpoints.ts';
import { hasEndpoint, type SlicePort } from './pod-endpoint.ts';
import { endpointId, packSlices, type SliceChanges } from './slice-packing.ts';
import { TRIGGER_TIME } from './trigger-times.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';

export interface SlicePlan {
  readonly creates: EndpointSlice[];
  readonly updates: EndpointSlice[];
  readonly deletes: EndpointSlice[];
}

export function planSlices(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
  existing: readonly EndpointSlice[],
  perSlice: number,
  triggerTime: string | undefined,
  zoneOf?: (endpoints: ReadonlyMap<string, Endpoint>) => ReadonlyMap<string, string>,
): SlicePlan {
  const labels = sliceLabels(service);
  const plan: SlicePlan = { creates: [], updates: [], deletes: [] };
  const unused = new Map<string, EndpointSlice[]>();
  for (const slice of existing) append(unused, JSON.stringify(slice.ports ?? []), slice);
  for (const [tuple, { ports, endpoints }] of byPorts(service, pods, nodeOf)) {
    for (const [id, zone] of zoneOf?.(endpoints) ?? []) endpoints.set(id, { ...endpoints.get(id)!, hints: { forZones: [{ name: zone }] } });
    const packed = packSlices(unused.get(tuple) ?? [], endpoints, perSlice, (slice) => isStale(slice, labels));
    unused.delete(tuple);
    addPacked(plan, packed, ports, { service, labels, triggerTime });
  }
  for (const slices of unused.values()) plan.deletes.push(...slices);

  if (existing.length === plan.deletes.length && plan.creates.length === 0) {
    // A consumer should find at least one slice, to tell "no endpoints" from "not yet looked at".
    const kept = plan.deletes.findIndex(
      (slice) => slice.endpoints.length === 0 && (slice.ports ?? []).length === 0 && !isStale(slice, labels),
    );
    if (kept >= 0) plan.deletes.splice(kept, 1);
    else plan.creates.push(newSlice(service, labels, [], [], triggerTime));
  }
  return reusing(plan, labels, triggerTime);
}

/** What all writes of one pass have in common. */
export interface PassWrites {
  readonly service: Service;
  /** Those of its slices. */
  readonly labels: StringMap;
  readonly triggerTime: string | undefined;
}

export function addPacked(plan: SlicePlan, packed: SliceChanges, ports: readonly SlicePort[], writes: PassWrites): void {
  const { service, labels, triggerTime } = writes;
  for (const one of packed.creates) plan.creates.push(newSlice(service, labels, ports, one, triggerTime));
  for (const one of packed.updates) plan.updates.push(written(one.slice, labels, one.slice.ports, one.endpoints, triggerTime));
  plan.deletes.push(...packed.deletes);
}

/** The plan with slices that would be deleted written over with what would be created. */
export function reusing(plan: SlicePlan, labels: StringMap, triggerTime: string | undefined): SlicePlan {
  while (plan.creates.length > 0 && plan.deletes.length > 0) {
    const fresh = plan.creates.shift()!;
    plan.updates.push(written(plan.deletes.pop()!, labels, fresh.ports, fresh.endpoints, triggerTime));
  }
  return plan;
}

export function isStale(slice: EndpointSlice, labels: StringMap): boolean {
  return !hasSameEntries(slice.metadata.labels ?? {}, labels);
}

function byPorts(service: Service, pods: readonly Pod[], nodeOf: (name: string) => Node | undefined) {
  const tuples = new Map<string, { ports: readonly SlicePort[]; endpoints: Map<string, Endpoint> }>();
  for (const pod of pods) {
    if (!hasEndpoint(pod)) continue;
    const { ports, text } = knownPorts(service, pod);
    let entry = tuples.get(text);
    if (entry === undefined) {
      entry = { ports, endpoints: new Map() };
      tuples.set(text, entry);
    }
    const endpoint = knownEndpoint(service, pod, pod.spec.nodeName === undefined ? undefined : nodeOf(pod.spec.nodeName));
    entry.endpoints.set(endpointId(endpoint), endpoint);
  }
  return tuples;
}

function newSlice(
  service: Service,
  labels: StringMap,
  ports: readonly SlicePort[],
  endpoints: readonly Endpoint[],
  triggerTime: string | undefined,
): EndpointSlice {
  const { name, namespace, uid = '' } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: `${name}-`,
      namespace: namespace!,
      labels,
      ...(triggerTime === undefined ? {} : { annotations: { [TRIGGER_TIME]: triggerTime } }),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}

function written(
  slice: EndpointSlice,
  labels: StringMap,
  ports: EndpointSlice['ports'],
  endpoints: readonly Endpoint[],
  triggerTime: string | undefined,
): EndpointSlice {
  const { [TRIGGER_TIME]: _, ...annotations } = slice.metadata.annotations ?? {};
  const metadata = {
    ...slice.metadata,
    labels,
    annotations: triggerTime === undefined ? annotations : { ...annotations, [TRIGGER_TIME]: triggerTime },
  };
  return { ...slice, metadata, endpoints, ...(ports === undefined ? {} : { ports }) };
}

/** The service's own labels pass on, except those the controller itself sets. */
export function sliceLabels(service: Service): StringMap {
  const isHeadless = service.spec.clusterIP === 'None';
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {};
  return { ...labels, ...(isHeadless ? { [HEADLESS]: '' } : {}), [SERVICE_NAME]: service.metadata.name, [MANAGED_BY]: MANAGER };
}

function hasSameEntries(a: StringMap, b: StringMap): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
