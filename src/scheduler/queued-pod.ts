/**
 * A pod in the scheduling queue: how often it was tried, why in vain, and how long it has to wait.
 *
 * Models QueuedPodInfo of pkg/scheduler/framework/types.go and the arithmetic of backend/queue/backoff_queue.go.
 */
import { SECOND_US } from '../base/units.ts';
import type { Pod } from '../model/pod.ts';
import type { PodInfo } from './pod-info.ts';
import type { HeapMember } from './queue-heap.ts';

export type QueuePlace = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable' | 'inFlight';

const NOBODY: ReadonlySet<string> = new Set();

export class QueuedPod implements HeapMember {
  info: PodInfo;
  /** When the pod was first seen, or came back from its last attempt. */
  timestampUs: number;
  /** Tells apart what happened within one microsecond. */
  sequence: number;
  place: QueuePlace = 'unschedulable';
  heapIndex = -1;
  attempts = 0;
  /** First entry to the active queue; -1 before. */
  firstActiveUs = -1;
  unschedulableCount = 0;
  consecutiveErrors = 0;
  unschedulablePlugins: ReadonlySet<string> = NOBODY;
  pendingPlugins: ReadonlySet<string> = NOBODY;
  /** The PreEnqueue plugin that keeps it out of the queue. */
  gatedBy: string | undefined;
  #expiryUs = -1;

  constructor(info: PodInfo, timestampUs: number, sequence: number) {
    this.info = info;
    this.timestampUs = timestampUs;
    this.sequence = sequence;
  }

  get pod(): Pod {
    return this.info.pod;
  }

  get hasRejectors(): boolean {
    return this.unschedulablePlugins.size > 0 || this.pendingPlugins.size > 0;
  }

  /** Takes note of a failed attempt. */
  failed(timestampUs: number, sequence: number, unschedulable: ReadonlySet<string>, pending: ReadonlySet<string>): void {
    this.unschedulablePlugins = unschedulable;
    this.pendingPlugins = pending;
    if (this.hasRejectors) {
      this.unschedulableCount++;
      this.consecutiveErrors = 0;
    } else {
      this.consecutiveErrors++;
    }
    this.timestampUs = timestampUs;
    this.sequence = sequence;
    this.#expiryUs = -1;
  }

  /** End of the back-off, cut down to a whole second; kept until the pod fails again. */
  expiryUs(initialUs: number, maxUs: number): number {
    if (this.#expiryUs < 0) this.#expiryUs = wholeSecond(this.timestampUs + this.#backOffUs(initialUs, maxUs));
    return this.#expiryUs;
  }

  isBackingOff(nowUs: number, initialUs: number, maxUs: number): boolean {
    if (maxUs === 0 || (this.consecutiveErrors === 0 && this.unschedulableCount === 0)) return false;
    return this.expiryUs(initialUs, maxUs) >= wholeSecond(nowUs);
  }

  #backOffUs(initialUs: number, maxUs: number): number {
    const count = this.consecutiveErrors > 0 ? this.consecutiveErrors : this.unschedulableCount;
    return count === 0 ? 0 : Math.min(maxUs, initialUs * 2 ** Math.min(count - 1, 40));
  }
}

function wholeSecond(timeUs: number): number {
  return Math.floor(timeUs / SECOND_US) * SECOND_US;
}
