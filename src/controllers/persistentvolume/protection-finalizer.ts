/**
 * The finalizers that hold storage objects while they are in use. Models pkg/controller/volume/protectionutil/utils.go.
 */
import { isDeleting, type KubeObject } from '../../model/meta.ts';

/** Is it being deleted, and is this finalizer there to hold it? */
export function isHeldBy(object: KubeObject, finalizer: string): boolean {
  return isDeleting(object) && object.metadata.finalizers?.includes(finalizer) === true;
}

/** Admission gives every object its finalizer; those made before it was switched on get it here. */
export function lacks(object: KubeObject, finalizer: string): boolean {
  return !isDeleting(object) && object.metadata.finalizers?.includes(finalizer) !== true;
}

export function withFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  return { ...object, metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] } };
}

export function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  return { ...object, metadata: { ...object.metadata, finalizers } };
}
