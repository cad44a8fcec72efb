/**
 * Memory and disk of each node: when they run short, what is reclaimed, whom the node evicts, whom the kernel kills.
 *
 * Models eviction/eviction_manager.go and images/image_gc_manager.go. Use of memory grows evenly between starts and ends of
 * processes, so the instant a threshold is crossed is worked out and no node is looked at before. Nodes whose processes
 * stay as they are cost nothing. Left out: inode and PID pressure, soft thresholds,
 * a disk of its own for images, dead containers (their writable layers go with them).
 * Always true: under pressure one pod is evicted per pass, and the next pass waits until it has gone.
 */
import { MINUTE_US, SECOND_US } from '../base/units.ts';
import { quantityUnits } from '../model/quantity.ts';
import type { EventHandler, HandlerId } from '../sim/simulation.ts';
import { evictionVerdict, kibibytesText, rankForEviction, type Scarce, storageLimitVerdict } from './eviction-ranking.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import { isCritical } from './pod-admission.ts';
import type { PodWorker, Verdict } from './pod-worker.ts';
import { oomScoreAdjust } from './qos.ts';
import { type ContainerRecord, type Process, Run } from './runtime/container-record.ts';

const PressureEvent = { Monitor: 0, OutOfMemory: 1, CollectImages: 2, AwaitCleanup: 3, StorageLimits: 4 } as const;

// eviction_manager.go: the monitoring interval; kubelet.go: ImageGCPeriod.
const MONITOR_US = 10 * SECOND_US;
const IMAGE_GC_US = 5 * MINUTE_US;
// eviction_manager.go: podCleanupPollFreq and podCleanupTimeout.
const CLEANUP_POLL_US = SECOND_US;
const CLEANUP_TIMEOUT_US = 30 * SECOND_US;
// MaxPodGracePeriodSeconds of a hard threshold (eviction_manager.go, immediateEvictionGracePeriodSeconds).
const HARD_GRACE_SECONDS = 1;

export interface PressureSink {
  evict(worker: PodWorker, graceSeconds: number, verdict: Verdict): void;
  kill(worker: PodWorker, record: ContainerRecord): void;
}

export class NodePressure implements EventHandler {
  readonly #context: FleetContext;
  readonly #nodes: readonly NodeState[];
  readonly #handler: HandlerId;
  readonly #sink: PressureSink;

  constructor(context: FleetContext, nodes: readonly NodeState[], sink: PressureSink) {
    this.#context = context;
    this.#nodes = nodes;
    this.#handler = context.sim.register(this);
    this.#sink = sink;
  }

  started(node: NodeState, worker: PodWorker, record: ContainerRecord, process: Process): void {
    if (record.spec.resources?.limits?.['ephemeral-storage'] !== undefined && storageLimitVerdict(worker) !== undefined) {
      this.#schedule(node, PressureEvent.StorageLimits, toBeatUs(node, this.#context.sim.nowUs, MONITOR_US));
    }
    const growth = process.behaviour.memoryGrowthBytesPerSecond;
    node.memoryGrowth += growth;
    node.memoryOffset += process.behaviour.memoryBytes - (growth * process.startUs) / SECOND_US;
    node.containerDiskBytes += process.behaviour.diskBytes;
    this.#watch(node);
  }

  ended(node: NodeState, process: Process): void {
    const growth = process.behaviour.memoryGrowthBytesPerSecond;
    node.memoryGrowth -= growth;
    node.memoryOffset -= process.behaviour.memoryBytes - (growth * process.startUs) / SECOND_US;
    node.containerDiskBytes -= process.behaviour.diskBytes;
    if (node.pressureEpoch > 0) this.#watch(node);
  }

  /** The node's kubelet has started: it knows of no pressure, and looks whether there is any. */
  resumed(node: NodeState): void {
    node.evicting = undefined;
    node.hasMemoryPressure = false;
    node.hasDiskPressure = false;
    this.#collectImagesWhenFull(node);
    this.#watch(node);
  }

