/**
 * One profile at work: its plugins, run in order at each extension point of the scheduling cycle.
 *
 * Models pkg/scheduler/framework/runtime/framework.go. Which answer ends a run, and what the others make of it, is the whole
 * point of this file.
 */
import { compareText } from '../base/compare.ts';
import {
  type BindPlugin,
  type CycleState,
  errorStatus,
  type FilterPlugin,
  isRejected,
  type NodeStatuses,
  type PermitPlugin,
  type Plugin,
  type PostBindPlugin,
  type PostFilterOutcome,
  type PostFilterPlugin,
  type PreBindPlugin,
  type PreEnqueuePlugin,
  type PreFilterPlugin,
  type PreScorePlugin,
  type QueueSortPlugin,
  type ReservePlugin,
  type ScorePlugin,
  type Status,
  unresolvable,
} from './framework.ts';
import type { PluginHandle } from './handle.ts';
import type { NodeInfo } from './node-info.ts';
import { PLUGINS, type PluginFactory } from './plugin-registry.ts';
import { DefaultPreemption } from './plugins/default-preemption.ts';
import type { PodInfo } from './pod-info.ts';
import type { FoundCandidates } from './preemption/candidate-search.ts';
import { DEFAULT_PREEMPTION } from './preemption/victims.ts';
import type { ProfileSpec } from './profile-spec.ts';

export interface PreFilterOutcome {
  /** Absent when the search may go on. */
  readonly status: Status | undefined;
  readonly nodeNames: ReadonlySet<string> | undefined;
  /** The plugins that narrowed the search, sorted. */
  readonly restricting: readonly string[];
}

export interface PluginScores {
  readonly name: string;
  readonly weight: number;
  readonly raw: Float64Array;
  readonly normalized: Float64Array;
}

export interface PostFilterRun {
  readonly result: 'Success' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Error' | 'none';
  /** What is appended to the FitError. */
  readonly message: string;
  readonly outcome: PostFilterOutcome | undefined;
}

export interface WeightedScorer {
  readonly plugin: ScorePlugin;
  readonly weight: number;
}

export class Profile {
  readonly spec: ProfileSpec;
  readonly handle: PluginHandle;
  /** What its plugins were made from: to make the same profile for another view of the cluster. */
  readonly registry: ReadonlyMap<string, PluginFactory>;
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly preEnqueue: readonly PreEnqueuePlugin[];
  readonly queueSort: QueueSortPlugin | undefined;
  readonly preFilter: readonly PreFilterPlugin[];
  readonly filter: readonly FilterPlugin[];
  readonly postFilter: readonly PostFilterPlugin[];
  readonly preScore: readonly PreScorePlugin[];
  readonly score: readonly WeightedScorer[];
  readonly reserve: readonly ReservePlugin[];
  readonly permit: readonly PermitPlugin[];
  readonly preBind: readonly PreBindPlugin[];
  readonly bind: readonly BindPlugin[];
  readonly postBind: readonly PostBindPlugin[];

  constructor(spec: ProfileSpec, handle: PluginHandle, registry: ReadonlyMap<string, PluginFactory> = PLUGINS) {
    this.spec = spec;
    this.handle = handle;
    this.registry = registry;
    const { points } = spec;
    const plugins = new Map<string, Plugin>();
    const get = (name: string): Plugin => {
      let plugin = plugins.get(name);
      if (plugin === undefined) {
        const make = registry.get(name);
        if (make === undefined) throw new Error(`Cannot make profile ${spec.schedulerName}: there is no plugin ${name}`);
        plugin = make(handle, spec.args);
        plugins.set(name, plugin);
      }
      return plugin;
    };
    // A name at a point its plugin does not implement stands there for nothing.
    const at = <T extends Plugin>(names: readonly string[], method: string): T[] =>
      names.map((name) => get(name) as T).filter((plugin) => method in plugin);
    this.preEnqueue = at(points.preEnqueue, 'preEnqueue');
    this.queueSort = at<QueueSortPlugin>(points.queueSort, 'less')[0];
    this.preFilter = at(points.preFilter, 'preFilter');
    this.filter = at(points.filter, 'filter');
    this.postFilter = at(points.postFilter, 'postFilter');
    this.preScore = at(points.preScore, 'preScore');
    this.score = points.score
      .map(({ name, weight }) => ({ plugin: get(name) as ScorePlugin, weight }))
      .filter(({ plugin }) => 'score' in plugin);
    this.reserve = at(points.reserve, 'reserve');
    this.permit = at(points.permit, 'permit');
    this.preBind = at(points.preBind, 'preBind');
    this.bind = at(points.bind, 'bind');
    this.postBind = at(points.postBind, 'postBind');
    this.plugins = plugins;
    const preemption = plugins.get(DEFAULT_PREEMPTION);
    if (preemption instanceof DefaultPreemption) preemption.profile = this;
  }

  runPreFilter(state: CycleState, pod: PodInfo): PreFilterOutcome {
    const skipped = new Set<string>();
    state.skippedFilter = skipped;
    const restricting = new Set<string>();
    let nodeNames: ReadonlySet<string> | undefined;
    let rejection: Status | undefined;
    for (const plugin of this.preFilter) {
      const { status, nodeNames: wanted } = plugin.preFilter(state, pod, this.handle.snapshot);
      if (status?.code === 'Skip') {
        skipped.add(plugin.name);
        continue;
      }
      // An unresolvable answer is final; a merely unschedulable one lets the others speak, and the last of them counts.
      if (status?.code === 'UnschedulableAndUnresolvable') return { status, nodeNames: undefined, restricting: [] };
      if (status?.code === 'Unschedulable') {
        rejection = status;
        continue;
      }
      if (status !== undefined) {
        const message = `running PreFilter plugin "${plugin.name}": ${status.reasons.join(', ')}`;
        return { status: errorStatus(plugin.name, message), nodeNames: undefined, restricting: [] };
      }
      if (wanted === undefined) continue;
      restricting.add(plugin.name);
      nodeNames = nodeNames === undefined ? wanted : intersection(nodeNames, wanted);
      if (nodeNames.size === 0) return { status: noNodeLeft([...restricting].sort(compareText)), nodeNames, restricting: [...restricting] };
    }
    return { status: rejection, nodeNames, restricting: [...restricting].sort(compareText) };
  }

