/** Keeps pods off nodes where a host port they want is taken. Models plugins/nodeports. */
import {
  type CycleState,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type Status,
  skip,
  unschedulable,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';

const TAKEN = unschedulable('NodePorts', "node(s) didn't have free ports for the requested pod ports");
const SKIP: PreFilterResult = { status: skip('NodePorts') };

export class NodePorts implements PreFilterPlugin, FilterPlugin {
  readonly name = 'NodePorts';

  preFilter(_state: CycleState, pod: PodInfo): PreFilterResult {
    return pod.spec.hostPorts.length === 0 ? SKIP : PRE_FILTER_SUCCESS;
  }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const port of pod.spec.hostPorts) if (node.hasPort(port)) return TAKEN;
    return undefined;
  }
}
