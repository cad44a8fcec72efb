/**
 * The Scale of a workload, as `/scale` shows it.
 *
 * Models scaleFromDeployment and its like in pkg/registry/apps/<workload>/storage/storage.go.
 */
import type { KubeObject, LabelSelector } from '../../model/meta.ts';
import { formatSelector } from '../../model/selector-format.ts';

export interface ScaleObject extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas: number };
}

export function scaleObjectOf(object: KubeObject): ScaleObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = object as unknown as {
    readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector | { readonly [key: string]: string } };
    readonly status?: { readonly replicas?: number };
  };
  const replicas = spec?.replicas ?? 0;
  const selector = object.kind === 'ReplicationController' ? { matchLabels: spec?.selector as { [key: string]: string } } : spec?.selector;
  const text = selector === undefined ? '' : formatSelector(selector as LabelSelector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status?.replicas ?? 0, ...(text === '' ? {} : { selector: text }) },
  } as unknown as ScaleObject;
}
