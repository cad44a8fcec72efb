/**
 * Disruption budgets, priority classes, roles and who has them, described.
 *
 * Models describePodDisruptionBudget, describePriorityClass and the role describers of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { PodDisruptionBudget, PriorityClass } from '../../../model/policy.ts';
import { formatLabels, formatSelector } from '../../../model/selector-format.ts';
import { asMap, type JsonMap, listAt, mapsAt, textAt } from '../json.ts';
import type { Page } from './page.ts';

export function describeBudget({ metadata, spec, status }: PodDisruptionBudget, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  if (spec.minAvailable !== undefined) page.line(0, `Min available:\t${spec.minAvailable}`);
  else if (spec.maxUnavailable !== undefined) page.line(0, `Max unavailable:\t${spec.maxUnavailable}`);
  page.line(0, `Selector:\t${spec.selector === undefined ? '<unset>' : formatSelector(spec.selector)}`);
  page.line(0, 'Status:');
  page.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`);
  page.line(2, `Current:\t${status?.currentHealthy ?? 0}`);
  page.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`);
  page.line(2, `Total:\t${status?.expectedPods ?? 0}`);
}

export function describePriorityClass(object: PriorityClass, page: Page): void {
  page.line(0, `Name:\t${object.metadata.name}`);
  page.line(0, `Value:\t${object.value}`);
  page.line(0, `GlobalDefault:\t${object.globalDefault === true}`);
  page.line(0, `PreemptionPolicy:\t${object.preemptionPolicy ?? 'PreemptLowerPriority'}`);
  page.line(0, `Description:\t${object.description ?? ''}`);
  page.line(0, `Annotations:\t${formatLabels(object.metadata.annotations)}`);
}

export function describeRole(role: KubeObject, page: Page): void {
  page.line(0, `Name:\t${role.metadata.name}`);
  page.labels('Labels', role.metadata.labels);
  page.annotations('Annotations', role.metadata.annotations);
  page.line(0, 'PolicyRule:');
  page.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  page.line(1, '---------\t-----------------\t--------------\t-----');
  for (const line of mapsAt(asMap(role), 'rules').flatMap(ruleLines).sort(compareText)) page.line(1, line);
}

/** A line to each resource: the real one breaks rules up and puts them together again. */
function ruleLines(rule: JsonMap): string[] {
  const list = (field: string) => `[${listAt(rule, field).join(' ')}]`;
  const rest = `${list('resourceNames')}\t${list('verbs')}`;
  const resources = listAt(rule, 'apiGroups').flatMap((group) =>
    listAt(rule, 'resources').map((resource) => `${String(resource)}${group === '' ? '' : `.${String(group)}`}\t[]\t${rest}`),
  );
  const urls = listAt(rule, 'nonResourceURLs').map((url) => `\t[${String(url)}]\t${rest}`);
  return [...resources, ...urls];
}

export function describeRoleBinding(binding: KubeObject, page: Page): void {
  const map = asMap(binding);
  page.line(0, `Name:\t${binding.metadata.name}`);
  page.labels('Labels', binding.metadata.labels);
  page.annotations('Annotations', binding.metadata.annotations);
  page.line(0, 'Role:');
  page.line(1, `Kind:\t${textAt(map, 'roleRef.kind') ?? ''}`);
  page.line(1, `Name:\t${textAt(map, 'roleRef.name') ?? ''}`);
  page.line(0, 'Subjects:');
  page.line(1, 'Kind\tName\tNamespace');
  page.line(1, '----\t----\t---------');
  for (const { kind, name, namespace = '' } of mapsAt(map, 'subjects'))
    page.line(1, `${String(kind)}\t${String(name)}\t${String(namespace)}`);
}
