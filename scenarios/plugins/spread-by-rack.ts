/**
 * Spreads the pods of one application over racks, as far as the label `example.com/rack` of the nodes tells them.
 *
 * A node of a rack that already has `limit` pods of the application is refused (pluginConfig may set it; 2 by default). Of the others,
 * racks with fewer of them score higher. An example for plugins of your own: the interface is src/scheduler/plugin-interface.ts.
 */
import type { NodeView, Pod, SchedulerPlugin } from '../../src/scheduler/plugin-interface.ts';

const RACK = 'example.com/rack';

/** Pods of the same application, by rack. */
type PodsByRack = Map<string, number>;

const plugin: SchedulerPlugin<PodsByRack> = {
  name: 'SpreadByRack',

  preFilter(pod, { nodes }) {
    const counts: PodsByRack = new Map();
    for (const node of nodes) {
      const count = node.pods.filter((other) => isSameApplication(pod, other)).length;
      if (count > 0) add(counts, node, count);
    }
    return counts;
  },

  filter(_pod, node, { state, args }) {
    const limit = (args as { limit?: number } | undefined)?.limit ?? 2;
    if (podsIn(node, state) < limit) return undefined;
    return { reason: `node(s) stand in a rack with ${limit} pods of this application`, helpedByPreemption: true };
  },

  // Preemption asks what would be if a pod were gone: the counts have to follow.
  addPod(pod, added, node, { state }) {
    if (isSameApplication(pod, added)) add(state, node, 1);
  },
  removePod(pod, removed, node, { state }) {
    if (isSameApplication(pod, removed)) add(state, node, -1);
  },

  score(_pod, node, { state }) {
    return podsIn(node, state);
  },
  normalize(scores) {
    const most = Math.max(...scores);
    return scores.map((count) => (most === 0 ? 100 : 100 - (100 * count) / most));
  },

  // A pod that was refused fits again when another goes, or when a node comes or changes its labels.
  events: [
    { kind: 'Pod', action: 'Delete', mayHelp: (pod, before) => isSameApplication(pod, before as Pod) },
    { kind: 'Node', action: 'Any' },
  ],
};

export default plugin;

function isSameApplication(pod: Pod, other: Pod): boolean {
  const { labels = {}, namespace } = pod.metadata;
  return labels.app !== undefined && other.metadata.labels?.app === labels.app && other.metadata.namespace === namespace;
}

/** A node that names no rack shares none with anybody. */
function podsIn(node: NodeView, counts: PodsByRack): number {
  const rack = node.labels[RACK];
  return rack === undefined ? 0 : (counts.get(rack) ?? 0);
}

function add(counts: PodsByRack, node: NodeView, by: number): void {
  const rack = node.labels[RACK];
  if (rack !== undefined) counts.set(rack, (counts.get(rack) ?? 0) + by);
}
