/**
 * What makes a StatefulSet's pod that pod: its ordinal, name, labels and claims.
 *
 * Models pkg/controller/statefulset/stateful_set_utils.go.
 */
import type { StringMap } from '../../model/meta.ts';
import type { Pod, PodTemplate, Volume } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import { podFromTemplate } from '../pod-control.ts';

export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';
const DASH = '-'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);

/** The number a pod's name ends in; -1 when it is none of the set's names. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const parent = set.metadata.name;
  const { name } = pod.metadata;
  if (name.length < parent.length + 2 || name.charCodeAt(parent.length) !== DASH || !name.startsWith(parent)) return -1;
  let ordinal = 0;
  for (let i = parent.length + 1; i < name.length; i++) {
    const digit = name.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    ordinal = ordinal * 10 + digit;
  }
  return ordinal;
}

export function firstOrdinal(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

export function replicasOf(set: StatefulSet): number {
  return set.spec.replicas ?? 1;
}

export function isInRange(set: StatefulSet, ordinal: number): boolean {
  return ordinal >= firstOrdinal(set) && ordinal < firstOrdinal(set) + replicasOf(set);
}

export function revisionOfPod(pod: Pod): string {
  return pod.metadata.labels?.[REVISION_LABEL] ?? '';
}

export function newStatefulPod(set: StatefulSet, template: PodTemplate, revision: string, ordinal: number): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(template, set, { name });
  const { serviceName } = set.spec;
  return withClaimVolumes(set, {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...identityLabels(pod.metadata.labels, name, ordinal), [REVISION_LABEL]: revision } },
    spec: { ...pod.spec, hostname: name, ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }) },
  });
}

function identityLabels(labels: StringMap | undefined, name: string, ordinal: number): StringMap {
  return { ...labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: `${ordinal}` };
}

export function hasIdentity(pod: Pod): boolean {
  return pod.metadata.labels?.[POD_NAME_LABEL] === pod.metadata.name;
}

export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const labels = identityLabels(pod.metadata.labels, pod.metadata.name, ordinalOf(set, pod));
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

export function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

/** The claims of one ordinal as they are to be created. */
export function claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
    spec: template.spec,
  }));
}

export function hasClaimVolumes(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(set, pod);
  return (set.spec.volumeClaimTemplates ?? []).every((template) =>
    pod.spec.volumes?.some(
      (volume) => volume.name === template.metadata.name && volume.persistentVolumeClaim?.claimName === claimName(set, template, ordinal),
    ),
  );
}

export function withClaimVolumes(set: StatefulSet, pod: Pod): Pod {
  const templates = set.spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const ordinal = ordinalOf(set, pod);
  const own = templates.map(
    (template): Volume => ({ name: template.metadata.name, persistentVolumeClaim: { claimName: claimName(set, template, ordinal) } }),
  );
  const others = (pod.spec.volumes ?? []).filter((volume) => !own.some((one) => one.name === volume.name));
  return { ...pod, spec: { ...pod.spec, volumes: [...own, ...others] } };
}
