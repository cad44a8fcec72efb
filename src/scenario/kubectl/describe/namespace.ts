/**
 * Namespaces with their quotas and limits, described.
 *
 * Models describeNamespace, describeQuota and describeLimitRange of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { Task } from '../../../client/task.ts';
import type { Namespace } from '../../../model/configuration.ts';
import type { Quantity } from '../../../model/meta.ts';
import type { LimitRange, ResourceQuota } from '../../../model/policy.ts';
import { canonicalQuantity } from '../canonical-quantity.ts';
import type { KubectlContext } from '../context.ts';
import { type Page, timeLine } from './page.ts';

const LIMITS_HEADER = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio';
const LIMITS_RULE = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------';
const SCOPE_HELP: { readonly [scope: string]: string } = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

export function* describeNamespace({ metadata, status }: Namespace, page: Page, context: KubectlContext): Task<void> {
  page.line(0, `Name:\t${metadata.name}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Status:\t${status?.phase ?? ''}`);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    page.line(0, 'Conditions:');
    page.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    page.line(1, '----\t------\t------------------\t------\t-------');
    for (const { type, status: value, lastTransitionTime, reason = '', message = '' } of conditions)
      page.line(1, `${type}\t${value}\t${timeLine(lastTransitionTime)}\t${reason}\t${message}`);
  }
  const selection = { namespace: metadata.name };
  describeQuotas((yield* context.api.list('ResourceQuota', selection)) as readonly ResourceQuota[], page);
  describeLimits((yield* context.api.list('LimitRange', selection)) as readonly LimitRange[], page);
}

function describeQuotas(quotas: readonly ResourceQuota[], page: Page): void {
  page.line(0, '');
  if (quotas.length === 0) return page.line(0, 'No resource quota.');
  page.line(0, 'Resource Quotas');
  for (const quota of quotas) {
    page.line(1, `Name:\t${quota.metadata.name}`);
    describeScopes(quota, page, 1, '*');
    page.line(1, 'Resource\tUsed\tHard');
    page.line(1, '--------\t---\t---');
    for (const line of usageLines(quota)) page.line(1, line);
  }
}

function describeLimits(ranges: readonly LimitRange[], page: Page): void {
  page.line(0, '');
  if (ranges.length === 0) return page.line(0, 'No LimitRange resource.');
  page.line(0, `Resource Limits\n ${LIMITS_HEADER}`);
  page.line(0, ` ${LIMITS_RULE}`);
  for (const range of ranges) for (const line of limitLines(range)) page.line(0, ` ${line}`);
}

export function describeLimitRange(range: LimitRange, page: Page): void {
  page.line(0, `Name:\t${range.metadata.name}`);
  page.line(0, `Namespace:\t${range.metadata.namespace ?? ''}`);
  page.line(0, LIMITS_HEADER);
  page.line(0, LIMITS_RULE);
  for (const line of limitLines(range)) page.line(0, line);
}

/** The real one walks a map: its rows come in any order, here by the resource's name. */
function limitLines({ spec }: LimitRange): string[] {
  return spec.limits.flatMap((item) => {
    const lists = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const names = [...new Set(lists.flatMap((list) => Object.keys(list ?? {})))].sort(compareText);
    return names.map((name) => [item.type, name, ...lists.map((list) => amount(list?.[name], '-'))].join('\t'));
  });
}

export function describeQuota(quota: ResourceQuota, page: Page): void {
  page.line(0, `Name:\t${quota.metadata.name}`);
  page.line(0, `Namespace:\t${quota.metadata.namespace ?? ''}`);
  describeScopes(quota, page, 0, ' *');
  page.line(0, 'Resource\tUsed\tHard');
  page.line(0, '--------\t----\t----');
  for (const line of usageLines(quota)) page.line(0, line);
}

function describeScopes({ spec }: ResourceQuota, page: Page, level: number, bullet: string): void {
  const scopes = [...(spec.scopes ?? [])].sort(compareText);
  if (scopes.length === 0) return;
  page.line(level, `Scopes:\t${scopes.join(', ')}`);
  for (const scope of scopes) if (SCOPE_HELP[scope] !== undefined) page.line(level, `${bullet} ${SCOPE_HELP[scope]}`);
}

function usageLines({ status }: ResourceQuota): string[] {
  const { hard = {}, used = {} } = status ?? {};
  return Object.keys(hard)
    .sort(compareText)
    .map((name) => `${name}\t${amount(used[name], '0')}\t${amount(hard[name], '0')}`);
}

function amount(quantity: Quantity | undefined, none: string): string {
  return quantity === undefined ? none : (canonicalQuantity(quantity) ?? String(quantity));
}
