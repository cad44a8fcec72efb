/**
 * A pod as the scheduler holds it: the object, what it counts for on a node, and the traits it shares with its like.
 *
 * Models PodInfo of pkg/scheduler/framework/types.go. Made once for each version of a pod that the scheduler sees.
 */
import { type ObjectKey, objectKey } from '../model/meta.ts';
import type { Container, ContainerStatus, Pod } from '../model/pod.ts';
import { nonZeroRequest, podRequest, type Resources } from '../model/pod-requests.ts';
import { type PeerTraits, peerTraitsOf, type SpecTraits, specTraitsOf } from './pod-traits.ts';

export class PodInfo {
  readonly pod: Pod;
  readonly key: ObjectKey;
  readonly uid: string;
  readonly priority: number;
  /** Where it stands, or is assumed to; empty while it waits. */
  readonly nodeName: string;
  /** On its way out. */
  readonly isTerminating: boolean;
  readonly spec: SpecTraits;
  readonly peer: PeerTraits;
  /** What the pod takes from its node: as in spec.request, or more while a resize is under way. */
  readonly placed: Resources;
  readonly placedNonZeroMilliCpu: number;
  readonly placedNonZeroMemory: number;

  /** `nodeName`: the node it is assumed on, whatever the object says. */
  constructor(pod: Pod, previous?: PodInfo, nodeName = pod.spec.nodeName ?? '') {
    const isSame = previous?.pod === pod;
    this.pod = pod;
    this.key = previous?.key ?? objectKey(pod);
    this.uid = pod.metadata.uid ?? this.key;
    this.priority = pod.spec.priority ?? 0;
    this.nodeName = nodeName;
    this.isTerminating = pod.metadata.deletionTimestamp !== undefined;
    const sharesSpec = isSame || (previous !== undefined && hasSameSpec(previous.pod, pod));
    this.spec = sharesSpec ? previous!.spec : specTraitsOf(pod);
    this.peer = isSame || (sharesSpec && hasSamePeers(previous!.pod, pod)) ? previous!.peer : peerTraitsOf(pod);
    if (isSame) {
      this.placed = previous.placed;
      this.placedNonZeroMilliCpu = previous.placedNonZeroMilliCpu;
      this.placedNonZeroMemory = previous.placedNonZeroMemory;
    } else if (isGrantedAsAsked(pod)) {
      this.placed = this.spec.request;
      this.placedNonZeroMilliCpu = this.spec.nonZeroMilliCpu;
      this.placedNonZeroMemory = this.spec.nonZeroMemory;
    } else {
      const nonZero = nonZeroRequest(pod, true);
      this.placed = podRequest(pod, true);
      this.placedNonZeroMilliCpu = nonZero.milliCpu;
      this.placedNonZeroMemory = nonZero.memory;
    }
  }

  get name(): string {
    return this.pod.metadata.name;
  }

  get namespace(): string {
    return this.pod.metadata.namespace ?? '';
  }

  get nominatedNodeName(): string {
    return this.pod.status?.nominatedNodeName ?? '';
  }

  /** The same pod, on that node: what the cache holds until the API server confirms the binding. */
  assumedOn(nodeName: string): PodInfo {
    return new PodInfo(this.pod, this, nodeName);
  }
}

/** Updates share what they do not change, so identity of the parts is enough; a miss only costs the key being built again. */
function hasSameSpec(previous: Pod, pod: Pod): boolean {
  const a = previous.spec;
  const b = pod.spec;
  return (
    a === b ||
    (a.containers === b.containers &&
      a.initContainers === b.initContainers &&
      a.nodeSelector === b.nodeSelector &&
      a.affinity === b.affinity &&
      a.tolerations === b.tolerations &&
      a.overhead === b.overhead &&
      a.resources === b.resources &&
      a.volumes === b.volumes &&
      a.hostNetwork === b.hostNetwork &&
      a.hostUsers === b.hostUsers &&
      a.schedulerName === b.schedulerName &&
      a.resourceClaims === b.resourceClaims &&
      a.topologySpreadConstraints === b.topologySpreadConstraints)
  );
}

function hasSamePeers(previous: Pod, pod: Pod): boolean {
  return (
    previous.metadata.labels === pod.metadata.labels &&
    previous.metadata.namespace === pod.metadata.namespace &&
    previous.metadata.ownerReferences === pod.metadata.ownerReferences
  );
}

/** No status says that the node grants something else than the specification asks for. */
function isGrantedAsAsked(pod: Pod): boolean {
  const { status } = pod;
  if (status === undefined) return true;
  if (status.resources !== undefined && pod.spec.resources !== undefined) return false;
  return (
    isGranted(pod.spec.containers, status.containerStatuses) &&
    isGranted(pod.spec.initContainers ?? NO_CONTAINERS, status.initContainerStatuses)
  );
}

const NO_CONTAINERS: readonly Container[] = [];

/** A kubelet that grants what is asked for reports the very object of the specification. */
function isGranted(containers: readonly Container[], statuses: readonly ContainerStatus[] | undefined): boolean {
  if (statuses === undefined) return true;
  for (let i = 0; i < statuses.length; i++) {
    const { resources, allocatedResources, name } = statuses[i]!;
    if (resources === undefined) continue;
    const container = containers[i];
    if (container?.name !== name || container.resources !== resources) return false;
    if (allocatedResources !== undefined && allocatedResources !== resources.requests) return false;
  }
  return true;
}
