/**
 * What might be changed so that the plugin that keeps a pod off a node no longer does: proposals only, each still to be tried out.
 *
 * One function for each plugin, named after it; plugins without one (a scenario's own among them) are helped by what helps in general.
 */
import type { Node, Taint } from '../../model/node.ts';
import { matchesNodeSelectorTerm } from '../../model/node-selector.ts';
import type { NodeSelectorRequirement, Pod } from '../../model/pod.ts';
import { isTolerated } from '../../model/toleration.ts';
import type { Status } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { LABEL_MISSING } from '../plugins/pod-topology-spread.ts';
import { PodInfo } from '../pod-info.ts';
import { affinityProposals } from './affinity-proposals.ts';
import { Cost, labelling, namesOf, type Proposal } from './proposal.ts';
import { requestProposals } from './request-proposals.ts';
import { type ClusterChange, changedSpec, type WhatIf } from './what-if.ts';

export type Proposer = (pod: Pod, node: NodeInfo, world: WhatIf, status: Status) => readonly Proposal[];

const UNSCHEDULABLE_TAINT = 'node.kubernetes.io/unschedulable';

const PROPOSERS: { readonly [plugin: string]: Proposer } = {
  NodeUnschedulable: (_pod, node) => [uncordoning(node.node!)],
  TaintToleration: taintProposals,
  NodeAffinity: nodeAffinityProposals,
  NodePorts: portProposals,
  NodeResourcesFit: requestProposals,
  PodTopologySpread: spreadProposals,
  InterPodAffinity: affinityProposals,
  DynamicResources: (pod) => [
    {
      text: 'take its resource claims away, which Orrery does not simulate',
      cost: Cost.limit,
      pod: changedSpec(pod, { resourceClaims: [] }),
    },
  ],
};

export function proposalsFor(status: Status, pod: Pod, node: NodeInfo, world: WhatIf): readonly Proposal[] {
  return PROPOSERS[status.plugin]?.(pod, node, world, status) ?? [];
}

function uncordoning(node: Node): Proposal {
  const taints = node.spec?.taints?.filter(({ key }) => key !== UNSCHEDULABLE_TAINT) ?? [];
  return {
    text: `uncordon ${node.metadata.name}`,
    cost: Cost.free,
    cluster: { nodes: [{ ...node, spec: { ...node.spec, unschedulable: false, taints } }] },
  };
}

/** Taints that tell how the node is doing go when it does better; one is not to tolerate them. */
function isCondition({ key }: Taint): boolean {
  return key.startsWith('node.kubernetes.io/');
}

