/**
 * The revisions a Deployment, DaemonSet or StatefulSet remembers, each with its template.
 *
 * Models k8s.io/kubectl/pkg/polymorphichelpers/history.go. A Deployment's revisions are its ReplicaSets, the others keep ControllerRevisions.
 */
import { applyPatch } from '../../../apiserver/patch.ts';
import type { Task } from '../../../client/task.ts';
import type { KubeObject, LabelSelector, StringMap } from '../../../model/meta.ts';
import { controllerOf } from '../../../model/meta.ts';
import type { PodTemplate } from '../../../model/pod.ts';
import { formatSelector } from '../../../model/selector-format.ts';
import type { ControllerRevision, ReplicaSet } from '../../../model/workloads.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import { asMap, at, isMap, type Json } from '../json.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const CHANGE_CAUSE = 'kubernetes.io/change-cause';
export const HASH_LABEL = 'pod-template-hash';

export interface Revision {
  readonly number: number;
  readonly changeCause: string;
  readonly template: PodTemplate;
  readonly annotations: StringMap;
  /** What a ControllerRevision holds: a patch. */
  readonly data?: Json;
  readonly object: KubeObject;
}

/** By number, the oldest first. */
export function* revisionsOf(object: KubeObject, context: KubectlContext): Task<readonly Revision[]> {
  const { namespace, uid } = object.metadata;
  const isDeployment = object.kind === 'Deployment';
  if (!isDeployment && object.kind !== 'DaemonSet' && object.kind !== 'StatefulSet')
    throw new KubectlError(`no history viewer has been implemented for {"${groupOf(object)}" "${object.kind}"}`);
  const labelSelector = formatSelector(at(asMap(object), 'spec.selector') as LabelSelector);
  const owned = (yield* context.api.list(isDeployment ? 'ReplicaSet' : 'ControllerRevision', { namespace, labelSelector })).filter(
    (one) => controllerOf(one)?.uid === uid,
  );
  const revisions = isDeployment
    ? (owned as unknown as readonly ReplicaSet[]).map(revisionOfReplicaSet)
    : (owned as unknown as readonly ControllerRevision[]).map((revision) => revisionOf(revision, object));
  return revisions.filter(({ number }) => Number.isInteger(number)).sort((a, b) => a.number - b.number);
}

function revisionOfReplicaSet(replicaSet: ReplicaSet): Revision {
  const { annotations = {} } = replicaSet.metadata;
  const changeCause = annotations[CHANGE_CAUSE] ?? '';
  const { template } = replicaSet.spec;
  const own = (template.metadata?.annotations ?? {}) as StringMap;
  const marked = changeCause === '' ? own : { ...own, [CHANGE_CAUSE]: changeCause };
  const metadata = { ...template.metadata, ...(Object.keys(marked).length === 0 ? {} : { annotations: marked }) };
  return {
    number: Number(annotations[REVISION] ?? Number.NaN),
    changeCause: marked[CHANGE_CAUSE] ?? '',
    template: { ...template, metadata } as PodTemplate,
    annotations,
    object: replicaSet,
  };
}

function revisionOf(revision: ControllerRevision, object: KubeObject): Revision {
  const { annotations = {} } = revision.metadata;
  const applied = applyPatch(object, { type: 'strategic', body: revision.data });
  return {
    number: revision.revision,
    changeCause: annotations[CHANGE_CAUSE] ?? '',
    template: withoutDirective(at(applied, 'spec.template')) as PodTemplate,
    annotations,
    data: revision.data,
    object: applied as KubeObject,
  };
}

/** `$patch: replace` is an order to the server, and no part of the template. */
export function withoutDirective(template: Json): Json {
  if (!isMap(template)) return template;
  const { $patch: _, ...rest } = template;
  return rest;
}

function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
}
