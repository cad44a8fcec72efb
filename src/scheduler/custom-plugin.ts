/**
 * Puts a plugin of the user's own (plugin-interface.ts) into the framework, and names it when it fails.
 *
 * An exception in it ends the run: a decision made without the plugin would be an answer to another question.
 */
import { Action, type EventRegistration, type EventResource } from './events.ts';
import type { CycleState, Plugin, PreFilterResult, Status } from './framework.ts';
import { PRE_FILTER_SUCCESS, unresolvable, unschedulable } from './framework.ts';
import type { PluginHandle } from './handle.ts';
import type { NodeInfo } from './node-info.ts';
import { NodeInfoView } from './node-view.ts';
import type { Cycle, NodeView, PluginEvent, Refusal, SchedulerPlugin } from './plugin-interface.ts';
import type { PluginFactory } from './plugin-registry.ts';
import type { PodInfo } from './pod-info.ts';
import type { Snapshot } from './snapshot.ts';

/** A plugin of the user's own failed or broke its promise; the message names plugin, point, pod, node and virtual time. */
export class PluginFailure extends Error {
  override readonly name = 'PluginFailure';
}

/** The points it can stand at, by the names profiles give them. */
export function pointsOfPlugin(plugin: SchedulerPlugin): readonly string[] {
  return ['preFilter', 'filter', 'preScore', 'score'].filter((point) =>
    point === 'preFilter'
      ? plugin.preFilter !== undefined || plugin.addPod !== undefined || plugin.removePod !== undefined
      : typeof plugin[point as 'filter'] === 'function',
  );
}

export function customPluginFactory(plugin: SchedulerPlugin): PluginFactory {
  return (handle, args) => adapted(new Calls(plugin, handle, args.custom?.[plugin.name]));
}

/** What a state kept by the framework looks like: copied for dry runs, as framework.ts asks of it. */
class Kept {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  clone(): Kept {
    return new Kept(structuredClone(this.value));
  }
}

/** Each call into the plugin, with views for what it is given and a name for what goes wrong. */
class Calls {
  readonly plugin: SchedulerPlugin;
  readonly #handle: PluginHandle;
  readonly #args: unknown;
  readonly #key: string;
  readonly #views = new WeakMap<NodeInfo, NodeView>();

  constructor(plugin: SchedulerPlugin, handle: PluginHandle, args: unknown) {
    this.plugin = plugin;
    this.#handle = handle;
    this.#args = args;
    this.#key = `${plugin.name}/state`;
  }

  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult {
    const kept = this.#call('preFilter', pod, undefined, () =>
      this.plugin.preFilter?.(pod.pod, this.#cycle(state, snapshot) as Cycle<undefined>),
    );
    state.write(this.#key, new Kept(kept));
    return PRE_FILTER_SUCCESS;
  }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const answer = this.#call('filter', pod, node, () => this.plugin.filter!(pod.pod, this.#view(node), this.#cycle(state)));
    if (answer === undefined) return undefined;
    const { reason, helpedByPreemption } = typeof answer === 'string' ? ({ reason: answer } satisfies Refusal) : answer;
    if (typeof reason !== 'string' || reason === '')
      this.#fail('filter', pod, node, `expected undefined, a reason or a map with reason, got ${JSON.stringify(answer)}`);
    return helpedByPreemption === true ? unschedulable(this.plugin.name, reason) : unresolvable(this.plugin.name, reason);
  }

  moved(point: 'addPod' | 'removePod', state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): undefined {
    this.#call(point, pod, node, () => this.plugin[point]?.(pod.pod, other.pod, this.#view(node), this.#cycle(state)));
    return undefined;
  }

