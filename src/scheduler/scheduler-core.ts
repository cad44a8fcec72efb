/**
 * The scheduler without its clock and its API: what it makes of each change of the cluster, and one attempt at a time.
 *
 * Models pkg/scheduler/eventhandlers.go and schedule_one.go (schedulingCycle, handleSchedulingFailure, assume, forget). The
 * component (scheduler.ts) feeds it from informers and carries out what it decides; a replay does the same by hand.
 */
import type { KubeObject } from '../model/meta.ts';
import type { Node } from '../model/node.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { Cache } from './cache.ts';
import type { SchedulerConfiguration } from './configuration.ts';
import { fitMessage } from './diagnosis.ts';
import { Action, type ClusterEvent, type EventResource } from './events.ts';
import type { DecisionWatcher } from './explain/decision-recorder.ts';
import { FastPath } from './fast/fast-path.ts';
import { type MemoryLimits, PodCounts } from './fast/pod-counts.ts';
import type { CycleState, PostFilterOutcome, Status } from './framework.ts';
import type { BindingApi, Listers, PluginHandle } from './handle.ts';
import { Nominator } from './nominator.ts';
import { nodeEvents, podEvents } from './object-events.ts';
import { PLUGINS, type PluginFactory } from './plugin-registry.ts';
import type { DefaultPreemption, PreemptionGate } from './plugins/default-preemption.ts';
import type { FoundCandidates } from './preemption/candidate-search.ts';
import { Profile } from './profile.ts';
import type { QueuedPod } from './queued-pod.ts';
import { HintMap } from './queueing-hints.ts';
import { type Decision, NO_NODES, schedulePod, type Unfit } from './schedule-pod.ts';
import { type QueueProfile, SchedulingQueue } from './scheduling-queue.ts';
import { Snapshot } from './snapshot.ts';

/** One pod tried. `chosen` still has to be bound, the others given back with `giveBack`. */
export interface Attempt {
  readonly entry: QueuedPod;
  readonly profile: Profile;
  readonly result: 'chosen' | 'unschedulable' | 'error';
  readonly node: string | undefined;
  readonly message: string;
  readonly nomination: PostFilterOutcome['nomination'];
  readonly nominatedNode: string;
  readonly evaluated: number;
  readonly feasible: number;
  readonly state: CycleState | undefined;
  /** What has to be evicted for the nomination. */
  readonly preemption: FoundCandidates | undefined;
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly pendingPlugins: ReadonlySet<string>;
}

export interface CoreOptions {
  /** Every decision the obvious way: the slow twin of the fast path, which must come to the same. */
  readonly isSlow?: boolean;
  /** What the fast path may remember; the default is enough for anybody but a test. */
  readonly memory?: MemoryLimits;
  readonly configuration: SchedulerConfiguration;
  readonly listers: Listers;
  readonly nowUs: () => number;
  readonly onReady?: () => void;
  readonly plugins?: ReadonlyMap<string, PluginFactory>;
  readonly gate?: PreemptionGate;
  /** Told of each decision; it cannot change one. */
  readonly watcher?: DecisionWatcher;
  /** What plugins bind volumes with. */
  readonly api?: BindingApi;
  /** Where the search for preemption candidates begins. */
  readonly drawOffset?: (count: number) => number;
}

const NOBODY: ReadonlySet<string> = new Set();
const POD_ADDED: ClusterEvent = { resource: 'AssignedPod', action: Action.Add };
const POD_DELETED: ClusterEvent = { resource: 'AssignedPod', action: Action.Delete };

export class SchedulerCore {
  readonly cache = new Cache();
  readonly snapshot = new Snapshot();
  readonly nominator = new Nominator();
  readonly queue: SchedulingQueue;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly percentageOfNodesToScore: number;
  readonly nowUs: () => number;
  readonly #position = { next: 0 };
  readonly #watcher: DecisionWatcher | undefined;

  /** Empty when every decision is to go the obvious way. */
  readonly #fastPaths = new Map<Profile, FastPath>();

