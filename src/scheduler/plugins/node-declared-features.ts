/**
 * Keeps pods that need a newer kubelet off nodes that do not declare the feature. Models plugins/nodedeclaredfeatures and
 * component-helpers/nodedeclaredfeatures/features: of those only two are inferred when a pod is placed.
 */
import type { Container } from '../../model/pod.ts';
import {
  type CycleState,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type Status,
  skip,
  unresolvable,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';

const SKIP: PreFilterResult = { status: skip('NodeDeclaredFeatures') };
const LACKING = unresolvable('NodeDeclaredFeatures', "node(s) didn't match Pod's required features");

export class NodeDeclaredFeatures implements PreFilterPlugin, FilterPlugin {
  readonly name = 'NodeDeclaredFeatures';

  preFilter(_state: CycleState, pod: PodInfo): PreFilterResult {
    return inferredFeatures(pod).length === 0 ? SKIP : PRE_FILTER_SUCCESS;
  }

  filter(_state: CycleState, pod: PodInfo, { node }: NodeInfo): Status | undefined {
    const declared = node?.status?.declaredFeatures ?? [];
    return inferredFeatures(pod).every((feature) => declared.includes(feature)) ? undefined : LACKING;
  }
}

const NONE: readonly string[] = [];

/** The node features without which the pod could not run. */
export function inferredFeatures(pod: Pick<PodInfo, 'pod'>): readonly string[] {
  const { containers, initContainers, hostNetwork, hostUsers } = pod.pod.spec;
  const isRestarted = containers.some(restartsAll) || initContainers?.some(restartsAll) === true;
  // Hardly any pod needs any: nothing is made for the others.
  if (!isRestarted && hostNetwork !== true) return NONE;
  const features: string[] = [];
  if (isRestarted) features.push('RestartAllContainersOnContainerExits');
  if (hostNetwork === true && hostUsers === false) features.push('UserNamespacesHostNetworkSupport');
  return features;
}

function restartsAll(container: Container): boolean {
  return container.restartPolicyRules?.some((rule) => rule.action === 'RestartAllContainers') === true;
}
