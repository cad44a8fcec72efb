/**
 * The pods of a Job: tracked by a finalizer, and of an Indexed Job named, labelled and told after their index.
 *
 * Models pkg/controller/job/indexed_job_utils.go (addCompletionIndex…) and the pod creation of manageJob.
 */
import type { Job } from '../../model/batch.ts';
import type { Container, EnvVar, Pod, PodSpec, PodTemplate } from '../../model/pod.ts';
import { podFromTemplate, podNamePrefix } from '../pod-control.ts';
import {
  COMPLETION_INDEX,
  failureCount,
  hasBackoffLimitPerIndex,
  INDEX_FAILURE_COUNT,
  INDEX_IGNORED_FAILURE_COUNT,
  ignoredFailureCount,
  TRACKING_FINALIZER,
} from './job-pods.ts';
import { judgeFailure } from './policies.ts';

const INDEX_VARIABLE: EnvVar = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
};

/** `index` of an Indexed Job's pod; `lastFailed` is the pod of that index it follows, if one failed. */
export function jobPod(job: Job, index: number | undefined, lastFailed: Pod | undefined): Pod {
  const { template } = job.spec;
  const finalizers = template.metadata?.finalizers ?? [];
  const tracked: PodTemplate = {
    ...template,
    metadata: {
      ...template.metadata,
      finalizers: finalizers.includes(TRACKING_FINALIZER) ? finalizers : [...finalizers, TRACKING_FINALIZER],
    },
  };
  if (index === undefined) return podFromTemplate(tracked, job, { name: '', generateName: podNamePrefix(job.metadata.name) });
  const metadata = {
    ...tracked.metadata,
    labels: { ...template.metadata?.labels, [COMPLETION_INDEX]: `${index}` },
    annotations: { ...template.metadata?.annotations, [COMPLETION_INDEX]: `${index}`, ...failureCounts(job, lastFailed) },
  };
  const spec = { ...withIndexVariable(template.spec), hostname: `${job.metadata.name}-${index}` };
  return podFromTemplate({ metadata, spec }, job, { name: '', generateName: `${job.metadata.name}-${index}-` });
}

/** The counts a pod carries so that they outlive the pods that failed. */
function failureCounts(job: Job, lastFailed: Pod | undefined): { readonly [annotation: string]: string } {
  if (!hasBackoffLimitPerIndex(job)) return {};
  if (lastFailed === undefined) return { [INDEX_FAILURE_COUNT]: '0' };
  const isCounted = judgeFailure(job, lastFailed).isCounted;
  const failures = failureCount(lastFailed) + (isCounted ? 1 : 0);
  const ignored = ignoredFailureCount(lastFailed) + (isCounted ? 0 : 1);
  return { [INDEX_FAILURE_COUNT]: `${failures}`, ...(ignored > 0 ? { [INDEX_IGNORED_FAILURE_COUNT]: `${ignored}` } : {}) };
}

const withVariable = new WeakMap<PodSpec, PodSpec>();

function withIndexVariable(spec: PodSpec): PodSpec {
  let result = withVariable.get(spec);
  if (result === undefined) {
    const add = (container: Container): Container =>
      container.env?.some((one) => one.name === INDEX_VARIABLE.name)
        ? container
        : { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] };
    result = {
      ...spec,
      containers: spec.containers.map(add),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(add) }),
    };
    withVariable.set(spec, result);
  }
  return result;
}