function taintProposals(pod: Pod, info: NodeInfo): readonly Proposal[] {
  const node = info.node!;
  const { name } = node.metadata;
  const isInTheWay = (taint: Taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(pod.spec.tolerations, taint);
  const [taint] = info.taints.filter(isInTheWay);
  if (taint === undefined) return [];
  const words = `${taint.key}${taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`}:${taint.effect}`;
  const without = { ...node, spec: { ...node.spec, taints: info.taints.filter((one) => one !== taint) } };
  const gone: ClusterChange = { nodes: [without] };
  if (taint.key === UNSCHEDULABLE_TAINT) return [uncordoning(node)];
  if (isCondition(taint)) return [{ text: `have ${name} recover from ${words}`, cost: Cost.free, cluster: gone }];
  const toleration = { key: taint.key, operator: 'Equal', value: taint.value ?? '', effect: taint.effect };
  return [
    {
      text: `tolerate the taint ${words}`,
      cost: Cost.tolerate,
      pod: changedSpec(pod, { tolerations: [...(pod.spec.tolerations ?? []), toleration] }),
    },
    { text: `take the taint ${words} off ${name}`, cost: Cost.move, cluster: gone },
  ];
}

function nodeAffinityProposals(pod: Pod, info: NodeInfo): readonly Proposal[] {
  const node = info.node!;
  const { nodeSelector, affinity } = pod.spec;
  const unmet = Object.entries(nodeSelector ?? {}).filter(([key, value]) => info.labels[key] !== value);
  if (unmet.length > 0) {
    const rest = Object.fromEntries(Object.entries(nodeSelector!).filter(([key]) => !unmet.some(([one]) => one === key)));
    const words = unmet.map(([key, value]) => `${key}=${value}`);
    return [
      labelling(node, Object.fromEntries(unmet)),
      { text: `drop ${words.join(' and ')} from its nodeSelector`, cost: Cost.wish, pod: changedSpec(pod, { nodeSelector: rest }) },
    ];
  }
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return [];
  const { requiredDuringSchedulingIgnoredDuringExecution: _, ...others } = affinity!.nodeAffinity!;
  const labelled = required.nodeSelectorTerms
    .filter((term) => (term.matchFields ?? []).length === 0)
    .map((term) => (term.matchExpressions ?? []).filter((one) => !matchesNodeSelectorTerm({ matchExpressions: [one] }, node)))
    .sort((a, b) => a.length - b.length)
    .map((missing) => labelsThatMeet(missing, info))
    .filter((labels) => labels !== undefined)
    .slice(0, 1);
  return [
    ...labelled.map((labels) => labelling(node, labels)),
    {
      text: 'drop its required node affinity',
      cost: Cost.wish,
      pod: changedSpec(pod, { affinity: { ...affinity, nodeAffinity: others } }),
    },
  ];
}

/** Labels that would satisfy every one of the requirements; `undefined` as a value means: without that label. */
function labelsThatMeet(
  requirements: readonly NodeSelectorRequirement[],
  { labels }: NodeInfo,
): { readonly [key: string]: string | undefined } | undefined {
  const wanted: { [key: string]: string | undefined } = {};
  for (const { key, operator, values = [] } of requirements) {
    if (operator === 'In') wanted[key] = values[0];
    else if (operator === 'Exists') wanted[key] = 'true';
    else if (operator === 'NotIn' || operator === 'DoesNotExist') wanted[key] = undefined;
    else if (/^-?\d+$/.test(values[0] ?? '') && labels[key] !== undefined)
      wanted[key] = String(Number(values[0]) + (operator === 'Gt' ? 1 : -1));
    else return undefined;
  }
  return requirements.length === 0 ? undefined : wanted;
}

function portProposals(pod: Pod, node: NodeInfo): readonly Proposal[] {
  const ports = new PodInfo(pod).spec.hostPorts.filter((port) => node.hasPort(port));
  const holders = node.pods.filter((other) =>
    other.spec.hostPorts.some((used) => ports.some((port) => port.port === used.port && port.protocol === used.protocol)),
  );
  const words = ports.map(({ port, protocol }) => `${port}/${protocol}`).join(' and ');
  const isPortless = (port: number | undefined) => port !== undefined && ports.some((one) => one.port === port);
  const containers = pod.spec.containers.map((container) => ({
    ...container,
    ...(container.ports === undefined ? {} : { ports: container.ports.filter(({ hostPort }) => !isPortless(hostPort)) }),
  }));
  return [
    { text: `do without host port ${words}`, cost: Cost.wish, pod: changedSpec(pod, { containers }) },
    {
      text: `free host port ${words} of ${node.name}, which ${namesOf(holders)} ${holders.length === 1 ? 'has' : 'have'}`,
      cost: Cost.move,
      cluster: { withoutPods: holders },
    },
  ];
}

// A skew that is further off is not a matter of one figure any more.
const SKEW_STEPS = 5;

function spreadProposals(pod: Pod, node: NodeInfo, world: WhatIf, status: Status): readonly Proposal[] {
  const constraints = pod.spec.topologySpreadConstraints ?? [];
  if (status === LABEL_MISSING) {
    const missing = constraints.find(
      ({ topologyKey, whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule' && node.labels[topologyKey] === undefined,
    );
    if (missing === undefined) return [];
    const values = [...new Set(world.nodes.flatMap(({ labels }) => labels[missing.topologyKey] ?? []))];
    return values.slice(0, SKEW_STEPS).map((value) => labelling(node.node!, { [missing.topologyKey]: value }));
  }
  return constraints.flatMap((constraint, i) => {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') return [];
    const replaced = (other: typeof constraint) =>
      changedSpec(pod, { topologySpreadConstraints: constraints.map((one, j) => (i === j ? other : one)) });
    const { maxSkew, topologyKey } = constraint;
    const raised = Array.from({ length: SKEW_STEPS }, (_, step) => ({
      text: `raise the maxSkew over ${topologyKey} from ${maxSkew} to ${maxSkew + step + 1}`,
      cost: Cost.spread + step / 10,
      pod: replaced({ ...constraint, maxSkew: maxSkew + step + 1 }),
    }));
    const softened = {
      text: `make the spread over ${topologyKey} a wish (ScheduleAnyway)`,
      cost: Cost.wish,
      pod: replaced({ ...constraint, whenUnsatisfiable: 'ScheduleAnyway' }),
    };
    return [...raised, softened];
  });
}
