/**
 * What the controller manager thinks of a node's health: when it last saw a sign of life, by its own clock.
 *
 * Models tryUpdateNodeHealth of pkg/controller/nodelifecycle/node_lifecycle_controller.go: a sign is a new heartbeat in the Ready condition
 * or a renewed Lease, whenever it was written.
 */
import type { Condition, ObjectKey } from '../../model/meta.ts';
import { type Node, nodeCondition } from '../../model/node.ts';
import { timeText } from '../../model/time.ts';

export interface NodeHealth {
  seenUs: number;
  heartbeat: string;
  renewTime: string;
  readonly leaseKey: ObjectKey;
  /** The Ready condition's status as it was when it was last looked at. */
  readyStatus: Condition['status'] | undefined;
}

/** The conditions a silent node is given. */
export const WATCHED_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** Takes in what the caches show now; a change counts as a sign of life at this instant. */
export function observe(health: NodeHealth, node: Node, renewTime: string, nowUs: number): void {
  const heartbeat = nodeCondition(node, 'Ready')?.lastHeartbeatTime ?? '';
  if (heartbeat === health.heartbeat && renewTime === health.renewTime) return;
  health.heartbeat = heartbeat;
  health.renewTime = renewTime;
  health.seenUs = nowUs;
}

/** The node with every watched condition Unknown; the same object if they are so already. */
export function silenced(node: Node, nowUs: number): Node {
  const now = timeText(nowUs);
  const conditions = [...(node.status?.conditions ?? [])];
  let isChanged = false;
  for (const type of WATCHED_CONDITIONS) {
    const index = conditions.findIndex((condition) => condition.type === type);
    const known = conditions[index];
    if (known === undefined) {
      const creation = node.metadata.creationTimestamp;
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        ...(creation === undefined ? {} : { lastHeartbeatTime: creation }),
        lastTransitionTime: now,
      });
      isChanged = true;
    } else if (known.status !== 'Unknown') {
      conditions[index] = {
        ...known,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: now,
      };
      isChanged = true;
    }
  }
  return isChanged ? { ...node, status: { ...node.status, conditions } } : node;
}
