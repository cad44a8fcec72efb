/**
 * A HorizontalPodAutoscaler, described. Models describeHorizontalPodAutoscalerV2 of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { HorizontalPodAutoscaler, HpaScalingRules, MetricSpec } from '../../../model/policy.ts';
import { type JsonMap, textAt } from '../json.ts';
import { type Page, timeLine } from './page.ts';

const UNKNOWN = '<unknown>';

export function describeAutoscaler({ metadata, spec, status }: HorizontalPodAutoscaler, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `CreationTimestamp:\t${timeLine(metadata.creationTimestamp)}`);
  page.line(0, `Reference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
  page.line(0, 'Metrics:\t( current / target )');
  spec.metrics?.forEach((metric, at) => {
    page.line(1, metricLine(metric, (status?.currentMetrics?.[at] ?? {}) as JsonMap));
  });
  page.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`);
  page.line(0, `Max replicas:\t${spec.maxReplicas}`);
  if (spec.behavior !== undefined) {
    page.line(0, 'Behavior:');
    describeRules('Scale Up', spec.behavior.scaleUp, page);
    describeRules('Scale Down', spec.behavior.scaleDown, page);
  }
  page.line(0, `${spec.scaleTargetRef.kind} pods:\t${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`);
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  page.line(0, 'Conditions:');
  page.line(1, 'Type\tStatus\tReason\tMessage');
  page.line(1, '----\t------\t------\t-------');
  for (const { type, status: value, reason = '', message = '' } of conditions) page.line(1, `${type}\t${value}\t${reason}\t${message}`);
}

function metricLine(metric: MetricSpec, current: JsonMap): string {
  const now = (source: string, field: string) => textAt(current, `${source}.current.${field}`) ?? UNKNOWN;
  if (metric.external !== undefined) {
    const { metric: named, target } = metric.external;
    return target.averageValue === undefined
      ? `"${named.name}" (target value):\t${now('external', 'value')} / ${target.value}`
      : `"${named.name}" (target average value):\t${now('external', 'averageValue')} / ${target.averageValue}`;
  }
  if (metric.pods !== undefined)
    return `"${metric.pods.metric.name}" on pods:\t${now('pods', 'averageValue')} / ${metric.pods.target.averageValue}`;
  if (metric.object !== undefined) {
    const { metric: named, describedObject, target } = metric.object;
    const about = `"${named.name}" on ${describedObject.kind}/${describedObject.name} `;
    return target.type === 'AverageValue'
      ? `${about}(target average value):\t${now('object', 'averageValue')} / ${target.averageValue}`
      : `${about}(target value):\t${now('object', 'value')} / ${target.value}`;
  }
  const source = metric.resource === undefined ? 'containerResource' : 'resource';
  const resource = metric[source];
  if (resource === undefined) return `<unknown metric type "${metric.type}">`;
  const container = metric.containerResource === undefined ? '' : ` of container "${metric.containerResource.container}"`;
  const about = `resource ${resource.name}${container} on pods`;
  const { averageValue, averageUtilization } = resource.target;
  if (averageValue !== undefined) return `${about}:\t${now(source, 'averageValue')} / ${averageValue}`;
  const used = now(source, 'averageUtilization');
  const usedText = used === UNKNOWN ? UNKNOWN : `${used}% (${now(source, 'averageValue')})`;
  return `${about}  (as a percentage of request):\t${usedText} / ${averageUtilization === undefined ? '<auto>' : `${averageUtilization}%`}`;
}

function describeRules(direction: string, rules: HpaScalingRules | undefined, page: Page): void {
  if (rules === undefined) return;
  page.line(1, `${direction}:`);
  if (rules.stabilizationWindowSeconds !== undefined) page.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`);
  if ((rules.policies?.length ?? 0) === 0) return;
  page.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
  page.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of rules.policies!)
    page.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
}
