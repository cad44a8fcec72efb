/**
 * One metric of an autoscaler: fetch it, work out the replicas, and what the status shows of it.
 *
 * Models computeReplicasForMetric and the computeStatusFor… functions of pkg/controller/podautoscaler/horizontal.go.
 */
import { compareText } from '../../base/compare.ts';
import type { LabelSelector } from '../../model/meta.ts';
import type { MetricSpec, MetricTarget } from '../../model/policy.ts';
import { quantityNanos } from '../../model/quantity.ts';
import type { MetricsSource, PodSample } from './metrics-source.ts';
import {
  NoProposal,
  replicasForAverage,
  replicasForShare,
  replicasForUtilization,
  replicasForValue,
  type Sample,
  type Situation,
} from './replica-calculator.ts';

export interface MetricProposal {
  readonly replicas: number;
  /** What the metric is called in Events and conditions. */
  readonly name: string;
  readonly status: unknown;
}

/** A metric that could not be had: the reason of its Event and condition, what they say, and what the sum of errors says. */
export class MetricFailure extends Error {
  override readonly name = 'MetricFailure';
  readonly reason: string;
  readonly what: string;

  constructor(reason: string, what: string, message: string) {
    super(message);
    this.reason = reason;
    this.what = what;
  }
}

export interface Question {
  readonly source: MetricsSource | undefined;
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly statusReplicas: number;
  /** The situation without its samples. */
  readonly situation: Omit<Situation, 'samples'>;
}

export function proposalFor(metric: MetricSpec, question: Question): MetricProposal {
  switch (metric.type) {
    case 'Resource': {
      const { name, target } = metric.resource!;
      const { proposal, label } = attempt('FailedGetResourceMetric', `${name} resource metric value`, () =>
        resource(question, name, undefined, target),
      );
      return {
        replicas: proposal.replicas,
        name: label,
        status: { type: 'Resource', resource: { name, current: current(name, proposal) } },
      };
    }
    case 'ContainerResource': {
      const { name, container, target } = metric.containerResource!;
      const { proposal, label } = attempt('FailedGetContainerResourceMetric', `${container} container metric value`, () =>
        resource(question, name, container, target),
      );
      const containerResource = { name, container, current: current(name, proposal) };
      return { replicas: proposal.replicas, name: label, status: { type: 'ContainerResource', containerResource } };
    }
    case 'Pods':
      return pods(metric.pods!, question);
    case 'Object':
      return object(metric.object!, question);
    case 'External':
      return external(metric.external!, question);
  }
}

function attempt<T>(reason: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NoProposal)) throw error;
    throw new MetricFailure(reason, error.message, `failed to get ${what}: ${error.message}`);
  }
}

interface ResourceResult {
  readonly proposal: { readonly replicas: number; readonly utilization?: number; readonly averageMilli: number };
  readonly label: string;
}

function resource(question: Question, name: string, container: string | undefined, target: MetricTarget): ResourceResult {
  const kind = container === undefined ? 'resource' : 'container resource';
  if (target.averageValue !== undefined) {
    const proposal = named(`failed to get ${name} usage`, () =>
      replicasForAverage(
        { ...question.situation, samples: resourceSamples(question, name, container) },
        name,
        milliOf(target.averageValue!),
      ),
    );
    return { proposal, label: `${name} resource` };
  }
  if (target.averageUtilization === undefined) {
    throw new NoProposal(
      'invalid resource metric source: neither an average utilization target nor an average value (or container) target was set',
    );
  }
  const proposal = named(`failed to get ${name} utilization`, () =>
    replicasForUtilization(
      { ...question.situation, samples: resourceSamples(question, name, container) },
      name,
      container,
      target.averageUtilization!,
    ),
  );
  return { proposal, label: `${name} ${kind} utilization (percentage of request)` };
}

function named<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof NoProposal) throw new NoProposal(`${what}: ${error.message}`);
    throw error;
  }
}

function resourceSamples({ source, namespace, selector }: Question, name: string, container: string | undefined): Map<string, Sample> {
  const unable = `unable to get metrics for resource ${name}`;
  if (source === undefined) {
    throw new NoProposal(
      `${unable}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`,
    );
  }
  const samples = new Map<string, Sample>();
  const all = source.podSamples(namespace, selector);
  if (all.length === 0) throw new NoProposal(`${unable}: no metrics returned from resource metrics API`);
  for (const sample of all) {
    const milli = usedMilli(sample, name, container);
    if (milli !== undefined) samples.set(sample.pod, { milli, timestampUs: sample.timestampUs, windowUs: sample.windowUs });
    else if (container !== undefined) {
      throw new NoProposal(
        `${unable}: failed to get container metrics: container ${container} not present in metrics for pod ${namespace}/${sample.pod}`,
      );
    }
  }
  return samples;
}

function usedMilli({ containers }: PodSample, resource: string, container: string | undefined): number | undefined {
  let milli: number | undefined;
  for (const { name, cpuMilli, memoryBytes } of containers) {
    if (container !== undefined && container !== name) continue;
    milli = (milli ?? 0) + (resource === 'cpu' ? cpuMilli : memoryBytes * 1000);
  }
  return milli;
}

