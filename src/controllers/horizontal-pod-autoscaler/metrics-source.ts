/**
 * The metrics APIs as the autoscaler sees them. The cluster answers for resources with what metrics-server last scraped from the
 * kubelets; custom and external metrics come from whatever a scenario attaches.
 *
 * Models pkg/controller/podautoscaler/metrics/client.go (MetricsClient). Values are milli-units: thousandths of a core, of a byte, of
 * a request per second.
 */
import type { LabelSelector } from '../../model/meta.ts';

/** One pod's sample in metrics.k8s.io. */
export interface PodSample {
  readonly pod: string;
  /** End of the interval the sample is about, and its length. */
  readonly timestampUs: number;
  readonly windowUs: number;
  readonly containers: readonly { readonly name: string; readonly cpuMilli: number; readonly memoryBytes: number }[];
}

export interface PodValue {
  readonly pod: string;
  readonly milli: number;
}

export interface MetricsSource {
  /** The samples of the namespace's pods that the selector matches; pods never scraped are not among them. */
  podSamples(namespace: string, selector: LabelSelector): readonly PodSample[];
  /** custom.metrics.k8s.io of each matching pod; undefined when nobody serves the metric. */
  podValues?(namespace: string, selector: LabelSelector, metric: string, metricSelector?: LabelSelector): readonly PodValue[] | undefined;
  /** custom.metrics.k8s.io of one object. */
  objectValue?(namespace: string, kind: string, name: string, metric: string, metricSelector?: LabelSelector): number | undefined;
  /** external.metrics.k8s.io: every series that matches. */
  externalValues?(namespace: string, metric: string, metricSelector?: LabelSelector): readonly number[] | undefined;
}
