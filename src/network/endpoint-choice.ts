/**
 * Which endpoints a connection that enters through a node may go to.
 *
 * Models CategorizeEndpoints and topologyModeFromHints of pkg/proxy/topology.go. Under the policy Cluster: ready endpoints, those
 * hinted for the node or its zone when every ready one carries such a hint and one fits; when none is ready, all that still
 * serve while they terminate. Under Local: the node's own, ready first, then terminating; never another node's.
 */
import type { PortRules, Target, TrafficPolicy } from './service-rules.ts';

export interface Place {
  readonly nodeName: string;
  /** Of the node; empty when it has none. */
  readonly zone: string;
}

export function candidates(rules: PortRules, policy: TrafficPolicy, place: Place): readonly Target[] {
  return policy === 'Local' ? localEndpoints(rules, place.nodeName) : clusterEndpoints(rules, place);
}

/** Is there any endpoint, on whatever node? Without one connections are refused rather than dropped. */
export function hasEndpoints({ ready, leaving }: PortRules): boolean {
  return ready.length > 0 || leaving.length > 0;
}

function clusterEndpoints(rules: PortRules, { nodeName, zone }: Place): readonly Target[] {
  const { ready, leaving } = rules;
  if (ready.length === 0) return leaving;
  if (ready[0]!.forNodes.length > 0) {
    const near = kept(rules, `node ${nodeName}`, () =>
      ready.every(({ forNodes }) => forNodes.length > 0) ? ready.filter(({ forNodes }) => forNodes.includes(nodeName)) : [],
    );
    if (near.length > 0) return near;
  }
  if (ready[0]!.forZones.length > 0) {
    const near = kept(rules, `zone ${zone}`, () =>
      ready.every(({ forZones }) => forZones.length > 0) ? ready.filter(({ forZones }) => forZones.includes(zone)) : [],
    );
    if (near.length > 0) return near;
  }
  return ready;
}

function localEndpoints(rules: PortRules, nodeName: string): readonly Target[] {
  return kept(rules, `local ${nodeName}`, () => {
    const own = rules.ready.filter((target) => target.nodeName === nodeName);
    return own.length > 0 ? own : rules.leaving.filter((target) => target.nodeName === nodeName);
  });
}

function kept({ chosen }: PortRules, key: string, compute: () => readonly Target[]): readonly Target[] {
  let targets = chosen.get(key);
  if (targets === undefined) {
    targets = compute();
    chosen.set(key, targets);
  }
  return targets;
}
