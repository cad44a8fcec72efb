/**
 * What a strategy takes out of an object before it is looked at: fields of features that are off, and what only looks like a setting.
 *
 * Models PrepareForCreate and PrepareForUpdate of pkg/registry/<group>/<kind>/strategy.go, with the feature gates of 1.36 at their defaults.
 */
import type { Kind } from '../model/kinds.ts';
import { withoutDisabledFields } from './pod-fields.ts';
import { isSameValue } from './same-value.ts';
import type { Sent } from './validation/sent.ts';

type Cleaning = (object: Sent, before: Sent) => Sent;

const template: Cleaning = (object, before) => {
  const { spec } = object;
  const kept = withoutDisabledFields(spec?.template?.spec, before?.spec?.template?.spec);
  return kept === spec?.template?.spec ? object : { ...object, spec: { ...spec, template: { ...spec.template, spec: kept } } };
};

const CLEANINGS: { readonly [K in Kind]?: Cleaning } = {
  Deployment: template,
  ReplicaSet: template,
  StatefulSet: template,
  DaemonSet: template,
  Job: template,
  ReplicationController: template,
  CronJob: (object, before) => {
    const { jobTemplate } = object.spec ?? {};
    const cleaned = template(jobTemplate ?? {}, before?.spec?.jobTemplate);
    return jobTemplate === undefined || cleaned === jobTemplate ? object : { ...object, spec: { ...object.spec, jobTemplate: cleaned } };
  },
  // CoordinatedLeaderElection
  Lease: (lease, before) => withoutNew(lease, before, ['strategy', 'preferredHolder']),
  // VolumeLimitScaling
  CSIDriver: (driver, before) => withoutNew(driver, before, ['preventPodSchedulingIfMissing']),
  Node: (node, before) => withoutNew(node, before, ['configSource']),
  EndpointSlice: withoutTopology,
  ServiceAccount: (account) => {
    const { secrets } = account;
    return secrets === undefined || secrets === null ? account : { ...account, secrets: secrets.map(({ name }: Sent) => ({ name })) };
  },
  PersistentVolumeClaim: (claim, before) => {
    const spec = withSources(claim.spec ?? {}, before?.spec);
    return spec === claim.spec ? claim : { ...claim, spec };
  },
};

/** The object without what falls away; `before` is the object as it was, undefined for a new one. */
export function cleaned<T>(kind: Kind, object: T, before: T | undefined): T {
  return (CLEANINGS[kind]?.(object, before) ?? object) as T;
}

function withoutNew(object: Sent, before: Sent, fields: readonly string[]): Sent {
  const gone = fields.filter((field) => object.spec?.[field] !== undefined && before?.spec?.[field] === undefined);
  if (gone.length === 0) return object;
  return { ...object, spec: Object.fromEntries(Object.entries(object.spec).filter(([field]) => !gone.includes(field))) };
}

/** Topology is not written through version 1; what it said of the node's name before is kept (dropTopologyOnV1). */
function withoutTopology(slice: Sent, before: Sent): Sent {
  const { endpoints } = slice;
  if (!(endpoints ?? []).some(({ deprecatedTopology }: Sent) => deprecatedTopology !== undefined)) return slice;
  if (before !== undefined && isSameValue(before.endpoints, endpoints)) return slice;
  return { ...slice, endpoints: endpoints.map(({ deprecatedTopology: _, ...endpoint }: Sent) => endpoint) };
}

const SNAPSHOTS = 'snapshot.storage.k8s.io';

/** Where a claim's data comes from, written in both ways; what is neither a claim nor a snapshot was always ignored in the older one. */
function withSources(spec: Sent, before: Sent): Sent {
  let { dataSource, dataSourceRef } = spec;
  if (dataSource === undefined && dataSourceRef === undefined) return spec;
  // CrossNamespaceVolumeDataSource
  if ((dataSourceRef?.namespace ?? '') !== '' && before?.dataSourceRef === undefined) dataSourceRef = undefined;
  const wasUsed = before?.dataSource !== undefined || before?.dataSourceRef !== undefined;
  if (!wasUsed && dataSourceRef === undefined && !isClaimOrSnapshot(dataSource)) dataSource = undefined;
  const { apiGroup, kind, name } = dataSource ?? dataSourceRef ?? {};
  const both = { ...(apiGroup === undefined ? {} : { apiGroup }), kind, name };
  if (dataSource !== undefined && dataSourceRef === undefined) dataSourceRef = both;
  else if (dataSourceRef !== undefined && dataSource === undefined && (dataSourceRef.namespace ?? '') === '') dataSource = both;
  const { dataSource: _, dataSourceRef: __, ...rest } = spec;
  return { ...rest, ...(dataSource === undefined ? {} : { dataSource }), ...(dataSourceRef === undefined ? {} : { dataSourceRef }) };
}

function isClaimOrSnapshot(source: Sent): boolean {
  const { apiGroup, kind } = source ?? {};
  return ((apiGroup ?? '') === '' && kind === 'PersistentVolumeClaim') || (apiGroup === SNAPSHOTS && kind === 'VolumeSnapshot');
}
