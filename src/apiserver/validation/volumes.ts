/**
 * The volumes of a pod: one source each, and what each source must say.
 *
 * Models ValidateVolumes and the rules of each source in pkg/apis/core/validation/validation.go.
 */
import { validatePullPolicy } from './container.ts';
import { validateFieldRef, validateResourceFieldRef } from './container-environment.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateAnnotations, validateLabelSelector, validateLabels } from './metadata.ts';
import { inRange, isLabel, isSubdomain } from './names.ts';
import { validateDescendingPath, validateNoBacksteps, validateNonReservedPath } from './paths.ts';
import { nanosOf } from './resources.ts';
import type { Sent } from './sent.ts';
import { validateClaimSpec } from './storage.ts';

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';
const MORE_THAN_ONE = 'may not specify more than 1 volume type';
const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];
const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
const TOKEN_SECONDS_MIN = 600;
const TOKEN_SECONDS_MAX = 2 ** 32;

type SourceRule = (errors: FieldErrors, source: Sent, path: string) => void;

/** Sources in the order they are looked at; the first one counts, the others are one too many. */
const SOURCES: readonly (readonly [field: string, rule: SourceRule, forbiddenAs?: string, ownPath?: string])[] = [
  ['emptyDir', emptyDir],
  ['hostPath', validateHostPath],
  ['gitRepo', gitRepo],
  ['gcePersistentDisk', (errors, source, path) => disk(errors, source, path, 'pdName'), 'gcePersistentDisk', 'persistentDisk'],
  ['awsElasticBlockStore', (errors, source, path) => disk(errors, source, path, 'volumeID')],
  ['secret', (errors, source, path) => keys(errors, source, path, 'secretName')],
  ['nfs', validateNfs],
  ['iscsi', validateIscsi],
  ['glusterfs', (errors, source, path) => required(errors, source, path, ['endpoints', 'path'])],
  ['flocker', validateFlocker],
  ['persistentVolumeClaim', (errors, source, path) => required(errors, source, path, ['claimName'])],
  ['rbd', (errors, source, path) => required(errors, source, path, ['monitors', 'image'])],
  ['cinder', validateCinder],
  ['cephfs', (errors, source, path) => required(errors, source, path, ['monitors']), 'cephFS'],
  ['quobyte', validateQuobyte],
  ['downwardAPI', downwardApi, 'downwarAPI'],
  ['fc', validateFibreChannel],
  ['flexVolume', validateFlex],
  ['configMap', (errors, source, path) => keys(errors, source, path, 'name')],
  ['azureFile', (errors, source, path) => required(errors, source, path, ['secretName', 'shareName'])],
  ['vsphereVolume', (errors, source, path) => required(errors, source, path, ['volumePath'])],
  ['photonPersistentDisk', (errors, source, path) => required(errors, source, path, ['pdID'])],
  ['portworxVolume', (errors, source, path) => required(errors, source, path, ['volumeID'])],
  ['azureDisk', validateAzureDisk],
  ['storageos', storageOs],
  ['projected', projected],
  ['scaleIO', (errors, source, path) => required(errors, source, path, ['gateway', 'system', 'volumeName'])],
  ['csi', csi],
  ['ephemeral', ephemeral],
];

/** Rules of sources that PersistentVolumes share. */
export { disk as validateDisk };

/** The volumes that are well-formed, by name. */
export function validateVolumes(
  errors: FieldErrors,
  volumes: readonly Sent[],
  path: string,
  podName: string,
  isPod: boolean,
): ReadonlyMap<string, Sent> {
  const good = new Map<string, Sent>();
  const claims = new Set(
    volumes.filter((volume) => volume.ephemeral !== undefined && podName !== '').map(({ name }) => `${podName}-${name}`),
  );
  volumes.forEach((volume, at) => {
    const own = `${path}[${at}]`;
    const before = errors.causes.length;
    const { name = '' } = volume;
    validateSource(errors, volume, own, podName, isPod);
    if (name === '') errors.required(`${own}.name`);
    else errors.invalidEach(`${own}.name`, name, isLabel(name));
    if (good.has(name)) errors.duplicate(`${own}.name`, name);
    if (errors.causes.length === before) good.set(name, volume);
    const claimName = volume.persistentVolumeClaim?.claimName;
    if (claimName !== undefined && claims.has(claimName)) {
      const why = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.invalid(`${own}.persistentVolumeClaim.claimName`, claimName, why);
    }
  });
  return good;
}

