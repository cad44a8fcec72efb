/**
 * A node as the scheduler counts it: what stands on it, what is taken, what is left.
 *
 * Models NodeInfo of pkg/scheduler/framework/types.go. The order of `pods` is upstream's: a pod is appended, and on removal
 * the last one takes the free slot; preemption depends on it. Dry runs work on a clone.
 */
import { fail } from '../base/fail.ts';
import type { StringMap } from '../model/meta.ts';
import type { Node, Taint } from '../model/node.ts';
import { listedResources, type Resources } from '../model/pod-requests.ts';
import { quantityUnits } from '../model/quantity.ts';
import type { PodInfo } from './pod-info.ts';
import type { HostPort } from './pod-traits.ts';

/** What the cache knew of an image when the node was last taken into the snapshot. */
export interface ImageSummary {
  readonly sizeBytes: number;
  readonly nodeCount: number;
}

const NO_LABELS: StringMap = {};
const NO_TAINTS: readonly Taint[] = [];
const NOTHING: Resources = listedResources(undefined);
const NO_IMAGES: ReadonlyMap<string, ImageSummary> = new Map();

export class NodeInfo {
  readonly name: string;
  /** Absent while only pods are known of it: its Node was deleted, or has not been seen yet. */
  node: Node | undefined;
  labels: StringMap = NO_LABELS;
  taints: readonly Taint[] = NO_TAINTS;
  allocatable: Resources = NOTHING;
  allowedPods = 0;
  images: ReadonlyMap<string, ImageSummary> = NO_IMAGES;

  readonly pods: PodInfo[] = [];
  /** How many of them have pod (anti-)affinity of any kind, and how many required anti-affinity. */
  affinityPodCount = 0;
  requiredAntiAffinityPodCount = 0;

  requestedMilliCpu = 0;
  requestedMemory = 0;
  requestedEphemeralStorage = 0;
  nonZeroMilliCpu = 0;
  nonZeroMemory = 0;
  /** By scalar resource; entries stay when they come back to 0. */
  requestedScalars: Map<string, number> | undefined;

  /** Host ports in use: IP to the set of `protocol/port`. */
  #ports: Map<string, Set<string>> | undefined;
  /** Claims of the pods here, `namespace/name`, with how many pods use each. */
  #claims: Map<string, number> | undefined;

  /** Grows with every change that a filter or a score could notice. */
  generation = 0;
  /** The generation in which the node itself, and not just what stands on it, last changed. */
  ownGeneration = 0;
  /** Grows whenever a pod comes or goes, or a new version takes its place: also when nothing is counted otherwise for it. */
  podsVersion = 0;
  /** The generation the snapshot last took note of. */
  loggedGeneration = 0;
  /** Row in the snapshot's list; -1 when it is not in the list. */
  row = -1;

  constructor(name: string) {
    this.name = name;
  }

  setNode(node: Node | undefined): void {
    this.node = node;
    this.labels = node?.metadata.labels ?? NO_LABELS;
    this.taints = node?.spec?.taints ?? NO_TAINTS;
    this.allocatable = node === undefined ? NOTHING : listedResources(node.status?.allocatable);
    this.allowedPods = quantityUnits(node?.status?.allocatable?.pods);
    if (node === undefined) this.images = NO_IMAGES;
  }

  requestedOf(scalar: string): number {
    return this.requestedScalars?.get(scalar) ?? 0;
  }

  addPod(pod: PodInfo): void {
    this.pods.push(pod);
    this.#count(pod, 1);
    for (const port of pod.spec.hostPorts) this.#usePort(port);
  }

  /** False when no pod of that uid is here. */
  removePod(pod: PodInfo): boolean {
    const { pods } = this;
    for (let i = 0; i < pods.length; i++) {
      const present = pods[i]!;
      if (present !== pod && present.uid !== pod.uid) continue;
      pods[i] = pods[pods.length - 1]!;
      pods.pop();
      this.#count(present, -1);
      // Ports are a set: of two pods that share one, the first to go frees it (spec 4.2).
      for (const port of present.spec.hostPorts) this.#freePort(port);
      return true;
    }
    return false;
  }

  /** Puts a version of a pod that counts the same in place of the old, with the same effect on the order as remove and append. */
  replacePod(previous: PodInfo, pod: PodInfo): void {
    const { pods } = this;
    const last = pods.length - 1;
    const index = pods.indexOf(previous);
    if (index < 0) fail(`Cannot replace pod ${pod.key} on node ${this.name}: it is not there`);
    pods[index] = pods[last]!;
    pods[last] = pod;
    this.podsVersion++;
  }

