/** Scores of one plugin in a world set up by hand, without anything being placed. */
import { explainDecision } from '../../src/scheduler/explain/explain-decision.ts';
import { PodInfo } from '../../src/scheduler/pod-info.ts';
import { type NodeOptions, type PodOptions, SchedulerWorld } from './scheduler-world.ts';

export type Requests = Record<string, string>;

/** What each plugin says of each node, raw and normalized, without anything being placed. */
export function scoresOf(
  world: SchedulerWorld,
  plugin: string,
  pod: PodOptions,
): { raw: Record<string, number>; normalized: Record<string, number> } {
  const profile = world.core.profiles.get('default-scheduler')!;
  const info = new PodInfo(world.pod('scored', pod));
  world.core.cache.updateSnapshot(world.core.snapshot);
  const { explanation } = explainDecision(profile, info, { position: 0, percentageOfNodesToScore: 100, isWhole: true });
  const at = explanation.scorers.findIndex((one) => one.plugin === plugin);
  const column = (value: 'raw' | 'normalized') =>
    Object.fromEntries(explanation.candidates.map(({ node, scores }) => [node, at < 0 ? 0 : scores[at]![value]]).sort());
  return { raw: column('raw'), normalized: column('normalized') };
}

/** The score of a node with pods on it that ask for `used`. A second node stands by, since one alone is not scored. */
export function nodeScore(plugin: string, node: NodeOptions, used: Requests, pod: PodOptions, configuration: object = {}): number {
  const world = new SchedulerWorld({ configuration });
  world.node('n', node);
  world.node('other', node);
  if (Object.keys(used).length > 0) world.pod('used', { nodeName: 'n', requests: used });
  return scoresOf(world, plugin, pod).raw.n!;
}

export function namedNodes(world: SchedulerWorld, count: number, options: (index: number) => NodeOptions = () => ({})): void {
  for (let i = 0; i < count; i++) world.node(`n${i}`, options(i));
}
