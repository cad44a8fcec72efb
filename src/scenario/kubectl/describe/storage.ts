/**
 * Volumes, claims and storage classes, described.
 *
 * Models describePersistentVolume, describePersistentVolumeClaim and describeStorageClass of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { accessModesText, isDefaultClass } from '../../../apiserver/rest/table/storage-tables.ts';
import type { Task } from '../../../client/task.ts';
import { ageText } from '../../../model/human-duration.ts';
import type { ObjectMeta } from '../../../model/meta.ts';
import type { Pod } from '../../../model/pod.ts';
import { formatLabels } from '../../../model/selector-format.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../model/storage.ts';
import { canonicalQuantity } from '../canonical-quantity.ts';
import type { KubectlContext } from '../context.ts';
import { isMap, type JsonMap } from '../json.ts';
import { boolText, type Page, timeLine } from './page.ts';
import { describeSource } from './volumes.ts';

export function describeVolume({ metadata, spec, status }: PersistentVolume, page: Page, nowUs: number): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Finalizers:\t${finalizersText(metadata)}`);
  page.line(0, `StorageClass:\t${spec.storageClassName ?? ''}`);
  page.line(0, `Status:\t${statusText(metadata, status?.phase, nowUs)}`);
  const { claimRef } = spec;
  page.line(0, `Claim:\t${claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`}`);
  page.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`);
  page.line(0, `Access Modes:\t${accessModesText(spec.accessModes)}`);
  if (spec.volumeMode !== undefined) page.line(0, `VolumeMode:\t${spec.volumeMode}`);
  page.line(0, `Capacity:\t${canonicalQuantity(spec.capacity?.storage ?? '0') ?? ''}`);
  describeAffinity(spec.nodeAffinity, page);
  page.line(0, `Message:\t${status?.message ?? ''}`);
  page.line(0, 'Source:');
  describeSource(page, spec as unknown as JsonMap);
}

function describeAffinity(affinity: PersistentVolume['spec']['nodeAffinity'], page: Page): void {
  if (affinity?.required === undefined) return page.line(0, 'Node Affinity:\t<none>');
  page.line(0, 'Node Affinity:\t');
  page.line(1, 'Required Terms:\t');
  affinity.required.nodeSelectorTerms?.forEach(({ matchExpressions = [] }, at) => {
    if (matchExpressions.length === 0) page.line(2, `Term ${at}:\t<none>`);
    matchExpressions.forEach(({ key, operator, values = [] }, index) => {
      const list = values.length > 0 ? ` [${values.join(', ')}]` : '';
      page.line(2, `${index === 0 ? `Term ${at}:\t` : '\t'}${key} ${operator.toLowerCase()}${list}`);
    });
  });
}

export function* describeClaim(claim: PersistentVolumeClaim, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status } = claim;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `StorageClass:\t${spec.storageClassName ?? ''}`);
  page.line(0, `Status:\t${statusText(metadata, status?.phase, context.sim.nowUs)}`);
  page.line(0, `Volume:\t${spec.volumeName ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Finalizers:\t${finalizersText(metadata)}`);
  const isBound = (spec.volumeName ?? '') !== '';
  page.line(0, `Capacity:\t${isBound ? (canonicalQuantity(status?.capacity?.storage ?? '0') ?? '') : ''}`);
  page.line(0, `Access Modes:\t${isBound ? accessModesText(status?.accessModes) : ''}`);
  if (spec.volumeMode !== undefined) page.line(0, `VolumeMode:\t${spec.volumeMode}`);
  if (spec.dataSource !== undefined) {
    page.line(0, 'DataSource:');
    if (spec.dataSource.apiGroup !== undefined) page.line(1, `APIGroup:\t${spec.dataSource.apiGroup}`);
    page.line(1, `Kind:\t${spec.dataSource.kind}`);
    page.line(1, `Name:\t${spec.dataSource.name}`);
  }
  const pods = (yield* context.api.list('Pod', { namespace: metadata.namespace })) as readonly Pod[];
  page.list(
    'Used By',
    pods.filter((pod) => usesClaim(pod, metadata.name)).map((pod) => pod.metadata.name),
  );
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  page.line(0, 'Conditions:');
  page.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
  page.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const { type, status: value, lastProbeTime, lastTransitionTime, reason = '', message = '' } of conditions)
    page.line(1, `${type} \t${value} \t${timeLine(lastProbeTime)} \t${timeLine(lastTransitionTime)} \t${reason} \t${message}`);
}

export function describeStorageClass(object: StorageClass, page: Page): void {
  page.line(0, `Name:\t${object.metadata.name}`);
  page.line(0, `IsDefaultClass:\t${isDefaultClass(object) ? 'Yes' : 'No'}`);
  page.line(0, `Annotations:\t${formatLabels(object.metadata.annotations)}`);
  page.line(0, `Provisioner:\t${object.provisioner}`);
  page.line(0, `Parameters:\t${formatLabels(object.parameters)}`);
  page.line(0, `AllowVolumeExpansion:\t${object.allowVolumeExpansion === undefined ? '<unset>' : boolText(object.allowVolumeExpansion)}`);
  const options = object.mountOptions ?? [];
  page.line(0, `MountOptions:${options.length === 0 ? '\t<none>' : ''}`);
  for (const option of options) page.line(1, option);
  if (object.reclaimPolicy !== undefined) page.line(0, `ReclaimPolicy:\t${object.reclaimPolicy}`);
  if (object.volumeBindingMode !== undefined) page.line(0, `VolumeBindingMode:\t${object.volumeBindingMode}`);
}

function usesClaim({ spec }: Pod, claim: string): boolean {
  return (spec.volumes ?? []).some((volume) => {
    const { persistentVolumeClaim } = volume as unknown as JsonMap;
    return isMap(persistentVolumeClaim) && persistentVolumeClaim.claimName === claim;
  });
}

function finalizersText({ finalizers = [] }: ObjectMeta): string {
  return `[${finalizers.join(' ')}]`;
}

function statusText({ deletionTimestamp }: ObjectMeta, phase: string | undefined, nowUs: number): string {
  return deletionTimestamp === undefined ? (phase ?? '') : `Terminating (lasts ${ageText(deletionTimestamp, nowUs)})`;
}
