/**
 * PersistentVolumes and their claims, StorageClasses, and what CSI drivers keep.
 *
 * Models ValidatePersistentVolumeSpec and ValidatePersistentVolumeClaimSpec of pkg/apis/core/validation/validation.go, and
 * pkg/apis/storage/validation/validation.go.
 */
import { isSameValue } from '../same-value.ts';
import { internalView, mapView } from '../schema/internal-view.ts';
import { jsonDifference } from './difference.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateImmutable, validateLabelSelector, validateNonnegative } from './metadata.ts';
import { isLabel, isQualifiedName, isSubdomain } from './names.ts';
import { validateNoBacksteps } from './paths.ts';
import { validateNodeSelector } from './placement.ts';
import { nanosOf, validatePositiveQuantity } from './resources.ts';
import type { Sent } from './sent.ts';
import {
  disk,
  validateAzureDisk,
  validateCinder,
  validateDriverName,
  validateFibreChannel,
  validateFlex,
  validateFlocker,
  validateHostPath,
  validateIscsi,
  validateNfs,
  validateQuobyte,
} from './volumes.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
const MORE_THAN_ONE = 'may not specify more than 1 volume type';
const PARAMETERS_MAX = 512; // maxProvisionerParameterLen
const PARAMETERS_MAX_BYTES = 256 * 1024; // maxProvisionerParameterSize
const NODE_ID_MAX = 192; // csiNodeIDMaxLength
const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;
const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];

function validateAccessModes(errors: FieldErrors, modes: readonly string[], path: string, why: string): void {
  if (modes.length === 0) errors.required(path, why);
  for (const mode of modes) if (!ACCESS_MODES.includes(mode)) errors.notSupported(path, mode, ACCESS_MODES);
  const others = modes.filter((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others.length > 0)
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes');
}

export function validateClaimSpec(errors: FieldErrors, spec: Sent, path: string): void {
  validateAccessModes(errors, spec.accessModes ?? [], `${path}.accessModes`, 'at least 1 access mode is required');
  // The selector comes before the modes are looked at one by one, which no recording tells apart.
  validateLabelSelector(errors, spec.selector, `${path}.selector`);
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.required(`${path}.resources[storage]`);
  else validatePositiveQuantity(errors, String(storage), `${path}.resources[storage]`);
  named(errors, spec.storageClassName, `${path}.storageClassName`);
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) {
    errors.notSupported(`${path}.volumeMode`, spec.volumeMode, VOLUME_MODES);
  }
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined) validateDataSource(errors, dataSource, `${path}.dataSource`);
  if (dataSourceRef !== undefined) {
    validateDataSource(errors, dataSourceRef, `${path}.dataSourceRef`);
    named(errors, dataSourceRef.namespace, `${path}.dataSourceRef.namespace`, isLabel);
  }
  if (dataSource !== undefined && dataSourceRef !== undefined) {
    if ((dataSourceRef.namespace ?? '') !== '') errors.invalid(path, {}, 'may not be specified when dataSourceRef.namespace is specified');
    else if (!isSameValue(dataSource, { apiGroup: dataSourceRef.apiGroup, kind: dataSourceRef.kind, name: dataSourceRef.name })) {
      errors.invalid(path, {}, 'must match dataSourceRef');
    }
  }
  named(errors, spec.volumeAttributesClassName, `${path}.volumeAttributesClassName`);
}

function named(errors: FieldErrors, name: string | undefined, path: string, rule = isSubdomain): void {
  if ((name ?? '') !== '') errors.invalidEach(path, name, rule(name!));
}

function validateDataSource(errors: FieldErrors, { name = '', kind = '', apiGroup }: Sent, path: string): void {
  if (name === '') errors.required(`${path}.name`);
  if (kind === '') errors.required(`${path}.kind`);
  if ((apiGroup ?? '') === '') {
    if (kind !== 'PersistentVolumeClaim')
      errors.invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
  } else errors.invalidEach(`${path}.apiGroup`, apiGroup, isSubdomain(apiGroup));
}

