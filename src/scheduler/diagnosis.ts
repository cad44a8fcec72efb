/**
 * Why a pod fits nowhere, node by node and in one sentence.
 *
 * Models Diagnosis, NodeToStatus and FitError of pkg/scheduler/framework/types.go.
 */
import { compareText } from '../base/compare.ts';
import { type NodeStatuses, type Status, unresolvable } from './framework.ts';

/** What a node that was never examined is taken to have said. */
const NOT_EXAMINED = unresolvable('');

/** What can be asked of a diagnosis, written node by node (here) or read from columns (fast/column-diagnosis.ts). */
export interface Verdicts extends NodeStatuses {
  readonly preFilterMessage: string;
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
  reasonCounts(nodeCount: number): Map<string, number>;
}

export class Diagnosis implements Verdicts {
  readonly explicit = new Map<string, Status>();
  absent: Status = NOT_EXAMINED;
  /** In place of the nodes' reasons, when PreFilter rejected the pod. */
  preFilterMessage = '';
  /** Plugins that may change their mind: what the queue waits for events of. */
  readonly unschedulablePlugins = new Set<string>();
  readonly pendingPlugins = new Set<string>();

  get(nodeName: string): Status {
    return this.explicit.get(nodeName) ?? this.absent;
  }

  reject(nodeName: string, status: Status): void {
    this.explicit.set(nodeName, status);
    this.blame(status);
  }

  blame(status: Status): void {
    if (status.plugin === '') return;
    if (status.code === 'Pending') this.pendingPlugins.add(status.plugin);
    else this.unschedulablePlugins.add(status.plugin);
  }

  /** How often each reason was given, over all nodes of the snapshot. */
  reasonCounts(nodeCount: number): Map<string, number> {
    const statuses = new Map<Status, number>();
    for (const status of this.explicit.values()) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (this.explicit.size < nodeCount) statuses.set(this.absent, nodeCount - this.explicit.size);
    return countReasons(statuses);
  }
}

/** How often each reason was given, where each status was given so many times. */
export function countReasons(statuses: ReadonlyMap<Status, number>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [{ reasons }, times] of statuses) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + times);
  return counts;
}

/** `0/4 nodes are available: 1 Insufficient cpu, 3 Too many pods. preemption: …` */
export function fitMessage(
  nodeCount: number,
  diagnosis: Pick<Verdicts, 'preFilterMessage' | 'reasonCounts'>,
  postFilterMessage = '',
): string {
  let message = `0/${nodeCount} nodes are available:`;
  if (diagnosis.preFilterMessage !== '') message += ` ${diagnosis.preFilterMessage}.`;
  else message += reasonsText(diagnosis.reasonCounts(nodeCount));
  return postFilterMessage === '' ? message : `${message} ${postFilterMessage}`;
}

/** Sorted as text, number first: ten of something come before two of something else. */
function reasonsText(counts: ReadonlyMap<string, number>): string {
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort(compareText);
  return reasons.length === 0 ? '' : ` ${reasons.join(', ')}.`;
}
