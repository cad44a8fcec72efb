/** Keeps pods off cordoned nodes, unless they tolerate just that. Models plugins/nodeunschedulable. */
import type { Taint } from '../../model/node.ts';
import { isTolerated } from '../../model/toleration.ts';
import { type CycleState, type FilterPlugin, type Status, unresolvable } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';

const CORDONED: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const UNSCHEDULABLE = unresolvable('NodeUnschedulable', 'node(s) were unschedulable');

export class NodeUnschedulable implements FilterPlugin {
  readonly name = 'NodeUnschedulable';

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    if (node.node?.spec?.unschedulable !== true) return undefined;
    return isTolerated(pod.pod.spec.tolerations, CORDONED) ? undefined : UNSCHEDULABLE;
  }
}
