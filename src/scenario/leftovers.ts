/**
 * What is not as it should be when a run is over, and does not mend itself: nodes that are down or closed, pods that cannot start, what was
 * deleted and does not go. Pods without a node are told of in waiting-pods.ts.
 */
import { compareText } from '../base/compare.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type KubeObject, objectKey } from '../model/meta.ts';
import { nodeCondition } from '../model/node.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { timeUsOf } from '../model/time.ts';

// Names in one line; of the rest only the number is told.
const NAMED = 3;
// A container that has only just begun to start waits for nothing.
const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing', '']);

/** One line each, in whole sentences. */
export function leftovers(cluster: Cluster): readonly string[] {
  const { store } = cluster.api;
  const down: string[] = [];
  const closed: string[] = [];
  for (const node of store.values('Node')) {
    const { name } = node.metadata;
    if (nodeCondition(node, 'Ready')?.status !== 'True') down.push(name);
    if (node.spec?.unschedulable === true) closed.push(name);
  }
  return [
    ...line(down, (count) => (count === 1 ? 'node is not ready at the end' : 'nodes are not ready at the end')),
    ...line(closed, (count) => (count === 1 ? 'node is closed to pods at the end' : 'nodes are closed to pods at the end')),
    ...podLines(cluster, new Set(down)),
    ...namespaceLines(cluster),
  ];
}

function podLines({ api, sim }: Cluster, down: ReadonlySet<string>): string[] {
  const staying: { readonly held: string[]; readonly onDown: string[] } = { held: [], onDown: [] };
  const stuck = new Map<string, string[]>();
  for (const pod of api.store.values('Pod')) {
    const key = objectKey(pod);
    if (isOverdue(pod, sim.nowUs)) {
      if ((pod.metadata.finalizers ?? []).length > 0) staying.held.push(key);
      else if (down.has(pod.spec.nodeName ?? '')) staying.onDown.push(key);
      continue;
    }
    const reason = isPodTerminal(pod) || pod.metadata.deletionTimestamp !== undefined ? undefined : waitingReason(pod);
    if (reason === undefined) continue;
    const others = stuck.get(reason);
    if (others === undefined) stuck.set(reason, [key]);
    else others.push(key);
  }
  const pods = (count: number) => (count === 1 ? 'pod' : 'pods');
  return [
    ...[...stuck]
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([reason, keys]) => line(keys, (count) => `${pods(count)} cannot run at the end for ${reason}`)),
    ...line(staying.onDown, (count) => `${pods(count)} deleted, but still there, since nobody on a lost node ends them`),
    ...line(staying.held, (count) => `${pods(count)} deleted, but still there for the finalizers`),
  ];
}

/** Its time to leave is over. */
function isOverdue({ metadata }: KubeObject, nowUs: number): boolean {
  return metadata.deletionTimestamp !== undefined && timeUsOf(metadata.deletionTimestamp) < nowUs;
}

function waitingReason({ status }: Pod): string | undefined {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.map(({ state }) => state?.waiting?.reason ?? '').find((reason) => !STARTING.has(reason));
}

// In the order in which they say most.
const TELLING = ['NamespaceFinalizersRemaining', 'NamespaceContentRemaining', 'NamespaceDeletionContentFailure'];

function namespaceLines({ api }: Cluster): string[] {
  const lines: string[] = [];
  for (const { metadata, status } of api.store.values('Namespace')) {
    if (metadata.deletionTimestamp === undefined) continue;
    const why = TELLING.map((type) => status?.conditions?.find((one) => one.type === type && one.status === 'True')).find(
      (one) => one !== undefined,
    );
    lines.push(`Namespace ${metadata.name} is deleted, but still there${why?.message === undefined ? '' : `: ${why.message}`}`);
  }
  return lines;
}

function line(names: readonly string[], what: (count: number) => string): string[] {
  if (names.length === 0) return [];
  const named = names.slice(0, NAMED).join(', ');
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return [`${names.length} ${what(names.length)}: ${named}${rest}`];
}
