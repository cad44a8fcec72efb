/**
 * An object, a pod and a whole namespace as the recordings of the controllers sum them up.
 */
import type { ApiServer } from '../../../apiserver/api-server.ts';
import { KINDS, type Kind } from '../../../model/kinds.ts';
import { controllerOf, type KubeObject, type OwnerReference } from '../../../model/meta.ts';
import { isPodReady, type Pod, type PodTemplate } from '../../../model/pod.ts';
import { NAMESPACE, type ReplayNames } from './replay-names.ts';

export type Fields = { readonly [field: string]: unknown };

const DROPPED: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'namespace',
  'lastTransitionTime',
  'lastUpdateTime',
  'lastProbeTime',
  'lastHeartbeatTime',
]);
const UNSHOWN_SPEC: ReadonlySet<string> = new Set(['selector', 'template', 'jobTemplate']);
const UNSHOWN_KINDS: ReadonlySet<Kind> = new Set<Kind>(['Pod', 'Event', 'Lease', 'StorageClass', 'PriorityClass', 'Secret']);
const USUAL_CONDITIONS: ReadonlySet<string> = new Set([
  'Ready',
  'ContainersReady',
  'Initialized',
  'PodScheduled',
  'PodReadyToStartContainers',
]);

/** Without what differs from run to run and without empty maps and lists; undefined when nothing is left. */
export function cleaned(value: unknown, names: ReplayNames): unknown {
  if (typeof value === 'string') return names.text(value);
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    return value.length === 0 ? undefined : value.map((one) => cleaned(one, names) ?? {});
  }
  const fields: Record<string, unknown> = {};
  for (const [field, one] of Object.entries(value)) {
    if (DROPPED.has(field)) continue;
    // Written as null by the server, not left out like other empty lists.
    if (field === 'currentMetrics' && (one === null || (one as readonly unknown[]).length === 0)) fields[field] = null;
    const clean = cleaned(one, names);
    if (clean !== undefined) fields[names.text(field)] = clean;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** `Kind/name` as recorded. */
export function recordedName(object: KubeObject, names: ReplayNames): string {
  return `${object.kind}/${names.text(object.metadata.name)}`;
}

/** The owner it acts for: the controller of a child, or the object itself. */
export function actedFor(object: KubeObject, names: ReplayNames): string {
  const owner = controllerOf(object);
  return owner === undefined ? recordedName(object, names) : `${owner.kind}/${names.text(owner.name)}`;
}

/** What a recording shows of a new object: of its spec all but the template, of a pod's only what its controller added. */
export function createdSummary(object: KubeObject, names: ReplayNames): Fields {
  const { labels, annotations, finalizers, ownerReferences } = object.metadata;
  const { spec, ...rest } = contentOf(object, false);
  const shown = object.kind === 'Pod' ? podAdditions(object as Pod) : spec;
  return defined(
    { labels, annotations, finalizers, ownerReferences, ...rest, spec: shown, status: undefined },
    names,
    object.kind === 'EndpointSlice' ? ['endpoints', 'ports'] : [],
  );
}

/** The state of one object. */
export function objectSummary(object: KubeObject, names: ReplayNames): Fields {
  const { generation, labels, annotations, finalizers, ownerReferences, deletionTimestamp } = object.metadata;
  return defined(
    {
      generation,
      owners: ownerReferences?.map(ownerText),
      labels,
      annotations,
      finalizers,
      deleting: deletionTimestamp === undefined ? undefined : true,
      ...contentOf(object, true),
    },
    names,
    object.kind === 'EndpointSlice' ? ['endpoints', 'ports'] : [],
  );
}

/** One line of the pod table, its fields in the order the recorder sorts by. */
export function podSummary(pod: Pod, names: ReplayNames, anyNode: boolean): Fields {
  const { labels, annotations, finalizers, deletionTimestamp, deletionGracePeriodSeconds, name } = pod.metadata;
  const owner = controllerOf(pod);
  const target = daemonNode(pod);
  const nodeName = (pod.spec.nodeName ?? '') === '' ? undefined : pod.spec.nodeName;
  const containers = pod.status?.containerStatuses ?? [];
  const restarts = containers.reduce((sum, one) => sum + (one.restartCount ?? 0), 0);
  const claims = (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  const conditions = (pod.status?.conditions ?? [])
    .filter((one) => !USUAL_CONDITIONS.has(one.type))
    .map((one) => `${one.type} ${one.status} ${one.reason ?? ''}`.trim());
  return defined(
    {
      name,
      state: podState(pod),
      owner: owner === undefined ? undefined : `${owner.kind}/${owner.name}`,
      target: anyNode && target !== undefined ? 'n*' : target,
      node: anyNode && nodeName !== undefined ? 'n*' : nodeName,
      phase: pod.status?.phase,
      ready: isPodReady(pod) ? true : undefined,
      reason: pod.status?.reason,
      grace: deletionTimestamp === undefined ? undefined : deletionGracePeriodSeconds,
      waiting: containers.find((one) => one.state?.waiting?.reason !== undefined)?.state?.waiting?.reason,
      restarts: restarts === 0 ? undefined : restarts,
      finalizers,
      labels: sortedKeys(labels),
      claims,
      annotations: sortedKeys(annotations),
      conditions,
    },
    names,
  );
}

export function podState(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating';
  switch (pod.status?.phase) {
    case 'Succeeded':
      return 'succeeded';
    case 'Failed':
      return 'failed';
    case 'Running':
      return isPodReady(pod) ? 'ready' : 'running';
    default:
      return (pod.spec.nodeName ?? '') === '' ? 'unbound' : 'bound';
  }
}

/** The node a DaemonSet meant the pod for. */
export function daemonNode(pod: Pod): string | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.find((field) => field.key === 'metadata.name')?.values?.[0];
}

/** Everything in the namespace when all is quiet; of cluster-wide objects, those `isOwn` says are the case's. */
export function stateOf(
  api: ApiServer,
  names: ReplayNames,
  anyNode: boolean,
  isOwn: (object: KubeObject) => boolean,
): { readonly [name: string]: unknown } {
  const state: Record<string, unknown> = {};
  for (const kind of Object.keys(KINDS) as Kind[]) {
    if (UNSHOWN_KINDS.has(kind)) continue;
    const items = KINDS[kind].namespaced ? api.list(kind, { namespace: NAMESPACE }).items : api.list(kind, {}).items;
    const shown = items
      .filter((object) => KINDS[kind].namespaced || isOwn(object))
      .map((object) => ({ name: recordedName(object, names), summary: objectSummary(object, names) }));
    // Of several with one recorded name the later ones are numbered, in the order of their text.
    const byText = shown.map((one) => ({ ...one, text: JSON.stringify(one.summary) })).sort((a, b) => (a.text < b.text ? -1 : 1));
    for (const { name, summary } of byText) {
      let free = name;
      for (let number = 2; free in state; number++) free = `${name}#${number}`;
      state[free] = summary;
    }
  }
  const pods = podTable(api, names, anyNode);
  if (pods.length > 0) state.pods = pods;
  return state;
}

/** The pod table, sorted by the text of its lines, equal lines counted. */
function podTable(api: ApiServer, names: ReplayNames, anyNode: boolean): readonly Fields[] {
  const lines = api
    .list('Pod', { namespace: NAMESPACE })
    .items.map((pod) => JSON.stringify(podSummary(pod, names, anyNode)))
    .sort();
  const counted: Fields[] = [];
  for (let from = 0; from < lines.length; ) {
    let end = from + 1;
    while (lines[end] === lines[from]) end++;
    const line = JSON.parse(lines[from]!) as Fields;
    counted.push(end - from > 1 ? { ...line, n: end - from } : line);
    from = end;
  }
  return counted;
}

function ownerText(owner: OwnerReference): string {
  return `${owner.kind}/${owner.name}${owner.controller === true ? ' controller' : ''}${owner.blockOwnerDeletion === true ? ' block' : ''}`;
}

/** What is not metadata, in the words of a recording. */
function contentOf(object: KubeObject, isState: boolean): Record<string, unknown> {
  const { apiVersion: _, kind, metadata: _metadata, spec, ...rest } = object as KubeObject & { readonly spec?: Fields };
  const content: Record<string, unknown> = { ...rest };
  if (kind === 'ControllerRevision') delete content.data;
  if (kind === 'EndpointSlice') content.endpoints = sortedEndpoints(content.endpoints as readonly Fields[] | undefined);
  if (spec === undefined) return content;
  content.spec = shownSpec(kind, spec, isState);
  const template = spec.template as PodTemplate | undefined;
  if (template !== undefined) content.images = template.spec.containers.map((container) => container.image);
  return content;
}

function shownSpec(kind: string, spec: Fields, isState: boolean): Fields {
  if (kind === 'Service') return { type: spec.type };
  const entries = Object.entries(spec).filter(([field]) => !UNSHOWN_SPEC.has(field) || (!isState && field === 'selector'));
  return Object.fromEntries(
    entries.map(([field, value]) =>
      field === 'volumeClaimTemplates' ? [field, (value as readonly KubeObject[]).map((claim) => claim.metadata.name)] : [field, value],
    ),
  );
}

/** What a controller adds to the template's spec. */
function podAdditions(pod: Pod): Fields | undefined {
  const owner = controllerOf(pod)?.kind;
  const { affinity, tolerations, hostname, subdomain, volumes, containers } = pod.spec;
  if (owner === 'DaemonSet') return { affinity, tolerations };
  if (owner === 'StatefulSet') return { hostname, subdomain, volumes };
  const env = containers[0]?.env;
  return owner === 'Job' && hostname !== undefined ? { hostname, env } : undefined;
}

export function sortedEndpoints(endpoints: readonly Fields[] | undefined): readonly Fields[] | undefined {
  const address = (endpoint: Fields) => String((endpoint.addresses as readonly string[] | undefined)?.[0] ?? '');
  return endpoints === undefined ? undefined : [...endpoints].sort((a, b) => (address(a) < address(b) ? -1 : 1));
}

function sortedKeys(map: { readonly [key: string]: string } | undefined): Fields | undefined {
  return map === undefined
    ? undefined
    : Object.fromEntries(
        Object.keys(map)
          .sort()
          .map((key) => [key, map[key]]),
      );
}

/** Cleaned fields; those in `nullable` are shown as null when there is nothing in them. */
function defined(fields: Fields, names: ReplayNames, nullable: readonly string[] = []): Fields {
  const clean = { ...((cleaned(fields, names) ?? {}) as Record<string, unknown>) };
  for (const field of nullable) clean[field] ??= null;
  return clean;
}
