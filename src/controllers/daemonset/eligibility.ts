/**
 * Which nodes run a daemon pod: the template's node name, selector and affinity, and the taints the pod tolerates. Room on the
 * node is none of its business.
 *
 * Models NodeShouldRunDaemonPod of pkg/controller/daemon/daemon_controller.go and AddOrUpdateDaemonPodTolerations of util.
 */
import type { Node } from '../../model/node.ts';
import { matchesRequiredNodeAffinity } from '../../model/node-selector.ts';
import type { Affinity, Pod, PodSpec, Toleration } from '../../model/pod.ts';
import { isTolerated } from '../../model/toleration.ts';

export interface Eligibility {
  /** A pod is to be made here. */
  readonly shouldRun: boolean;
  /** One that is here may stay: a NoSchedule taint keeps pods from coming, not from staying. */
  readonly shouldContinue: boolean;
}

const RUNS: Eligibility = { shouldRun: true, shouldContinue: true };
const STAYS: Eligibility = { shouldRun: false, shouldContinue: true };
const NEITHER: Eligibility = { shouldRun: false, shouldContinue: false };

export function eligibility(spec: PodSpec, tolerations: readonly Toleration[], node: Node): Eligibility {
  if (spec.nodeName !== undefined && spec.nodeName !== '' && spec.nodeName !== node.metadata.name) return NEITHER;
  if (!matchesRequiredNodeAffinity(spec, node)) return NEITHER;
  let result = RUNS;
  for (const taint of node.spec?.taints ?? []) {
    if (taint.effect === 'PreferNoSchedule' || isTolerated(tolerations, taint)) continue;
    if (taint.effect === 'NoExecute') return NEITHER;
    result = STAYS;
  }
  return result;
}

/** Those of the template, with what every daemon pod bears. */
export function daemonTolerations(spec: PodSpec): Toleration[] {
  const own = [...(spec.tolerations ?? [])];
  const added: Toleration[] = [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  ];
  if (spec.hostNetwork === true) added.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' });
  for (const toleration of added) {
    const same = own.findIndex(
      (one) => one.key === toleration.key && one.effect === toleration.effect && (one.value ?? '') === '' && one.operator === 'Exists',
    );
    if (same < 0) own.push(toleration);
    else own[same] = toleration;
  }
  return own;
}

/** The template's affinity, but for one node only. */
export function affinityTo(affinity: Affinity | undefined, nodeName: string): Affinity {
  const required = {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
  };
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: required } };
}

/** The node a daemon pod is on, or meant for. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '') return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const field of term.matchFields ?? []) {
      if (field.key === 'metadata.name' && field.operator === 'In' && field.values?.length === 1) return field.values[0];
    }
  }
  return undefined;
}
