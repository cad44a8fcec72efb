/**
 * The versions of autoscalers and events beside the one they are stored in, and the way from one to the other.
 *
 * Models pkg/apis/autoscaling/v1/{conversion,defaults}.go and pkg/apis/events/v1/conversion.go.
 */
import type { KubeObject } from '../../model/meta.ts';
import { goJson } from '../schema/go-text.ts';
import { internalView } from '../schema/internal-view.ts';
import { type StructSchema, structSchema } from '../schema/struct-schema.ts';
import type { Sent } from '../validation/sent.ts';

export interface OtherVersion {
  readonly struct: StructSchema;
  shown(object: KubeObject): KubeObject;
  stored(object: KubeObject): KubeObject;
}

export const OTHER_VERSIONS: { readonly [versionAndKind: string]: OtherVersion } = {
  'autoscaling/v1 HorizontalPodAutoscaler': {
    struct: structSchema('autoscaling.HorizontalPodAutoscaler'),
    shown: autoscalerShown,
    stored: autoscalerStored,
  },
  'events.k8s.io/v1 Event': { struct: structSchema('events.Event'), shown: eventShown, stored: eventStored },
};

/** What version 1 has no field for stands in annotations, as JSON of the newer fields. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

function isCpuUtilization(metric: Sent): boolean {
  return metric?.type === 'Resource' && metric.resource?.name === 'cpu';
}

function autoscalerShown(object: KubeObject): KubeObject {
  const { metadata, spec = {}, status = {} }: Sent = object;
  const { metrics = [], behavior, ...rest } = spec;
  const cpu = metrics.find((one: Sent) => isCpuUtilization(one) && one.resource.target?.averageUtilization !== undefined);
  const others = metrics.filter((one: Sent) => one !== cpu);
  const { currentMetrics, conditions = [], ...counts } = status;
  const current = (currentMetrics ?? []).find((one: Sent) => isCpuUtilization(one));
  const annotations = {
    ...metadata.annotations,
    ...(others.length === 0 ? {} : { [METRICS]: goJson(others.map(metricV1)) }),
    ...(behavior === undefined ? {} : { [BEHAVIOR]: goJson(internalView('autoscaling.HorizontalPodAutoscalerBehavior', behavior)) }),
    ...((currentMetrics ?? []).length === 0 ? {} : { [CURRENT_METRICS]: goJson(currentMetrics) }),
    ...(conditions.length === 0 ? {} : { [CONDITIONS]: goJson(conditions) }),
  };
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      ...rest,
      ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu.resource.target.averageUtilization }),
    },
    status: {
      currentReplicas: 0,
      ...counts,
      ...(current?.resource?.current?.averageUtilization === undefined
        ? {}
        : { currentCPUUtilizationPercentage: current.resource.current.averageUtilization }),
    },
  } as unknown as KubeObject;
}

function metricV1(metric: Sent): Sent {
  const { type, resource, containerResource, pods, object, external } = metric;
  const target = ({ averageUtilization, averageValue }: Sent) => ({
    ...(averageUtilization === undefined ? {} : { targetAverageUtilization: averageUtilization }),
    ...(averageValue === undefined ? {} : { targetAverageValue: averageValue }),
  });
  if (resource !== undefined) return { type, resource: { name: resource.name, ...target(resource.target) } };
  if (containerResource !== undefined) {
    const { name, container } = containerResource;
    return { type, containerResource: { name, ...target(containerResource.target), container } };
  }
  if (pods !== undefined) {
    const { metric: identifier, target: wanted } = pods;
    return { type, pods: { metricName: identifier.name, targetAverageValue: wanted.averageValue, ...selectorOf(identifier) } };
  }
  if (object !== undefined) {
    const { describedObject, metric: identifier, target: wanted } = object;
    const average = wanted.averageValue === undefined ? {} : { averageValue: wanted.averageValue };
    return {
      type,
      object: {
        target: describedObject,
        metricName: identifier.name,
        targetValue: wanted.value ?? '0',
        ...selectorOf(identifier),
        ...average,
      },
    };
  }
  if (external === undefined) return { type };
  const { metric: identifier, target: wanted } = external;
  const selector = identifier.selector === undefined ? {} : { metricSelector: identifier.selector };
  const value = wanted.value === undefined ? {} : { targetValue: wanted.value };
  const average = wanted.averageValue === undefined ? {} : { targetAverageValue: wanted.averageValue };
  return { type, external: { metricName: identifier.name, ...selector, ...value, ...average } };
}

function selectorOf({ selector }: Sent): object {
  return selector === undefined ? {} : { selector };
}

function autoscalerStored(object: KubeObject): KubeObject {
  const { metadata, spec = {}, status }: Sent = object;
  const { targetCPUUtilizationPercentage: percentage, ...rest } = spec;
  const { [METRICS]: _, [CURRENT_METRICS]: __, [CONDITIONS]: ___, [BEHAVIOR]: ____, ...annotations } = metadata.annotations ?? {};
  const { annotations: _____, ...others } = metadata;
  const cpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage ?? 0 } },
  };
  const { currentCPUUtilizationPercentage: ______, ...counts } = status ?? {};
  return {
    ...object,
    metadata: Object.keys(annotations).length === 0 ? others : { ...others, annotations },
    spec: { ...rest, ...(percentage === undefined ? {} : { metrics: [cpu] }) },
    ...(status === undefined ? {} : { status: { currentMetrics: null, ...counts } }),
  } as unknown as KubeObject;
}

/** From the field of events.k8s.io to the one of the core group. */
const EVENT_FIELDS: { readonly [field: string]: string } = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};
const SHOWN_AS = Object.fromEntries(Object.entries(EVENT_FIELDS).map(([shown, stored]) => [stored, shown]));

function renamed(object: KubeObject, names: { readonly [field: string]: string }): KubeObject {
  return Object.fromEntries(Object.entries(object).map(([field, value]) => [names[field] ?? field, value])) as unknown as KubeObject;
}

function eventShown(object: KubeObject): KubeObject {
  return renamed(object, SHOWN_AS);
}

/** What the newer form leaves out, the older one writes though it is empty. */
function eventStored(object: KubeObject): KubeObject {
  const { involvedObject = {}, source = {}, ...rest }: Sent = renamed(object, EVENT_FIELDS);
  const { reportingComponent = '', reportingInstance = '', firstTimestamp = null, lastTimestamp = null } = rest;
  return { ...rest, involvedObject, source, firstTimestamp, lastTimestamp, reportingComponent, reportingInstance };
}
