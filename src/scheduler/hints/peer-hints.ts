/**
 * Hints of the plugins that look at other pods: topology spreading and inter-pod affinity.
 *
 * Models isSchedulableAfterPodChange and isSchedulableAfterNodeChange of plugins/podtopologyspread and plugins/interpodaffinity. The
 * latter ask for all anti-affinity terms where one would do: upstream's choice, and visible in what stays pending.
 */
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import { type OwnTerm, ownTerm } from '../affinity-matching.ts';
import { Action, type EventRegistration } from '../events.ts';
import { isSame } from '../object-events.ts';
import { selectedByAll } from '../plugins/inter-pod-affinity.ts';
import { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import { type SpreadConstraint, selectsPod, spreadConstraintsOf } from '../spread-constraints.ts';
import { isPlacedOrNominated, isSamePod, on } from './placement-hints.ts';

const NODE_KEYS = Action.Add | Action.Delete | Action.UpdateNodeLabel | Action.UpdateNodeTaint;

export function peerHints(name: string, profile: Profile): readonly EventRegistration[] | undefined {
  if (name === 'PodTopologySpread') {
    const actions = Action.Add | Action.UpdatePodLabel | Action.UpdatePodToleration | Action.Delete;
    return [
      on<Pod>('Pod', actions, (pod, before, now) => spreadsOtherwise(constraintsOf(profile, pod), pod, before, now)),
      on<Node>('Node', NODE_KEYS, (pod, before, now) => changesDomains(constraintsOf(profile, pod), before, now)),
    ];
  }
  if (name === 'InterPodAffinity') {
    return [
      on<Pod>('Pod', Action.Add | Action.UpdatePodLabel | Action.Delete, (pod, before, now) => changesPeers(profile, pod, before, now)),
      on<Node>('Node', Action.Add | Action.UpdateNodeLabel, (pod, before, now) => opensDomain(new PodInfo(pod), before, now!)),
    ];
  }
  return undefined;
}

function constraintsOf(profile: Profile, pod: Pod): readonly SpreadConstraint[] {
  return spreadConstraintsOf(new PodInfo(pod), 'DoNotSchedule', profile.handle, profile.spec.args.PodTopologySpread);
}

function spreadsOtherwise(constraints: readonly SpreadConstraint[], pod: Pod, before: Pod | undefined, now: Pod | undefined): boolean {
  const other = (now ?? before)!;
  const isItself = isSamePod(other, pod);
  if (!isItself && !isPlacedOrNominated(other)) return false;
  if (other.metadata.namespace !== pod.metadata.namespace) return false;
  const isCounted = (one: Pod) => constraints.some(({ selector }) => selectsPod(selector, one.metadata.labels));
  if (before === undefined || now === undefined) return isCounted(other);
  if (isItself && !isSame(before.spec.tolerations, now.spec.tolerations) && constraints.some((one) => one.honorsTaints)) return true;
  return isCounted(before) !== isCounted(now);
}

function changesDomains(constraints: readonly SpreadConstraint[], before: Node | undefined, now: Node | undefined): boolean {
  const hasKeys = (node: Node) => constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);
  if (before === undefined || now === undefined) return hasKeys((now ?? before)!);
  if (hasKeys(before) !== hasKeys(now)) return true;
  if (!hasKeys(now)) return false;
  const isMoved = constraints.some(({ topologyKey }) => before.metadata.labels?.[topologyKey] !== now.metadata.labels?.[topologyKey]);
  return isMoved || !isSame(before.spec?.taints ?? [], now.spec?.taints ?? []);
}

function changesPeers(profile: Profile, pod: Pod, before: Pod | undefined, now: Pod | undefined): boolean {
  const other = (now ?? before)!;
  if (isSamePod(other, pod)) return true;
  if (!isPlacedOrNominated(other)) return false;
  const info = new PodInfo(pod);
  const affinity = termsOf(profile, info, 'requiredAffinity');
  const antiAffinity = termsOf(profile, info, 'requiredAntiAffinity');
  if (before !== undefined && now !== undefined) {
    if (!isSelected(affinity, before) && isSelected(affinity, now)) return true;
    return isSelected(antiAffinity, before) && !isSelected(antiAffinity, now);
  }
  if (now !== undefined) return isSelected(affinity, now);
  return isSelected(antiAffinity, other) || isSelected(termsOf(profile, new PodInfo(other), 'requiredAntiAffinity'), pod);
}

function termsOf(profile: Profile, pod: PodInfo, which: 'requiredAffinity' | 'requiredAntiAffinity'): OwnTerm[] {
  return pod.peer[which].map((term) => ownTerm(term, 0, profile.handle.listers.namespaces));
}

function isSelected(terms: readonly OwnTerm[], pod: Pod): boolean {
  return terms.length > 0 && selectedByAll(terms, new PodInfo(pod).peer.names);
}

function opensDomain({ peer }: PodInfo, before: Node | undefined, now: Node): boolean {
  const value = (node: Node, key: string) => node.metadata.labels?.[key];
  if (before === undefined) {
    return peer.requiredAntiAffinity.length > 0 || peer.requiredAffinity.some(({ topologyKey }) => value(now, topologyKey) !== undefined);
  }
  const isNew = ({ topologyKey: key }: { topologyKey: string }) => value(now, key) !== undefined && value(now, key) !== value(before, key);
  const isLost = ({ topologyKey: key }: { topologyKey: string }) =>
    value(before, key) !== undefined && value(now, key) !== value(before, key);
  return peer.requiredAffinity.some(isNew) || peer.requiredAntiAffinity.some(isLost);
}
