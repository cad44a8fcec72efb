/**
 * The topology spread constraints that hold for a pod: its own, or the profile's defaults with a selector found for it.
 *
 * Models plugins/podtopologyspread/common.go, plugin.go and plugins/helper/spread.go.
 */
import { controllerOf, type LabelSelector, type StringMap } from '../model/meta.ts';
import { matchesRequiredNodeAffinity } from '../model/node-selector.ts';
import type { TopologySpreadConstraint } from '../model/pod.ts';
import { isEmptySelector, mapMatches, selectorMatches } from '../model/selector.ts';
import type { PluginHandle } from './handle.ts';
import type { NodeInfo } from './node-info.ts';
import { hasUntoleratedTaint } from './plugins/taint-toleration.ts';
import type { PodInfo } from './pod-info.ts';
import { type PluginArgs, SYSTEM_DEFAULT_CONSTRAINTS } from './profile-spec.ts';

/** Selectors that must all match. */
export interface SpreadSelector {
  readonly parts: readonly LabelSelector[];
  readonly matchesNothing: boolean;
  /** Matches everything, and for that very reason counts nobody (spec 4.10.2). */
  readonly isEmpty: boolean;
}

export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
  readonly selector: SpreadSelector;
}

export type SpreadAction = TopologySpreadConstraint['whenUnsatisfiable'];

const NO_LABELS: StringMap = {};
const NONE: readonly SpreadConstraint[] = [];

export function spreadConstraintsOf(
  pod: PodInfo,
  action: SpreadAction,
  handle: PluginHandle,
  args: PluginArgs['PodTopologySpread'],
): readonly SpreadConstraint[] {
  const own = pod.pod.spec.topologySpreadConstraints ?? [];
  const labels = pod.pod.metadata.labels ?? NO_LABELS;
  if (own.length > 0) return own.filter((one) => one.whenUnsatisfiable === action).map((one) => constraint(one, ownSelector(one, labels)));
  const defaults = args.defaultingType === 'System' ? SYSTEM_DEFAULT_CONSTRAINTS : args.defaultConstraints;
  const wanted = defaults.filter((one) => one.whenUnsatisfiable === action);
  if (wanted.length === 0) return NONE;
  const selector = defaultSelector(pod, handle);
  return selector.isEmpty ? NONE : wanted.map((one) => constraint(one, selector));
}

export function selectsPod(selector: SpreadSelector, labels: StringMap | undefined): boolean {
  return !selector.matchesNothing && selector.parts.every((part) => selectorMatches(part, labels));
}

/** Pods on the node that the constraint counts: of the namespace, not terminating, selected. */
export function countMatching(node: NodeInfo, selector: SpreadSelector, namespace: string): number {
  if (selector.isEmpty || selector.matchesNothing) return 0;
  let count = 0;
  for (const pod of node.pods) {
    if (!pod.isTerminating && pod.peer.names.namespace === namespace && selectsPod(selector, pod.peer.names.labels)) count++;
  }
  return count;
}

export function hasAllKeys(node: NodeInfo, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);
}

/** Does the node count for the constraint, by its inclusion policies? */
export function includesNode(constraint: SpreadConstraint, pod: PodInfo, node: NodeInfo): boolean {
  if (constraint.honorsAffinity && !matchesRequiredNodeAffinity(pod.pod.spec, node.node!)) return false;
  return !constraint.honorsTaints || !hasUntoleratedTaint(pod.pod.spec.tolerations, node.taints);
}

function constraint(from: TopologySpreadConstraint, selector: SpreadSelector): SpreadConstraint {
  return {
    topologyKey: from.topologyKey,
    maxSkew: from.maxSkew,
    minDomains: from.minDomains ?? 1,
    honorsAffinity: from.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: from.nodeTaintsPolicy === 'Honor',
    selector,
  };
}

/** The API server has added matchLabelKeys to the selector; the scheduler does it once more, which changes nothing. */
function ownSelector(from: TopologySpreadConstraint, labels: StringMap): SpreadSelector {
  if (from.labelSelector === undefined) return { parts: [], matchesNothing: true, isEmpty: false };
  const matchLabels: Record<string, string> = {};
  for (const key of from.matchLabelKeys ?? []) if (labels[key] !== undefined) matchLabels[key] = labels[key];
  return selectorOf([from.labelSelector, { matchLabels }]);
}

function selectorOf(parts: readonly LabelSelector[]): SpreadSelector {
  const telling = parts.filter((part) => !isEmptySelector(part));
  return { parts: telling, matchesNothing: false, isEmpty: telling.length === 0 };
}

/** What the services and the controller of the pod select: the group it is spread within. */
function defaultSelector(pod: PodInfo, { listers }: PluginHandle): SpreadSelector {
  const merged: Record<string, string> = {};
  for (const { spec } of listers.services.byIndex('namespace', pod.namespace)) {
    if (spec.selector !== undefined && mapMatches(spec.selector, pod.pod.metadata.labels)) Object.assign(merged, spec.selector);
  }
  const owner = controllerOf(pod.pod);
  const key = `${pod.namespace}/${owner?.name}`;
  switch (owner === undefined ? '' : `${owner.apiVersion} ${owner.kind}`) {
    case 'v1 ReplicationController': {
      const controller = listers.replicationControllers.get(key) as { readonly spec?: { readonly selector?: StringMap } } | undefined;
      return selectorOf([{ matchLabels: { ...merged, ...controller?.spec?.selector } }]);
    }
    case 'apps/v1 ReplicaSet':
      return selectorOf([{ matchLabels: merged }, listers.replicaSets.get(key)?.spec.selector ?? {}]);
    case 'apps/v1 StatefulSet':
      return selectorOf([{ matchLabels: merged }, listers.statefulSets.get(key)?.spec.selector ?? {}]);
    default:
      return selectorOf([{ matchLabels: merged }]);
  }
}
