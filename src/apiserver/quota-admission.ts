/**
 * Charges a ResourceQuota for what is created, and refuses what it has no room for.
 *
 * Models apiserver/pkg/admission/plugin/resourcequota/controller.go (checkQuotas): the charge is written to each quota's status before the
 * object is stored; what is deleted or ends is given back by the resource quota controller.
 */
import type { Kind } from '../model/kinds.ts';
import type { KubeObject, ResourceList } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { ResourceQuota } from '../model/policy.ts';
import { amountOf, amountText, isInScope, missingFor, type NOTHING, sum, type Usage, usageOf } from '../model/quota.ts';
import { forbidden } from './api-error.ts';
import type { Store } from './store.ts';

export interface Charge {
  readonly quota: ResourceQuota;
  readonly used: ResourceList;
}

/** The new usage of every quota the object counts for; throws a 403 when one of them has no room. `before` is what it was, in an update. */
export function chargesFor(store: Store, kind: Kind, object: KubeObject, before: KubeObject | undefined): readonly Charge[] {
  if (store.size('ResourceQuota') === 0) return [];
  const { namespace, name } = object.metadata;
  const charges: Charge[] = [];
  for (const quota of store.values('ResourceQuota')) {
    if (quota.metadata.namespace !== namespace || !isInScope(quota, kind, object)) continue;
    const hard = quota.status?.hard ?? {};
    const delta = deltaOf(hard, usageOf(kind, object), before === undefined ? undefined : usageOf(kind, before));
    if (kind === 'Pod' && before === undefined) {
      const missing = missingFor(hard, object as Pod);
      if (missing !== '') throw forbidden(kind, name, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
    }
    if (delta.size === 0) continue;
    const used: Record<string, string> = {};
    const exceeded: string[] = [];
    for (const [resource, amount] of delta) {
      const total = sum(amountOf(quota.status?.used?.[resource] ?? '0'), amount);
      if (total.nanos > amountOf(hard[resource]!).nanos) exceeded.push(resource);
      used[resource] = amountText(total);
    }
    if (exceeded.length > 0) throw forbidden(kind, name, exceededText(quota, delta, exceeded.sort()));
    charges.push({ quota, used: { ...quota.status?.used, ...used } });
  }
  return charges;
}

/** What more is used of what the quota limits; less is given back by the controller alone. */
function deltaOf(hard: ResourceList, now: Usage, before: Usage | undefined): Usage {
  const delta = new Map<string, typeof NOTHING>();
  for (const resource of Object.keys(hard)) {
    const amount = now.get(resource);
    const former = before?.get(resource);
    if (amount === undefined && former === undefined) continue;
    const change = { nanos: (amount?.nanos ?? 0n) - (former?.nanos ?? 0n), isBinary: (amount ?? former)!.isBinary };
    if (change.nanos > 0n) delta.set(resource, change);
  }
  return delta;
}

function exceededText(quota: ResourceQuota, delta: Usage, exceeded: readonly string[]): string {
  const list = (textOf: (resource: string) => string) => exceeded.map((resource) => `${resource}=${textOf(resource)}`).join(',');
  const requested = list((resource) => amountText(delta.get(resource)!));
  const used = list((resource) => String(quota.status?.used?.[resource] ?? '0'));
  const limited = list((resource) => String(quota.status!.hard![resource]));
  return `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${used}, limited: ${limited}`;
}
