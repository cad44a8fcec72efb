/**
 * What a pod asks of its node: containers, init containers, sidecars, overhead and pod-level resources added up.
 *
 * Models staging/src/k8s.io/component-helpers/resource/helpers.go (PodRequests) and the conversions of
 * pkg/scheduler/framework/types.go. Sums are exact, in nano-units; rounding up to milli-CPU or whole units comes last.
 */
import type { Quantity, ResourceList } from './meta.ts';
import { type Container, type ContainerStatus, type Pod, podCondition } from './pod.ts';
import { divideUp, quantityNanos } from './quantity.ts';

/** Resource name to nano-units. An entry of 0 was asked for; a missing entry was not mentioned. */
export type ExactResources = Map<string, bigint>;

/** As the scheduler counts: milli-CPU, bytes, and whole units of every scalar resource. */
export interface Resources {
  readonly milliCpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** Extended resources, huge pages and the like, in the order they were first named. */
  readonly scalars: ReadonlyMap<string, number>;
}

// DefaultMilliCPURequest and DefaultMemoryRequest (pkg/scheduler/util/pod_resources.go): what scoring assumes of the silent.
export const DEFAULT_MILLI_CPU = 100;
export const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024;

const MILLI_NANOS = 1_000_000n;
const UNIT_NANOS = 1_000_000_000n;
const SILENT_DEFAULTS: ReadonlyMap<string, bigint> = new Map([
  ['cpu', BigInt(DEFAULT_MILLI_CPU) * MILLI_NANOS],
  ['memory', BigInt(DEFAULT_MEMORY_BYTES) * UNIT_NANOS],
]);
const NO_DEFAULTS: ReadonlyMap<string, bigint> = new Map();

export interface RequestOptions {
  /** Count what the node has granted as well: true for a pod on its node, false for one still to be placed. */
  readonly useStatus?: boolean;
  readonly skipPodLevel?: boolean;
  readonly excludeOverhead?: boolean;
  /** Put into every container that does not name the resource. */
  readonly defaults?: ReadonlyMap<string, bigint>;
}

/** The pod's request, summed exactly. */
export function exactPodRequests(pod: Pod, options: RequestOptions = {}): ExactResources {
  const total = containerRequests(pod, options);
  if (options.skipPodLevel !== true && isPodLevelRequestSet(pod)) {
    for (const [name, quantity] of podLevelRequests(pod, options.useStatus === true)) {
      if (isPodLevelResource(name)) total.set(name, quantity);
    }
  }
  if (options.excludeOverhead !== true) addAll(total, exact(pod.spec.overhead));
  return total;
}

/** What Filter asks for: the specification alone for a pod to be placed, with the node's grants for one in place. */
export function podRequest(pod: Pod, useStatus: boolean): Resources {
  return toResources(exactPodRequests(pod, { useStatus }));
}

/** CPU and memory as scoring counts a placed pod: containers that name neither get 100m and 200 MiB (spec 4.1.4). */
export function nonZeroRequest(pod: Pod, useStatus: boolean): { readonly milliCpu: number; readonly memory: number } {
  let defaults = SILENT_DEFAULTS;
  if (isPodLevelRequestSet(pod)) {
    const request = exactPodRequests(pod, { useStatus });
    defaults = new Map([...SILENT_DEFAULTS].filter(([name]) => !request.has(name)));
  }
  return toResources(exactPodRequests(pod, { useStatus, defaults }));
}

/** The pod's own value inside NodeResourcesFit's scorer, which never learns of pod-level resources (spec 5.1). */
export function scoredRequest(pod: Pod): Resources {
  return toResources(exactPodRequests(pod, { defaults: SILENT_DEFAULTS, skipPodLevel: true }));
}

export function toResources(exactly: ExactResources): Resources {
  const scalars = new Map<string, number>();
  for (const [name, nanos] of exactly) if (isScalarResource(name)) scalars.set(name, units(nanos));
  return {
    milliCpu: Number(divideUp(exactly.get('cpu') ?? 0n, MILLI_NANOS)),
    memory: units(exactly.get('memory') ?? 0n),
    ephemeralStorage: units(exactly.get('ephemeral-storage') ?? 0n),
    scalars,
  };
}