  constructor(options: CoreOptions) {
    const { configuration, listers, nowUs, onReady } = options;
    this.percentageOfNodesToScore = configuration.percentageOfNodesToScore;
    this.nowUs = nowUs;
    this.#watcher = options.watcher;
    const handle: PluginHandle = { snapshot: this.snapshot, listers, nominated: this.nominator, api: options.api, nowUs };
    this.nominator.onChange = (nodeName) => {
      const row = this.snapshot.get(nodeName)?.row ?? -1;
      if (row !== -1) this.snapshot.log.push(row);
    };
    const counts = options.isSlow === true ? undefined : new PodCounts(this.cache, this.snapshot, options.memory);
    const profiles = new Map<string, QueueProfile>();
    for (const spec of configuration.profiles) {
      const profile = new Profile(spec, handle, options.plugins ?? PLUGINS);
      const preemption = profile.plugin<DefaultPreemption>('DefaultPreemption');
      if (preemption !== undefined) {
        preemption.gate = options.gate;
        if (options.drawOffset !== undefined) preemption.drawOffset = options.drawOffset;
      }
      if (counts !== undefined) this.#fastPaths.set(profile, new FastPath(profile, counts));
      profiles.set(spec.schedulerName, { profile, hints: new HintMap(profile) });
    }
    this.profiles = new Map([...profiles].map(([name, { profile }]) => [name, profile]));
    this.queue = new SchedulingQueue({
      nowUs,
      nominator: this.nominator,
      profiles,
      initialBackOffUs: configuration.podInitialBackoffSeconds * 1_000_000,
      maxBackOffUs: configuration.podMaxBackoffSeconds * 1_000_000,
      ...(onReady === undefined ? {} : { onReady }),
    });
  }

  /** nextStartNodeIndex: where the next search begins. */
  get searchPosition(): number {
    return this.#position.next;
  }

  /** A pod came, changed or went. Those that have ended are gone as far as scheduling is concerned. */
  onPod(before: Pod | undefined, after: Pod | undefined): void {
    const previous = before !== undefined && !isPodTerminal(before) ? before : undefined;
    const pod = after !== undefined && !isPodTerminal(after) ? after : undefined;
    const wasPlaced = previous !== undefined && isPlaced(previous);
    if (pod === undefined) {
      if (previous === undefined) return;
      if (wasPlaced) this.#placedPodGone(previous);
      else this.#waitingPodGone(previous);
    } else if (!isPlaced(pod)) {
      this.#onWaitingPod(previous, pod);
    } else if (wasPlaced) {
      const before = this.cache.getPod(pod.metadata.uid ?? '');
      const info = this.cache.updatePod(pod);
      const keepsRequest = before?.placed === info.placed;
      for (const event of podEvents('AssignedPod', previous, pod, keepsRequest)) this.queue.onEvent(event, previous, pod);
    } else {
      if (previous !== undefined) this.queue.delete(pod.metadata.uid ?? '');
      this.cache.addPod(pod);
      this.queue.onEvent(POD_ADDED, undefined, pod);
    }
  }

  onNode(before: Node | undefined, after: Node | undefined): void {
    if (after === undefined) {
      this.queue.onEvent({ resource: 'Node', action: Action.Delete }, before, undefined);
      this.cache.removeNode(before!.metadata.name);
    } else if (before === undefined) {
      this.cache.addNode(after);
      this.queue.onEvent({ resource: 'Node', action: Action.Add }, undefined, after);
    } else {
      const events = nodeEvents(before, after);
      this.cache.updateNode(after);
      for (const event of events) this.queue.onEvent(event, before, after);
    }
  }

  /** Anything else that plugins may be waiting for. */
  onObject(resource: EventResource, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const action = after === undefined ? Action.Delete : before === undefined ? Action.Add : Action.Update;
    this.queue.onEvent({ resource, action }, before, after);
  }

