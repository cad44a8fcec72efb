/**
 * A pod as the scheduler holds it: the object, what it counts for on a node, and the traits it shares with its like.
 *
 * Models PodInfo of pkg/scheduler/framework/types.go. Made once for each version of a pod that the scheduler sees.
 */
import { isSameValue } from '../apiserver/same-value.ts';
import { controllerOf, type ObjectKey, objectKey } from '../model/meta.ts';
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
    const sister = previous === undefined ? sisterOf(pod) : undefined;
    this.pod = pod;
    this.key = previous?.key ?? objectKey(pod);
    this.uid = pod.metadata.uid ?? this.key;
    this.priority = pod.spec.priority ?? 0;
    this.nodeName = nodeName;
    this.isTerminating = pod.metadata.deletionTimestamp !== undefined;
    if (sister !== undefined) {
      this.spec = sister.spec;
      this.peer = isSameValue(sister.pod.metadata.labels, pod.metadata.labels) ? sister.peer : peerTraitsOf(pod);
    } else {
      const sharesSpec = isSame || (previous !== undefined && hasSameSpec(previous.pod, pod));
      this.spec = sharesSpec ? previous!.spec : specTraitsOf(pod);
      this.peer = isSame || (sharesSpec && hasSamePeers(previous!.pod, pod)) ? previous!.peer : peerTraitsOf(pod);
    }
    if (previous === undefined) this.#rememberAsSister();
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

  #rememberAsSister(): void {
    const owner = controllerOf(this.pod)?.uid;
    if (owner === undefined) return;
    if (youngest.size >= SISTER_LIMIT) youngest.clear();
    youngest.set(owner, this);
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

// Owners whose youngest pod is kept in mind; beyond it they are forgotten, and the next pod of each is looked at in full.
const SISTER_LIMIT = 10_000;
const youngest = new Map<string, PodInfo>();

/** The pod its owner made before it, if that one asks for the same: comparing them is cheaper than spelling out what is asked. */
function sisterOf(pod: Pod): PodInfo | undefined {
  const sister = youngest.get(controllerOf(pod)?.uid ?? '');
  if (sister === undefined || sister.pod.metadata.namespace !== pod.metadata.namespace) return undefined;
  const a = sister.pod.spec;
  const b = pod.spec;
  return SPEC_PARTS.every((part) => isSameValue(a[part], b[part])) ? sister : undefined;
}

/** The parts of a specification that traits are made of. */
const SPEC_PARTS = [
  'containers',
  'initContainers',
  'nodeSelector',
  'affinity',
  'tolerations',
  'overhead',
  'resources',
  'volumes',
  'hostNetwork',
  'hostUsers',
  'schedulerName',
  'resourceClaims',
  'topologySpreadConstraints',
] as const;

/** Updates share what they do not change, so identity of the parts is enough; a miss only costs the key being built again. */
function hasSameSpec(previous: Pod, pod: Pod): boolean {
  const a = previous.spec;
  const b = pod.spec;
  return a === b || SPEC_PARTS.every((part) => a[part] === b[part]);
}

function hasSamePeers(previous: Pod, pod: Pod): boolean {
  return (
    previous.metadata.labels === pod.metadata.labels &&
    previous.metadata.namespace === pod.metadata.namespace &&
    previous.metadata.ownerReferences === pod.metadata.ownerReferences
  );
}

/** No status says that the node grants something else than the specification asks for. */
export function isGrantedAsAsked(pod: Pod): boolean {
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
