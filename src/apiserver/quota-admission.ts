/**
 * Charges a ResourceQuota for what is created, and refuses what it has no room for.
 *
 * Models apiserver/pkg/admission/plugin/resourcequota/controller.go (checkQuotas): the charge is written to each quota's status before the
 * object is stored; what is deleted or ends is given back by the resource quota controller.
 */
import { amountOf, amountText, type NOTHING, sum } from '../model/amount.ts';
import type { Kind } from '../model/kinds.ts';
import type { KubeObject, ResourceList } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { ResourceQuota } from '../model/policy.ts';
import { concernedIn, missingFor, type Usage, usageOf } from '../model/quota.ts';
import { isInScope, isTerminating } from '../model/quota-scope.ts';
import { forbidden } from './api-error.ts';
import type { Store } from './store.ts';

export interface Charge {
  readonly quota: ResourceQuota;
  readonly used: ResourceList;
}

/** An object and what it was before an update; when that is nothing, it is created. */
export interface Charged {
  readonly kind: Kind;
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
}

/** The new usage of every quota the object counts for; throws a 403 when one of them has no room. */
export function chargesFor(store: Store, { kind, object, before }: Charged, nowUs: number): readonly Charge[] {
  if (store.size('ResourceQuota') === 0) return [];
  const { namespace, name } = object.metadata;
  const quotas = [...store.values('ResourceQuota')].filter(
    (quota) => quota.metadata.namespace === namespace && matches(quota, kind, object),
  );
  for (const quota of quotas) {
    const missing = kind === 'Pod' ? missingFor(hardOf(quota), object as Pod) : '';
    if (missing !== '') throw forbidden(kind, name, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
  }
  const usage = usageOf(kind, object, nowUs);
  const charges: Charge[] = [];
  for (const quota of quotas) {
    // One that did not count the object so far is charged for the whole of it.
    const former = before !== undefined && matches(quota, kind, before) ? usageOf(kind, before, nowUs) : undefined;
    const delta = deltaOf(hardOf(quota), usage, former);
    if (delta.size === 0) continue;
    const used: Record<string, string> = {};
    const exceeded: string[] = [];
    for (const [resource, amount] of delta) {
      const total = sum(amountOf(quota.status?.used?.[resource] ?? '0'), amount);
      if (total.nanos > amountOf(hardOf(quota)[resource]!).nanos) exceeded.push(resource);
      used[resource] = amountText(total);
    }
    if (exceeded.length > 0) throw forbidden(kind, name, exceededText(quota, delta, exceeded.sort()));
    charges.push({ quota, used: { ...quota.status?.used, ...used } });
  }
  return charges;
}

/** Updates are looked at where they can use more: of a pod when it is resized, or comes into another scope. */
export function mayUseMore(kind: Kind, object: KubeObject, before: KubeObject, subresource: string): boolean {
  if (kind === 'Pod')
    return subresource === 'resize' || (subresource === '' && isTerminating(object as Pod) !== isTerminating(before as Pod));
  return subresource === '' && (kind === 'Service' || kind === 'PersistentVolumeClaim');
}

function matches(quota: ResourceQuota, kind: Kind, object: KubeObject): boolean {
  return concernedIn(hardOf(quota), kind).length > 0 && isInScope(quota, kind, object);
}

function hardOf(quota: ResourceQuota): ResourceList {
  return quota.status?.hard ?? {};
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
