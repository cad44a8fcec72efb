/**
 * How much of a zone is down, and how fast its nodes may be given up on.
 *
 * Models ComputeZoneState, handleDisruption and setLimiterInZone of pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
import { TokenBucket } from '../../client/token-bucket.ts';
import type { StringMap } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import type { ControllerOptions } from '../controller-options.ts';

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';
// EvictionRateLimiterBurst.
const BURST = 1;
const PARTIAL_MINIMUM = 2;

export function zoneOf(node: Node): string {
  const { labels = NO_LABELS } = node.metadata;
  let zone = zones.get(labels);
  if (zone === undefined) {
    zone = `${labels[REGION] ?? ''}:\u0000:${labels[ZONE] ?? ''}`;
    zones.set(labels, zone);
  }
  return zone;
}

const NO_LABELS: StringMap = {};
/** Every node's zone is asked for every few seconds. */
const zones = new WeakMap<StringMap, string>();

export function zoneState(ready: number, notReady: number, unhealthyThreshold: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  if (notReady > PARTIAL_MINIMUM && notReady / (notReady + ready) >= unhealthyThreshold) return 'PartialDisruption';
  return 'Normal';
}

/** Nodes of one zone that wait to be tainted, and the bucket that lets them through. */
export class ZoneQueue {
  state: ZoneState = 'Initial';
  #rate: number;
  #bucket: TokenBucket | undefined;
  /** By name, in the order they came; with the microsecond from which each may be tried again. */
  readonly #waiting = new Map<string, number>();

  constructor(rate: number) {
    this.#rate = rate;
    this.#bucket = rate > 0 ? new TokenBucket(rate, BURST) : undefined;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  add(node: string): boolean {
    if (this.#waiting.has(node)) return false;
    this.#waiting.set(node, 0);
    return true;
  }

  remove(node: string): void {
    this.#waiting.delete(node);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Can anything come out of it? */
  get isOpen(): boolean {
    return this.#rate > 0;
  }

  /** Who waits for the former bucket waits for the new one too: it begins empty then (SwapLimiter of rate_limited_queue.go). */
  enter(state: ZoneState, rate: number, nowUs: number): void {
    this.state = state;
    if (rate === this.#rate) return;
    const isWaiting = this.#bucket?.tryTake(nowUs) !== true;
    this.#rate = rate;
    this.#bucket = rate > 0 ? new TokenBucket(rate, BURST) : undefined;
    if (isWaiting) this.#bucket?.tryTake(nowUs);
  }

  /** The next node the bucket lets through at this instant. */
  take(nowUs: number): string | undefined {
    for (const name of this.#waiting.keys()) {
      if (this.#bucket?.tryTake(nowUs) !== true) return undefined;
      this.#waiting.delete(name);
      return name;
    }
    return undefined;
  }
}

/** The rate of a zone in that state (ReducedQPSFunc and HealthyQPSFunc). */
export function evictionRate(state: ZoneState, size: number, options: ControllerOptions): number {
  if (state === 'PartialDisruption') return size > options.largeClusterSizeThreshold ? options.secondaryNodeEvictionRate : 0;
  return options.nodeEvictionRate;
}