function validateSource(errors: FieldErrors, volume: Sent, path: string, podName: string, isPod: boolean): void {
  let count = 0;
  for (const [field, rule, forbiddenAs, ownPath] of SOURCES) {
    const source = volume[field];
    if (source === undefined) continue;
    if (count > 0 && field !== 'emptyDir') errors.forbidden(`${path}.${forbiddenAs ?? field}`, MORE_THAN_ONE);
    else rule(errors, source, `${path}.${ownPath ?? field}`);
    count++;
  }
  if (volume.ephemeral !== undefined && count === 1 && podName !== '' && (volume.name ?? '') !== '') {
    const claim = `${podName}-${volume.name}`;
    for (const complaint of isSubdomain(claim))
      errors.invalid(`${path}.name`, volume.name, `PVC name ${JSON.stringify(claim)}: ${complaint}`);
  }
  if (volume.image !== undefined) {
    if (count > 0) errors.forbidden(`${path}.image`, MORE_THAN_ONE);
    else {
      if (isPod && (volume.image.reference ?? '') === '') errors.required(`${path}.image.reference`);
      validatePullPolicy(errors, volume.image.pullPolicy, `${path}.image.pullPolicy`);
    }
    count++;
  }
  if (count === 0) errors.required(path, 'must specify a volume type');
}

function required(errors: FieldErrors, source: Sent, path: string, fields: readonly string[]): void {
  for (const field of fields) if ((source[field] ?? '') === '' || source[field]?.length === 0) errors.required(`${path}.${field}`);
}

function emptyDir(errors: FieldErrors, { sizeLimit }: Sent, path: string): void {
  if (sizeLimit !== undefined && nanosOf(sizeLimit) < 0n) {
    errors.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity');
  }
}

export function validateHostPath(errors: FieldErrors, { path: target = '', type }: Sent, path: string): void {
  if (target === '') return errors.required(`${path}.path`);
  validateNoBacksteps(errors, target, `${path}.path`);
  if (type !== undefined && !HOST_PATH_TYPES.includes(type)) errors.notSupported(`${path}.type`, type, HOST_PATH_TYPES);
}

function gitRepo(errors: FieldErrors, source: Sent, path: string): void {
  required(errors, source, path, ['repository']);
  validateDescendingPath(errors, source.directory ?? '', `${path}.directory`);
}

export function disk(errors: FieldErrors, source: Sent, path: string, id: string): void {
  required(errors, source, path, [id]);
  const { partition = 0 } = source;
  if (partition < 0 || partition > 255) errors.invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive');
}

export function validateNfs(errors: FieldErrors, source: Sent, path: string): void {
  required(errors, source, path, ['server', 'path']);
  if (!(source.path ?? '').startsWith('/')) errors.invalid(`${path}.path`, source.path ?? '', 'must be an absolute path');
}

export function validateIscsi(errors: FieldErrors, source: Sent, path: string): void {
  required(errors, source, path, ['targetPortal']);
  const { iqn = '', lun = 0, initiatorName } = source;
  if (iqn === '') errors.required(`${path}.iqn`);
  else iscsiName(errors, iqn, `${path}.iqn`);
  errors.invalidEach(`${path}.lun`, lun, inRange(lun, 0, 255));
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && source.secretRef === undefined) {
    errors.required(`${path}.secretRef`);
  }
  if (initiatorName !== undefined) iscsiName(errors, initiatorName, `${path}.initiatorname`);
}

function iscsiName(errors: FieldErrors, name: string, path: string): void {
  const forms: { readonly [prefix: string]: RegExp } = {
    iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
    eui: /^eui.[A-Za-z0-9]{16}$/,
    naa: /^naa.[A-Za-z0-9]{32}$/,
  };
  const form = forms[name.slice(0, 3)];
  if (form === undefined) errors.invalid(path, name, 'must be valid format starting with iqn, eui, or naa');
  else if (!form.test(name)) errors.invalid(path, name, 'must be valid format');
}

export function validateFlocker(errors: FieldErrors, { datasetName = '', datasetUUID = '' }: Sent, path: string): void {
  if (datasetName === '' && datasetUUID === '') errors.required(path, 'one of datasetName and datasetUUID is required');
  if (datasetName !== '' && datasetUUID !== '') {
    errors.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
  }
  if (datasetName.includes('/')) errors.invalid(`${path}.datasetName`, datasetName, "must not contain '/'");
}

export function validateCinder(errors: FieldErrors, source: Sent, path: string): void {
  required(errors, source, path, ['volumeID']);
  if (source.secretRef !== undefined && (source.secretRef.name ?? '') === '') errors.required(`${path}.secretRef.name`);
}

