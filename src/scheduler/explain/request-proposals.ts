/**
 * What helps a pod that asks for more than a node has left: to ask for just so much less, or one pod fewer on the node.
 */

import type { Container, Pod } from '../../model/pod.ts';
import { listedResources } from '../../model/pod-requests.ts';
import type { NodeInfo } from '../node-info.ts';
import { shortagesOn } from '../plugins/node-resources-fit.ts';
import { PodInfo } from '../pod-info.ts';
import { amountOf, requestedOn } from '../resource-amounts.ts';
import { Cost, type Proposal } from './proposal.ts';
import { changedSpec } from './what-if.ts';

export interface ResourceGap {
  readonly resource: string;
  readonly asked: number;
  /** How much too much that is. */
  readonly tooMuch: number;
}

export function gapsOn(pod: Pod, node: NodeInfo): readonly ResourceGap[] {
  const { request } = new PodInfo(pod).spec;
  return shortagesOn(request, node, () => false).map(({ resource }) => {
    const asked = amountOf(request, resource);
    return { resource, asked, tooMuch: asked - (amountOf(node.allocatable, resource) - requestedOn(node, resource)) };
  });
}

export function requestProposals(pod: Pod, node: NodeInfo): readonly Proposal[] {
  const proposals: Proposal[] = [];
  const gaps = gapsOn(pod, node);
  if (node.pods.length + 1 > node.allowedPods) {
    const last = node.pods.at(-1);
    const text = `have one pod fewer on ${node.name}, which runs all the ${node.allowedPods} it may`;
    if (last !== undefined) proposals.push({ text, cost: Cost.move, cluster: { withoutPods: [last] } });
  }
  const lessened = gaps.length === 0 ? undefined : withLess(pod, gaps);
  if (lessened !== undefined) {
    const words = gaps.map(({ resource, asked, tooMuch }) => {
      const left = asked - tooMuch === 0 ? 'none' : amountText(resource, asked - tooMuch);
      return `${amountText(resource, tooMuch)} of ${resource} less (${left} instead of ${amountText(resource, asked)})`;
    });
    const share = Math.max(...gaps.map(({ asked, tooMuch }) => tooMuch / asked));
    // Asking for less than half is another pod.
    proposals.push({ text: `ask for ${words.join(' and ')}`, cost: share > 0.5 ? Cost.largeRequest : Cost.request, pod: lessened });
  }
  // The victim that frees enough, if one does.
  const victim = node.pods.find(
    (other) => gaps.every(({ resource, tooMuch }) => amountOf(other.placed, resource) >= tooMuch) && gaps.length > 0,
  );
  if (victim !== undefined) {
    proposals.push({ text: `move or delete pod ${victim.key} on ${node.name}`, cost: Cost.move, cluster: { withoutPods: [victim] } });
  }
  return proposals;
}

/** Less is taken from the container that asks for most. */
function withLess(pod: Pod, gaps: readonly ResourceGap[]): Pod | undefined {
  let result: Pod | undefined = pod;
  for (const { resource, tooMuch } of gaps) result = result === undefined ? undefined : lessOf(result, resource, tooMuch);
  return result;
}

function lessOf(pod: Pod, resource: string, amount: number): Pod | undefined {
  const podLevel = pod.spec.resources?.requests?.[resource];
  if (podLevel !== undefined) {
    const asked = amountOf(listedResources({ [resource]: podLevel }), resource);
    if (asked < amount) return undefined;
    const requests = { ...pod.spec.resources!.requests, [resource]: quantityOf(resource, asked - amount) };
    return changedSpec(pod, { resources: { ...pod.spec.resources, requests } });
  }
  const { containers } = pod.spec;
  const asked = containers.map((container) => amountOf(listedResources(container.resources?.requests), resource));
  const most = asked.indexOf(Math.max(...asked));
  if (asked[most]! < amount) return undefined;
  const lowered = (container: Container): Container => ({
    ...container,
    resources: {
      ...container.resources,
      requests: { ...container.resources?.requests, [resource]: quantityOf(resource, asked[most]! - amount) },
    },
  });
  return changedSpec(pod, { containers: containers.map((container, i) => (i === most ? lowered(container) : container)) });
}

function quantityOf(resource: string, amount: number): string {
  return resource === 'cpu' ? `${amount}m` : String(amount);
}

const UNITS = [
  ['Ti', 2 ** 40],
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
] as const;

/** In the largest unit that says it exactly. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  if (resource !== 'memory' && resource !== 'ephemeral-storage' && !resource.startsWith('hugepages-')) return String(amount);
  for (const [unit, bytes] of UNITS) if (amount >= bytes && amount % bytes === 0) return `${amount / bytes}${unit}`;
  return `${amount} bytes`;
}
