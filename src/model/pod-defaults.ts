/**
 * What the API server fills into a pod before anyone sees it, as far as placing the pod depends on it.
 *
 * Models SetDefaults_Pod of pkg/apis/core/v1/defaults.go and the merging of (mis)matchLabelKeys in pkg/registry/core/pod/strategy.go.
 */
import type { LabelSelector, LabelSelectorRequirement, ResourceList, StringMap } from './meta.ts';
import type { Container, Pod, PodAffinity, PodAffinityTerm, PodSpec, ResourceRequirements } from './pod.ts';
import { type ExactResources, exactPodRequests, isPodLevelResource } from './pod-requests.ts';

const NO_LABELS: StringMap = {};

export function withSchedulingDefaults(pod: Pod): Pod {
  const labels = pod.metadata.labels ?? NO_LABELS;
  const { spec } = pod;
  const filled: PodSpec = {
    ...spec,
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    containers: spec.containers.map(withContainerDefaults),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withContainerDefaults) }),
    ...(spec.affinity === undefined ? {} : { affinity: mergedAffinity(spec.affinity, labels) }),
    ...(spec.topologySpreadConstraints === undefined ? {} : { topologySpreadConstraints: mergedSpread(spec, labels) }),
  };
  const withContainers = { ...pod, spec: filled };
  return spec.resources === undefined
    ? withContainers
    : { ...withContainers, spec: { ...filled, resources: podLevelDefaults(withContainers, spec.resources) } };
}

/** Requests missing beside limits are taken from the limits. */
function withContainerDefaults(container: Container): Container {
  const { resources, ports } = container;
  return {
    ...container,
    ...(resources?.limits === undefined ? {} : { resources: { ...resources, requests: { ...resources.limits, ...resources.requests } } }),
    ...(ports === undefined ? {} : { ports: ports.map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' })) }),
  };
}

function podLevelDefaults(pod: Pod, own: ResourceRequirements): ResourceRequirements {
  const limits: Record<string, string | number> = { ...own.limits };
  for (const [name, nanos] of containerLimits(pod)) if (name.startsWith('hugepages-')) limits[name] ??= `${nanos}n`;
  if (Object.keys(limits).length === 0) return own;
  const requests: Record<string, string | number> = { ...own.requests };
  for (const [name, nanos] of exactPodRequests(pod, { skipPodLevel: true, excludeOverhead: true })) {
    if (isPodLevelResource(name) && !name.startsWith('hugepages-')) requests[name] ??= `${nanos}n`;
  }
  for (const name in limits) if (isPodLevelResource(name)) requests[name] ??= limits[name]!;
  return { ...own, limits, requests };
}

function containerLimits(pod: Pod): ExactResources {
  const asRequests = (container: Container): Container => ({
    ...container,
    resources: { requests: container.resources?.limits as ResourceList },
  });
  const { containers, initContainers = [] } = pod.spec;
  const spec = { ...pod.spec, containers: containers.map(asRequests), initContainers: initContainers.map(asRequests) };
  return exactPodRequests({ ...pod, spec }, { skipPodLevel: true, excludeOverhead: true });
}

function mergedAffinity(affinity: NonNullable<PodSpec['affinity']>, labels: StringMap): NonNullable<PodSpec['affinity']> {
  return {
    ...affinity,
    ...(affinity.podAffinity === undefined ? {} : { podAffinity: mergedTerms(affinity.podAffinity, labels) }),
    ...(affinity.podAntiAffinity === undefined ? {} : { podAntiAffinity: mergedTerms(affinity.podAntiAffinity, labels) }),
  };
}

function mergedTerms(affinity: PodAffinity, labels: StringMap): PodAffinity {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity;
  return {
    ...(required === undefined ? {} : { requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => mergedTerm(term, labels)) }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((one) => ({
            ...one,
            podAffinityTerm: mergedTerm(one.podAffinityTerm, labels),
          })),
        }),
  };
}

function mergedTerm(term: PodAffinityTerm, labels: StringMap): PodAffinityTerm {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (labelSelector === undefined) return term;
  const added = [...requirements(matchLabelKeys, 'In', labels), ...requirements(mismatchLabelKeys, 'NotIn', labels)];
  return added.length === 0 ? term : { ...term, labelSelector: withRequirements(labelSelector, added) };
}

function mergedSpread(spec: PodSpec, labels: StringMap): PodSpec['topologySpreadConstraints'] {
  return spec.topologySpreadConstraints?.map((constraint) => {
    const added = requirements(constraint.matchLabelKeys ?? [], 'In', labels);
    if (constraint.labelSelector === undefined || added.length === 0) return constraint;
    return { ...constraint, labelSelector: withRequirements(constraint.labelSelector, added) };
  });
}

function requirements(keys: readonly string[], operator: 'In' | 'NotIn', labels: StringMap): LabelSelectorRequirement[] {
  return keys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator, values: [labels[key]!] }));
}

function withRequirements(selector: LabelSelector, added: readonly LabelSelectorRequirement[]): LabelSelector {
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}
