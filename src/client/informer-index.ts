/**
 * The indexes of an informer's cache: under which values its objects are filed, and what a new version changes in that.
 *
 * Models client-go/tools/cache/thread_safe_store.go. An index files the entry of an object, which stays the same through all its versions.
 */
import type { KindMap } from '../model/kinds.ts';
import { controllerOf, type KubeObject } from '../model/meta.ts';

const NONE: readonly never[] = [];

/** One object of the cache through all its versions: indexes need not hear of a version that stays where it was. */
export interface Entry<T> {
  object: T;
}

export interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[];
  /** The part the values depend on: while it is the same object, so are they. */
  readonly basisOf: ((object: T) => unknown) | undefined;
  readonly byValue: Map<string, Set<Entry<T>>>;
}

/** Indexes every informer has when somebody asks for them. */
export const BUILT_IN_INDEXES: { readonly [name: string]: Pick<Index<KubeObject>, 'valuesOf' | 'basisOf'> } = {
  namespace: { valuesOf: ({ metadata }) => [metadata.namespace ?? ''], basisOf: ({ metadata }) => metadata.namespace },
  controllerUid: {
    valuesOf: (object) => {
      const owner = controllerOf(object);
      return owner === undefined ? NONE : [owner.uid];
    },
    basisOf: ({ metadata }) => metadata.ownerReferences,
  },
  ownerUid: {
    valuesOf: (object) => object.metadata.ownerReferences?.map((owner) => owner.uid) ?? NONE,
    basisOf: ({ metadata }) => metadata.ownerReferences,
  },
  nodeName: {
    valuesOf: (object) => {
      const nodeName = (object as KindMap['Pod']).spec.nodeName;
      return nodeName === undefined || nodeName === '' ? NONE : [nodeName];
    },
    basisOf: (object) => (object as KindMap['Pod']).spec.nodeName,
  },
};

export function objectOf<T>(entry: Entry<T>): T {
  return entry.object;
}

export function hasMoved<T>({ basisOf }: Index<T>, previous: T, object: T): boolean {
  return basisOf === undefined || basisOf(previous) !== basisOf(object);
}

/** Moves an object from the values it was filed under to those it is filed under now. */
export function file<T extends KubeObject>(index: Index<T>, entry: Entry<T>, previous: T | undefined, object: T | undefined): void {
  const before = previous === undefined ? NONE : index.valuesOf(previous);
  const after = object === undefined ? NONE : index.valuesOf(object);
  for (const value of before) {
    if (after.includes(value)) continue;
    const bucket = index.byValue.get(value);
    bucket?.delete(entry);
    if (bucket?.size === 0) index.byValue.delete(value);
  }
  for (const value of after) {
    let bucket = index.byValue.get(value);
    if (bucket === undefined) {
      bucket = new Set();
      index.byValue.set(value, bucket);
    }
    bucket.add(entry);
  }
}
