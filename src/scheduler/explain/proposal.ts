/**
 * One thing that might be changed to let a pod run, with what it would cost.
 */
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { PodInfo } from '../pod-info.ts';
import type { ClusterChange } from './what-if.ts';

export interface Proposal {
  readonly text: string;
  /** How much is given up by it, for the order in which changes are told. */
  readonly cost: number;
  readonly pod?: Pod;
  readonly cluster?: ClusterChange;
}

/** Costs: what costs nothing first, then what loosens the pod's wishes, then what takes something from others. */
export const Cost = {
  free: 1,
  tolerate: 2,
  label: 3,
  request: 4,
  spread: 5,
  wish: 6,
  newNode: 7,
  move: 8,
  largeRequest: 9,
  limit: 10,
} as const;

/** One command of kubectl, whatever the number of labels. */
export function labelling(node: Node, labels: { readonly [key: string]: string | undefined }): Proposal {
  const { name } = node.metadata;
  const merged = Object.fromEntries(
    Object.entries({ ...node.metadata.labels, ...labels }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const words = Object.entries(labels).map(([key, value]) => {
    const present = node.metadata.labels?.[key];
    if (value === undefined) return `without ${key}`;
    return `${key}=${value}${present === undefined ? '' : ` (now ${present})`}`;
  });
  // A label that is taken away or overwritten may be what others go by.
  const isTaking = Object.keys(labels).some((key) => node.metadata.labels?.[key] !== undefined);
  return {
    text: `label ${name} ${words.join(' and ')}`,
    cost: isTaking ? Cost.move : Cost.label,
    cluster: { nodes: [{ ...node, metadata: { ...node.metadata, labels: merged } }] },
  };
}

export function namesOf(pods: readonly PodInfo[]): string {
  return pods.length === 1 ? `pod ${pods[0]!.key}` : `${pods.length} pods (${pods[0]?.key}, …)`;
}
