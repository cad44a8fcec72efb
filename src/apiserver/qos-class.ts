/**
 * Guaranteed, Burstable or BestEffort: by the CPU and memory of all containers, or of the pod itself when it gives any.
 *
 * Models pkg/apis/core/v1/helper/qos/qos.go.
 */
import type { ResourceList } from '../model/meta.ts';
import type { PodSpec } from '../model/pod.ts';
import { quantityNanos } from '../model/quantity.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'];

export function qosClassOf(spec: PodSpec): QosClass {
  const { resources } = spec;
  if (resources !== undefined && Object.keys(resources.requests ?? {}).length + Object.keys(resources.limits ?? {}).length > 0) {
    return ofRequirements([resources]);
  }
  return ofRequirements([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.resources ?? {}));
}

function ofRequirements(list: readonly { readonly requests?: ResourceList; readonly limits?: ResourceList }[]): QosClass {
  const given = list.map(({ requests, limits }) => ({ requests: positive(requests), limits: positive(limits) }));
  if (given.every(({ requests, limits }) => requests.size === 0 && limits.size === 0)) return 'BestEffort';
  const isGuaranteed = given.every(({ requests, limits }) =>
    COMPUTE.every((name) => limits.has(name) && (!requests.has(name) || requests.get(name) === limits.get(name))),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** Amounts above zero, by resource. */
function positive(list: ResourceList = {}): ReadonlyMap<string, bigint> {
  const amounts = new Map<string, bigint>();
  for (const name of COMPUTE) {
    const nanos = list[name] === undefined ? 0n : (quantityNanos(list[name]) ?? 0n);
    if (nanos > 0n) amounts.set(name, nanos);
  }
  return amounts;
}
