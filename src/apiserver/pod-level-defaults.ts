/**
 * A pod's own requests and limits, where it gives some and not others.
 *
 * Models defaultPodRequests and defaultHugePagePodLimits of pkg/apis/core/v1/defaults.go.
 */
import { canonicalQuantity } from '../model/canonical-quantity.ts';
import type { Quantity, ResourceList } from '../model/meta.ts';
import type { Container, PodSpec } from '../model/pod.ts';
import { quantityNanos } from '../model/quantity.ts';

const HUGE_PAGES = 'hugepages-';

export function podLevelDefaults(spec: PodSpec): PodSpec {
  const { resources } = spec;
  if (resources === undefined) return spec;
  let { requests = {}, limits = {} } = resources;
  if (Object.keys(limits).length + Object.keys(requests).length > 0) {
    const sums = aggregate(spec, 'limits');
    for (const name in sums) {
      if (name.startsWith(HUGE_PAGES) && requests[name] === undefined && limits[name] === undefined)
        limits = { ...limits, [name]: sums[name]! };
    }
  }
  if (Object.keys(limits).length > 0) {
    const sums = aggregate(spec, 'requests');
    for (const name of ['cpu', 'memory'])
      if (requests[name] === undefined && sums[name] !== undefined) requests = { ...requests, [name]: sums[name] };
    for (const name in limits) if (requests[name] === undefined && isPodLevel(name)) requests = { ...requests, [name]: limits[name]! };
  }
  return {
    ...spec,
    resources: {
      ...resources,
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(Object.keys(requests).length === 0 ? {} : { requests }),
    },
  };
}

function isPodLevel(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith(HUGE_PAGES);
}

/** What the containers take together: all regular ones and sidecars, or the largest moment of starting up. */
export function aggregate(spec: PodSpec, list: 'requests' | 'limits'): ResourceList {
  const amounts = (container: Container) => container.resources?.[list] ?? {};
  const total: Record<string, Quantity> = {};
  for (const container of spec.containers ?? []) add(total, amounts(container));
  const sidecars: Record<string, Quantity> = {};
  const peak: Record<string, Quantity> = {};
  for (const container of spec.initContainers ?? []) {
    const own = amounts(container);
    if (container.restartPolicy === 'Always') {
      add(total, own);
      add(sidecars, own);
      raise(peak, sidecars);
    } else {
      const moment = { ...sidecars };
      add(moment, own);
      raise(peak, moment);
    }
  }
  raise(total, peak);
  return total;
}

function add(total: Record<string, Quantity>, amounts: ResourceList): void {
  for (const name in amounts) total[name] = total[name] === undefined ? amounts[name]! : sum(total[name], amounts[name]!);
}

function raise(total: Record<string, Quantity>, amounts: ResourceList): void {
  for (const name in amounts) {
    if (total[name] === undefined || (quantityNanos(amounts[name]!) ?? 0n) > (quantityNanos(total[name]) ?? 0n))
      total[name] = amounts[name]!;
  }
}

/** In the notation of the first. */
function sum(a: Quantity, b: Quantity): string {
  const nanos = (quantityNanos(a) ?? 0n) + (quantityNanos(b) ?? 0n);
  const isBinary = /i$/.test(String(a));
  if (nanos % 1_000_000_000n !== 0n) return canonicalQuantity(`${nanos / 1_000_000n}m`);
  const whole = nanos / 1_000_000_000n;
  return isBinary && whole % 1024n === 0n ? canonicalQuantity(`${whole / 1024n}Ki`) : canonicalQuantity(String(whole));
}