export function validateClaimUpdate(errors: FieldErrors, claim: Sent, before: Sent): void {
  const isBound = claim.status?.phase === 'Bound';
  const { spec } = claim;
  let expected = { ...before.spec, volumeName: before.spec.volumeName ?? spec.volumeName };
  if (before.spec.storageClassName === undefined) expected = { ...expected, storageClassName: spec.storageClassName };
  if (isBound) {
    const requests = { ...before.spec.resources?.requests, storage: spec.resources?.requests?.storage };
    expected = {
      ...expected,
      resources: { ...before.spec.resources, requests },
      volumeAttributesClassName: spec.volumeAttributesClassName,
    };
  }
  if (!isSameValue(spec, expected)) {
    const why = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    const view = (shown: Sent) => internalView('core.PersistentVolumeClaimSpec', shown);
    errors.forbidden('spec', `${why}\n${jsonDifference(view(expected), view(spec))}`);
  }
  const size = nanosOf(spec.resources?.requests?.storage);
  if (size < nanosOf(before.spec.resources?.requests?.storage) && size <= nanosOf(before.status?.capacity?.storage)) {
    errors.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
  }
  validateImmutable(errors, 'volumeMode', spec.volumeMode, before.spec.volumeMode);
}

type SourceRule = (errors: FieldErrors, source: Sent, path: string) => void;

function required(errors: FieldErrors, source: Sent, path: string, fields: readonly string[]): void {
  for (const field of fields) if ((source[field] ?? '') === '' || source[field]?.length === 0) errors.required(`${path}.${field}`);
}

const VOLUME_SOURCES: readonly (readonly [field: string, rule: SourceRule, forbiddenAs?: string, ownPath?: string])[] = [
  ['hostPath', validateHostPath],
  ['gcePersistentDisk', (errors, source, path) => disk(errors, source, path, 'pdName'), 'gcePersistentDisk', 'persistentDisk'],
  ['awsElasticBlockStore', (errors, source, path) => disk(errors, source, path, 'volumeID')],
  ['glusterfs', (errors, source, path) => required(errors, source, path, ['endpoints', 'path'])],
  ['flocker', validateFlocker],
  ['nfs', validateNfs],
  ['rbd', (errors, source, path) => required(errors, source, path, ['monitors', 'image'])],
  ['quobyte', validateQuobyte],
  ['cephfs', (errors, source, path) => required(errors, source, path, ['monitors']), 'cephFS'],
  ['iscsi', validateIscsi],
  ['cinder', validateCinder],
  ['fc', validateFibreChannel],
  ['flexVolume', validateFlex],
  ['azureFile', (errors, source, path) => required(errors, source, path, ['secretName', 'shareName'])],
  ['vsphereVolume', (errors, source, path) => required(errors, source, path, ['volumePath'])],
  ['photonPersistentDisk', (errors, source, path) => required(errors, source, path, ['pdID'])],
  ['portworxVolume', (errors, source, path) => required(errors, source, path, ['volumeID'])],
  ['azureDisk', validateAzureDisk],
  ['scaleIO', (errors, source, path) => required(errors, source, path, ['gateway', 'system', 'volumeName'])],
  ['local', local],
  ['storageos', (errors, source, path) => required(errors, source, path, ['volumeName'])],
  ['csi', csi],
];

function local(errors: FieldErrors, { path: target = '' }: Sent, path: string): void {
  if (target === '') return errors.required(`${path}.path`);
  validateNoBacksteps(errors, target, `${path}.path`);
}

function csi(errors: FieldErrors, source: Sent, path: string): void {
  validateDriverName(errors, source.driver ?? '', `${path}.driver`);
  required(errors, source, path, ['volumeHandle']);
  for (const field of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef']) {
    const secret = source[field];
    if (secret === undefined) continue;
    const { name = '', namespace = '' } = secret;
    if (name === '') errors.required(`${path}.${field}.name`);
    else errors.invalidEach(`${path}.${field}.name`, name, isSubdomain(name));
    if (namespace === '') errors.required(`${path}.${field}.namespace`);
    else errors.invalidEach(`${path}.${field}.namespace`, namespace, isLabel(namespace));
  }
}

