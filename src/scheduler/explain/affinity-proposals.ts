/**
 * What helps a pod that affinity to other pods, or theirs against it, keeps off a node.
 */
import type { Affinity, Pod } from '../../model/pod.ts';
import { namespaceLabels, ownTerm, selectsIncoming, selectsPlaced } from '../affinity-matching.ts';
import type { Status } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { AFFINITY_UNMET, ANTI_AFFINITY_UNMET } from '../plugins/inter-pod-affinity.ts';
import { PodInfo } from '../pod-info.ts';
import type { AffinityTerm } from '../pod-traits.ts';
import { Cost, labelling, namesOf, type Proposal } from './proposal.ts';
import { changedSpec, type WhatIf } from './what-if.ts';

export function affinityProposals(pod: Pod, node: NodeInfo, world: WhatIf, status: Status): readonly Proposal[] {
  const info = new PodInfo(pod);
  if (status === AFFINITY_UNMET) {
    return [
      ...missingTopology(info, node, world),
      { text: 'drop its required pod affinity', cost: Cost.wish, pod: withoutRequired(pod, 'podAffinity') },
    ];
  }
  if (status === ANTI_AFFINITY_UNMET) {
    const others = inTheWay(node, world, info.peer.requiredAntiAffinity, (term, other) =>
      selectsPlaced(ownTerm(term, 0, world.profile.handle.listers.namespaces), other.peer.names),
    );
    return [
      {
        text: 'drop its required pod anti-affinity, or make it a preferred one',
        cost: Cost.wish,
        pod: withoutRequired(pod, 'podAntiAffinity'),
      },
      ...moving(others),
    ];
  }
  const labels = namespaceLabels(world.profile.handle.listers.namespaces, info.namespace);
  const others = world.nodes.flatMap((other) =>
    other.pods.filter((one) =>
      one.peer.requiredAntiAffinity.some(
        (term) => isSameDomain(term.topologyKey, node, other) && selectsIncoming(term, info.peer.names, labels),
      ),
    ),
  );
  return moving(others);
}

/** A term whose topology key the node does not even have. */
function missingTopology(info: PodInfo, node: NodeInfo, world: WhatIf): readonly Proposal[] {
  const term = info.peer.requiredAffinity.find(({ topologyKey }) => node.labels[topologyKey] === undefined);
  if (term === undefined) return [];
  const own = ownTerm(term, 0, world.profile.handle.listers.namespaces);
  const home = world.nodes.find(
    ({ labels, pods }) => labels[term.topologyKey] !== undefined && pods.some((pod) => selectsPlaced(own, pod.peer.names)),
  );
  return home === undefined ? [] : [labelling(node.node!, { [term.topologyKey]: home.labels[term.topologyKey] })];
}

function inTheWay(
  node: NodeInfo,
  world: WhatIf,
  terms: readonly AffinityTerm[],
  selects: (term: AffinityTerm, pod: PodInfo) => boolean,
): readonly PodInfo[] {
  return world.nodes.flatMap((other) => {
    const near = terms.filter(({ topologyKey }) => isSameDomain(topologyKey, node, other));
    return near.length === 0 ? [] : other.pods.filter((pod) => near.some((term) => selects(term, pod)));
  });
}

function isSameDomain(key: string, a: NodeInfo, b: NodeInfo): boolean {
  return a.labels[key] !== undefined && a.labels[key] === b.labels[key];
}

function moving(pods: readonly PodInfo[]): readonly Proposal[] {
  if (pods.length === 0) return [];
  return [
    { text: `move or delete ${namesOf(pods)}`, cost: Cost.move + Math.min(pods.length - 1, 90) / 100, cluster: { withoutPods: pods } },
  ];
}

function withoutRequired(pod: Pod, kind: 'podAffinity' | 'podAntiAffinity'): Pod {
  const { requiredDuringSchedulingIgnoredDuringExecution: _, ...rest } = pod.spec.affinity?.[kind] ?? {};
  return changedSpec(pod, { affinity: { ...pod.spec.affinity, [kind]: rest } as Affinity });
}