  /** Tries the next pod; undefined when none is to be tried now. */
  attempt(): Attempt | undefined {
    for (let entry = this.queue.pop(); entry !== undefined; entry = this.queue.pop()) {
      const profile = this.profiles.get(entry.pod.spec.schedulerName ?? '');
      const isDropped = profile === undefined || entry.info.isTerminating || this.cache.isAssumed(entry.info.uid);
      if (!isDropped) return this.#try(entry, profile);
      this.queue.done(entry);
    }
    return undefined;
  }

  /** After a failed attempt; `current` is the pod as the informer has it, absent when there is nothing left to place. */
  giveBack(attempt: Attempt, current: Pod | undefined): void {
    const { entry } = attempt;
    this.queue.giveBack(entry, current, attempt.unschedulablePlugins, attempt.pendingPlugins);
    if (current === undefined) return;
    this.nominator.add(entry.info, attempt.nomination === 'keep' ? entry.info.nominatedNodeName : attempt.nominatedNode);
  }

  /** The binding failed: the place is free again, and the pod comes back after a back-off. */
  unbind(attempt: Attempt, message: string): Attempt {
    const { entry, profile, state, node } = attempt;
    this.#unreserve(profile, state!, entry, node!);
    this.#forget(entry.pod);
    return { ...attempt, result: 'error', message, nomination: 'clear', nominatedNode: '' };
  }

  #onWaitingPod(previous: Pod | undefined, pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (!this.profiles.has(pod.spec.schedulerName ?? '')) return;
    if (previous === undefined) return this.queue.add(pod);
    if (previous.metadata.resourceVersion !== undefined && previous.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    if (this.cache.isAssumed(uid)) {
      if (previous.metadata.deletionTimestamp !== undefined || pod.metadata.deletionTimestamp === undefined) return;
      this.#forget(pod);
      return;
    }
    this.queue.update(previous, pod);
    const promised = previous.status?.nominatedNodeName ?? '';
    if (promised !== '' && promised !== (pod.status?.nominatedNodeName ?? '')) this.#promiseEnded(previous);
  }

