/**
 * The storage class that claims without one get. Models pkg/volume/util/storageclass.go (GetDefaultClass).
 */
import { compareText } from '../base/compare.ts';
import type { StorageClass } from './storage.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const BETA_DEFAULT_CLASS = 'storageclass.beta.kubernetes.io/is-default-class';

/** Of several the newest, of one age the first by name. */
export function defaultStorageClass(classes: Iterable<StorageClass>): StorageClass | undefined {
  let chosen: StorageClass | undefined;
  for (const one of classes) {
    const { annotations } = one.metadata;
    if (annotations?.[DEFAULT_CLASS] !== 'true' && annotations?.[BETA_DEFAULT_CLASS] !== 'true') continue;
    if (chosen === undefined || comesFirst(one, chosen)) chosen = one;
  }
  return chosen;
}

function comesFirst({ metadata: a }: StorageClass, { metadata: b }: StorageClass): boolean {
  return (compareText(b.creationTimestamp ?? '', a.creationTimestamp ?? '') || compareText(a.name, b.name)) < 0;
}
