/**
 * Pod templates in a description, and what pods and templates have in common.
 *
 * Models DescribePodTemplate of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { StringMap } from '../../../model/meta.ts';
import type { PodSpec, PodTemplate, Toleration } from '../../../model/pod.ts';
import { formatSelector } from '../../../model/selector-format.ts';
import type { JsonMap } from '../json.ts';
import { describeContainers } from './containers.ts';
import type { Page } from './page.ts';
import { describeVolumes } from './volumes.ts';

export function describePodTemplate(page: Page, template: PodTemplate): void {
  const { spec } = template;
  page.line(0, 'Pod Template:');
  page.labels('  Labels', template.metadata?.labels);
  const annotations = template.metadata?.annotations as StringMap | undefined;
  if (Object.keys(annotations ?? {}).length > 0) page.annotations('  Annotations', annotations);
  if (spec.serviceAccountName) page.line(1, `Service Account:\t${spec.serviceAccountName}`);
  if ((spec.initContainers?.length ?? 0) > 0) describeContainers(page, 'Init Containers', spec.initContainers!, '  ');
  describeContainers(page, 'Containers', spec.containers ?? [], '  ');
  describeVolumes(page, (spec.volumes ?? []) as unknown as readonly JsonMap[], '  ');
  describeSpread(page, spec, '  ');
  if (spec.priorityClassName) page.line(1, `Priority Class Name:\t${spec.priorityClassName}`);
  page.labels('  Node-Selectors', spec.nodeSelector);
  page.list('  Tolerations', tolerationTexts(spec.tolerations));
}

/** `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`. */
export function tolerationTexts(tolerations: readonly Toleration[] | undefined): string[] {
  return [...(tolerations ?? [])]
    .sort((a, b) => compareText(a.key ?? '', b.key ?? ''))
    .map(({ key = '', value = '', effect = '', operator, tolerationSeconds }) => {
      const what = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
      const exists = operator === 'Exists' && value === '' ? (key === '' && effect === '' ? 'op=Exists' : ' op=Exists') : '';
      return `${what}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
    });
}

export function describeSpread(page: Page, { topologySpreadConstraints = [] }: PodSpec, indent: string): void {
  if (topologySpreadConstraints.length === 0) return;
  const texts = [...topologySpreadConstraints]
    .sort((a, b) => compareText(a.topologyKey, b.topologyKey))
    .map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => {
      const selector = labelSelector === undefined ? '' : ` for selector ${formatSelector(labelSelector)}`;
      return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`;
    });
  page.list(`${indent}Topology Spread Constraints`, texts);
}
