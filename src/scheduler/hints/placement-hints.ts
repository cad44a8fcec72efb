/**
 * Hints of the plugins that look at the pod and one node: gates, names, ports, taints, affinity to nodes, resources, features.
 *
 * Models the isSchedulableAfter… functions of plugins/schedulinggates, nodeunschedulable, nodename, nodeports, tainttoleration,
 * nodeaffinity, noderesources, nodedeclaredfeatures and defaultpreemption.
 */
import type { KubeObject } from '../../model/meta.ts';
import type { Node, Taint } from '../../model/node.ts';
import { matchesRequiredNodeAffinity, termErrors } from '../../model/node-selector.ts';
import type { Pod } from '../../model/pod.ts';
import { podRequest, type Resources } from '../../model/pod-requests.ts';
import { isTolerated } from '../../model/toleration.ts';
import { Action, type EventRegistration, type EventResource, type Hint, type QueueingHint } from '../events.ts';
import { NodeInfo } from '../node-info.ts';
import { isSame } from '../object-events.ts';
import type { NodeAffinity } from '../plugins/node-affinity.ts';
import { inferredFeatures } from '../plugins/node-declared-features.ts';
import { shortagesOn } from '../plugins/node-resources-fit.ts';
import { hasUntoleratedTaint } from '../plugins/taint-toleration.ts';
import { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';

/** Registers `hint` for what happens to one kind of object. */
export function on<T extends KubeObject>(
  resource: EventResource,
  action: number,
  hint?: (pod: Pod, previous: T | undefined, object: T | undefined) => boolean,
): EventRegistration {
  if (hint === undefined) return { event: { resource, action } };
  const wrapped: QueueingHint = (pod, previous, object): Hint =>
    hint(pod, previous as T | undefined, object as T | undefined) ? 'Queue' : 'Skip';
  return { event: { resource, action }, hint: wrapped };
}

/** Stands on a node, or is promised one. */
export function isPlacedOrNominated(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') !== '' || (pod.status?.nominatedNodeName ?? '') !== '';
}

export function isSamePod(a: Pod | undefined, b: Pod): boolean {
  return a?.metadata.uid === b.metadata.uid;
}

export function placementHints(name: string, profile: Profile): readonly EventRegistration[] | undefined {
  switch (name) {
    case 'SchedulingGates':
      return [on<Pod>('Pod', Action.UpdatePodSchedulingGatesEliminated, (pod, _, other) => isSamePod(other, pod))];
    case 'NodeUnschedulable':
      return [
        on<Node>('Node', Action.Add | Action.UpdateNodeTaint, (_, before, node) => becameOpen(before, node)),
        on<Pod>(
          'Pod',
          Action.UpdatePodToleration,
          (pod, _, other) => isSamePod(other, pod) && isTolerated(other?.spec.tolerations, CORDON),
        ),
      ];
    case 'NodeName':
      return [on('Node', Action.Add)];
    case 'NodePorts':
      return [on('Node', Action.Add), on<Pod>('Pod', Action.Delete, freesPort)];
    case 'TaintToleration':
      return [
        on<Node>('Node', Action.Add | Action.UpdateNodeTaint, (pod, before, node) => {
          const wasTolerable = before !== undefined && toleratesNode(pod, before);
          return !wasTolerable && toleratesNode(pod, node!);
        }),
        on<Pod>('Pod', Action.UpdatePodToleration, (pod, _, other) => isSamePod(other, pod)),
      ];
    case 'NodeAffinity':
      return [on<Node>('Node', Action.Add | Action.UpdateNodeLabel, (pod, before, node) => nowMatches(profile, pod, before, node!))];
    case 'NodeResourcesFit':
      return [
        on<Pod>('Pod', Action.Delete | Action.UpdatePodScaleDown, freesResources),
        on<Node>('Node', Action.Add | Action.UpdateNodeAllocatable, nodeNowFits),
        on('DeviceClass', Action.Add | Action.Update),
      ];
    case 'NodeDeclaredFeatures':
      return [
        on<Node>('Node', Action.Add | Action.UpdateNodeDeclaredFeature, (_, before, node) => {
          return before === undefined || !isSame(before.status?.declaredFeatures ?? [], node?.status?.declaredFeatures ?? []);
        }),
        on<Pod>('Pod', Action.Update, (pod, before, other) => {
          return (
            before !== undefined && isSamePod(other, pod) && !isSame(inferredFeatures({ pod: before }), inferredFeatures({ pod: other! }))
          );
        }),
      ];
    case 'DynamicResources':
      return [on('Node', Action.Add | Action.UpdateNodeLabel | Action.UpdateNodeAllocatable)];
    case 'DefaultPreemption':
      // Never a reason by itself: it makes the queue look again whether the gate is open.
      return [on<Pod>('Pod', Action.Delete, () => false)];
    default:
      return undefined;
  }
}

const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function becameOpen(before: Node | undefined, node: Node | undefined): boolean {
  if (node?.spec?.unschedulable === true) return false;
  return before === undefined || before.spec?.unschedulable === true;
}

function toleratesNode(pod: Pod, node: Node): boolean {
  return !hasUntoleratedTaint(pod.spec.tolerations, node.spec?.taints ?? []);
}

function freesPort(pod: Pod, deleted: Pod | undefined): boolean {
  if (deleted === undefined || !isPlacedOrNominated(deleted)) return false;
  const host = new NodeInfo('');
  host.addPod(new PodInfo(deleted));
  return new PodInfo(pod).spec.hostPorts.some((port) => host.hasPort(port));
}

function nowMatches(profile: Profile, pod: Pod, before: Node | undefined, node: Node): boolean {
  if (profile.plugin<NodeAffinity>('NodeAffinity')?.meetsAdded(node) === false) return false;
  if (!matchesRequiredNodeAffinity(pod.spec, node)) {
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    return terms.some((term) => termErrors(term).length > 0);
  }
  return before === undefined || !matchesRequiredNodeAffinity(pod.spec, before);
}

function freesResources(pod: Pod, previous: Pod | undefined, object: Pod | undefined): boolean {
  if (object === undefined) return previous !== undefined && isPlacedOrNominated(previous);
  if (isSamePod(object, pod)) return true;
  if ((object.spec.nodeName ?? '') === '' || previous === undefined) return false;
  return isAskedLess(podRequest(pod, false), podRequest(object, true), podRequest(previous, true));
}

/** Is there less in `a` than in `b` of something that is asked for? */
function isAskedLess(asked: Resources, a: Resources, b: Resources): boolean {
  if (asked.milliCpu > 0 && a.milliCpu < b.milliCpu) return true;
  if (asked.memory > 0 && a.memory < b.memory) return true;
  if (asked.ephemeralStorage > 0 && a.ephemeralStorage < b.ephemeralStorage) return true;
  for (const [name, amount] of asked.scalars) {
    if (amount > 0 && (a.scalars.get(name) ?? 0) < (b.scalars.get(name) ?? 0)) return true;
  }
  return false;
}

function nodeNowFits(pod: Pod, before: Node | undefined, node: Node | undefined): boolean {
  const request = podRequest(pod, false);
  const empty = new NodeInfo('');
  empty.setNode(node);
  if (empty.allowedPods < 1 || shortagesOn(request, empty, () => false).length > 0) return false;
  if (before === undefined) return true;
  const old = new NodeInfo('');
  old.setNode(before);
  return empty.allowedPods > old.allowedPods || isAskedLess(request, old.allocatable, empty.allocatable);
}