  #waitingPodGone(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const wasPromised = this.nominator.nodeOf(uid) !== undefined;
    this.queue.delete(uid);
    if (this.cache.isAssumed(uid)) {
      this.#forget(pod);
    } else if (wasPromised) {
      this.#promiseEnded(pod);
    }
  }

  /** Takes back an assumption: for those who wait it is as if a placed pod had been deleted, so they are told where it stood. */
  #forget(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const nodeName = this.cache.getPod(uid)?.nodeName;
    this.cache.forgetPod(uid);
    this.queue.onEvent(POD_DELETED, nodeName === undefined ? pod : { ...pod, spec: { ...pod.spec, nodeName } }, undefined);
  }

  #placedPodGone(pod: Pod): void {
    this.cache.removePod(pod.metadata.uid ?? '');
    this.queue.onEvent(POD_DELETED, pod, undefined);
  }

  /** What was kept for the pod is free again for those that had to respect it. */
  #promiseEnded(pod: Pod): void {
    const priority = pod.spec.priority ?? 0;
    this.queue.onEvent(POD_DELETED, pod, undefined, (entry) => entry.info.priority <= priority);
  }

  #try(entry: QueuedPod, profile: Profile): Attempt {
    this.cache.updateSnapshot(this.snapshot);
    const { percentageOfNodesToScore } = this;
    const position = this.#position.next;
    const decision = schedulePod(profile, entry.info, this.#position, { percentageOfNodesToScore, fast: this.#fastPaths.get(profile) });
    this.#watcher?.decided({ profile, pod: entry.info, attempts: entry.attempts, decision, position, percentageOfNodesToScore });
    if (decision.kind === 'chosen') return this.#place(entry, profile, decision);
    const base = { entry, profile, evaluated: decision.evaluated, feasible: 0, ...FAILED } as const;
    // No plugin is to blame for an empty cluster: called unschedulable, it still comes back as after an error.
    if (decision.kind === 'failed')
      return { ...base, result: decision.message === NO_NODES ? 'unschedulable' : 'error', message: decision.message };
    return this.#postFilter(entry, profile, decision);
  }

  #postFilter(entry: QueuedPod, profile: Profile, { state, diagnosis, evaluated }: Unfit): Attempt {
    const preemption = profile.plugin<DefaultPreemption>('DefaultPreemption');
    const run = profile.runPostFilter(state, entry.info, diagnosis);
    const nominatedNode = run.outcome?.nominatedNode ?? '';
    return {
      ...FAILED,
      entry,
      profile,
      result: 'unschedulable',
      message: fitMessage(this.snapshot.nodes.length, diagnosis, run.message),
      // With no PostFilter plugin nobody has a say, and the nomination goes.
      nomination: run.outcome?.nomination ?? 'clear',
      nominatedNode,
      evaluated,
      feasible: 0,
      state,
      preemption: nominatedNode === '' ? undefined : preemption?.plan,
      unschedulablePlugins: diagnosis.unschedulablePlugins,
      pendingPlugins: diagnosis.pendingPlugins,
    };
  }

  #place(entry: QueuedPod, profile: Profile, decision: Extract<Decision, { kind: 'chosen' }>): Attempt {
    const { state, evaluated, feasibleCount: feasible } = decision;
    const node = decision.node.name;
    this.nominator.remove(entry.info.uid);
    this.cache.assumePod(entry.info, node);
    const refused = this.#reserveAndPermit(profile, state, entry, node);
    if (refused === undefined) {
      this.queue.done(entry);
      return new Placement(entry, profile, node, evaluated, feasible, state);
    }
    const base = { ...FAILED, entry, profile, evaluated, feasible, state };
    this.#unreserve(profile, state, entry, node);
    this.cache.forgetPod(entry.info.uid);
    const message = refused.reasons.join(', ');
    if (refused.code === 'Error') return { ...base, result: 'error', message };
    return { ...base, result: 'unschedulable', message, unschedulablePlugins: new Set([refused.plugin]) };
  }

  #reserveAndPermit(profile: Profile, state: CycleState, { info }: QueuedPod, node: string): Status | undefined {
    for (const plugin of profile.reserve) {
      const status = plugin.reserve(state, info, node);
      if (status !== undefined && status.code !== 'Skip') return status;
    }
    for (const plugin of profile.permit) {
      const { status } = plugin.permit(state, info, node);
      if (status !== undefined && status.code !== 'Skip' && status.code !== 'Wait') return status;
    }
    return undefined;
  }

  #unreserve(profile: Profile, state: CycleState, { info }: QueuedPod, node: string): void {
    for (const plugin of [...profile.reserve].reverse()) plugin.unreserve(state, info, node);
  }
}

/** The usual attempt, one object of one shape. */
class Placement implements Attempt {
  readonly result = 'chosen';
  readonly message = '';
  readonly nomination = 'clear';
  readonly nominatedNode = '';
  readonly preemption = undefined;
  readonly unschedulablePlugins = NOBODY;
  readonly pendingPlugins = NOBODY;
  readonly entry: QueuedPod;
  readonly profile: Profile;
  readonly node: string;
  readonly evaluated: number;
  readonly feasible: number;
  readonly state: CycleState;

  constructor(entry: QueuedPod, profile: Profile, node: string, evaluated: number, feasible: number, state: CycleState) {
    this.entry = entry;
    this.profile = profile;
    this.node = node;
    this.evaluated = evaluated;
    this.feasible = feasible;
    this.state = state;
  }
}

const FAILED = {
  node: undefined,
  message: '',
  nomination: 'clear',
  nominatedNode: '',
  state: undefined,
  preemption: undefined,
  unschedulablePlugins: NOBODY,
  pendingPlugins: NOBODY,
} as const;

function isPlaced(pod: Pod): boolean {
  return (pod.spec.nodeName ?? '') !== '';
}