  /** The first plugin that says no decides. */
  runFilters(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const plugin of this.filter) {
      if (state.skippedFilter.has(plugin.name)) continue;
      const status = plugin.filter(state, pod, node);
      if (status === undefined) continue;
      if (isRejected(status)) return status;
      return errorStatus(plugin.name, `running "${plugin.name}" filter plugin: ${status.reasons.join(', ')}`);
    }
    return undefined;
  }

  /**
   * Filters once as if the pods nominated to the node, of the pod's priority or higher, stood there already, and once without
   * them: they may never arrive, and the pod must fit either way.
   */
  runFiltersWithNominated(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const nominated = this.handle.nominated.onNode(node.name).filter((other) => other.priority >= pod.priority && other.uid !== pod.uid);
    if (nominated.length > 0) {
      const crowdedState = state.clone();
      const crowdedNode = node.clone();
      for (const other of nominated) {
        crowdedNode.addPod(other);
        const status = this.runAddPod(crowdedState, pod, other, crowdedNode);
        if (status !== undefined) return status;
      }
      const status = this.runFilters(crowdedState, pod, crowdedNode);
      if (status !== undefined) return status;
    }
    return this.runFilters(state, pod, node);
  }

  /** Until one succeeds, or fails for good. The reasons of those passed over are joined. */
  runPostFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterRun {
    const reasons: string[] = [];
    let outcome: PostFilterOutcome | undefined;
    // A plugin before it may settle the matter without its being asked.
    this.#preemption?.forgetPlan();
    for (const plugin of this.postFilter) {
      const one = plugin.postFilter(state, pod, statuses);
      const { status } = one;
      if (status === undefined) return { result: 'Success', message: '', outcome: one };
      if (status.code === 'UnschedulableAndUnresolvable' || status.code === 'Error') {
        return { result: status.code, message: status.reasons.join(', '), outcome: one };
      }
      if (one.nomination !== 'keep' || outcome === undefined) outcome = one;
      reasons.push(...status.reasons);
    }
    return { result: outcome === undefined ? 'none' : 'Unschedulable', message: reasons.join(', '), outcome };
  }

  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): Status | undefined {
    for (const plugin of this.preFilter) {
      if (plugin.addPod === undefined || state.skippedFilter.has(plugin.name)) continue;
      const status = plugin.addPod(state, pod, added, node);
      if (status !== undefined) return status;
    }
    return undefined;
  }

  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): Status | undefined {
    for (const plugin of this.preFilter) {
      if (plugin.removePod === undefined || state.skippedFilter.has(plugin.name)) continue;
      const status = plugin.removePod(state, pod, removed, node);
      if (status !== undefined) return status;
    }
    return undefined;
  }

  /** Scores of every plugin that did not skip, or the error that ends the cycle. */
  runScores(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[]): readonly PluginScores[] | Status {
    const failed = this.runPreScore(state, pod, feasible);
    if (failed !== undefined) return failed;
    const all: PluginScores[] = [];
    for (const { plugin, weight } of this.score) {
      if (state.skippedScore.has(plugin.name)) continue;
      const raw = Float64Array.from(feasible, (node) => plugin.score(state, pod, node));
      const normalized = Float64Array.from(raw);
      plugin.normalize?.(state, pod, feasible, normalized);
      const outside = normalized.find((score) => score < 0 || score > 100);
      if (outside !== undefined) {
        const range = `plugin "${plugin.name}" returns an invalid score ${outside}, it should in the range of [0, 100] after normalizing`;
        return errorStatus(plugin.name, range);
      }
      all.push({ name: plugin.name, weight, raw, normalized });
    }
    return all;
  }

  runPreScore(state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[]): Status | undefined {
    const skipped = new Set<string>();
    state.skippedScore = skipped;
    for (const plugin of this.preScore) {
      const status = plugin.preScore(state, pod, feasible, this.handle.snapshot);
      if (status === undefined) continue;
      if (status.code !== 'Skip') {
        return errorStatus(plugin.name, `running PreScore plugin "${plugin.name}": ${status.reasons.join(', ')}`);
      }
      skipped.add(plugin.name);
    }
    return undefined;
  }

  /** What the last PostFilter found, if it was for preemption. */
  get preemptionPlan(): FoundCandidates | undefined {
    return this.#preemption?.plan;
  }

  get #preemption(): DefaultPreemption | undefined {
    const preemption = this.plugins.get(DEFAULT_PREEMPTION);
    return preemption instanceof DefaultPreemption ? preemption : undefined;
  }

  plugin<T extends Plugin>(name: string): T | undefined {
    return this.plugins.get(name) as T | undefined;
  }
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((name) => b.has(name)));
}

function noNodeLeft(restricting: readonly string[]): Status {
  const names = restricting.length === 1 ? `plugin ${restricting[0]}` : `plugin(s) [${restricting.join(' ')}] simultaneously`;
  return unresolvable('', `node(s) didn't satisfy ${names}`);
}