  /** Something outside of pods takes so much that this part of the resource is in use; 0 gives it back. */
  take(node: NodeState, scarce: Scarce, percent: number): void {
    if (scarce === 'memory') {
      node.foreignMemoryBytes = 0;
      const wanted = Math.floor((node.memoryCapacityBytes * percent) / 100) - memoryUsed(node, this.#context.sim.nowUs);
      node.foreignMemoryBytes = Math.max(0, Math.round(wanted));
    } else {
      node.foreignDiskBytes = 0;
      node.foreignDiskBytes = Math.max(0, Math.floor((diskBytes(node) * percent) / 100) - diskUsed(node));
      this.#collectImagesWhenFull(node);
    }
    this.#watch(node);
  }

  /** An image has come to the node's disk. */
  pulled(node: NodeState): void {
    if (diskBytes(node) === 0) return;
    node.imageBytes = node.images.usedBytes;
    this.#collectImagesWhenFull(node);
    this.#watch(node);
  }

  #collectImagesWhenFull(node: NodeState): void {
    const capacity = diskBytes(node);
    if (capacity === 0 || (100 * diskUsed(node)) / capacity < node.config.imageGcHighThresholdPercent) return;
    this.#schedule(node, PressureEvent.CollectImages, toBeatUs(node, this.#context.sim.nowUs, IMAGE_GC_US));
  }

  on(event: number, nodeIndex: number, stamp: number): void {
    const node = this.#nodes[nodeIndex]!;
    if (!node.isRunning) return;
    if (event === PressureEvent.CollectImages) return this.#collectImages(node);
    if (event === PressureEvent.StorageLimits) return this.#evictOverStorageLimits(node);
    if (stamp !== node.pressureEpoch) return;
    if (event === PressureEvent.Monitor) this.#monitor(node);
    else if (event === PressureEvent.AwaitCleanup) this.#awaitCleanup(node);
    else this.#outOfMemory(node);
  }

