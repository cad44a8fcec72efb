/**
 * A plugin under observation: each question is asked twice, and what it is given cannot be changed.
 *
 * A plugin whose answers depend on anything but the question makes runs that cannot be repeated; one that changes pods or nodes changes
 * them for everybody.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Cycle, NodeView, Pod, SchedulerPlugin } from '../scheduler/plugin-interface.ts';

/** What the plugin was asked, and whether anything it said made a difference. */
export interface PluginUse {
  readonly calls: Map<string, number>;
  refused: number;
  /** Pods whose nodes were scored differently. */
  preferences: number;
}

export function checkedPlugin(plugin: SchedulerPlugin): { readonly plugin: SchedulerPlugin; readonly use: PluginUse } {
  const use: PluginUse = { calls: new Map(), refused: 0, preferences: 0 };
  const count = (point: string) => use.calls.set(point, (use.calls.get(point) ?? 0) + 1);
  const twice = <T>(point: string, given: readonly unknown[], ask: () => T): T => {
    count(point);
    for (const one of given) deepFreeze(one);
    const first = ask();
    const second = ask();
    if (!isDeepStrictEqual(first, second)) {
      throw new Error(`asked the same twice, it answered ${shown(first)} and then ${shown(second)}`);
    }
    return first;
  };
  const objects = (node: NodeView) => [node.node, node.labels];
  // Of the pod scored last.
  let scored: Pod | undefined;
  let firstScore = 0;
  let isToldApart = false;
  const noteScore = (pod: Pod, score: number) => {
    if (pod !== scored) {
      scored = pod;
      firstScore = score;
      isToldApart = false;
    } else if (score !== firstScore && !isToldApart) {
      isToldApart = true;
      use.preferences++;
    }
  };
  const checked: SchedulerPlugin = {
    name: plugin.name,
    ...(plugin.events === undefined ? {} : { events: plugin.events }),
    ...(plugin.preFilter === undefined
      ? {}
      : { preFilter: (pod: Pod, cycle: Cycle<undefined>) => twice('preFilter', [pod], () => plugin.preFilter!(pod, cycle)) }),
    ...(plugin.filter === undefined
      ? {}
      : {
          filter: (pod: Pod, node: NodeView, cycle: Cycle) => {
            const answer = twice('filter', [pod, ...objects(node)], () => plugin.filter!(pod, node, cycle));
            if (answer !== undefined) use.refused++;
            return answer;
          },
        }),
    ...(plugin.addPod === undefined
      ? {}
      : { addPod: (...given: Parameters<NonNullable<SchedulerPlugin['addPod']>>) => plugin.addPod!(...given) }),
    ...(plugin.removePod === undefined
      ? {}
      : { removePod: (...given: Parameters<NonNullable<SchedulerPlugin['removePod']>>) => plugin.removePod!(...given) }),
    ...(plugin.preScore === undefined
      ? {}
      : {
          preScore: (pod: Pod, feasible: readonly NodeView[], cycle: Cycle) =>
            twice('preScore', [pod], () => plugin.preScore!(pod, feasible, cycle)),
        }),
    ...(plugin.score === undefined
      ? {}
      : {
          score: (pod: Pod, node: NodeView, cycle: Cycle) => {
            const score = twice('score', [pod, ...objects(node)], () => plugin.score!(pod, node, cycle));
            noteScore(pod, score);
            return score;
          },
        }),
    ...(plugin.normalize === undefined
      ? {}
      : {
          normalize: (scores: readonly number[], pod: Pod, feasible: readonly NodeView[], cycle: Cycle) =>
            twice('normalize', [pod], () => plugin.normalize!([...scores], pod, feasible, cycle)),
        }),
  };
  return { plugin: checked, use };
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
}

function shown(value: unknown): string {
  return value instanceof Map ? JSON.stringify([...value]) : (JSON.stringify(value) ?? String(value));
}
