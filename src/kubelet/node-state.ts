/**
 * What the fleet keeps for one node: a row with no closures and no timers of its own. There may be 130,000 of them.
 */

import type { Slot } from '../apiserver/store.ts';
import { flatText } from '../base/flat-text.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Link } from '../client/request-pump.ts';
import type { TokenBucket } from '../client/token-bucket.ts';
import type { ObjectKey } from '../model/meta.ts';
import type { Lease, Node } from '../model/node.ts';
import type { Pod, PodStatus } from '../model/pod.ts';
import { quantityMilli, quantityUnits } from '../model/quantity.ts';
import type { ImageStore } from './image-store.ts';
import { DEFAULT_KUBELET_CONFIGURATION, type KubeletConfiguration, type NodeSpec } from './node-spec.ts';
import type { PodWorker } from './pod-worker.ts';

/** A pod event that could not reach the node yet; `undefined` stands for its removal. */
export interface LatePod {
  readonly uid: string;
  readonly key: ObjectKey;
  readonly pod: Pod | undefined;
}

export class NodeState implements Link {
  readonly index: number;
  readonly spec: NodeSpec;
  readonly config: KubeletConfiguration;
  readonly name: string;
  /** How the API server files its lease. */
  readonly leaseKey: ObjectKey;
  /** How the API server knows this kubelet. */
  readonly author: { readonly author: string };
  readonly ip: string;
  readonly hostIps: readonly { readonly ip: string }[];

  /** Has power. */
  isUp = true;
  isKubeletUp = true;
  /** Can reach the API server. */
  isConnected = true;
  /** Its watch of pods is open; false after an outage of the API server until its reflector has tried again. */
  isWatching = true;
  /** When the cut that lasts began. */
  cutUs = 0;
  /** Counts the cuts: a mending that a new cut has overtaken is void. */
  cuts = 0;
  /** Its kubelet has started while it was cut off, after a boot or not, and has yet to hear of its pods. */
  startedOffline: 'boot' | 'restart' | undefined = undefined;
  /** Can reach, and be reached by, the other nodes. */
  isReachable = true;
  /** The network of pods is set up. */
  isNetworkReady = true;
  isShuttingDown = false;
  /** Which pods a graceful shutdown is taking down. */
  shutdownGroup: number | undefined = undefined;
  /** Grows with each crash and each restart of the kubelet: timers from before are out of date. */
  epoch = 0;
  kubeletStartUs = 0;
  /** The one-second loops of this kubelet fall on this fraction of a second. */
  readonly tickUs: number;

  /** As last answered by the API server. */
  node: Node | undefined = undefined;
  lease: Lease | undefined = undefined;
  /** Where the lease is stored, once that has been looked up. */
  leaseSlot: Slot<Lease> | undefined = undefined;
  lastReportUs = 0;
  isStatusDirty = false;

  readonly workers = new Set<PodWorker>();
  readonly allocatableCpuMilli: number;
  readonly allocatableMemoryBytes: number;
  usedCpuMilli = 0;
  usedMemoryBytes = 0;
  usedEphemeralBytes = 0;
  admittedPods = 0;

  images: ImageStore;
  /** Pods by the last part of their address; a freed number is used again only after all others. */
  addresses: (PodWorker | undefined)[] | undefined = undefined;
  nextAddress = 2;

  /** Pods whose status waits to be written, oldest first: one goroutine writes them. */
  statusQueue: PodWorker[] | undefined = undefined;
  isWritingStatus = false;
  /** The write under way: whose, what, and whether it is the pod's last. */
  writing: PodWorker | undefined = undefined;
  writingStatus: PodStatus | undefined = undefined;
  isLastWrite = false;
  bucket: TokenBucket | undefined = undefined;
  lastArrivalUs = 0;
  late: LatePod[] | undefined = undefined;

  client: Client | undefined = undefined;
  recorder: EventRecorder | undefined = undefined;

  /** Pressure conditions: true while they hold, and until when they are kept after the signal has gone. */
  hasMemoryPressure = false;
  hasDiskPressure = false;
  memoryPressureSeenUs = 0;
  diskPressureSeenUs = 0;

  /** Memory in use is this plus the growth times the seconds since the run's start. */
  memoryOffset = 0;
  memoryGrowth = 0;
  readonly memoryCapacityBytes: number;
  containerDiskBytes = 0;
  imageBytes: number;
  /** The last image collection could not free what it had to. */
  hasImageCollectionFailed = false;
  /** The pod the node is giving up under pressure: nobody else goes until it has gone, or until then. */
  evicting: { readonly victim: PodWorker; readonly untilUs: number } | undefined = undefined;
  /** Taken by something outside of pods. */
  foreignMemoryBytes = 0;
  foreignDiskBytes = 0;
  /** Names the pending looks at the node's pressure; 0 while none is needed. */
  pressureEpoch = 0;

  constructor(index: number, spec: NodeSpec, tickUs: number, images: ImageStore) {
    this.index = index;
    this.spec = spec;
    this.config = spec.kubelet === undefined ? DEFAULT_KUBELET_CONFIGURATION : { ...DEFAULT_KUBELET_CONFIGURATION, ...spec.kubelet };
    this.name = spec.name;
    this.leaseKey = flatText(`kube-node-lease/${spec.name}`);
    this.author = { author: `kubelet/${spec.name}` };
    this.ip = spec.internalIp ?? defaultNodeIp(index);
    this.hostIps = [{ ip: this.ip }];
    this.tickUs = tickUs;
    this.images = images;
    this.imageBytes = images.usedBytes;
    this.memoryCapacityBytes = quantityUnits(spec.capacity.memory);
    this.allocatableCpuMilli = allocatable(spec, 'cpu', quantityMilli);
    this.allocatableMemoryBytes = allocatable(spec, 'memory', quantityUnits) - this.config.evictionMemoryAvailableBytes;
  }

  /** Does its kubelet run, so that anything happens at all? */
  get isRunning(): boolean {
    return this.isUp && this.isKubeletUp;
  }
}

function allocatable(spec: NodeSpec, resource: string, read: (quantity: string | number | undefined) => number): number {
  return read(spec.capacity[resource]) - read(spec.kubeReserved?.[resource]) - read(spec.systemReserved?.[resource]);
}

/** One of 172.16.0.0/12, which holds a million nodes; the first address belongs to the gateway. */
function defaultNodeIp(index: number): string {
  const host = index + 2;
  return `172.${16 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
}

/** The node's pods live in a /24 of 10.128.0.0/9, and of further networks beyond 32,768 nodes. */
export function podIp(nodeIndex: number, host: number): string {
  const block = nodeIndex >> 15;
  return `${block === 0 ? 10 : 99 + block}.${128 + ((nodeIndex >> 8) & 127)}.${nodeIndex & 255}.${host}`;
}

/** The node and host number of a pod's address, or undefined when it is none of ours. */
export function parsePodIp(ip: string): { readonly nodeIndex: number; readonly host: number } | undefined {
  const [first, second, third, fourth] = ip.split('.').map(Number);
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return undefined;
  const block = first === 10 ? 0 : first - 99;
  if (block < 0 || second < 128) return undefined;
  return { nodeIndex: block * 32_768 + (second - 128) * 256 + third, host: fourth };
}