export function validateVolumeSpec(errors: FieldErrors, spec: Sent, path: string, isInline: boolean): void {
  const inline = (field: string, why: string) => errors.forbidden(`${path}.${field}`, `${why} in the context of inline volumes`);
  if (isInline) {
    if (spec.claimRef !== undefined) inline('claimRef', 'may not be specified');
    if (Object.keys(spec.capacity ?? {}).length > 0) inline('capacity', 'may not be specified');
    if (spec.csi === undefined) errors.required(`${path}.csi`, 'has to be specified in the context of inline volumes');
  }
  validateAccessModes(errors, spec.accessModes ?? [], `${path}.accessModes`, '');
  if (!isInline) validateCapacity(errors, spec.capacity, `${path}.capacity`);
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  if (policy !== '') {
    if (isInline) {
      if (policy !== 'Retain') inline('persistentVolumeReclaimPolicy', 'may only be Retain');
    } else if (!RECLAIM_POLICIES.includes(policy)) errors.notSupported(`${path}.persistentVolumeReclaimPolicy`, policy, RECLAIM_POLICIES);
  }
  const affinity = spec.nodeAffinity;
  if (affinity !== undefined) {
    if (isInline) inline('nodeAffinity', 'may not be specified');
    else if (affinity.required === undefined) errors.required(`${path}.nodeAffinity.required`, 'must specify required node constraints');
    else validateNodeSelector(errors, affinity.required, `${path}.nodeAffinity.required`);
  }
  let count = 0;
  for (const [field, rule, forbiddenAs, ownPath] of VOLUME_SOURCES) {
    const source = spec[field];
    if (source === undefined) continue;
    if (count > 0 && field !== 'flexVolume') errors.forbidden(`${path}.${forbiddenAs ?? field}`, MORE_THAN_ONE);
    else {
      rule(errors, source, `${path}.${ownPath ?? field}`);
      if (field === 'local' && affinity === undefined) errors.required(`${path}.nodeAffinity`, 'Local volume requires node affinity');
    }
    count++;
  }
  if (count === 0) errors.required(path, 'must specify a volume type');
  if (spec.hostPath !== undefined && /^\/+$/.test(spec.hostPath.path ?? '') && policy === 'Recycle') {
    errors.forbidden(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'");
  }
  if ((spec.storageClassName ?? '') !== '') {
    if (isInline) inline('storageClassName', 'may not be specified');
    else named(errors, spec.storageClassName, `${path}.storageClassName`);
  }
  const { volumeMode } = spec;
  if (volumeMode !== undefined) {
    if (isInline) {
      if (volumeMode !== 'Filesystem') inline('volumeMode', 'may not specify volumeMode other than Filesystem');
    } else if (!VOLUME_MODES.includes(volumeMode)) errors.notSupported(`${path}.volumeMode`, volumeMode, VOLUME_MODES);
  }
  validateAttributesClass(errors, spec, path);
}

function validateAttributesClass(errors: FieldErrors, { volumeAttributesClassName: name, csi: driver }: Sent, path: string): void {
  if (name === undefined) return;
  if (name === '') errors.required(`${path}.volumeAttributesClassName`, 'an empty string is disallowed');
  else named(errors, name, `${path}.volumeAttributesClassName`);
  if (driver === undefined) errors.required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName');
}

function validateCapacity(errors: FieldErrors, given: Sent, path: string): void {
  const capacity = given ?? {};
  const names = Object.keys(capacity);
  if (names.length === 0) errors.required(path);
  if (capacity.storage === undefined || names.length > 1) errors.notSupported(path, mapView(given), ['storage']);
  for (const name of names) {
    const value = String(capacity[name]);
    if (nanosOf(value) < 0n)
      errors.invalid(`${path}[${name}]`, Number(nanosOf(value) / 1_000_000_000n), 'must be a valid resource quantity');
    validatePositiveQuantity(errors, value, `${path}[${name}]`);
  }
}

const NOT_SOURCE = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
]);

