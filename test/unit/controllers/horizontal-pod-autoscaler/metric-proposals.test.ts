import { describe, expect, test } from 'vitest';
import { MetricFailure, proposalFor, type Question } from '../../../../src/controllers/horizontal-pod-autoscaler/metric-proposals.ts';
import type { MetricsSource } from '../../../../src/controllers/horizontal-pod-autoscaler/metrics-source.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { MetricSpec } from '../../../../src/model/policy.ts';

function pod(name: string): Pod {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }];
  return {
    metadata: { name },
    spec: { containers: [] },
    status: { phase: 'Running', startTime: '2026-01-01T00:00:00Z', conditions },
  } as unknown as Pod;
}

function question(source: Partial<MetricsSource> | undefined): Question {
  return {
    source: source === undefined ? undefined : { podSamples: () => [], ...source },
    namespace: 'ns',
    selector: {},
    statusReplicas: 2,
    situation: {
      currentReplicas: 2,
      pods: [pod('a'), pod('b')],
      tolerances: { scaleUp: 0.1, scaleDown: 0.1 },
      nowUs: 1e9,
      cpuInitializationUs: 0,
      initialReadinessUs: 0,
    },
  };
}

const ingress = { kind: 'Ingress', name: 'main', apiVersion: 'networking.k8s.io/v1' };
const rate = {
  name: 'rate',
  selector: { matchLabels: { b: '2', a: '1' }, matchExpressions: [{ key: 'e', operator: 'In', values: ['x', 'y'] }] },
};
const RATE_TEXT =
  '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:e,Operator:In,Values:[x y],},},}';

const podsMetric = { type: 'Pods', pods: { metric: { name: 'rate' }, target: { type: 'AverageValue', averageValue: '10' } } } as MetricSpec;
const objectValue = {
  type: 'Object',
  object: { describedObject: ingress, metric: { name: 'rate' }, target: { type: 'Value', value: '100' } },
} as MetricSpec;
const objectAverage = {
  type: 'Object',
  object: { describedObject: ingress, metric: rate, target: { type: 'AverageValue', averageValue: '50' } },
} as unknown as MetricSpec;
const externalAverage = {
  type: 'External',
  external: { metric: rate, target: { type: 'AverageValue', averageValue: '50' } },
} as unknown as MetricSpec;
const externalValue = { type: 'External', external: { metric: { name: 'rate' }, target: { type: 'Value', value: '100' } } } as MetricSpec;

describe('A metric of the autoscaler', () => {
  test('of pods is averaged over them', () => {
    const source = {
      podValues: () => [
        { pod: 'a', milli: 20_000 },
        { pod: 'b', milli: 10_000 },
      ],
    };
    expect(proposalFor(podsMetric, question(source))).toEqual({
      replicas: 3,
      name: 'pods metric rate',
      status: { type: 'Pods', pods: { metric: { name: 'rate' }, current: { averageValue: '15' } } },
    });
  });

  test('of an object is compared with its target, or divided by it and then, as upstream has it, called external', () => {
    const source = { objectValue: () => 250_000 };
    expect(proposalFor(objectValue, question(source))).toMatchObject({
      replicas: 5,
      name: 'Ingress metric rate',
      status: { object: { describedObject: ingress, current: { value: '250' } } },
    });
    expect(proposalFor(objectAverage, question(source))).toMatchObject({
      replicas: 5,
      name: `external metric rate(${RATE_TEXT})`,
      status: { object: { describedObject: { kind: '', name: '' }, current: { averageValue: '125' } } },
    });
  });

  test('from outside is the sum of all that matches', () => {
    const source = { externalValues: () => [100_000, 50_000] };
    expect(proposalFor(externalAverage, question(source))).toMatchObject({ replicas: 3, name: `external metric rate(${RATE_TEXT})` });
    expect(proposalFor(externalValue, question(source))).toMatchObject({ replicas: 3, name: 'external metric rate(nil)' });
  });

  test.each<[string, MetricSpec, Partial<MetricsSource> | undefined, string, string]>([
    [
      'of pods that nobody serves',
      podsMetric,
      {},
      'FailedGetPodsMetric',
      'failed to get pods metric value: unable to get metric rate: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    ],
    [
      'of pods that have none',
      podsMetric,
      { podValues: () => [] },
      'FailedGetPodsMetric',
      'failed to get pods metric value: unable to get metric rate: no metrics returned from custom metrics API',
    ],
    [
      'of an object that nobody serves',
      objectValue,
      {},
      'FailedGetObjectMetric',
      'failed to get object metric value: unable to get metric rate: Ingress on ns main/unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    ],
    [
      'from outside that nobody serves',
      externalValue,
      {},
      'FailedGetExternalMetric',
      'failed to get rate external metric value: unable to get external metric ns/rate/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get rate.external.metrics.k8s.io)',
    ],
    [
      'from outside that matches nothing',
      externalAverage,
      { externalValues: () => [] },
      'FailedGetExternalMetric',
      `failed to get rate external metric value: unable to get external metric ns/rate/${RATE_TEXT}: no metrics returned from external metrics API`,
    ],
  ])('%s fails in words of its own', (_which, metric, source, reason, message) => {
    let failure: unknown;
    try {
      proposalFor(metric, question(source));
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(MetricFailure);
    expect(failure).toMatchObject({ reason, message });
  });
});
