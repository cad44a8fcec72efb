/**
 * How an object goes: preconditions, a pod's grace, the finalizers a propagation policy adds, the mark of a deletion.
 *
 * Models staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go and pkg/registry/core/pod/strategy.go.
 */
import { SECOND_US } from '../base/units.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import type { KubeObject, ObjectMeta } from '../model/meta.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { timeUsOf } from '../model/time.ts';
import { conflict } from './api-error.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export function checkPreconditions(kind: Kind, stored: ObjectMeta, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== stored.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${stored.uid}). The object might have been deleted and then recreated`;
    throw conflict(kind, stored.name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== stored.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${stored.resourceVersion}). The object might have been modified`;
    throw conflict(kind, stored.name, why);
  }
}

/** What a pod is given when its deletion is asked for first (CheckGracefulDelete). */
export function podGraceSeconds(pod: Pod, asked: number | undefined): number {
  if ((pod.spec.nodeName ?? '') === '' || isPodTerminal(pod)) return 0;
  const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
}

export interface Grace {
  readonly seconds: number;
  readonly endUs: number;
}

/**
 * What becomes of the grace of an object that is leaving already, when its deletion is asked for again (BeforeDelete): it can only be made
 * shorter, and one that would be over by now is over in the next second, unless none at all was asked for. Undefined when it stays.
 */
export function shortenedGrace(
  { deletionTimestamp, deletionGracePeriodSeconds }: ObjectMeta,
  asked: number | undefined,
  nowUs: number,
): Grace | undefined {
  const present = deletionGracePeriodSeconds ?? 0;
  const seconds = asked !== undefined && asked < 0 ? 1 : asked;
  if (seconds === undefined || seconds >= present) return undefined;
  const endUs = timeUsOf(deletionTimestamp!) + (seconds - present) * SECOND_US;
  return endUs >= nowUs ? { seconds, endUs } : { seconds: seconds === 0 ? 0 : 1, endUs: nowUs };
}

export function finalizersFor(kind: Kind, present: readonly string[], options: DeleteOptions): readonly string[] {
  // batch/v1 keeps what it once promised: a Job deleted without a word leaves its pods (pkg/registry/batch/job/strategy.go).
  const isDecided = present.includes('orphan') || present.includes('foregroundDeletion');
  const propagationPolicy = options.propagationPolicy ?? (kind === 'Job' && !isDecided ? 'Orphan' : undefined);
  if (propagationPolicy === undefined) return present;
  const others = present.filter((one) => one !== 'foregroundDeletion' && one !== 'orphan');
  if (propagationPolicy === 'Foreground') return [...others, 'foregroundDeletion'];
  return propagationPolicy === 'Orphan' ? [...others, 'orphan'] : others;
}

export function withDeletion<T extends KubeObject>(object: T, time: string, graceSeconds: number, finalizers: readonly string[]): T {
  const { generation = 0 } = object.metadata;
  const metadata: ObjectMeta = {
    ...object.metadata,
    deletionTimestamp: time,
    deletionGracePeriodSeconds: graceSeconds,
    ...(generation > 0 && object.metadata.deletionTimestamp === undefined ? { generation: generation + 1 } : {}),
    ...(finalizers.length > 0 || object.metadata.finalizers !== undefined ? { finalizers } : {}),
  };
  return { ...object, metadata };
}

export function terminating<T extends KubeObject>(namespace: T): T {
  const { deletionGracePeriodSeconds: _, ...metadata } = namespace.metadata;
  return { ...namespace, metadata, status: { ...(namespace as unknown as KindMap['Namespace']).status, phase: 'Terminating' } };
}

export function hasSpecFinalizers(kind: Kind, object: KubeObject): boolean {
  return kind === 'Namespace' && ((object as KindMap['Namespace']).spec?.finalizers?.length ?? 0) > 0;
}

export function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}
