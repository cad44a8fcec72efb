/**
 * Which pod is tried next, and which events bring back one that was rejected.
 *
 * Models pkg/scheduler/backend/queue (scheduling_queue.go, active_queue.go, backoff_queue.go, unschedulable_pods.go) with queueing
 * hints and pop from backoffQ on. A pod known to the queue is in exactly one place. An event costs only as much as there are
 * rejected pods whose rejecting plugins asked for it.
 */
import { MINUTE_US } from '../base/units.ts';
import type { KubeObject } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { ClusterEvent } from './events.ts';
import type { Nominator } from './nominator.ts';
import { podEvents } from './object-events.ts';
import { PodInfo } from './pod-info.ts';
import type { Profile } from './profile.ts';
import { QueueHeap } from './queue-heap.ts';
import { QueuedPod } from './queued-pod.ts';
import { type HintMap, TIMEOUT_EVENT } from './queueing-hints.ts';

export interface QueueProfile {
  readonly profile: Profile;
  readonly hints: HintMap;
}

export interface QueueOptions {
  /** Each reading may be later than the one before. */
  readonly nowUs: () => number;
  readonly nominator: Nominator;
  readonly profiles: ReadonlyMap<string, QueueProfile>;
  readonly initialBackOffUs: number;
  readonly maxBackOffUs: number;
  /** Told when a pod may be there to pop. */
  readonly onReady?: () => void;
}

type Requeue = 'skip' | 'afterBackOff' | 'immediately';

interface SeenEvent {
  readonly event: ClusterEvent;
  readonly previous: KubeObject | undefined;
  readonly object: KubeObject | undefined;
}

const MAX_IN_UNSCHEDULABLE_US = 5 * MINUTE_US;

