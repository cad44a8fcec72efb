/**
 * What the server itself makes of a Job, a DaemonSet and a Node: the Job's generated selector and labels, the count of a
 * DaemonSet's templates, a node's `unschedulable` that is false. What other kinds lose is in disabled-fields.ts.
 *
 * Models pkg/registry/batch/job/strategy.go (generateSelector) and pkg/registry/apps/daemonset/strategy.go.
 */
import type { Job } from '../model/batch.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import type { StringMap } from '../model/meta.ts';
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import type { Service } from '../model/service.ts';
import type { DaemonSet } from '../model/workloads.ts';
import { admittedUpdate } from './admission.ts';
import { cleaned } from './disabled-fields.ts';
import { preparedPod } from './pod-create-strategy.ts';
import { withoutDisabledFields } from './pod-fields.ts';
import { isSameValue } from './same-value.ts';
import { serviceForCreate, serviceForUpdate } from './service-strategy.ts';

type Namespace = KindMap['Namespace'];

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export function preparedForCreate<K extends Kind>(kind: K, given: KindMap[K]): KindMap[K] {
  const object = cleaned(kind, given, undefined);
  if (kind === 'Job') return withGeneratedSelector(object as Job) as KindMap[K];
  if (kind === 'DaemonSet') return withTemplateGeneration(object as DaemonSet, 1) as KindMap[K];
  if (kind === 'Service') return serviceForCreate(object as Service) as KindMap[K];
  if (kind === 'Pod') return preparedPod(object as Pod) as KindMap[K];
  if (kind === 'Namespace') return withOwnFinalizer(object as Namespace) as KindMap[K];
  return object;
}

export function preparedForUpdate<K extends Kind>(kind: K, given: KindMap[K], stored: KindMap[K]): KindMap[K] {
  const object = cleaned(kind, given, stored);
  if (kind === 'Node') return withoutFalse(object as Node) as KindMap[K];
  if (kind === 'Pod') return admittedUpdate(withoutDisabled(object as Pod, stored as Pod), stored as Pod) as KindMap[K];
  if (kind === 'Namespace') return withFinalizersOf(object as Namespace, stored as Namespace) as KindMap[K];
  if (kind === 'Service') return serviceForUpdate(object as Service, stored as Service) as KindMap[K];
  if (kind !== 'DaemonSet') return object;
  const before = stored as DaemonSet;
  const after = object as DaemonSet;
  const generation = Number(before.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
  const isChanged = !isSameValue(before.spec.template, after.spec.template);
  return withTemplateGeneration(after, isChanged ? generation + 1 : generation) as KindMap[K];
}

function withoutDisabled(pod: Pod, before: Pod): Pod {
  if (pod.spec === before.spec) return pod;
  const spec = withoutDisabledFields(pod.spec, before.spec);
  return spec === pod.spec ? pod : { ...pod, spec };
}

/** The namespace controller's own finalizer is never missing. */
function withOwnFinalizer(namespace: Namespace): Namespace {
  const finalizers = namespace.spec?.finalizers ?? [];
  if (finalizers.includes('kubernetes')) return namespace;
  return { ...namespace, spec: { ...namespace.spec, finalizers: [...finalizers, 'kubernetes'] } };
}

/** Only `/finalize` changes them. */
function withFinalizersOf(namespace: Namespace, { spec }: Namespace): Namespace {
  return { ...namespace, spec: { ...namespace.spec, finalizers: spec?.finalizers ?? [] } };
}

/** Go leaves out a false `unschedulable`: a node that was uncordoned looks like one that never was cordoned. */
function withoutFalse(node: Node): Node {
  if (node.spec?.unschedulable !== false) return node;
  const { unschedulable: _, ...spec } = node.spec;
  return { ...node, spec };
}

function withTemplateGeneration(daemonSet: DaemonSet, generation: number): DaemonSet {
  const annotations = { ...daemonSet.metadata.annotations, [TEMPLATE_GENERATION]: `${generation}` };
  return { ...daemonSet, metadata: { ...daemonSet.metadata, annotations } };
}

/** A Job's pods are found by its uid, which no other Job can ever have. */
function withGeneratedSelector(job: Job): Job {
  const { metadata, spec } = job;
  let { template, selector } = spec;
  if (spec.manualSelector !== true) {
    const uid = metadata.uid ?? '';
    const generated = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': metadata.name,
      'controller-uid': uid,
      'job-name': metadata.name,
    };
    template = { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...generated } } };
    selector = { ...selector, matchLabels: { ...selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } };
  }
  // Labels that defaulting took from the template are one map with the template's, and get what that gets.
  const isShared = isEmpty(metadata.labels) || metadata.labels === spec.template.metadata?.labels;
  const labels = isShared ? template.metadata?.labels : metadata.labels;
  return {
    ...job,
    metadata: labels === undefined ? metadata : { ...metadata, labels },
    spec: { ...spec, template, ...(selector === undefined ? {} : { selector }) },
  };
}

function isEmpty(labels: StringMap | undefined): boolean {
  return labels === undefined || Object.keys(labels).length === 0;
}
