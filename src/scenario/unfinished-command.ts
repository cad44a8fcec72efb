/**
 * What a command was still waiting for when the run ended. Of a drain it is named which budgets stand in its way, and whether they could
 * ever give way.
 */
import type { ApiServer } from '../apiserver/api-server.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import type { PodDisruptionBudget } from '../model/policy.ts';
import { selectorMatches } from '../model/selector.ts';

/** A watch looks on until the run is over; nobody waits for its end. */
export function isWatch(command: string): boolean {
  return /^(get|events)\b/.test(command) && /(^|\s)(-w|--watch|--watch-only)(=true)?(\s|$)/.test(command);
}

export function unfinishedMessage(command: string, api: ApiServer): string {
  const plain = 'had not ended when the run was over';
  if (!/^drain\b/.test(command)) return plain;
  const blocking = blockingBudgets(api);
  return blocking.length === 0 ? plain : `${plain}: ${blocking.map(budgetText).join('; ')}`;
}

interface Blocking {
  readonly budget: PodDisruptionBudget;
  readonly pods: readonly Pod[];
}

/** Budgets without a disruption left that have pods on closed nodes. */
function blockingBudgets(api: ApiServer): Blocking[] {
  const closed = new Set<string>();
  for (const node of api.store.values('Node')) if (node.spec?.unschedulable === true) closed.add(node.metadata.name);
  const blocking: Blocking[] = [];
  for (const budget of api.store.values('PodDisruptionBudget')) {
    if ((budget.status?.disruptionsAllowed ?? 0) > 0) continue;
    const pods = [...api.store.valuesIn('Pod', budget.metadata.namespace ?? '')].filter(
      (pod) => closed.has(pod.spec.nodeName ?? '') && !isPodTerminal(pod) && selectorMatches(budget.spec.selector, pod.metadata.labels),
    );
    if (pods.length > 0) blocking.push({ budget, pods });
  }
  return blocking;
}

function budgetText({ budget, pods }: Blocking): string {
  const { metadata, status } = budget;
  const { desiredHealthy = 0, currentHealthy = 0, expectedPods = 0 } = status ?? {};
  const name = `PodDisruptionBudget ${metadata.namespace}/${metadata.name}`;
  const waiting = `${pods.length} ${pods.length === 1 ? 'pod waits' : 'pods wait'} on closed nodes`;
  // All of its pods have to be healthy at all times: no eviction is ever allowed.
  if (desiredHealthy >= expectedPods && expectedPods > 0)
    return `${name} can never allow an eviction, it needs ${desiredHealthy} healthy pods and has ${expectedPods} in all; ${waiting}`;
  return `${name} allows no eviction at present, it needs ${desiredHealthy} healthy pods and has ${currentHealthy}; ${waiting}`;
}
