/**
 * Which zone each endpoint is hinted at, for a Service that asks for it by annotation: endpoints in proportion to the CPU of each zone's nodes.
 *
 * Models staging/src/k8s.io/endpointslice/topologycache (topologycache.go, sliceinfo.go, utils.go), which trafficDistribution has come to
 * replace. Each endpoint is meant for its own zone first; zones with more than their share then give to those with less.
 * Upstream looks only at slices that are written anyway; here all endpoints of the Service are looked at, in the order of their names.
 */
import type { Node } from '../../model/node.ts';
import { nodeCondition } from '../../model/node.ts';
import { quantityMilli } from '../../model/quantity.ts';
import type { Endpoint, Service } from '../../model/service.ts';

const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const TOPOLOGY_AWARE_HINTS = 'service.kubernetes.io/topology-aware-hints';
const ZONE = 'topology.kubernetes.io/zone';
const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
// overloadThreshold in topologycache.go: no zone's endpoints may have to bear more than a fifth beyond their share.
const OVERLOAD = 0.2;

/** What became of the wish: a zone for each ready endpoint by its id, or why there are none. */
export type TopologyHints = { readonly zones: ReadonlyMap<string, string> } | { readonly problem: string };

/** Is it Auto, and nothing else that counts for more? */
export function wantsTopologyHints({ metadata, spec }: Service): boolean {
  if ((spec.trafficDistribution ?? '') !== '') return false;
  const mode = metadata.annotations?.[TOPOLOGY_MODE] ?? metadata.annotations?.[TOPOLOGY_AWARE_HINTS];
  return mode === 'Auto' || mode === 'auto';
}

/** The part of all CPU that each zone has; undefined when that cannot be said of the nodes. */
export function zoneShares(nodes: Iterable<Node>): ReadonlyMap<string, number> | { readonly problem: string } {
  const cpuMilli = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const labels = node.metadata.labels ?? {};
    if (CONTROL_PLANE.some((role) => labels[role] !== undefined) || nodeCondition(node, 'Ready')?.status !== 'True') continue;
    const zone = labels[ZONE] ?? '';
    const milli = quantityMilli(node.status?.allocatable?.cpu);
    if (zone === '' || milli === 0) {
      return { problem: 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes' };
    }
    cpuMilli.set(zone, (cpuMilli.get(zone) ?? 0) + milli);
    total += milli;
  }
  if (cpuMilli.size < 2) return { problem: 'Nodes only ready in one zone' };
  return new Map([...cpuMilli].map(([zone, milli]) => [zone, milli / total]));
}

/** `endpoints` by id; only the ready ones count and are hinted at a zone. */
export function topologyHints(endpoints: ReadonlyMap<string, Endpoint>, nodes: Iterable<Node>): TopologyHints {
  const shares = zoneShares(nodes);
  if ('problem' in shares) return shares;
  const ready = [...endpoints].filter(([, endpoint]) => endpoint.conditions?.ready === true).sort(([a], [b]) => (a < b ? -1 : 1));
  const problem = shortage(ready.length, shares);
  if (problem !== undefined) return { problem };
  if (ready.some(([, { zone = '' }]) => zone === '')) return { problem: 'One or more endpoints do not have a zone specified' };
  const zones = new Map(ready.map(([id, { zone }]) => [id, zone!]));
  redistribute(zones, shares);
  return { zones };
}

function shortage(count: number, shares: ReadonlyMap<string, number>): string | undefined {
  if (count < shares.size) return 'Insufficient number of endpoints';
  let least = 0;
  for (const share of shares.values()) least += minimumOf(share, count);
  return least > count ? 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold' : undefined;
}

function minimumOf(share: number, count: number): number {
  return Math.ceil((share * count) / (1 + OVERLOAD));
}

/** Moves endpoints from zones that have one to spare to zones that have fewer than they need at least, the neediest first. */
function redistribute(zones: Map<string, string>, shares: ReadonlyMap<string, number>): void {
  const count = zones.size;
  const held = new Map<string, string[]>([...shares.keys()].map((zone) => [zone, []]));
  for (const [id, zone] of zones) held.set(zone, [...(held.get(zone) ?? []), id]);
  // What a zone has above its share, or, below zero, lacks.
  const excess = (zone: string) => held.get(zone)!.length - (shares.get(zone) ?? 0) * count;
  for (;;) {
    const ordered = [...held.keys()].sort((a, b) => excess(a) - excess(b) || (a < b ? -1 : 1));
    const [neediest] = ordered.filter((zone) => held.get(zone)!.length < minimumOf(shares.get(zone) ?? 0, count));
    const richest = ordered[ordered.length - 1]!;
    const canGive = held.get(richest)!.length - 1 >= minimumOf(shares.get(richest) ?? 0, count);
    if (neediest === undefined || richest === neediest || !canGive) return;
    const id = held.get(richest)!.pop()!;
    held.get(neediest)!.push(id);
    zones.set(id, neediest);
  }
}
