/**
 * What the controller manager thinks of a node's health: when it last saw a sign of life, by its own clock.
 *
 * Models tryUpdateNodeHealth of pkg/controller/nodelifecycle/node_lifecycle_controller.go: a sign is a new heartbeat in the Ready condition
 * or a renewed Lease, whenever it was written.
 */
import type { Condition, ObjectKey, StringMap } from '../../model/meta.ts';
import { type Node, nodeCondition, type Taint } from '../../model/node.ts';
import { timeText } from '../../model/time.ts';

export interface NodeHealth {
  seenUs: number;
  heartbeat: string;
  renewTime: string;
  readonly leaseKey: ObjectKey;
  /** The Ready condition's status as it was when it was last looked at. */
  readyStatus: Condition['status'] | undefined;
  /** What the node said when it was last looked at and found well; undefined if it was not. */
  well: WellNode | undefined;
}

/** The parts of a node that a look at it goes by. */
export interface WellNode {
  readonly conditions: readonly Condition[] | undefined;
  readonly taints: readonly Taint[] | undefined;
  readonly labels: StringMap | undefined;
  readonly zone: string;
  readonly isCounted: boolean;
}

/**
 * Would a whole look at the node find what the last one found, that it is well? Versions of an object share what was not written, so that
 * is a comparison of references; only its Lease may have been renewed, which is taken in here. No rule of upstream's: a short cut.
 */
export function isStillWell(health: NodeHealth, node: Node, renewTime: string, nowUs: number, graceUs: number): boolean {
  const { well } = health;
  if (well === undefined || node.status?.conditions !== well.conditions) return false;
  if (node.spec?.taints !== well.taints || node.metadata.labels !== well.labels) return false;
  if (renewTime !== health.renewTime) {
    health.renewTime = renewTime;
    health.seenUs = nowUs;
  }
  return nowUs <= health.seenUs + graceUs;
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
