/**
 * What the LimitRanges of a namespace fill into a pod's containers, and what pods and claims they refuse.
 *
 * Models plugin/pkg/admission/limitranger/admission.go: filling in comes first, the checks after validation, all violations in one answer.
 * Upstream goes through resources in the order of a map; here they come by name.
 */
import { compareText } from '../base/compare.ts';
import { type Amount, amountOf, amountText } from '../model/amount.ts';
import type { Kind } from '../model/kinds.ts';
import type { KubeObject, Quantity, ResourceList, StringMap } from '../model/meta.ts';
import type { Container, Pod, PodSpec } from '../model/pod.ts';
import { podTotals } from '../model/pod-totals.ts';
import type { LimitRange, LimitRangeItem } from '../model/policy.ts';
import type { Usage } from '../model/quota.ts';
import type { PersistentVolumeClaim } from '../model/storage.ts';
import { forbidden } from './api-error.ts';
import type { Store } from './store.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** The pod with what the namespace's ranges set by default, and an annotation that says so; the same pod when that is nothing. */
export function withLimitDefaults(store: Store, pod: Pod): Pod {
  if (store.size('LimitRange') === 0) return pod;
  let filled = pod;
  for (const range of store.valuesIn('LimitRange', pod.metadata.namespace ?? '')) filled = withDefaultsOf(range, filled);
  return filled;
}

function withDefaultsOf({ spec: { limits } }: LimitRange, pod: Pod): Pod {
  const defaults: { requests: ResourceList; limits: ResourceList } = { requests: {}, limits: {} };
  for (const item of limits) {
    if (item.type !== 'Container') continue;
    defaults.requests = { ...defaults.requests, ...item.defaultRequest };
    defaults.limits = { ...defaults.limits, ...item.default };
  }
  const told: string[] = [];
  const containers = (pod.spec.containers ?? []).map((one) => withResources(one, defaults, 'container', told));
  const initContainers = pod.spec.initContainers?.map((one) => withResources(one, defaults, 'init container', told));
  if (told.length === 0) return pod;
  const annotations: StringMap = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${told.join('; ')}` };
  const spec: PodSpec = { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}

function withResources(
  container: Container,
  defaults: { readonly requests: ResourceList; readonly limits: ResourceList },
  what: string,
  told: string[],
): Container {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const missing = (list: ResourceList, wanted: ResourceList) =>
    Object.keys(wanted)
      .filter((name) => list[name] === undefined)
      .sort(compareText);
  const setRequests = missing(requests, defaults.requests);
  const setLimits = missing(limits, defaults.limits);
  if (setRequests.length > 0) told.push(`${setRequests.join(', ')} request for ${what} ${container.name}`);
  if (setLimits.length > 0) told.push(`${setLimits.join(', ')} limit for ${what} ${container.name}`);
  if (setRequests.length + setLimits.length === 0) return container;
  const filled = {
    limits: { ...defaults.limits, ...limits },
    requests: { ...defaults.requests, ...requests },
  };
  const set = Object.fromEntries(Object.entries(filled).filter(([, list]) => Object.keys(list).length > 0));
  return { ...container, resources: { ...container.resources, ...set } };
}

/** Throws a 403 with everything the namespace's ranges have against the object. */
export function checkLimits(store: Store, kind: Kind, object: KubeObject): void {
  if ((kind !== 'Pod' && kind !== 'PersistentVolumeClaim') || store.size('LimitRange') === 0) return;
  const { namespace = '', name } = object.metadata;
  for (const { spec } of store.valuesIn('LimitRange', namespace)) {
    const violations =
      kind === 'Pod' ? podViolations(spec.limits, object as Pod) : claimViolations(spec.limits, object as PersistentVolumeClaim);
    const distinct = [...new Set(violations)];
    if (distinct.length > 0) throw forbidden(kind, name, distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`);
  }
}

