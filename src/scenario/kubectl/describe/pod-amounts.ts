/**
 * What a pod asks for and what it is limited to, in the amounts the API writes.
 *
 * Models PodRequests and PodLimits of component-helpers/resource/helpers.go.
 */

import { type Amount, amountOf, amountText, NOTHING, sum } from '../../../model/amount.ts';
import type { ResourceList } from '../../../model/meta.ts';
import type { Container, Pod } from '../../../model/pod.ts';

export type AmountTexts = { readonly [resource: string]: string };
type Amounts = Map<string, Amount>;

export function podAmounts(pod: Pod): { readonly requests: AmountTexts; readonly limits: AmountTexts } {
  return { requests: texts(total(pod, 'requests')), limits: texts(total(pod, 'limits')) };
}

export function addLists(lists: readonly AmountTexts[]): AmountTexts {
  const all: Amounts = new Map();
  for (const list of lists) add(all, list);
  return texts(all);
}

/** Containers and sidecars run together; each init container runs beside the sidecars before it. */
function total({ spec }: Pod, field: 'requests' | 'limits'): Amounts {
  const whole: Amounts = new Map();
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of spec.containers) add(whole, listOf(container, field));
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      add(whole, listOf(container, field));
      add(sidecars, listOf(container, field));
      raise(peak, sidecars);
    } else {
      const beside: Amounts = new Map(sidecars);
      add(beside, listOf(container, field));
      raise(peak, beside);
    }
  }
  raise(whole, peak);
  const own = spec.resources?.[field];
  if (own !== undefined) for (const [name, amount] of Object.entries(own)) whole.set(name, amountOf(amount));
  if (spec.overhead !== undefined && (field === 'requests' || whole.size > 0)) add(whole, spec.overhead);
  return whole;
}

function listOf({ resources }: Container, field: 'requests' | 'limits'): ResourceList {
  return resources?.[field] ?? {};
}

function add(to: Amounts, list: ResourceList): void {
  for (const [name, quantity] of Object.entries(list)) to.set(name, sum(to.get(name) ?? NOTHING, amountOf(quantity)));
}

function raise(to: Amounts, from: Amounts): void {
  for (const [name, amount] of from) if (amount.nanos > (to.get(name) ?? NOTHING).nanos) to.set(name, amount);
}

function texts(amounts: Amounts): AmountTexts {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, amountText(amount)]));
}
