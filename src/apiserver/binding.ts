/**
 * A pod gets its node: once, and only while it may have one.
 *
 * Models assignPod and setPodNodeAndMetadata of pkg/registry/core/pod/storage/storage.go.
 */
import { fail } from '../base/fail.ts';
import { type ObjectMeta, objectKey } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import { conflict } from './api-error.ts';
import { otherUid, storageConflict } from './stored-metadata.ts';

export const NO_METADATA = { name: '' } as ObjectMeta;

/** The pod on its node, and said to be scheduled; `now` is the API's text of the instant. Throws where the API refuses. */
export function boundPod(pod: Pod, node: string, binding: ObjectMeta, now: string): Pod {
  checkBindingOf(pod, binding);
  const { name } = pod.metadata;
  const refuse = (why: string) => conflict('pods/binding', name, why);
  if (pod.metadata.deletionTimestamp !== undefined) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if ((pod.spec.nodeName ?? '') !== '') throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates?.length ?? 0) > 0) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const scheduled = {
    type: 'PodScheduled',
    status: 'True' as const,
    lastProbeTime: null,
    lastTransitionTime: now,
  };
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  return {
    ...pod,
    metadata: withBindingMetadata(pod.metadata, binding),
    spec: { ...pod.spec, nodeName: node },
    status: { ...status, conditions: withCondition(pod.status?.conditions ?? [], scheduled) },
  };
}

export function checkBoundOnce(pod: Pod, previous: Pod | undefined): void {
  const before = previous?.spec.nodeName ?? '';
  if (before !== '' && before !== pod.spec.nodeName) fail(`Cannot bind ${objectKey(pod)} to ${pod.spec.nodeName}: already on ${before}`);
}

/** A Binding may name the pod it means more closely (assignPod in pkg/registry/core/pod/storage). */
function checkBindingOf(pod: Pod, { uid, resourceVersion }: ObjectMeta): void {
  if ((uid ?? '') !== '' && uid !== pod.metadata.uid) throw otherUid('Pod', pod, uid!);
  const present = pod.metadata.resourceVersion;
  if ((resourceVersion ?? '') !== '' && resourceVersion !== present) {
    throw storageConflict('Pod', pod, `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${present}`);
  }
}

function withBindingMetadata(metadata: ObjectMeta, { labels, annotations }: ObjectMeta): ObjectMeta {
  if (labels === undefined && annotations === undefined) return metadata;
  return {
    ...metadata,
    ...(labels === undefined ? {} : { labels: { ...metadata.labels, ...labels } }),
    ...(annotations === undefined ? {} : { annotations: { ...metadata.annotations, ...annotations } }),
  };
}

type PodConditions = NonNullable<NonNullable<Pod['status']>['conditions']>;

/** A condition of a type that is there already takes its place. */
function withCondition(conditions: PodConditions, condition: PodConditions[number]): PodConditions {
  const isThere = conditions.some(({ type }) => type === condition.type);
  return isThere ? conditions.map((one) => (one.type === condition.type ? condition : one)) : [...conditions, condition];
}
