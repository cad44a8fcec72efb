/**
 * The metadata of an object at its creation: what was given, and what the server adds.
 *
 * Models the beginning of rest.BeforeCreate (staging/src/k8s.io/apiserver/pkg/registry/rest/create.go). Objects a controller makes from a
 * template have the same nine fields, a million times over: theirs is a class, so that each version takes one piece of memory and is
 * copied field by field instead of by whatever fields there are. To everyone else it is metadata like any other.
 */
import type { ObjectMeta, OwnerReference, StringMap } from '../model/meta.ts';

export interface Additions {
  readonly name: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  /** Absent for kinds that do not count their generations. */
  readonly generation: number | undefined;
}

class TemplatedMetadata implements ObjectMeta {
  readonly name: string;
  readonly generateName: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly labels: StringMap;
  readonly ownerReferences: readonly OwnerReference[];

  constructor(from: Omit<TemplatedMetadata, 'labels' | 'resourceVersion'>, labels: StringMap, resourceVersion: string) {
    this.name = from.name;
    this.generateName = from.generateName;
    this.namespace = from.namespace;
    this.uid = from.uid;
    this.resourceVersion = resourceVersion;
    this.generation = from.generation;
    this.creationTimestamp = from.creationTimestamp;
    this.labels = labels;
    this.ownerReferences = from.ownerReferences;
  }
}

const TEMPLATED_FIELDS: ReadonlySet<string> = new Set(['name', 'generateName', 'namespace', 'labels', 'ownerReferences']);

export function newMetadata(given: ObjectMeta, additions: Additions): ObjectMeta {
  const { generateName, namespace, labels, ownerReferences } = given;
  const { name, uid, creationTimestamp, generation } = additions;
  if (
    generation !== undefined &&
    generateName !== undefined &&
    namespace !== undefined &&
    labels !== undefined &&
    ownerReferences !== undefined &&
    hasTemplatedFieldsOnly(given)
  ) {
    return new TemplatedMetadata({ name, generateName, namespace, uid, generation, creationTimestamp, ownerReferences }, labels, '');
  }
  const {
    resourceVersion: _v,
    deletionTimestamp: _t,
    deletionGracePeriodSeconds: _g,
    selfLink: _l,
    ...kept
  } = given as ObjectMeta & {
    readonly selfLink?: string;
  };
  return { ...kept, name, uid, creationTimestamp, ...(generation === undefined ? {} : { generation }) };
}

export function withRevision(metadata: ObjectMeta, resourceVersion: string): ObjectMeta {
  if (metadata instanceof TemplatedMetadata) return new TemplatedMetadata(metadata, metadata.labels, resourceVersion);
  return { ...metadata, resourceVersion };
}

export function withLabels(metadata: ObjectMeta, labels: StringMap): ObjectMeta {
  if (metadata instanceof TemplatedMetadata) return new TemplatedMetadata(metadata, labels, metadata.resourceVersion);
  return { ...metadata, labels };
}

function hasTemplatedFieldsOnly(given: ObjectMeta): boolean {
  for (const field in given) if (!TEMPLATED_FIELDS.has(field)) return false;
  return true;
}
