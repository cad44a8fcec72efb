/**
 * Quality of service of a pod, and how readily the kernel kills it.
 *
 * Models component-helpers' qos and pkg/kubelet/qos/policy.go.
 */
import type { Container, Pod } from '../model/pod.ts';
import { quantityMilli, quantityUnits } from '../model/quantity.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

export function qosOf(pod: Pod): QosClass {
  const known = pod.status?.qosClass;
  if (known === 'Guaranteed' || known === 'Burstable' || known === 'BestEffort') return known;
  let isAnySet = false;
  let isGuaranteed = true;
  for (const { resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const name of ['cpu', 'memory']) {
      const read = name === 'cpu' ? quantityMilli : quantityUnits;
      const request = read(resources?.requests?.[name]);
      const limit = read(resources?.limits?.[name]);
      if (request > 0 || limit > 0) isAnySet = true;
      // A request that is not given is defaulted to the limit.
      if (limit === 0 || (resources?.requests?.[name] !== undefined && request !== limit)) isGuaranteed = false;
    }
  }
  return !isAnySet ? 'BestEffort' : isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** oom_score_adj of the pod's containers: the higher, the sooner the kernel takes it. */
export function oomScoreAdjust(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if ((pod.spec.priority ?? 0) >= 2_000_001_000) return -997;
  const qos = qosOf(pod);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  let bytes = memoryRequest(container);
  // A sidecar outlives the containers it serves, or at least is no easier prey than they.
  if (container.restartPolicy === 'Always' && pod.spec.initContainers?.some(({ name }) => name === container.name) === true) {
    bytes = Math.max(bytes, Math.min(...pod.spec.containers.map(memoryRequest)));
  }
  return Math.max(3, Math.min(999, 1000 - Math.floor((1000 * bytes) / nodeMemoryBytes)));
}

function memoryRequest({ resources }: Container): number {
  return quantityUnits(resources?.requests?.memory);
}