function current(name: string, { utilization, averageMilli }: ResourceResult['proposal']): unknown {
  const averageValue = name === 'memory' ? bytesText(averageMilli) : milliText(averageMilli);
  return { ...(utilization === undefined ? {} : { averageUtilization: utilization }), averageValue };
}

function pods({ metric, target }: NonNullable<MetricSpec['pods']>, question: Question): MetricProposal {
  const proposal = attempt('FailedGetPodsMetric', 'pods metric value', () => {
    const { source, namespace, selector, situation } = question;
    const values = source?.podValues?.(namespace, selector, metric.name, metric.selector);
    if (values === undefined) throw new NoProposal(`unable to get metric ${metric.name}: ${CUSTOM_UNSERVED}`);
    if (values.length === 0) throw new NoProposal(`unable to get metric ${metric.name}: no metrics returned from custom metrics API`);
    const window = { timestampUs: situation.nowUs, windowUs: 0 };
    const samples = new Map(values.map(({ pod, milli }) => [pod, { milli, ...window }]));
    return replicasForAverage({ ...situation, samples }, '', milliOf(target.averageValue ?? 0));
  });
  const status = { type: 'Pods', pods: { metric, current: { averageValue: milliText(proposal.averageMilli) } } };
  return { replicas: proposal.replicas, name: `pods metric ${metric.name}`, status };
}

function object({ describedObject, metric, target }: NonNullable<MetricSpec['object']>, question: Question): MetricProposal {
  const { kind, name } = describedObject;
  const milli = attempt('FailedGetObjectMetric', 'object metric value', () => {
    const value = question.source?.objectValue?.(question.namespace, kind, name, metric.name, metric.selector);
    if (value === undefined)
      throw new NoProposal(`unable to get metric ${metric.name}: ${kind} on ${question.namespace} ${name}/${CUSTOM_UNSERVED}`);
    return value;
  });
  const { replicas, shown } = attempt('FailedGetObjectMetric', 'object metric value', () => single(target, milli, question));
  if (target.averageValue !== undefined) {
    // Upstream takes the name from external metrics here and leaves out what the metric is about.
    const label = `external metric ${metric.name}(${selectorPrint(metric.selector)})`;
    const status = { type: 'Object', object: { metric, describedObject: { kind: '', name: '' }, current: shown } };
    return { replicas, name: label, status };
  }
  return {
    replicas,
    name: `${kind} metric ${metric.name}`,
    status: { type: 'Object', object: { metric, describedObject, current: shown } },
  };
}

function external({ metric, target }: NonNullable<MetricSpec['external']>, question: Question): MetricProposal {
  const { replicas, shown } = attempt('FailedGetExternalMetric', `${metric.name} external metric value`, () => {
    const values = question.source?.externalValues?.(question.namespace, metric.name, metric.selector);
    const unable = `unable to get external metric ${question.namespace}/${metric.name}/${selectorPrint(metric.selector)}`;
    if (values === undefined) {
      const missing = `the server could not find the requested resource (get ${metric.name}.external.metrics.k8s.io)`;
      throw new NoProposal(`${unable}: unable to fetch metrics from external metrics API: ${missing}`);
    }
    if (values.length === 0) throw new NoProposal(`${unable}: no metrics returned from external metrics API`);
    const milli = values.reduce((sum, value) => sum + value, 0);
    return single(target, milli, question);
  });
  const name = `external metric ${metric.name}(${selectorPrint(metric.selector)})`;
  return { replicas, name, status: { type: 'External', external: { metric, current: shown } } };
}

/** A metric that is one number for all replicas together. */
function single(target: MetricTarget, milli: number, { situation, statusReplicas }: Question): { replicas: number; shown: unknown } {
  if (target.averageValue !== undefined) {
    const share = replicasForShare(milli, milliOf(target.averageValue), statusReplicas, situation.tolerances);
    return { replicas: share.replicas, shown: { averageValue: milliText(share.averageMilli) } };
  }
  const replicas = replicasForValue({ ...situation, samples: new Map() }, milli, milliOf(target.value ?? 0));
  return { replicas, shown: { value: milliText(milli) } };
}

const CUSTOM_UNSERVED = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

/** As Go's generated String() prints a selector; an absent one is `nil`. */
function selectorPrint(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => `${key}: ${value},`);
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}

function milliOf(quantity: number | string): number {
  const nanos = quantityNanos(quantity) ?? 0n;
  return Number((nanos + 999_999n) / 1_000_000n);
}

/** Decimal, as NewMilliQuantity prints it. */
export function milliText(milli: number): string {
  if (milli % 1000 !== 0) return `${milli}m`;
  let units = milli / 1000;
  for (const suffix of ['', 'k', 'M', 'G', 'T']) {
    if (units === 0 || units % 1000 !== 0) return `${units}${suffix}`;
    units /= 1000;
  }
  return `${units}P`;
}

/** Memory in powers of 1024. */
function bytesText(milli: number): string {
  let bytes = Math.ceil(milli / 1000);
  for (const suffix of ['', 'Ki', 'Mi', 'Gi', 'Ti']) {
    if (bytes === 0 || bytes % 1024 !== 0) return `${bytes}${suffix}`;
    bytes /= 1024;
  }
  return `${bytes}Pi`;
}