export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #byUid = new Map<string, QueuedPod>();
  readonly #active: QueueHeap<QueuedPod>;
  readonly #backOff: QueueHeap<QueuedPod>;
  readonly #errorBackOff: QueueHeap<QueuedPod>;
  readonly #pool = new Set<QueuedPod>();
  /** Members of the pool by the plugins that rejected or gate them; '' for those nobody rejected. */
  readonly #poolByPlugin = new Map<string, Set<QueuedPod>>();
  readonly #seen: SeenEvent[] = [];
  /** Absolute index of `#seen[0]`, and for each pod in flight the index of the first event since it was popped. */
  #seenBase = 0;
  readonly #inFlight = new Map<string, number>();
  #sequence = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    const { initialBackOffUs: initial, maxBackOffUs: max } = options;
    const sort = [...options.profiles.values()][0]?.profile.queueSort;
    const isFirst = (a: QueuedPod, b: QueuedPod): boolean => {
      if (sort?.less(a, b) === true) return true;
      return sort?.less(b, a) === true ? false : a.sequence < b.sequence;
    };
    const byExpiry = (a: QueuedPod, b: QueuedPod): boolean => {
      const difference = a.expiryUs(initial, max) - b.expiryUs(initial, max);
      return difference === 0 ? isFirst(a, b) : difference < 0;
    };
    this.#active = new QueueHeap(isFirst);
    this.#backOff = new QueueHeap(byExpiry);
    this.#errorBackOff = new QueueHeap(byExpiry);
  }

  /** Pods by place, for metrics. Gated ones are counted apart. */
  get counts(): { readonly active: number; readonly backoff: number; readonly unschedulable: number; readonly gated: number } {
    let gated = 0;
    for (const entry of this.#pool) if (entry.gatedBy !== undefined) gated++;
    const backoff = this.#backOff.size + this.#errorBackOff.size;
    return { active: this.#active.size, backoff, unschedulable: this.#pool.size - gated, gated };
  }

  get isReady(): boolean {
    return this.#active.size > 0 || this.#backOff.size > 0;
  }

  has(uid: string): boolean {
    return this.#byUid.has(uid);
  }

  get(uid: string): QueuedPod | undefined {
    return this.#byUid.get(uid);
  }

  /** An unscheduled pod appeared. */
  add(pod: Pod): void {
    const info = new PodInfo(pod);
    const entry = new QueuedPod(info, this.#options.nowUs(), this.#sequence++);
    this.#byUid.set(info.uid, entry);
    this.#options.nominator.add(info, info.nominatedNodeName);
    this.#toActive(entry);
  }

  /** An unscheduled pod changed. */
  update(previous: Pod, pod: Pod): void {
    const entry = this.#byUid.get(pod.metadata.uid ?? '');
    if (entry === undefined) return this.add(pod);
    const before = entry.info;
    entry.info = new PodInfo(pod, before);
    this.#options.nominator.update(before, entry.info);
    const events = podEvents('UnscheduledPod', previous, pod, before.placed === entry.info.placed);
    if (entry.place === 'inFlight') {
      for (const event of events) this.#record(event, previous, pod);
      return;
    }
    if (entry.place !== 'unschedulable') return;
    for (const event of events) {
      const requeue = this.#requeueOf(entry, event, previous, pod);
      if (requeue === 'skip') continue;
      this.#leavePool(entry);
      this.#requeue(entry, requeue);
      // A pod that is still gated is back in the pool; another of its changes may open the gate.
      if (entry.gatedBy === undefined) return;
    }
  }

  /** The pod was deleted, bound by somebody, or is none of ours any more. */
  delete(uid: string): void {
    this.#options.nominator.remove(uid);
    const entry = this.#byUid.get(uid);
    if (entry === undefined || entry.place === 'inFlight') return;
    this.#takeOut(entry);
    this.#byUid.delete(uid);
  }

  /** The next pod to try: an idle scheduler does not wait for back-offs to end, but for those after errors. */
  pop(): QueuedPod | undefined {
    const entry = this.#active.pop() ?? this.#popBackOff();
    if (entry === undefined) return undefined;
    entry.attempts++;
    entry.place = 'inFlight';
    this.#inFlight.set(entry.info.uid, this.#seenBase + this.#seen.length);
    return entry;
  }

  #popBackOff(): QueuedPod | undefined {
    const entry = this.#backOff.pop();
    if (entry !== undefined) this.#noteActive(entry);
    return entry;
  }

  /** The attempt has ended well: events need no longer be kept for the pod. */
  done(entry: QueuedPod): void {
    this.#endFlight(entry.info.uid);
    if (entry.place === 'inFlight') this.#byUid.delete(entry.info.uid);
  }

  /**
   * The attempt has failed. `current` is the pod as the informer has it now, absent when it is gone, bound, or another of that
   * name. Events since it was popped count as if they came now.
   */
  giveBack(entry: QueuedPod, current: Pod | undefined, unschedulable: ReadonlySet<string>, pending: ReadonlySet<string>): void {
    const { uid } = entry.info;
    const missed = this.#seen.slice((this.#inFlight.get(uid) ?? this.#seenBase + this.#seen.length) - this.#seenBase);
    this.#endFlight(uid);
    if (current === undefined) {
      this.#byUid.delete(uid);
      this.#options.nominator.remove(uid);
      return;
    }
    if (entry.info.pod !== current) entry.info = new PodInfo(current, entry.info);
    this.#byUid.set(uid, entry);
    entry.failed(this.#options.nowUs(), this.#sequence++, new Set(unschedulable), new Set(pending));
    entry.gatedBy = undefined;
    let requeue: Requeue = entry.hasRejectors ? 'skip' : 'afterBackOff';
    if (requeue === 'skip') {
      for (const { event, previous, object } of missed) {
        const wanted = this.#requeueOf(entry, event, previous, object);
        if (wanted === 'skip') continue;
        requeue = wanted;
        if (wanted === 'immediately') break;
      }
    }
    this.#requeue(entry, requeue);
  }

  /** Something happened in the cluster: pods whose plugins take heart from it are tried again. */
  onEvent(
    event: ClusterEvent,
    previous: KubeObject | undefined,
    object: KubeObject | undefined,
    mayHelp?: (entry: QueuedPod) => boolean,
  ): void {
    for (const entry of this.#concerned(event)) {
      if (mayHelp !== undefined && !mayHelp(entry)) continue;
      const requeue = this.#requeueOf(entry, event, previous, object);
      if (requeue === 'skip') continue;
      this.#leavePool(entry);
      this.#requeue(entry, requeue);
    }
    this.#record(event, previous, object);
  }

  /** Tries a pod again whatever its plugins say: an asynchronous preemption for it has failed or changed. */
  activate(uid: string): void {
    const entry = this.#byUid.get(uid);
    if (entry === undefined || entry.place === 'active') return;
    if (entry.place === 'inFlight') {
      this.#record(TIMEOUT_EVENT, undefined, entry.pod);
      return;
    }
    this.#takeOut(entry);
    this.#toActive(entry);
  }

  /** Every whole second: back-offs that have ended. */
  flushBackOff(): void {
    const { initialBackOffUs: initial, maxBackOffUs: max } = this.#options;
    const nowUs = this.#options.nowUs();
    for (const heap of [this.#backOff, this.#errorBackOff]) {
      for (let entry = heap.peek(); entry !== undefined && !entry.isBackingOff(nowUs, initial, max); entry = heap.peek()) {
        heap.remove(entry);
        this.#enterActive(entry);
      }
    }
  }

  /** Every 30 s: pods no event has helped for five minutes. */
  flushUnschedulable(): void {
    const nowUs = this.#options.nowUs();
    for (const entry of [...this.#pool]) {
      if (entry.gatedBy !== undefined || nowUs - entry.timestampUs <= MAX_IN_UNSCHEDULABLE_US) continue;
      this.#leavePool(entry);
      this.#requeue(entry, 'afterBackOff');
    }
  }

  #concerned(event: ClusterEvent): Iterable<QueuedPod> {
    if (this.#pool.size === 0) return [];
    if (event.resource === '*') return [...this.#pool];
    const found = new Set<QueuedPod>(this.#poolByPlugin.get(''));
    for (const { hints } of this.#options.profiles.values()) {
      for (const { plugin } of hints.matching(event)) for (const entry of this.#poolByPlugin.get(plugin) ?? []) found.add(entry);
    }
    return found;
  }

  #requeueOf(entry: QueuedPod, event: ClusterEvent, previous: KubeObject | undefined, object: KubeObject | undefined): Requeue {
    const hints = this.#options.profiles.get(entry.pod.spec.schedulerName ?? '')?.hints;
    if (hints === undefined) return 'skip';
    const matching = hints.matching(event);
    const { gatedBy } = entry;
    if (gatedBy !== undefined && event.resource !== '*' && !matching.some(({ plugin }) => plugin === gatedBy)) return 'skip';
    if (event.resource === '*') {
      return object === undefined || object.metadata.uid === entry.pod.metadata.uid ? 'afterBackOff' : 'skip';
    }
    if (!entry.hasRejectors) return 'afterBackOff';
    let requeue: Requeue = 'skip';
    for (const { plugin, hint } of matching) {
      const isPending = entry.pendingPlugins.has(plugin);
      if (!isPending && !entry.unschedulablePlugins.has(plugin)) continue;
      if (hint !== undefined && hint(entry.pod, previous, object) === 'Skip') continue;
      if (isPending) return 'immediately';
      requeue = 'afterBackOff';
    }
    return requeue;
  }

  #requeue(entry: QueuedPod, requeue: Requeue): void {
    if (requeue === 'skip') return this.#toPool(entry);
    const { initialBackOffUs: initial, maxBackOffUs: max, nowUs } = this.#options;
    const mustWait = requeue === 'afterBackOff' && entry.isBackingOff(nowUs(), initial, max);
    if (!mustWait) return this.#toActive(entry);
    if (this.#isGated(entry)) return this.#toPool(entry);
    const isAfterError = !entry.hasRejectors;
    entry.place = isAfterError ? 'errorBackoff' : 'backoff';
    (isAfterError ? this.#errorBackOff : this.#backOff).push(entry);
    if (!isAfterError) this.#options.onReady?.();
  }

  #toActive(entry: QueuedPod): void {
    if (this.#isGated(entry)) this.#toPool(entry);
    else this.#enterActive(entry);
  }

  #enterActive(entry: QueuedPod): void {
    entry.place = 'active';
    this.#noteActive(entry);
    this.#active.push(entry);
    this.#options.onReady?.();
  }

  #noteActive(entry: QueuedPod): void {
    if (entry.firstActiveUs < 0) entry.firstActiveUs = this.#options.nowUs();
  }

  #isGated(entry: QueuedPod): boolean {
    const profile = this.#options.profiles.get(entry.pod.spec.schedulerName ?? '')?.profile;
    entry.gatedBy = undefined;
    for (const plugin of profile?.preEnqueue ?? []) {
      const status = plugin.preEnqueue(entry.pod);
      if (status === undefined) continue;
      entry.gatedBy = plugin.name;
      entry.unschedulablePlugins = new Set([...entry.unschedulablePlugins, plugin.name]);
      return true;
    }
    return false;
  }

  #toPool(entry: QueuedPod): void {
    entry.place = 'unschedulable';
    this.#pool.add(entry);
    for (const name of poolNames(entry)) {
      let members = this.#poolByPlugin.get(name);
      if (members === undefined) {
        members = new Set();
        this.#poolByPlugin.set(name, members);
      }
      members.add(entry);
    }
  }

  #leavePool(entry: QueuedPod): void {
    this.#pool.delete(entry);
    for (const name of poolNames(entry)) this.#poolByPlugin.get(name)?.delete(entry);
  }

  #takeOut(entry: QueuedPod): void {
    if (entry.place === 'active') this.#active.remove(entry);
    else if (entry.place === 'backoff') this.#backOff.remove(entry);
    else if (entry.place === 'errorBackoff') this.#errorBackOff.remove(entry);
    else this.#leavePool(entry);
  }

  #record(event: ClusterEvent, previous: KubeObject | undefined, object: KubeObject | undefined): void {
    if (this.#inFlight.size === 0) return;
    const isWanted = event.resource === '*' || [...this.#options.profiles.values()].some(({ hints }) => hints.matching(event).length > 0);
    if (isWanted) this.#seen.push({ event, previous, object });
  }

  #endFlight(uid: string): void {
    if (!this.#inFlight.delete(uid) || this.#inFlight.size > 0) return;
    this.#seenBase += this.#seen.length;
    this.#seen.length = 0;
  }
}

/** What an entry of the pool is filed under. */
function poolNames(entry: QueuedPod): readonly string[] {
  return entry.hasRejectors ? [...entry.unschedulablePlugins, ...entry.pendingPlugins] : [''];
}
