/**
 * What limits and scales, in tables: budgets, quotas, priorities, autoscalers.
 *
 * Models printPodDisruptionBudget, printResourceQuota, printPriorityClass and printHorizontalPodAutoscaler of
 * pkg/printers/internalversion/printers.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { ResourceList } from '../../../model/meta.ts';
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricTarget,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
} from '../../../model/policy.ts';
import { age, columns, NAME, type TablePrinter, UNSET } from './columns.ts';

/** How many metrics stand in a cell before the rest is only counted. */
const METRICS_SHOWN = 2;

interface CurrentValue {
  readonly value?: string | number;
  readonly averageValue?: string | number;
  readonly averageUtilization?: number;
}
type CurrentMetric = { readonly [source: string]: { readonly current?: CurrentValue } | undefined };

const POD_DISRUPTION_BUDGET: TablePrinter<PodDisruptionBudget> = {
  columns: [NAME, ...columns('Min Available', 'Max Unavailable', 'Allowed Disruptions:integer', 'Age')],
  cells: (object, nowUs) => [
    object.metadata.name,
    String(object.spec.minAvailable ?? 'N/A'),
    String(object.spec.maxUnavailable ?? 'N/A'),
    object.status?.disruptionsAllowed ?? 0,
    age(object, nowUs),
  ],
};

const RESOURCE_QUOTA: TablePrinter<ResourceQuota> = {
  columns: [NAME, ...columns('Request', 'Limit', 'Age')],
  cells: (object, nowUs) => {
    const { hard = {}, used = {} } = object.status ?? {};
    const isLimit = (name: string) => name.startsWith('limits');
    return [object.metadata.name, usageText(hard, used, (name) => !isLimit(name)), usageText(hard, used, isLimit), age(object, nowUs)];
  },
};

const PRIORITY_CLASS: TablePrinter<PriorityClass> = {
  columns: [NAME, ...columns('Value:integer', 'Global-Default:boolean', 'Age', 'PreemptionPolicy')],
  cells: (object, nowUs) => [
    object.metadata.name,
    object.value,
    object.globalDefault === true,
    age(object, nowUs),
    object.preemptionPolicy ?? 'PreemptLowerPriority',
  ],
};

const HORIZONTAL_POD_AUTOSCALER: TablePrinter<HorizontalPodAutoscaler> = {
  columns: [NAME, ...columns('Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age')],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    return [
      object.metadata.name,
      `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
      metricsText(spec.metrics ?? [], (status?.currentMetrics ?? []) as readonly CurrentMetric[]),
      String(spec.minReplicas ?? UNSET),
      spec.maxReplicas,
      status?.currentReplicas ?? 0,
      age(object, nowUs),
    ];
  },
};

export const POLICY_TABLES = {
  PodDisruptionBudget: POD_DISRUPTION_BUDGET,
  ResourceQuota: RESOURCE_QUOTA,
  PriorityClass: PRIORITY_CLASS,
  HorizontalPodAutoscaler: HORIZONTAL_POD_AUTOSCALER,
};

function usageText(hard: ResourceList, used: ResourceList, isShown: (name: string) => boolean): string {
  return Object.keys(hard)
    .filter(isShown)
    .sort(compareText)
    .map((name) => `${name}: ${used[name] ?? 0}/${hard[name]}`)
    .join(', ');
}

function metricsText(metrics: readonly MetricSpec[], current: readonly CurrentMetric[]): string {
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, at) => metricText(metric, current[at]));
  const more = texts.length - METRICS_SHOWN;
  return more > 0 ? `${texts.slice(0, METRICS_SHOWN).join(', ')} + ${more} more...` : texts.join(', ');
}

/** Current against wanted: `cpu: 40%/80%`, `7/10`, `12/30 (avg)`. */
function metricText(metric: MetricSpec, current: CurrentMetric | undefined): string {
  const unknown = '<unknown>';
  const source = sourceOf(metric);
  const target = (metric[source] as { readonly target: MetricTarget } | undefined)?.target;
  if (target === undefined) return unknown;
  const now = current?.[source]?.current;
  if (source === 'resource' || source === 'containerResource') {
    const { name } = metric[source]!;
    if (target.averageValue !== undefined) return `${name}: ${now?.averageValue ?? unknown}/${target.averageValue}`;
    const used = now?.averageUtilization === undefined ? unknown : `${now.averageUtilization}%`;
    return `${name}: ${used}/${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
  }
  if (source === 'pods') return `${now?.averageValue ?? unknown}/${target.averageValue ?? ''}`;
  if (target.averageValue !== undefined) return `${now?.averageValue ?? unknown}/${target.averageValue} (avg)`;
  return `${now?.value ?? unknown}/${target.value ?? ''}`;
}

function sourceOf({ type }: MetricSpec): 'resource' | 'containerResource' | 'pods' | 'object' | 'external' {
  switch (type) {
    case 'Resource':
      return 'resource';
    case 'ContainerResource':
      return 'containerResource';
    case 'Pods':
      return 'pods';
    case 'Object':
      return 'object';
    case 'External':
      return 'external';
  }
}