  hasPort(port: HostPort): boolean {
    if (this.#ports === undefined) return false;
    const entry = portEntry(port);
    if (port.ip === ANY_IP) {
      for (const used of this.#ports.values()) if (used.has(entry)) return true;
      return false;
    }
    return this.#ports.get(ANY_IP)?.has(entry) === true || this.#ports.get(port.ip)?.has(entry) === true;
  }

  /** How many pods here use the claim `namespace/name`. */
  claimUsers(key: string): number {
    return this.#claims?.get(key) ?? 0;
  }

  get hasClaims(): boolean {
    return this.#claims !== undefined && this.#claims.size > 0;
  }

  get claims(): Iterable<string> {
    return this.#claims?.keys() ?? [];
  }

  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.node = this.node;
    copy.labels = this.labels;
    copy.taints = this.taints;
    copy.allocatable = this.allocatable;
    copy.allowedPods = this.allowedPods;
    copy.images = this.images;
    for (const pod of this.pods) copy.pods.push(pod);
    copy.affinityPodCount = this.affinityPodCount;
    copy.requiredAntiAffinityPodCount = this.requiredAntiAffinityPodCount;
    copy.requestedMilliCpu = this.requestedMilliCpu;
    copy.requestedMemory = this.requestedMemory;
    copy.requestedEphemeralStorage = this.requestedEphemeralStorage;
    copy.nonZeroMilliCpu = this.nonZeroMilliCpu;
    copy.nonZeroMemory = this.nonZeroMemory;
    if (this.requestedScalars !== undefined) copy.requestedScalars = new Map(this.requestedScalars);
    if (this.#ports !== undefined) copy.#ports = new Map([...this.#ports].map(([ip, used]) => [ip, new Set(used)]));
    if (this.#claims !== undefined) copy.#claims = new Map(this.#claims);
    copy.generation = this.generation;
    copy.row = this.row;
    return copy;
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    const { placed, peer } = pod;
    this.podsVersion++;
    this.requestedMilliCpu += sign * placed.milliCpu;
    this.requestedMemory += sign * placed.memory;
    this.requestedEphemeralStorage += sign * placed.ephemeralStorage;
    this.nonZeroMilliCpu += sign * pod.placedNonZeroMilliCpu;
    this.nonZeroMemory += sign * pod.placedNonZeroMemory;
    if (placed.scalars.size > 0) {
      this.requestedScalars ??= new Map();
      for (const [name, amount] of placed.scalars) {
        this.requestedScalars.set(name, (this.requestedScalars.get(name) ?? 0) + sign * amount);
      }
    }
    if (peer.hasAffinity) this.affinityPodCount += sign;
    if (peer.requiredAntiAffinity.length > 0) this.requiredAntiAffinityPodCount += sign;
    if (pod.spec.hasStorage) this.#countClaims(pod, sign);
  }

  #countClaims(pod: PodInfo, sign: 1 | -1): void {
    for (const key of claimKeysOf(pod)) {
      this.#claims ??= new Map();
      const users = (this.#claims.get(key) ?? 0) + sign;
      if (users > 0) this.#claims.set(key, users);
      else this.#claims.delete(key);
    }
  }

  #usePort(port: HostPort): void {
    this.#ports ??= new Map();
    let used = this.#ports.get(port.ip);
    if (used === undefined) {
      used = new Set();
      this.#ports.set(port.ip, used);
    }
    used.add(portEntry(port));
  }

  #freePort(port: HostPort): void {
    const used = this.#ports?.get(port.ip);
    used?.delete(portEntry(port));
    if (used?.size === 0) this.#ports?.delete(port.ip);
  }
}

/** The claims a pod names, as `namespace/name`. Those of ephemeral volumes are not counted: nobody else can use them. */
function claimKeysOf(pod: PodInfo): string[] {
  const keys: string[] = [];
  for (const { persistentVolumeClaim } of pod.pod.spec.volumes ?? []) {
    if (persistentVolumeClaim !== undefined) keys.push(`${pod.namespace}/${persistentVolumeClaim.claimName}`);
  }
  return keys;
}

const ANY_IP = '0.0.0.0';

function portEntry({ protocol, port }: HostPort): string {
  return `${protocol}/${port}`;
}