export function podViolations(limits: readonly LimitRangeItem[], pod: Pod): readonly string[] {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  return limits.flatMap((item) => {
    if (item.type === 'Container') {
      return containers.flatMap(({ resources }) => violationsOf(item, usageOfList(resources?.requests), usageOfList(resources?.limits)));
    }
    return item.type === 'Pod' ? violationsOf(item, podTotals(pod, 'requests'), podTotals(pod, 'limits')) : [];
  });
}

/** Of a claim only the request counts. */
export function claimViolations(limits: readonly LimitRangeItem[], { spec }: PersistentVolumeClaim): readonly string[] {
  const requests = usageOfList(spec.resources?.requests);
  return limits.flatMap((item) => {
    if (item.type !== 'PersistentVolumeClaim') return [];
    const too = (name: string, enforced: Quantity) =>
      tooMuch(`maximum ${name} usage per ${item.type} is ${textOf(enforced)}`, enforced, requests.get(name), 'request');
    return [
      ...each(item.min, (name, enforced) => tooLittle(item.type, name, enforced, requests.get(name), undefined)),
      ...each(item.max, too),
    ];
  });
}

function violationsOf(item: LimitRangeItem, requests: Usage, limits: Usage): readonly string[] {
  const { type } = item;
  return [
    ...each(item.min, (name, enforced) => tooLittle(type, name, enforced, requests.get(name), limits.get(name))),
    ...each(item.max, (name, enforced) => {
      const rule = `maximum ${name} usage per ${type} is ${textOf(enforced)}`;
      const byLimit = tooMuch(rule, enforced, limits.get(name), 'limit');
      return byLimit ?? (requests.has(name) ? tooMuch(rule, enforced, requests.get(name), 'request') : undefined);
    }),
    ...each(item.maxLimitRequestRatio, (name, enforced) => tooFar(type, name, enforced, requests.get(name), limits.get(name))),
  ];
}

function each(list: ResourceList | undefined, problem: (name: string, enforced: Quantity) => string | undefined): readonly string[] {
  return Object.keys(list ?? {})
    .sort(compareText)
    .flatMap((name) => problem(name, list![name]!) ?? []);
}

function tooLittle(
  type: string,
  name: string,
  enforced: Quantity,
  request: Amount | undefined,
  limit: Amount | undefined,
): string | undefined {
  const rule = `minimum ${name} usage per ${type} is ${textOf(enforced)}`;
  const { nanos } = amountOf(enforced);
  if (request === undefined) return `${rule}.  No request is specified`;
  if (request.nanos < nanos) return `${rule}, but request is ${amountText(request)}`;
  return limit !== undefined && limit.nanos < nanos ? `${rule}, but limit is ${amountText(limit)}` : undefined;
}

function tooMuch(rule: string, enforced: Quantity, amount: Amount | undefined, what: 'request' | 'limit'): string | undefined {
  if (amount === undefined) return `${rule}.  No ${what} is specified`;
  return amount.nanos > amountOf(enforced).nanos ? `${rule}, but ${what} is ${amountText(amount)}` : undefined;
}

function tooFar(
  type: string,
  name: string,
  enforced: Quantity,
  request: Amount | undefined,
  limit: Amount | undefined,
): string | undefined {
  const rule = `${name} max limit to request ratio per ${type} is ${textOf(enforced)}`;
  if (request === undefined || request.nanos === 0n) return `${rule}, but no request is specified or request is 0`;
  if (limit === undefined || limit.nanos === 0n) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = Number(limit.nanos) / Number(request.nanos);
  return ratio * 1000 > Number(amountOf(enforced).nanos / 1_000_000n) ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

function usageOfList(list: ResourceList | undefined): Usage {
  return new Map(Object.entries(list ?? {}).map(([name, quantity]) => [name, amountOf(quantity)]));
}

function textOf(quantity: Quantity): string {
  return amountText(amountOf(quantity));
}