export function validateVolumeUpdate(errors: FieldErrors, { spec }: Sent, before: Sent): void {
  const source = (from: Sent) => Object.fromEntries(Object.entries(from).filter(([field]) => !NOT_SOURCE.has(field)));
  if (!isSameValue(source(spec), source(before.spec))) {
    const difference = jsonDifference(
      internalView('core.PersistentVolumeSource', before.spec),
      internalView('core.PersistentVolumeSource', spec),
    );
    errors.forbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${difference}`);
  }
  validateImmutable(errors, 'volumeMode', spec.volumeMode, before.spec.volumeMode);
  if (before.spec.nodeAffinity !== undefined && !isSameValue(spec.nodeAffinity, before.spec.nodeAffinity)) {
    errors.invalid('nodeAffinity', volumeAffinity(spec.nodeAffinity), 'field is immutable, except for updating from beta label to GA');
  }
}

function volumeAffinity(affinity: Sent): object | null {
  return affinity === undefined ? null : internalView('core.VolumeNodeAffinity', affinity);
}

export function validateStorageClass(errors: FieldErrors, storageClass: Sent): void {
  const { provisioner = '', parameters = {}, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = storageClass;
  if (provisioner === '') errors.required('provisioner');
  else errors.invalidEach('provisioner', provisioner.toLowerCase(), isQualifiedName(provisioner.toLowerCase()));
  const entries = Object.entries<string>(parameters);
  if (entries.length > PARAMETERS_MAX) errors.tooLong('parameters', PARAMETERS_MAX);
  else {
    for (const [key] of entries) if (key === '') errors.invalid('parameters', key, 'field can not be empty.');
    const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
    if (bytes > PARAMETERS_MAX_BYTES) errors.tooLong('parameters', PARAMETERS_MAX_BYTES);
  }
  const policies = ['Delete', 'Retain'];
  if ((reclaimPolicy ?? '') !== '' && !policies.includes(reclaimPolicy)) errors.notSupported('reclaimPolicy', reclaimPolicy, policies);
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (volumeBindingMode === undefined) errors.required('volumeBindingMode');
  else if (!modes.includes(volumeBindingMode)) errors.notSupported('volumeBindingMode', volumeBindingMode, modes);
  validateTopologies(errors, allowedTopologies);
}

function validateTopologies(errors: FieldErrors, topologies: readonly Sent[]): void {
  const terms: string[] = [];
  topologies.forEach(({ matchLabelExpressions = [] }, at) => {
    const path = `allowedTopologies[${at}].matchLabelExpressions`;
    const term = new Map<string, readonly string[]>();
    matchLabelExpressions.forEach(({ key = '', values = [] }: Sent, index: number) => {
      const own = `${path}[${index}]`;
      if (values.length === 0) errors.required(`${own}.values`);
      values.forEach((value: string, place: number) => {
        if (values.indexOf(value) < place) errors.duplicate(`${own}.values[${place}]`, value);
      });
      errors.invalidEach(`${own}.key`, key, isQualifiedName(key));
      if (term.has(key)) errors.duplicate(`${own}.key`, key);
      term.set(key, [...values].sort());
    });
    const text = JSON.stringify([...term].sort());
    if (terms.includes(text)) errors.duplicate(path, '');
    terms.push(text);
  });
}

export function validateCsiNode(errors: FieldErrors, { spec = {} }: Sent): void {
  const names = new Set<string>();
  (spec.drivers ?? []).forEach(({ name = '', nodeID = '', topologyKeys = [], allocatable }: Sent, at: number) => {
    const path = `spec.drivers[${at}]`;
    validateDriverName(errors, name, `${path}.name`);
    if (nodeID === '') errors.required(`${path}.nodeID`);
    if (nodeID.length > NODE_ID_MAX) errors.invalid(`${path}.nodeID`, nodeID, `must be ${NODE_ID_MAX} characters or less`);
    validateNonnegative(errors, `${path}.allocatable.count`, allocatable?.count);
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
    const keys = new Set<string>();
    for (const key of topologyKeys ?? []) {
      if (key === '') errors.required(path);
      if (keys.has(key)) errors.duplicate(path, key);
      keys.add(key);
      errors.invalidEach(path, key, isQualifiedName(key));
    }
  });
}

export function validateCsiNodeUpdate(errors: FieldErrors, node: Sent, before: Sent): void {
  validateCsiNode(errors, node);
  for (const former of before.spec?.drivers ?? []) {
    for (const driver of node.spec?.drivers ?? []) {
      if (driver.name !== former.name) continue;
      const { allocatable: _, ...now } = driver;
      const { allocatable: _former, ...then } = former;
      if (isSameValue(now, then)) continue;
      const shown = internalView('storage.CSINodeDriver', { ...driver, allocatable: undefined });
      errors.invalid('spec.drivers', shown, 'field is immutable');
    }
  }
}

export function validateCsiDriver(errors: FieldErrors, { spec = {} }: Sent): void {
  const { fsGroupPolicy, tokenRequests = [], volumeLifecycleModes = [], serviceAccountTokenInSecrets } = spec;
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (spec.attachRequired === undefined) errors.required('spec.attachedRequired');
  if (spec.podInfoOnMount === undefined) errors.required('spec.podInfoOnMount');
  if (spec.storageCapacity === undefined) errors.required('spec.storageCapacity');
  if (fsGroupPolicy !== undefined && !FS_GROUP_POLICIES.includes(fsGroupPolicy)) {
    errors.notSupported('spec.fsGroupPolicy', fsGroupPolicy, FS_GROUP_POLICIES);
  }
  const audiences = new Set<string>();
  for (const [at, { audience = '', expirationSeconds }] of (tokenRequests as readonly Sent[]).entries()) {
    const path = `spec.tokenRequests[${at}]`;
    if (audiences.has(audience)) {
      errors.duplicate(`${path}.audience`, audience);
      continue;
    }
    audiences.add(audience);
    if (expirationSeconds < TOKEN_SECONDS_MIN) {
      errors.invalid(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes');
    }
    if (expirationSeconds > TOKEN_SECONDS_MAX) {
      errors.invalid(`${path}.expirationSeconds`, expirationSeconds, 'may not specify a duration larger than 2^32 seconds');
    }
  }
  for (const mode of volumeLifecycleModes) {
    if (!['Persistent', 'Ephemeral'].includes(mode)) errors.notSupported('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']);
  }
  if (spec.seLinuxMount === undefined) errors.required('spec.seLinuxMount');
  if (period !== undefined && period < 10) {
    errors.invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds');
  }
  if (serviceAccountTokenInSecrets !== undefined && tokenRequests.length === 0) {
    const why = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
    errors.invalid('spec.serviceAccountTokenInSecrets', serviceAccountTokenInSecrets, why);
  }
}

export function validateAttachment(errors: FieldErrors, { spec = {} }: Sent): void {
  const { attacher = '', source = {}, nodeName = '' } = spec;
  const { inlineVolumeSpec, persistentVolumeName } = source;
  validateDriverName(errors, attacher, 'spec.attacher');
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) errors.required('spec.source', one);
  else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) errors.forbidden('spec.source', one);
  else if (persistentVolumeName === '') errors.required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName');
  else if (inlineVolumeSpec !== undefined) validateVolumeSpec(errors, inlineVolumeSpec, 'spec.source.inlineVolumeSpec', true);
  errors.invalidEach('spec.nodeName', nodeName, isSubdomain(nodeName));
  if (persistentVolumeName !== undefined) {
    errors.invalidEach('spec.source.persistentVolumeName', persistentVolumeName, isSubdomain(persistentVolumeName));
  }
}
