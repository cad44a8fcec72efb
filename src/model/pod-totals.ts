/**
 * What a pod asks for or is limited to, added up over its containers, in the form it was written in.
 *
 * Models PodRequests and PodLimits of staging/src/k8s.io/component-helpers/resource/helpers.go; pod-requests.ts has the same sums as the
 * scheduler needs them, without their form.
 */
import { type Amount, amountOf, NOTHING, sum } from './amount.ts';
import type { ResourceList } from './meta.ts';
import { type Container, type ContainerStatus, type Pod, podCondition } from './pod.ts';
import { isPodLevelResource, isSidecar } from './pod-requests.ts';

export type Field = 'requests' | 'limits';
type Totals = Map<string, Amount>;

/**
 * Containers side by side; init containers one after the other, beside the sidecars before them; what is said of the pod as a whole instead.
 * With `useStatus`, what a container on its node still has counts while it is more than what it asks for.
 */
export function podTotals(pod: Pod, field: Field, useStatus = false): Totals {
  const { containers, initContainers = [], resources, overhead = {} } = pod.spec;
  const total: Totals = new Map();
  const statuses = useStatus ? pod.status : undefined;
  for (const container of containers) add(total, totalsOf(pod, container, field, statuses?.containerStatuses));
  const sidecars: Totals = new Map();
  const peaks: Totals = new Map();
  for (const container of initContainers) {
    const isBeside = isSidecar(container);
    const own = totalsOf(pod, container, field, isBeside ? statuses?.initContainerStatuses : undefined);
    if (isBeside) add(total, own);
    if (isBeside) add(sidecars, own);
    else add(own, sidecars);
    raise(peaks, isBeside ? sidecars : own);
  }
  raise(total, peaks);
  for (const [name, quantity] of Object.entries(resources?.[field] ?? {}))
    if (isPodLevelResource(name)) total.set(name, amountOf(quantity));
  for (const [name, quantity] of Object.entries(overhead)) {
    // A pod that is not limited does not become so by what runs beside it.
    if (field === 'requests' || (total.get(name) ?? NOTHING).nanos !== 0n) add(total, new Map([[name, amountOf(quantity)]]));
  }
  return total;
}

function totalsOf(pod: Pod, container: Container, field: Field, statuses: readonly ContainerStatus[] | undefined): Totals {
  const status = statuses?.find((one) => one.name === container.name && one.resources !== undefined);
  const total: Totals = new Map();
  // What can never be granted does not count.
  if (status === undefined || podCondition(pod, 'PodResizePending')?.reason !== 'Infeasible')
    raise(total, listed(container.resources?.[field]));
  if (status === undefined) return total;
  raise(total, listed(status.resources?.[field]));
  if (field === 'requests') raise(total, listed(status.allocatedResources));
  return total;
}

function listed(list: ResourceList = {}): Totals {
  return new Map(Object.entries(list).map(([name, quantity]) => [name, amountOf(quantity)]));
}

function add(total: Totals, more: ReadonlyMap<string, Amount>): void {
  for (const [name, amount] of more) total.set(name, sum(total.get(name) ?? NOTHING, amount));
}

function raise(total: Totals, floor: ReadonlyMap<string, Amount>): void {
  for (const [name, amount] of floor) if (amount.nanos > (total.get(name)?.nanos ?? -1n)) total.set(name, amount);
}
