/**
 * Warnings: what the server says of objects it accepts. They change nothing; only who sends requests from outside hears them.
 *
 * Models WarningsOnCreate and WarningsOnUpdate of the strategies in pkg/registry.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { quantityNanos } from '../../model/quantity.ts';
import { isSameValue } from '../same-value.ts';
import { isLabel } from '../validation/names.ts';
import type { Sent } from '../validation/sent.ts';
import { deprecatedLabel, nodeSelectorTermWarnings } from './deprecated-labels.ts';
import { claimSpecWarnings, podWarnings } from './pod-warnings.ts';

type Warnings = (object: Sent, before: Sent | undefined) => readonly string[];

const SURPRISING = 'which can result in surprising behavior; a DNS label is recommended';
const DEPRECATED_VOLUMES: { readonly [source: string]: string } = {
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

const KIND_WARNINGS: { readonly [K in Kind]?: Warnings } = {
  Pod: (pod, before) => [...(before === undefined ? nameWarnings(pod, "the Pod's hostname") : []), ...podWarnings(pod, '')],
  PodTemplate: ({ template }) => podWarnings(template ?? {}, 'template.'),
  Deployment: workload,
  ReplicaSet: workload,
  ReplicationController: workload,
  DaemonSet: (set, before) => templateWarnings(set, before),
  StatefulSet: (set, before) => [
    ...templateWarnings(set, before),
    ...(set.spec?.volumeClaimTemplates ?? []).flatMap(({ spec }: Sent, at: number) =>
      claimSpecWarnings(spec ?? {}, `spec.volumeClaimTemplates[${at}].spec`),
    ),
    ...(set.spec?.revisionHistoryLimit < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
  Job: (job, before) => [
    ...(before === undefined ? nameWarnings(job, 'Pod names and hostnames') : []),
    ...podWarnings(job.spec?.template ?? {}, 'spec.template.'),
  ],
  CronJob: (cronJob, before) => [
    ...(before === undefined ? nameWarnings(cronJob, 'Pod names and hostnames') : []),
    ...podWarnings(cronJob.spec?.jobTemplate?.spec?.template ?? {}, 'spec.jobTemplate.spec.template.'),
  ],
  Service: serviceWarnings,
  Node: ({ spec, metadata }) => [
    ...Object.keys(metadata.annotations ?? {}).flatMap((key) =>
      key === 'scheduler.alpha.kubernetes.io/preferAvoidPods' ? [`metadata.annotations[${key}]: ${deprecatedLabel(key)}`] : [],
    ),
    ...(spec?.configSource === undefined ? [] : ['spec.configSource: the feature is no longer supported']),
    ...((spec?.externalID ?? '') === '' ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
  ],
  PersistentVolume: ({ spec = {}, metadata }) => [
    ...(metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] === undefined
      ? []
      : ['metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead']),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term: Sent, at: number) =>
      nodeSelectorTermWarnings(term, false, `spec.nodeAffinity.required.nodeSelectorTerms[${at}]`),
    ),
    ...Object.keys(DEPRECATED_VOLUMES)
      .filter((source) => spec[source] !== undefined)
      .map((source) => `spec.${source === 'storageos' ? 'storageOS' : source}: ${DEPRECATED_VOLUMES[source]}`),
  ],
  PersistentVolumeClaim: ({ spec = {}, metadata }) => [
    ...(metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] === undefined
      ? []
      : ['metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead']),
    ...claimSpecWarnings(spec, 'spec'),
  ],
  StorageClass: ({ allowedTopologies = [] }) =>
    allowedTopologies.flatMap(({ matchLabelExpressions = [] }: Sent, at: number) =>
      matchLabelExpressions.flatMap(({ key }: Sent, index: number) => {
        const why = deprecatedLabel(key);
        return why === undefined ? [] : [`allowedTopologies[${at}].matchLabelExpressions[${index}].key: ${why}`];
      }),
    ),
  Secret: secretWarnings,
  ResourceQuota: quotaWarnings,
  EndpointSlice: ({ addressType }) => (addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
  CSIDriver: ({ spec = {} }) =>
    (spec.tokenRequests ?? []).length > 0 && spec.serviceAccountTokenInSecrets === undefined
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  RuntimeClass: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
      const why = deprecatedLabel(key);
      return why === undefined ? [] : [`scheduling.nodeSelector: ${why}`];
    }),
  Ingress: ({ metadata, spec }, before) =>
    before === undefined && spec?.ingressClassName === undefined && metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined
      ? ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead']
      : [],
};

/** What to say of the object, which has passed validation; `before` is the object as it was. */
export function warningsFor(kind: Kind, object: KubeObject, before?: KubeObject): readonly string[] {
  return KIND_WARNINGS[kind]?.(object as Sent, before as Sent | undefined) ?? [];
}

function workload(object: Sent, before: Sent | undefined): readonly string[] {
  const own = before === undefined ? nameWarnings(object, 'Pod names and hostnames') : [];
  return [...own, ...templateWarnings(object, before)];
}

/** An object whose spec did not change says nothing anew. */
function templateWarnings({ spec }: Sent, before: Sent | undefined): readonly string[] {
  const template = spec?.template;
  if (template === undefined || (before !== undefined && isSameValue(spec, before.spec))) return [];
  return podWarnings(template, 'spec.template.');
}

function nameWarnings({ metadata }: Sent, use: string): readonly string[] {
  const problems = isLabel(metadata.name ?? '');
  if (problems.length === 0) return [];
  return [`metadata.name: this is used in ${use}, ${SURPRISING}: [${problems.join(' ')}]`];
}

function serviceWarnings({ spec = {}, metadata }: Sent): readonly string[] {
  const { externalIPs = [], type } = spec;
  const isHeadless = type === 'ClusterIP' && spec.clusterIP === 'None';
  const hints = 'service.kubernetes.io/topology-aware-hints';
  return [
    ...(metadata.annotations?.[hints] === undefined
      ? []
      : [`annotation ${hints} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...(isHeadless && (spec.loadBalancerIP ?? '') !== '' ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(isHeadless && externalIPs.length > 0 ? ['spec.externalIPs is ignored for headless services'] : []),
    ...(isHeadless && spec.sessionAffinity !== 'None' ? ['spec.SessionAffinity is ignored for headless services'] : []),
    ...(externalIPs.length > 0 && !isHeadless && type !== 'ExternalName'
      ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']
      : []),
    ...(type === 'ExternalName' && externalIPs.length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(type !== 'ExternalName' && (spec.externalName ?? '') !== ''
      ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
      : []),
    ...(spec.trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ];
}

/** Only whether there is PEM at all is looked at, not what it says. */
function secretWarnings({ type, data = {} }: Sent): readonly string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const isPem = /LS0tLS1CRUdJTi/.test(data['tls.crt'] ?? '');
  return isPem ? [] : ['tls: failed to find any PEM data in certificate input'];
}

function quotaWarnings({ spec = {} }: Sent, before: Sent | undefined): readonly string[] {
  const { hard = {} } = spec;
  if (before !== undefined) return [];
  return ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => {
    const isBare = hard[`requests.${name}`] === undefined && name !== 'ephemeral-storage';
    const [request, limit] = [isBare ? name : `requests.${name}`, `limits.${name}`];
    if (hard[request] === undefined || hard[limit] === undefined) return [];
    if ((quantityNanos(hard[request]) ?? 0n) <= (quantityNanos(hard[limit]) ?? 0n)) return [];
    return [`ResourceQuota ${request} (${hard[request]}) should be less than ${limit} (${hard[limit]})`];
  });
}
