/**
 * What the server says of a pod by itself: the status a new pod begins with, and the class no later status takes away.
 *
 * Models PrepareForCreate of podStrategy and PrepareForUpdate of podStatusStrategy, pkg/registry/core/pod/strategy.go.
 */
import type { Pod } from '../model/pod.ts';
import { qosClassOf } from './qos-class.ts';

type PodStatus = NonNullable<Pod['status']>;

const newStatuses = new WeakMap<Pod['spec'], PodStatus>();

/** The pod with a new pod's status, which all pods of one spec share unless a gate holds them: that has its time. */
export function withNewPodStatus(pod: Pod, now: string): Pod {
  const { apiVersion, kind, metadata, spec } = pod;
  let status = newStatuses.get(spec);
  if (status === undefined) {
    status = { phase: 'Pending', qosClass: qosClassOf(spec) };
    newStatuses.set(spec, status);
  }
  if ((spec.schedulingGates?.length ?? 0) > 0) status = { ...status, conditions: [gated(now)] };
  return { apiVersion, kind, metadata, spec, status };
}

/** A status without the class of service keeps the one the pod has. */
export function withQosClassOf(stored: Pod, status: PodStatus | undefined): PodStatus | undefined {
  const { qosClass } = stored.status ?? {};
  return qosClass === undefined || status?.qosClass !== undefined ? status : { ...status, qosClass };
}

function gated(now: string): NonNullable<PodStatus['conditions']>[number] {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
}
