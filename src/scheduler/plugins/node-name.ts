/** Lets a pod that names its node onto no other. Models plugins/nodename. */
import { type CycleState, type FilterPlugin, type Status, unresolvable } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';

const ANOTHER_NODE = unresolvable('NodeName', "node(s) didn't match the requested node name");

export class NodeName implements FilterPlugin {
  readonly name = 'NodeName';

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    return pod.nodeName === '' || pod.nodeName === node.name ? undefined : ANOTHER_NODE;
  }
}
