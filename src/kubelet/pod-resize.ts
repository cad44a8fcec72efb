/**
 * A pod whose resources are changed in place: whether the node grants it, and which containers have to be started again.
 *
 * Models the allocation manager (pkg/kubelet/allocation) and the resize policy of containers. What is granted becomes the
 * container's own; what is not leaves a condition that says why.
 */
import { compareText } from '../base/compare.ts';
import type { ResourceList } from '../model/meta.ts';
import type { Container, Pod, ResourceRequirements } from '../model/pod.ts';
import { quantityMilli, quantityUnits } from '../model/quantity.ts';
import { roomOf } from './pod-admission.ts';
import type { PodWorker } from './pod-worker.ts';
import { type ContainerRecord, Run } from './runtime/container-record.ts';

/** Why a resize is still pending; one that is larger than the whole node waits as well, since 1.36 knows no capacity check. */
export interface PendingResize {
  readonly reason: 'Deferred';
  readonly message: string;
}

/** Does the new spec ask for other resources than the containers have? */
export function asksForResize(worker: PodWorker, pod: Pod): boolean {
  return worker.containers.some((record) => {
    const spec = specOf(worker, pod, record);
    return spec !== undefined && !haveSameResources(spec, record.spec);
  });
}

/** Why the node does not grant what the pod asks for; undefined when it does. */
export function pendingResize(worker: PodWorker, pod: Pod): PendingResize | undefined {
  const { node } = worker;
  const room = roomOf({ ...pod, status: {} });
  const asked = [
    { name: 'cpu', wanted: room.cpuMilli, had: worker.cpuMilli, used: node.usedCpuMilli, capacity: node.allocatableCpuMilli },
    {
      name: 'memory',
      wanted: room.memoryBytes,
      had: worker.memoryBytes,
      used: node.usedMemoryBytes,
      capacity: node.allocatableMemoryBytes,
    },
  ];
  for (const { name, wanted, had, used, capacity } of asked) {
    if (wanted > had && used - had + wanted > capacity) {
      const message = `Node didn't have enough resource: ${name}, requested: ${wanted}, used: ${used - had}, capacity: ${capacity}`;
      return { reason: 'Deferred', message };
    }
  }
  return undefined;
}

/** Must the container be started again for this change? Only a resource whose policy says so asks for it. */
export function needsRestart(before: Container, after: Container): boolean {
  return (after.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' && amounts(before, resourceName) !== amounts(after, resourceName),
  );
}

export function specOf(worker: PodWorker, pod: Pod, record: ContainerRecord): Container | undefined {
  const { containers, initContainers = [] } = pod.spec;
  return record.index < worker.initCount ? initContainers[record.index] : containers[record.index - worker.initCount];
}

/** The containers take what was granted; those that need it are marked to be started again. */
export function grantResize(worker: PodWorker, pod: Pod): void {
  for (const record of worker.containers) {
    const spec = specOf(worker, pod, record);
    if (spec === undefined) continue;
    if (record.run === Run.Running && needsRestart(record.spec, spec)) {
      record.killMessage = `Container ${spec.name} resize requires restart`;
      record.isKilledToRestart = true;
      record.killGraceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30;
    }
    record.spec = { ...record.spec, ...(spec.resources === undefined ? {} : { resources: spec.resources }) };
  }
}

/** What the Events of a resize say: the resources of all containers as Go writes them, with the error that holds the resize up. */
export function resizeText({ metadata, spec }: Pod, prefix: string, error?: string): string {
  const listOf = (containers: readonly Container[]) => containers.map(({ name, resources }) => ({ name, resources: inOrder(resources) }));
  const summary = {
    ...(spec.initContainers === undefined ? {} : { initContainers: listOf(spec.initContainers) }),
    containers: listOf(spec.containers),
    generation: metadata.generation ?? 1,
    ...(error === undefined ? {} : { error }),
  };
  return `${prefix}: ${JSON.stringify(summary)}`;
}

function inOrder({ limits, requests }: ResourceRequirements = {}): object {
  const sorted = (list: ResourceList) => Object.fromEntries(Object.entries(list).sort(([a], [b]) => compareText(a, b)));
  return { ...(limits === undefined ? {} : { limits: sorted(limits) }), ...(requests === undefined ? {} : { requests: sorted(requests) }) };
}

function haveSameResources(a: Container, b: Container): boolean {
  return amounts(a, 'cpu') === amounts(b, 'cpu') && amounts(a, 'memory') === amounts(b, 'memory');
}

function amounts(container: Container, resource: string): string {
  const read = resource === 'cpu' ? quantityMilli : quantityUnits;
  return `${read(container.resources?.requests?.[resource])}/${read(container.resources?.limits?.[resource])}`;
}