  preScore(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[]): undefined {
    const kept = this.#call('preScore', pod, undefined, () =>
      this.plugin.preScore!(
        pod.pod,
        feasible.map((node) => this.#view(node)),
        this.#cycle(state),
      ),
    );
    state.write(this.#key, new Kept(kept));
    return undefined;
  }

  score(state: CycleState, pod: PodInfo, node: NodeInfo): number {
    const score = this.#call('score', pod, node, () => this.plugin.score!(pod.pod, this.#view(node), this.#cycle(state)));
    const isInRange = this.plugin.normalize !== undefined || (score >= 0 && score <= 100);
    if (!Number.isFinite(score) || !isInRange) {
      const wanted = this.plugin.normalize === undefined ? 'a number from 0 to 100' : 'a finite number';
      this.#fail('score', pod, node, `expected ${wanted}, got ${String(score)}`);
    }
    return score;
  }

  normalize(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], scores: Float64Array): void {
    const result = this.#call('normalize', pod, undefined, () =>
      this.plugin.normalize!(
        [...scores],
        pod.pod,
        feasible.map((node) => this.#view(node)),
        this.#cycle(state),
      ),
    );
    const isWhole = Array.isArray(result) && result.length === scores.length && result.every((score) => score >= 0 && score <= 100);
    if (!isWhole) this.#fail('normalize', pod, undefined, `expected ${scores.length} numbers from 0 to 100, got ${JSON.stringify(result)}`);
    scores.set(result);
  }

  #cycle(state: CycleState, snapshot = this.#handle.snapshot): Cycle {
    const view = (node: NodeInfo) => this.#view(node);
    return {
      args: this.#args,
      // Seldom asked for, and as long as the cluster is large.
      get nodes() {
        return snapshot.nodes.map(view);
      },
      state: state.read<Kept>(this.#key)?.value,
    };
  }

  #view(node: NodeInfo): NodeView {
    let view = this.#views.get(node);
    if (view === undefined) {
      view = new NodeInfoView(node);
      this.#views.set(node, view);
    }
    return view;
  }

  #call<T>(point: string, pod: PodInfo, node: NodeInfo | undefined, act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof PluginFailure) throw error;
      return this.#fail(point, pod, node, error instanceof Error ? error.message : String(error));
    }
  }

  #fail(point: string, pod: PodInfo, node: NodeInfo | undefined, what: string): never {
    const where = node === undefined ? '' : ` on node ${node.name}`;
    const second = (this.#handle.nowUs() / 1e6).toFixed(6);
    throw new PluginFailure(`Cannot run ${point} of plugin ${this.plugin.name} for pod ${pod.key}${where} at ${second} s: ${what}`);
  }
}

/** Has just the methods the plugin has: the framework tells by them where it stands. */
function adapted(calls: Calls): Plugin {
  const { plugin } = calls;
  return {
    name: plugin.name,
    ...(plugin.events === undefined ? {} : { eventsToRegister: () => plugin.events!.map(registration) }),
    ...(pointsOfPlugin(plugin).includes('preFilter')
      ? {
          preFilter: (state: CycleState, pod: PodInfo, snapshot: Snapshot) => calls.preFilter(state, pod, snapshot),
          addPod: (state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo) => calls.moved('addPod', state, pod, added, node),
          removePod: (state: CycleState, pod: PodInfo, gone: PodInfo, node: NodeInfo) => calls.moved('removePod', state, pod, gone, node),
        }
      : {}),
    ...(plugin.filter === undefined ? {} : { filter: (state: CycleState, pod: PodInfo, node: NodeInfo) => calls.filter(state, pod, node) }),
    ...(plugin.preScore === undefined
      ? {}
      : { preScore: (state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[]) => calls.preScore(state, pod, feasible) }),
    ...(plugin.score === undefined ? {} : { score: (state: CycleState, pod: PodInfo, node: NodeInfo) => calls.score(state, pod, node) }),
    ...(plugin.normalize === undefined
      ? {}
      : {
          normalize: (state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], scores: Float64Array) =>
            calls.normalize(state, pod, feasible, scores),
        }),
  } as Plugin;
}

const ACTIONS = { Add: Action.Add, Update: Action.Update, Delete: Action.Delete, Any: Action.All } as const;

function registration(event: PluginEvent): EventRegistration {
  const { kind, action, mayHelp } = event;
  return {
    event: { resource: kind satisfies EventResource, action: ACTIONS[action] },
    ...(mayHelp === undefined ? {} : { hint: (pod, before, after) => (mayHelp.call(event, pod, before, after) ? 'Queue' : 'Skip') }),
  };
}