  /** Arranges for the next look at the node: when memory crosses a line, or at once when something is short already. */
  #watch(node: NodeState): void {
    const { sim } = this.#context;
    const nowUs = sim.nowUs;
    const limit = node.memoryCapacityBytes - node.config.evictionMemoryAvailableBytes;
    const used = memoryUsed(node, nowUs);
    const isShort = used > limit || diskAvailable(node) < diskThreshold(node);
    if (!isShort && node.memoryGrowth <= 0 && !node.hasMemoryPressure && !node.hasDiskPressure && node.evicting === undefined) {
      node.pressureEpoch = 0;
      return;
    }
    node.pressureEpoch = ++this.#epochs;
    if (node.evicting !== undefined) this.#schedule(node, PressureEvent.AwaitCleanup, CLEANUP_POLL_US);
    else if (!isShort && node.memoryGrowth > 0 && !node.hasMemoryPressure && !node.hasDiskPressure) {
      const crossesUs = Math.ceil(((limit - used) / node.memoryGrowth) * SECOND_US);
      this.#schedule(node, PressureEvent.Monitor, crossesUs + toBeatUs(node, nowUs + crossesUs, MONITOR_US));
    } else this.#schedule(node, PressureEvent.Monitor, toBeatUs(node, nowUs, MONITOR_US));
    if (used > node.memoryCapacityBytes) this.#schedule(node, PressureEvent.OutOfMemory, 0);
    else if (node.memoryGrowth > 0) {
      this.#schedule(node, PressureEvent.OutOfMemory, Math.ceil(((node.memoryCapacityBytes - used) / node.memoryGrowth) * SECOND_US) + 1);
    }
  }

  #epochs = 0;

  #monitor(node: NodeState): void {
    const nowUs = this.#context.sim.nowUs;
    const memoryAvailable = node.memoryCapacityBytes - memoryUsed(node, nowUs);
    const isMemoryShort = memoryAvailable < node.config.evictionMemoryAvailableBytes;
    let isDiskShort = diskAvailable(node) < diskThreshold(node);
    this.#setPressure(node, 'memory', isMemoryShort);
    this.#setPressure(node, 'ephemeral-storage', isDiskShort);
    if (isMemoryShort) {
      this.#evictOne(node, 'memory', kibibytesText(node.config.evictionMemoryAvailableBytes), memoryAvailable);
    } else if (isDiskShort) {
      this.#context.events.node(node, 'Warning', 'EvictionThresholdMet', 'Attempting to reclaim ephemeral-storage');
      this.#removeImages(node, Number.POSITIVE_INFINITY);
      isDiskShort = diskAvailable(node) < diskThreshold(node);
      if (isDiskShort) this.#evictOne(node, 'ephemeral-storage', kibibytesText(diskThreshold(node)), diskAvailable(node));
    }
    this.#watch(node);
  }

  /** The next pass follows as soon as the pod that was evicted has left nothing behind, or after half a minute. */
  #awaitCleanup(node: NodeState): void {
    const { victim, untilUs } = node.evicting!;
    if (!victim.isFinished && this.#context.sim.nowUs < untilUs) return this.#watch(node);
    node.evicting = undefined;
    this.#monitor(node);
  }

  #evictOne(node: NodeState, scarce: Scarce, threshold: string, available: number): void {
    const { sim, events } = this.#context;
    if (scarce === 'memory') events.node(node, 'Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory');
    const victim = rankForEviction(node.workers, scarce, sim.nowUs)[0];
    if (victim !== undefined) this.#evict(node, victim, evictionVerdict(victim, scarce, threshold, available, sim.nowUs));
  }

  #evict(node: NodeState, victim: PodWorker, verdict: Verdict): void {
    this.#context.events.pod(victim, 'Warning', 'Evicted', verdict.message);
    node.evicting = { victim, untilUs: this.#context.sim.nowUs + CLEANUP_TIMEOUT_US };
    this.#sink.evict(victim, HARD_GRACE_SECONDS, verdict);
  }

  /** localStorageEviction: of these, unlike under pressure, all go at once. */
  #evictOverStorageLimits(node: NodeState): void {
    for (const worker of [...node.workers]) {
      if (worker.isLeaving || !worker.isAdmitted || isCritical(worker.pod)) continue;
      const verdict = storageLimitVerdict(worker);
      if (verdict === undefined) continue;
      this.#context.events.pod(worker, 'Warning', 'Evicted', verdict.message);
      this.#sink.evict(worker, HARD_GRACE_SECONDS, verdict);
    }
  }

  /** The condition is true at once, and false again only after the transition period without the signal. */
  #setPressure(node: NodeState, scarce: Scarce, isShort: boolean): void {
    const { sim } = this.#context;
    const isMemory = scarce === 'memory';
    const had = isMemory ? node.hasMemoryPressure : node.hasDiskPressure;
    if (isShort && isMemory) node.memoryPressureSeenUs = sim.nowUs;
    else if (isShort) node.diskPressureSeenUs = sim.nowUs;
    const seenUs = isMemory ? node.memoryPressureSeenUs : node.diskPressureSeenUs;
    const has = isShort || (had && sim.nowUs - seenUs < node.config.evictionPressureTransitionPeriodSeconds * SECOND_US);
    if (has === had) return;
    if (isMemory) node.hasMemoryPressure = has;
    else node.hasDiskPressure = has;
    node.isStatusDirty = true;
  }

  /** The kernel is faster than the kubelet: the container with the highest score dies. */
  #outOfMemory(node: NodeState): void {
    const nowUs = this.#context.sim.nowUs;
    if (memoryUsed(node, nowUs) > node.memoryCapacityBytes) {
      let victim: { readonly worker: PodWorker; readonly record: ContainerRecord } | undefined;
      let highest = Number.NEGATIVE_INFINITY;
      for (const worker of node.workers) {
        for (const record of worker.containers) {
          if (record.run !== Run.Running) continue;
          const used = record.process!.memoryBytes(nowUs);
          const score = oomScoreAdjust(worker.pod, record.spec, node.memoryCapacityBytes) + (1000 * used) / node.memoryCapacityBytes;
          if (score > highest) {
            highest = score;
            victim = { worker, record };
          }
        }
      }
      if (victim !== undefined) this.#sink.kill(victim.worker, victim.record);
    }
    this.#watch(node);
  }

  /** Image garbage collection: unused images go, the least recently used first, until the low threshold is reached. */
  #collectImages(node: NodeState): void {
    const { events } = this.#context;
    const capacity = diskBytes(node);
    const used = diskUsed(node);
    const usedPercent = 100 - Math.floor(((capacity - used) * 100) / capacity);
    if (usedPercent < node.config.imageGcHighThresholdPercent) {
      node.hasImageCollectionFailed = false;
      return;
    }
    const wanted = used - Math.floor((capacity * node.config.imageGcLowThresholdPercent) / 100);
    const freed = this.#removeImages(node, wanted);
    const hadFailed = node.hasImageCollectionFailed;
    node.hasImageCollectionFailed = freed < wanted;
    if (freed >= wanted) return;
    const message =
      `Insufficient free disk space on the node's image filesystem (${usedPercent}% of ${sizeText(capacity)} used). ` +
      `Failed to free sufficient space by deleting unused images (freed ${freed} bytes). ` +
      'Investigate disk usage, as it could be used by active images, logs, volumes, or other data.';
    events.node(node, 'Warning', 'FreeDiskSpaceFailed', message);
    // The first failure may be that of a kubelet that has no figures yet.
    if (hadFailed) events.node(node, 'Warning', 'ImageGCFailed', message);
    this.#schedule(node, PressureEvent.CollectImages, IMAGE_GC_US);
  }

  /** Removes unused images until `wantedBytes` are free, sparing those that have come only lately. */
  #removeImages(node: NodeState, wantedBytes: number): number {
    const beforeUs = this.#context.sim.nowUs - node.config.imageMinimumGcAgeSeconds * SECOND_US;
    const inUse = new Set<string>();
    for (const worker of node.workers) for (const record of worker.containers) if (record.imageId !== '') inUse.add(record.imageId);
    const before = node.imageBytes;
    for (const { image, firstSeenUs } of node.images.unused((candidate) => inUse.has(candidate.id))) {
      if (before - node.imageBytes >= wantedBytes) break;
      if (firstSeenUs > beforeUs) continue;
      node.images.remove(image.reference);
      node.imageBytes = node.images.usedBytes;
      node.isStatusDirty = true;
    }
    return before - node.imageBytes;
  }

  #schedule(node: NodeState, event: number, delayUs: number): void {
    this.#context.sim.schedule(delayUs, this.#handler, event, node.index, node.pressureEpoch);
  }
}

