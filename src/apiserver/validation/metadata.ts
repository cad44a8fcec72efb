/**
 * What metadata may say: names, labels, annotations, owners and finalizers, in a create and in an update.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go and pkg/apis/meta/v1/validation.
 */
import { apiVersionOf, KINDS, type Kind } from '../../model/kinds.ts';
import type { LabelSelector, ObjectMeta, OwnerReference, StringMap } from '../../model/meta.ts';
import { isSameValue } from '../same-value.ts';
import { goQuote } from '../schema/go-text.ts';
import type { FieldErrors } from './field-errors.ts';
import { isLabel, isLabelValue, isQualifiedName, type NameRule } from './names.ts';

const ANNOTATIONS_MAX_BYTES = 256 * 1024; // TotalAnnotationSizeLimitB

export const FIELD_IS_IMMUTABLE = 'field is immutable';

/** The object's metadata as a create leaves it, its name made up if it had to be. */
export function validateMetadata(errors: FieldErrors, kind: Kind, metadata: ObjectMeta, nameRule: NameRule, path = 'metadata'): void {
  const { name = '', generateName = '', namespace = '' } = metadata;
  if (generateName !== '') {
    // What comes after it is sure to end well.
    const prefix = generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
    errors.invalidEach(`${path}.generateName`, generateName, nameRule(prefix));
  }
  if (name === '') errors.required(`${path}.name`, 'name or generateName is required');
  else errors.invalidEach(`${path}.name`, name, nameRule(name));
  if (KINDS[kind].namespaced) {
    if (namespace === '') errors.required(`${path}.namespace`);
    else errors.invalidEach(`${path}.namespace`, namespace, isLabel(namespace));
  } else if (namespace !== '') errors.forbidden(`${path}.namespace`, 'not allowed on this type');
  const { generation = 0 } = metadata;
  if (generation < 0) errors.invalid(`${path}.generation`, generation, 'must be greater than or equal to 0');
  validateSharedMetadata(errors, metadata, path);
  validateFinalizers(errors, metadata.finalizers ?? [], `${path}.finalizers`);
}

/** Labels already found good, by identity: objects are immutable, and the pods of a template share theirs. */
const GOOD_LABELS = new WeakSet<StringMap>();

/** What holds at any time of an object's life. */
function validateSharedMetadata(errors: FieldErrors, metadata: ObjectMeta, path: string): void {
  validateLabels(errors, metadata.labels, `${path}.labels`);
  validateAnnotations(errors, metadata.annotations, `${path}.annotations`);
  validateOwners(errors, metadata.ownerReferences ?? [], `${path}.ownerReferences`);
}

export function validateMetadataUpdate(errors: FieldErrors, metadata: ObjectMeta, before: ObjectMeta, path = 'metadata'): void {
  if (before.deletionTimestamp !== undefined) {
    const added = (metadata.finalizers ?? []).filter((one) => !(before.finalizers ?? []).includes(one)).sort();
    if (added.length > 0) {
      const list = `[]string{${added.map(goQuote).join(', ')}}`;
      errors.forbidden(`${path}.finalizers`, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`);
    }
  }
  if ((metadata.generation ?? 0) < (before.generation ?? 0)) {
    errors.invalid(`${path}.generation`, metadata.generation ?? 0, 'must not be decremented');
  }
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (!isSameValue(metadata[field], before[field])) errors.invalid(`${path}.${field}`, metadata[field], FIELD_IS_IMMUTABLE);
  }
  validateSharedMetadata(errors, metadata, path);
}

export function validateLabels(errors: FieldErrors, labels: StringMap | undefined, path: string): void {
  if (labels === undefined || GOOD_LABELS.has(labels)) return;
  const before = errors.causes.length;
  for (const key of Object.keys(labels)) {
    errors.invalidEach(path, key, isQualifiedName(key));
    errors.invalidEach(path, labels[key], isLabelValue(labels[key]!));
  }
  if (errors.causes.length === before) GOOD_LABELS.add(labels);
}

export function validateAnnotations(errors: FieldErrors, annotations: StringMap | undefined, path: string): void {
  let bytes = 0;
  for (const key of Object.keys(annotations ?? {})) {
    errors.invalidEach(path, key, isQualifiedName(key.toLowerCase()));
    bytes += key.length + annotations![key]!.length;
  }
  if (bytes > ANNOTATIONS_MAX_BYTES) errors.tooLong(path, ANNOTATIONS_MAX_BYTES);
}

function validateOwners(errors: FieldErrors, owners: readonly OwnerReference[], path: string): void {
  let controller = '';
  for (const owner of owners) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = owner;
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
    if (version === '') errors.invalid(`${path}.apiVersion`, apiVersion, 'version must not be empty');
    if (kind === '') errors.invalid(`${path}.kind`, kind, 'must not be empty');
    if (name === '') errors.invalid(`${path}.name`, name, 'must not be empty');
    if (uid === '') errors.invalid(`${path}.uid`, uid, 'must not be empty');
    if (kind === 'Event' && apiVersion === apiVersionOf('Event')) {
      errors.invalid(path, ownerShown(owner), '/v1, Kind=Event is disallowed from being an owner');
    }
    if (owner.controller !== true) continue;
    const current = `${kind}/${name}`;
    if (controller !== '') {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`;
      errors.invalid(path, owners.map(ownerShown), why);
    } else controller = current;
  }
}

/** In the order Go declares the fields. */
function ownerShown({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): object {
  return { apiVersion, kind, name, uid, controller, blockOwnerDeletion };
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Of new objects, nearly every kind asks more of finalizers: standard ones, or with a domain (ValidateObjectMeta of pkg/apis/core). */
export function validateFinalizerNames(errors: FieldErrors, finalizers: readonly string[], path: string): void {
  finalizers.forEach((finalizer, at) => {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return;
    errors.invalid(`${path}[${at}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  });
}

function validateFinalizers(errors: FieldErrors, finalizers: readonly string[], path: string): void {
  for (const finalizer of finalizers) errors.invalidEach(path, finalizer, isQualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  }
}

export function validateLabelSelector(errors: FieldErrors, selector: LabelSelector | undefined, path: string): void {
  if (selector === undefined || selector === null) return;
  validateLabels(errors, selector.matchLabels, `${path}.matchLabels`);
  (selector.matchExpressions ?? []).forEach(({ key, operator, values = [] }, at) => {
    const own = `${path}.matchExpressions[${at}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.required(`${own}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) errors.forbidden(`${own}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else errors.invalid(`${own}.operator`, operator, 'not a valid selector operator');
    errors.invalidEach(`${own}.key`, key, isQualifiedName(key));
    values.forEach((value, index) => {
      errors.invalidEach(`${own}.values[${index}]`, value, isLabelValue(value));
    });
  });
}

export function validateImmutable(errors: FieldErrors, path: string, value: unknown, before: unknown): void {
  if (!isSameValue(value ?? undefined, before ?? undefined)) errors.invalid(path, value ?? null, FIELD_IS_IMMUTABLE);
}

export function validateNonnegative(errors: FieldErrors, path: string, value: number | undefined): void {
  if (value !== undefined && value !== null && value < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
}

export function validatePositive(errors: FieldErrors, path: string, value: number | undefined): void {
  if (value !== undefined && value !== null && value <= 0) errors.invalid(path, value, 'must be greater than zero');
}
