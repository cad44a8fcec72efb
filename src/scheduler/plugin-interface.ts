/**
 * The interface of a scheduler plugin of your own: one file whose default export is a `SchedulerPlugin`.
 *
 * Small and stable on purpose: it shows pods as Kubernetes has them, nodes as the scheduler counts them, and the extension points of
 * upstream's framework (staging/src/k8s.io/kube-scheduler/framework/interface.go) that decide where a pod goes.
 *
 * A plugin must answer from what it is given alone. The same pod and nodes have to get the same answer every time: chance, the clock,
 * timers and the network are refused when the file is loaded. What it is given is shared and must not be changed.
 */
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';

export type { Node } from '../model/node.ts';
export type { Pod } from '../model/pod.ts';

/** Amounts of what a node or a pod has: CPU in thousandths, the rest in bytes or pieces. */
export interface Amounts {
  readonly milliCpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** An extended resource such as `nvidia.com/gpu`; 0 when there is none. */
  of(resource: string): number;
}

/** A node as this cycle sees it: pods that are on their way to it stand on it already. */
export interface NodeView {
  readonly name: string;
  readonly labels: { readonly [key: string]: string };
  /** The object as the API server has it. */
  readonly node: Node;
  readonly pods: readonly Pod[];
  /** What pods may have of it, all together. */
  readonly allocatable: Amounts;
  /** What its pods ask for, all together. */
  readonly requested: Amounts;
}

/** One attempt to place one pod. */
export interface Cycle<State = unknown> {
  /** What the configuration says under `pluginConfig` for this plugin. */
  readonly args: unknown;
  /** Every node of the cluster, in the order they are examined. */
  readonly nodes: readonly NodeView[];
  /** What `preFilter` (or `preScore`) returned in this cycle. */
  readonly state: State;
}

/** A refusal. A plain text stands for one that evictions cannot lift. */
export interface Refusal {
  /** As it is to stand in the pod's condition: `node(s) ...`. */
  readonly reason: string;
  /** True when the eviction of pods with a lower priority may change the answer. */
  readonly helpedByPreemption?: boolean;
}

/** When to try a pod again that this plugin refused. */
export interface PluginEvent {
  readonly kind: 'Pod' | 'Node' | 'PersistentVolume' | 'PersistentVolumeClaim' | 'StorageClass';
  readonly action: 'Add' | 'Update' | 'Delete' | 'Any';
  /** Says whether this very event may help the pod; without it, it may. `before` or `after` is absent of an object that came or went. */
  mayHelp?(pod: Pod, before: unknown, after: unknown): boolean;
}

/**
 * A plugin. Leave out what you do not need; it runs at the points that are there.
 *
 * `State` is what one cycle keeps from `preFilter` and `preScore` for the points after them. Keep it plain (numbers, texts, lists, Maps):
 * it is copied for each node that preemption tries.
 */
export interface SchedulerPlugin<State = unknown> {
  /** As profiles call it; no built-in plugin may have it. */
  readonly name: string;

  /** Before any node is looked at. What it returns is the cycle's `state`. */
  preFilter?(pod: Pod, cycle: Cycle<undefined>): State;
  /** May the pod go there? `undefined` says yes. */
  filter?(pod: Pod, node: NodeView, cycle: Cycle<State>): undefined | string | Refusal;

  /** Keeps `state` in step when preemption, or a pod that is promised a place, puts `added` on the node for a trial. */
  addPod?(pod: Pod, added: Pod, node: NodeView, cycle: Cycle<State>): void;
  /** The same for a pod taken away for a trial. */
  removePod?(pod: Pod, removed: Pod, node: NodeView, cycle: Cycle<State>): void;

  /** Before nodes are scored, with those that fit. What it returns becomes the cycle's `state`. */
  preScore?(pod: Pod, feasible: readonly NodeView[], cycle: Cycle<State>): State;
  /** How good the node is. Without `normalize` a number from 0 to 100, more being better. */
  score?(pod: Pod, node: NodeView, cycle: Cycle<State>): number;
  /** Brings the scores, one for each feasible node, to 0..100, and returns them. */
  normalize?(scores: readonly number[], pod: Pod, feasible: readonly NodeView[], cycle: Cycle<State>): readonly number[];

  /** Without it, any change in the cluster brings a refused pod back. */
  readonly events?: readonly PluginEvent[];
}