/** formatSize of images/image_gc_manager.go. */
function sizeText(bytes: number): string {
  let size = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (size < 1024) return `${unit === 'B' ? size : size.toFixed(1)} ${unit}`;
    size /= 1024;
  }
  return `${size.toFixed(1)} TiB`;
}

function memoryUsed(node: NodeState, atUs: number): number {
  return node.foreignMemoryBytes + node.memoryOffset + (node.memoryGrowth * atUs) / SECOND_US;
}

function diskBytes(node: NodeState): number {
  return quantityUnits(node.spec.capacity['ephemeral-storage']);
}

function diskUsed(node: NodeState): number {
  return node.imageBytes + node.containerDiskBytes + node.foreignDiskBytes;
}

/** Infinite on a node that says nothing of its disk. */
function diskAvailable(node: NodeState): number {
  const capacity = diskBytes(node);
  return capacity === 0 ? Number.POSITIVE_INFINITY : capacity - diskUsed(node);
}

/** Images and pods share one disk, so both signals read the same figure, and the higher threshold is met first. */
function diskThreshold(node: NodeState): number {
  const { evictionDiskAvailablePercent, evictionImageFsAvailablePercent } = node.config;
  return Math.floor((diskBytes(node) * Math.max(evictionDiskAvailablePercent, evictionImageFsAvailablePercent)) / 100);
}

/** Microseconds to the node's next beat of that period, strictly after `nowUs`. */
function toBeatUs(node: NodeState, nowUs: number, periodUs: number): number {
  return node.tickUs + (Math.floor((nowUs - node.tickUs) / periodUs) + 1) * periodUs - nowUs;
}