/** A node's allocatable, or any other list, in the scheduler's units. */
export function listedResources(list: ResourceList | undefined): Resources {
  return toResources(exact(list));
}

/** Extended resources: named with a domain of their own. */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

export function isScalarResource(name: string): boolean {
  return (
    isExtendedResource(name) || name.startsWith('hugepages-') || name.includes('kubernetes.io/') || name.startsWith('attachable-volumes-')
  );
}

/** Resources that may be asked for by the pod as a whole. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

export function isPodLevelRequestSet(pod: Pod): boolean {
  return Object.keys(pod.spec.resources?.requests ?? {}).some(isPodLevelResource);
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

function containerRequests(pod: Pod, options: RequestOptions): ExactResources {
  const { initContainers = [], containers } = pod.spec;
  const defaults = options.defaults ?? NO_DEFAULTS;
  const main: ExactResources = new Map();
  for (const container of containers) {
    const status = options.useStatus === true ? statusOf(pod.status?.containerStatuses, container) : undefined;
    addAll(main, withDefaults(requestOf(pod, container, status), defaults));
  }
  // Init containers run one after another, each beside the sidecars started before it: only the largest moment counts.
  const sidecars: ExactResources = new Map();
  const largest: ExactResources = new Map();
  for (const container of initContainers) {
    const sidecar = isSidecar(container);
    const status = options.useStatus === true && sidecar ? statusOf(pod.status?.initContainerStatuses, container) : undefined;
    const own = withDefaults(requestOf(pod, container, status), defaults);
    if (sidecar) {
      addAll(main, own);
      addAll(sidecars, own);
      raiseTo(largest, sidecars);
    } else {
      addAll(own, sidecars);
      raiseTo(largest, own);
    }
  }
  raiseTo(main, largest);
  return main;
}

function statusOf(statuses: readonly ContainerStatus[] | undefined, container: Container): ContainerStatus | undefined {
  const status = statuses?.find((one) => one.name === container.name);
  return status?.resources === undefined ? undefined : status;
}

/** Of what was asked, granted and is in force, the largest; what can never be granted does not count. */
function requestOf(pod: Pod, container: Container, status: ContainerStatus | undefined): ExactResources {
  if (status === undefined) return exact(container.resources?.requests);
  const result = isResizeInfeasible(pod) ? new Map<string, bigint>() : exact(container.resources?.requests);
  raiseTo(result, exact(status.resources?.requests));
  raiseTo(result, exact(status.allocatedResources));
  return result;
}

function podLevelRequests(pod: Pod, useStatus: boolean): ExactResources {
  const asked = exact(pod.spec.resources?.requests);
  if (!useStatus || pod.status?.resources === undefined) return asked;
  const result = isResizeInfeasible(pod) ? new Map<string, bigint>() : asked;
  raiseTo(result, exact(pod.status.resources.requests));
  raiseTo(result, exact(pod.status.allocatedResources));
  return result;
}

function isResizeInfeasible(pod: Pod): boolean {
  return podCondition(pod, 'PodResizePending')?.reason === 'Infeasible';
}

function exact(list: ResourceList | undefined): ExactResources {
  const result: ExactResources = new Map();
  for (const name in list) result.set(name, quantityNanos(list[name] as Quantity) ?? 0n);
  return result;
}

function withDefaults(own: ExactResources, defaults: ReadonlyMap<string, bigint>): ExactResources {
  for (const [name, nanos] of defaults) if (!own.has(name)) own.set(name, nanos);
  return own;
}

function addAll(total: ExactResources, more: ExactResources): void {
  for (const [name, nanos] of more) total.set(name, (total.get(name) ?? 0n) + nanos);
}

function raiseTo(total: ExactResources, floor: ExactResources): void {
  for (const [name, nanos] of floor) {
    const present = total.get(name);
    if (present === undefined || present < nanos) total.set(name, nanos);
  }
}

function units(nanos: bigint): number {
  return Number(divideUp(nanos, UNIT_NANOS));
}
