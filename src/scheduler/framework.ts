/**
 * The extension points of the scheduler, and the words plugins answer with.
 *
 * Models staging/src/k8s.io/kube-scheduler/framework/interface.go. Everything is synchronous: a scheduling cycle takes no
 * simulated time while it runs; what it took is charged afterwards. `undefined` stands for success, so that the usual
 * answer allocates nothing.
 */
import type { ObjectKey } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { EventRegistration } from './events.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import type { Snapshot } from './snapshot.ts';

export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Wait' | 'Skip' | 'Pending';

/** Why a plugin did not say yes. Plugins share constant ones wherever the words do not vary. */
export interface Status {
  readonly code: Code;
  readonly plugin: string;
  readonly reasons: readonly string[];
}

export function unschedulable(plugin: string, ...reasons: string[]): Status {
  return { code: 'Unschedulable', plugin, reasons };
}

/** No preemption can help: what is wrong lies in the node or the pod itself. */
export function unresolvable(plugin: string, ...reasons: string[]): Status {
  return { code: 'UnschedulableAndUnresolvable', plugin, reasons };
}

export function errorStatus(plugin: string, message: string): Status {
  return { code: 'Error', plugin, reasons: [message] };
}

export function skip(plugin: string): Status {
  return { code: 'Skip', plugin, reasons: [] };
}

/** Unschedulable, unresolvable or pending: an answer, as opposed to a failure. */
export function isRejected(status: Status): boolean {
  return status.code === 'Unschedulable' || status.code === 'UnschedulableAndUnresolvable' || status.code === 'Pending';
}

const NOBODY: ReadonlySet<string> = new Set();

/** What the plugins keep about one pod during one cycle, each under its own key. */
export class CycleState {
  /** Made with the first that is written: most cycles of the fast path write nothing. */
  #data: Map<string, unknown> | undefined;
  /** Plugins whose PreFilter returned Skip: neither their Filter nor their AddPod and RemovePod run in this cycle. */
  skippedFilter = NOBODY;
  skippedScore = NOBODY;

  read<T>(key: string): T | undefined {
    return this.#data?.get(key) as T | undefined;
  }

  write(key: string, value: unknown): void {
    this.#data ??= new Map();
    this.#data.set(key, value);
  }

  /** A copy for a dry run. State that AddPod and RemovePod change must bring its own `clone()`. */
  clone(): CycleState {
    const copy = new CycleState();
    if (this.#data !== undefined) for (const [key, value] of this.#data) copy.write(key, isClonable(value) ? value.clone() : value);
    copy.skippedFilter = this.skippedFilter;
    copy.skippedScore = this.skippedScore;
    return copy;
  }
}

function isClonable(value: unknown): value is { clone(): unknown } {
  return typeof value === 'object' && value !== null && 'clone' in value && typeof value.clone === 'function';
}

export interface Plugin {
  readonly name: string;
  /** Events that may help a pod this plugin rejected. Absent: none. */
  eventsToRegister?(): readonly EventRegistration[];
}

export interface PreEnqueuePlugin extends Plugin {
  preEnqueue(pod: Pod): Status | undefined;
}

/** What the queue sorts by. */
export interface QueueOrder {
  readonly pod: Pod;
  readonly timestampUs: number;
}

export interface QueueSortPlugin extends Plugin {
  less(a: QueueOrder, b: QueueOrder): boolean;
}

/** Either a status (Skip, a rejection, an error), or success, perhaps with the only nodes worth examining. */
export interface PreFilterResult {
  readonly status?: Status;
  readonly nodeNames?: ReadonlySet<string>;
}

export const PRE_FILTER_SUCCESS: PreFilterResult = {};

export interface PreFilterPlugin extends Plugin {
  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult;
  /** Tells the cycle's state that `added` now stands on the node: a nominated pod, or a victim reprieved. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Status | undefined;
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Status | undefined;
}

export interface FilterPlugin extends Plugin {
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
}

/** What became of each examined node, by name, for those that were rejected. */
export interface NodeStatuses {
  get(nodeName: string): Status;
  /** Nodes with a status of their own; the others have `absent`. */
  readonly explicit: ReadonlyMap<string, Status>;
  /** The status of nodes that were not examined. */
  readonly absent: Status;
}

export interface PostFilterOutcome {
  readonly status: Status | undefined;
  /** `set` to a node, `clear`, or leave status.nominatedNodeName as it is. */
  readonly nomination: 'set' | 'clear' | 'keep';
  readonly nominatedNode?: string;
}

export interface PostFilterPlugin extends Plugin {
  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterOutcome;
}

export interface PreScorePlugin extends Plugin {
  preScore(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], snapshot: Snapshot): Status | undefined;
}

export interface ScorePlugin extends Plugin {
  score(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Brings the scores, one for each feasible node, to 0..100 in place. Absent: they are that already. */
  normalize?(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], scores: Float64Array): void;
}

export interface ReservePlugin extends Plugin {
  reserve(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  unreserve(state: CycleState, pod: PodInfo, nodeName: string): void;
}

export interface PermitPlugin extends Plugin {
  permit(state: CycleState, pod: PodInfo, nodeName: string): { readonly status: Status | undefined; readonly timeoutUs?: number };
}

/** A procedure that may take simulated time; client/task.ts runs it. */
export type BindingTask = Generator<unknown, Status | undefined, unknown>;

export interface PreBindPlugin extends Plugin {
  /** Is there work to do? Skip says no. */
  preBindPreFlight(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined;
  preBind(state: CycleState, pod: PodInfo, nodeName: string): BindingTask;
}

export interface BindPlugin extends Plugin {
  bind(state: CycleState, pod: PodInfo, nodeName: string): BindingTask;
}

export interface PostBindPlugin extends Plugin {
  postBind(state: CycleState, pod: PodInfo, nodeName: string): void;
}

/** A component's read-only view of one kind of object; client/informer.ts's Informer is one. */
export interface Lister<T> {
  get(key: ObjectKey): T | undefined;
  values(): Iterable<T>;
  byIndex(index: 'namespace' | 'nodeName', value: string): readonly T[];
}