export function validateQuobyte(errors: FieldErrors, { registry = '', tenant = '', volume = '' }: Sent, path: string): void {
  const words = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.required(`${path}.registry`, words);
  else if (tenant.length >= 65) errors.required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters');
  else for (const pair of registry.split(',')) if (!/^[^:]*:\d*$/.test(pair)) errors.invalid(`${path}.registry`, registry, words);
  if (volume === '') errors.required(`${path}.volume`);
}

export function validateFibreChannel(errors: FieldErrors, { targetWWNs = [], wwids = [], lun }: Sent, path: string): void {
  if (targetWWNs.length === 0 && wwids.length === 0) {
    errors.required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both');
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    errors.invalid(`${path}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously');
  }
  if (targetWWNs.length === 0) return;
  if (lun === undefined) errors.required(`${path}.lun`, 'lun is required if targetWWNs is specified');
  else errors.invalidEach(`${path}.lun`, lun, inRange(lun, 0, 255));
}

export function validateFlex(errors: FieldErrors, source: Sent, path: string): void {
  required(errors, source, path, ['driver']);
  for (const key of Object.keys(source.options ?? {})) {
    const normalized = `.${key.split('/')[0]!.toLowerCase()}`;
    if (!normalized.endsWith('.kubernetes.io') && !normalized.endsWith('.k8s.io')) continue;
    errors.invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved');
  }
}

export function validateAzureDisk(errors: FieldErrors, source: Sent, path: string): void {
  required(errors, source, path, ['diskName', 'diskURI']);
  const { cachingMode, kind, diskURI = '' } = source;
  const modes = ['None', 'ReadOnly', 'ReadWrite'];
  const kinds = ['Dedicated', 'Managed', 'Shared'];
  if (cachingMode !== undefined && !modes.includes(cachingMode)) errors.notSupported(`${path}.cachingMode`, cachingMode, modes);
  if (kind !== undefined && !kinds.includes(kind)) errors.notSupported(`${path}.kind`, kind, kinds);
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) {
    const form = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
    errors.notSupported(`${path}.diskURI`, diskURI, [form]);
  }
  if (kind !== undefined && kind !== 'Managed' && !diskURI.startsWith('https://')) {
    errors.notSupported(`${path}.diskURI`, diskURI, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']);
  }
}

function storageOs(errors: FieldErrors, { volumeName = '', volumeNamespace = '', secretRef }: Sent, path: string): void {
  if (volumeName === '') errors.required(`${path}.volumeName`);
  else errors.invalidEach(`${path}.volumeName`, volumeName, isLabel(volumeName));
  if (volumeNamespace !== '') errors.invalidEach(`${path}.volumeNamespace`, volumeNamespace, isLabel(volumeNamespace));
  if (secretRef !== undefined && (secretRef.name ?? '') === '') errors.required(`${path}.secretRef.name`);
}

function mode(errors: FieldErrors, value: number | undefined, path: string): void {
  if (value !== undefined && (value > 0o777 || value < 0)) errors.invalid(path, value, FILE_MODE);
}

/** A Secret or a ConfigMap whose keys become files. */
function keys(errors: FieldErrors, source: Sent, path: string, name: string): void {
  required(errors, source, path, [name]);
  mode(errors, source.defaultMode, `${path}.defaultMode`);
  (source.items ?? []).forEach((item: Sent, at: number) => {
    keyToPath(errors, item, `${path}.items[${at}]`);
  });
}

function keyToPath(errors: FieldErrors, item: Sent, path: string): void {
  required(errors, item, path, ['key', 'path']);
  validateNonReservedPath(errors, item.path ?? '', `${path}.path`);
  mode(errors, item.mode, `${path}.mode`);
}

function downwardApi(errors: FieldErrors, { defaultMode, items = [] }: Sent, path: string): void {
  mode(errors, defaultMode, `${path}.defaultMode`);
  for (const item of items) downwardFile(errors, item, path);
}

function downwardFile(errors: FieldErrors, item: Sent, path: string): void {
  required(errors, item, path, ['path']);
  validateNonReservedPath(errors, item.path ?? '', `${path}.path`);
  if (item.fieldRef !== undefined) {
    validateFieldRef(errors, item.fieldRef, `${path}.fieldRef`, VOLUME_FIELDS);
    if (item.resourceFieldRef !== undefined) {
      errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
    }
  } else if (item.resourceFieldRef !== undefined) validateResourceFieldRef(errors, item.resourceFieldRef, `${path}.resourceFieldRef`, true);
  else errors.required(path, 'one of fieldRef and resourceFieldRef is required');
  mode(errors, item.mode, `${path}.mode`);
}

function projected(errors: FieldErrors, { defaultMode, sources = [] }: Sent, path: string): void {
  mode(errors, defaultMode, `${path}.defaultMode`);
  const taken = new Set<string>();
  const take = (target: string, shown: string) => {
    if (target === '') return;
    if (taken.has(target)) errors.invalid(path, shown, 'conflicting duplicate paths');
    taken.add(target);
  };
  sources.forEach((source: Sent, at: number) => {
    const own = `${path}.sources[${at}]`;
    for (const field of ['secret', 'configMap']) {
      const keyed = source[field];
      if (keyed === undefined) continue;
      required(errors, keyed, `${own}.${field}`, ['name']);
      (keyed.items ?? []).forEach((item: Sent, index: number) => {
        keyToPath(errors, item, `${own}.${field}.items[${index}]`);
        take(item.path ?? '', keyed.name ?? '');
      });
    }
    for (const item of source.downwardAPI?.items ?? []) {
      downwardFile(errors, item, `${own}.downwardAPI`);
      take(item.path ?? '', item.path);
    }
    if (source.serviceAccountToken !== undefined) token(errors, source.serviceAccountToken, `${own}.serviceAccountToken`, path);
    if (source.clusterTrustBundle !== undefined) {
      trustBundle(errors, source.clusterTrustBundle, `${own}.clusterTrustBundle`);
      take(source.clusterTrustBundle.path ?? '', source.clusterTrustBundle.path ?? '');
    }
    if (Object.values(source).filter((one) => one !== undefined).length > 1) {
      errors.forbidden(own, 'may not specify more than 1 volume type per source');
    }
  });
}

function token(errors: FieldErrors, { expirationSeconds = 0, path: target = '' }: Sent, own: string, path: string): void {
  if (expirationSeconds < TOKEN_SECONDS_MIN) {
    errors.invalid(`${own}.expirationSeconds`, expirationSeconds, 'may not specify a duration less than 10 minutes');
  }
  if (expirationSeconds > TOKEN_SECONDS_MAX) {
    errors.invalid(`${own}.expirationSeconds`, expirationSeconds, 'may not specify a duration larger than 2^32 seconds');
  }
  if (target === '') errors.required(`${path}.path`);
  else validateNonReservedPath(errors, target, `${path}.path`);
}

function trustBundle(errors: FieldErrors, bundle: Sent, path: string): void {
  const { name, signerName, labelSelector } = bundle;
  if (name !== undefined && signerName !== undefined) errors.invalid(path, bundle, 'only one of name and signerName may be used');
  else if (name !== undefined) {
    if (name === '') errors.required(`${path}.name`, 'must be a valid object name');
    if (labelSelector !== undefined)
      errors.invalid(`${path}.labelSelector`, labelSelector, 'labelSelector must be unset if name is specified');
  } else if (signerName !== undefined) {
    if (signerName === '') errors.required(`${path}.signerName`, 'must be a valid signer name');
    validateLabelSelector(errors, labelSelector, `${path}.labelSelector`);
  } else errors.required(path, 'either name or signerName must be specified');
  required(errors, bundle, path, ['path']);
  validateNonReservedPath(errors, bundle.path ?? '', `${path}.path`);
}

export function validateDriverName(errors: FieldErrors, driver: string, path: string): void {
  if (driver === '') return errors.required(path);
  if (driver.length > 63) errors.tooLong(path, 63);
  errors.invalidEach(path, driver, isSubdomain(driver.toLowerCase()));
}

function csi(errors: FieldErrors, { driver = '', nodePublishSecretRef }: Sent, path: string): void {
  validateDriverName(errors, driver, `${path}.driver`);
  if (nodePublishSecretRef === undefined) return;
  const { name = '' } = nodePublishSecretRef;
  if (name === '') errors.required(`${path}.nodePublishSecretRef.name`);
  else errors.invalidEach(`${path}.name`, name, isSubdomain(name));
}

function ephemeral(errors: FieldErrors, { volumeClaimTemplate }: Sent, path: string): void {
  if (volumeClaimTemplate === undefined) return errors.required(`${path}.volumeClaimTemplate`);
  const own = `${path}.volumeClaimTemplate`;
  const { metadata = {}, spec = {} } = volumeClaimTemplate;
  validateAnnotations(errors, metadata.annotations, `${own}.metadata.annotations`);
  validateLabels(errors, metadata.labels, `${own}.metadata.labels`);
  for (const field of Object.keys(metadata)) {
    if (!['annotations', 'labels', 'creationTimestamp'].includes(field)) errors.forbidden(`${own}.metadata.${field}`, 'cannot be set');
  }
  validateClaimSpec(errors, spec, `${own}.spec`);
}
