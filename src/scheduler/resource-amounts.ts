/**
 * One resource of a pod and of a node, by name: what the resource scorers compare.
 *
 * Models plugins/noderesources/resource_allocation.go (calculateResourceAllocatableRequest).
 */
import { isScalarResource, type Resources } from '../model/pod-requests.ts';
import type { NodeInfo } from './node-info.ts';

export function amountOf(resources: Resources, name: string): number {
  switch (name) {
    case 'cpu':
      return resources.milliCpu;
    case 'memory':
      return resources.memory;
    case 'ephemeral-storage':
      return resources.ephemeralStorage;
    default:
      return resources.scalars.get(name) ?? 0;
  }
}

/** A scalar resource the pod does not ask for says nothing about how well it fits: it is left out of the score. */
export function isLeftOut(name: string, podAmount: number): boolean {
  return podAmount === 0 && isScalarResource(name);
}

/** What the pods on the node take, in fact. */
export function requestedOn(node: NodeInfo, name: string): number {
  switch (name) {
    case 'cpu':
      return node.requestedMilliCpu;
    case 'memory':
      return node.requestedMemory;
    case 'ephemeral-storage':
      return node.requestedEphemeralStorage;
    default:
      return node.requestedOf(name);
  }
}

/** What they are taken to need when scoring: CPU and memory of silent containers have defaults. */
export function nonZeroRequestedOn(node: NodeInfo, name: string): number {
  switch (name) {
    case 'cpu':
      return node.nonZeroMilliCpu;
    case 'memory':
      return node.nonZeroMemory;
    default:
      return requestedOn(node, name);
  }
}
