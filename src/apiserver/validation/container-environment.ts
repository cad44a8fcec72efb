/**
 * The environment of a container: variables, where their values come from, and the fields of the pod that may be among them.
 *
 * Models ValidateEnv, ValidateEnvFrom and their kin in pkg/apis/core/validation/validation.go.
 */
import type { FieldErrors } from './field-errors.ts';
import { isConfigKey, isEnvName, isLabel, isQualifiedName, isSubdomain } from './names.ts';
import { nanosOf } from './resources.ts';
import type { Sent } from './sent.ts';

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const CONTAINER_RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

export function validateEnv(errors: FieldErrors, variables: readonly Sent[], path: string): void {
  variables.forEach((variable, at) => {
    const { name = '' } = variable;
    const own = `${path}[${at}]`;
    if (name === '') errors.required(`${own}.name`);
    else errors.invalidEach(`${own}.name`, name, isEnvName(name));
    if (variable.valueFrom !== undefined) validateValueFrom(errors, variable, `${own}.valueFrom`);
  });
}

function validateValueFrom(errors: FieldErrors, { value = '', valueFrom }: Sent, path: string): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  if (fieldRef !== undefined) validateFieldRef(errors, fieldRef, `${path}.fieldRef`, ENV_FIELDS);
  if (resourceFieldRef !== undefined) validateResourceFieldRef(errors, resourceFieldRef, `${path}.resourceFieldRef`, false);
  if (configMapKeyRef !== undefined) validateKeyRef(errors, configMapKeyRef, `${path}.configMapKeyRef`);
  if (secretKeyRef !== undefined) validateKeyRef(errors, secretKeyRef, `${path}.secretKeyRef`);
  if (fileKeyRef !== undefined) validateFileKeyRef(errors, fileKeyRef, `${path}.fileKeyRef`);
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((one) => one !== undefined).length;
  if (sources === 0) {
    errors.invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`');
  } else if (value !== '') errors.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (sources > 1) errors.invalid(path, '', 'may not have more than one field specified at a time');
}

function validateKeyRef(errors: FieldErrors, { name = '', key = '' }: Sent, path: string): void {
  errors.invalidEach(`${path}.name`, name, isSubdomain(name));
  if (key === '') errors.required(`${path}.key`);
  else errors.invalidEach(`${path}.key`, key, isConfigKey(key));
}

function validateFileKeyRef(errors: FieldErrors, { key = '', volumeName = '', path: file = '' }: Sent, path: string): void {
  if (key === '') errors.required(`${path}.key`);
  else errors.invalidEach(`${path}.key`, key, isEnvName(key));
  if (volumeName === '') errors.required(`${path}.volumeName`);
  else errors.invalidEach(`${path}.volumeName`, volumeName, isLabel(volumeName));
  if (file === '') errors.required(`${path}.path`);
  else if (file.split('/').includes('..')) errors.invalid(`${path}.path`, file, "must not contain '..'");
}

/** A field of the pod, for a variable or a file. */
export function validateFieldRef(
  errors: FieldErrors,
  { apiVersion = '', fieldPath = '' }: Sent,
  path: string,
  known: readonly string[],
): void {
  if (apiVersion === '') return errors.required(`${path}.apiVersion`);
  if (fieldPath === '') return errors.required(`${path}.fieldPath`);
  const subscript = /^(.*)\['(.*)'\]$/.exec(fieldPath);
  const base = subscript === null ? fieldPath : subscript[1]!;
  const isConvertible = subscript === null ? CONVERTIBLE_FIELDS.has(base) : base === 'metadata.annotations' || base === 'metadata.labels';
  if (!isConvertible || apiVersion !== 'v1') {
    const why =
      apiVersion === 'v1'
        ? subscript === null
          ? `field label not supported: ${fieldPath}`
          : `field label does not support subscript: ${fieldPath}`
        : `unsupported pod version: ${apiVersion}`;
    return errors.invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`);
  }
  if (subscript !== null) {
    const key = base === 'metadata.annotations' ? subscript[2]!.toLowerCase() : subscript[2]!;
    errors.invalidEach(path, key, isQualifiedName(key));
  } else if (!known.includes(fieldPath)) errors.notSupported(`${path}.fieldPath`, fieldPath, [...known].sort());
}

/** Fields of a pod that have a name for this purpose at all (ConvertDownwardAPIFieldLabel). */
const CONVERTIBLE_FIELDS: ReadonlySet<string> = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
  'spec.host',
]);

export function validateResourceFieldRef(
  errors: FieldErrors,
  { containerName = '', resource = '', divisor = '0' }: Sent,
  path: string,
  isVolume: boolean,
): void {
  const isHuge = resource.startsWith('limits.hugepages-') || resource.startsWith('requests.hugepages-');
  if (isVolume && containerName === '') errors.required(`${path}.containerName`);
  else if (resource === '') errors.required(`${path}.resource`);
  else if (!CONTAINER_RESOURCES.includes(resource) && !isHuge) errors.notSupported(`${path}.resource`, resource, CONTAINER_RESOURCES);
  if (nanosOf(divisor) === 0n) return;
  const what = resource.slice(resource.indexOf('.') + 1);
  if (what === 'cpu') {
    if (!['1m', '1'].includes(divisor))
      errors.invalid(`${path}.divisor`, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
    return;
  }
  const name = { memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' }[what as string] ?? (isHuge ? 'hugepages' : undefined);
  if (name === undefined || BYTE_DIVISORS.includes(divisor)) return;
  errors.invalid(`${path}.divisor`, resource, `only divisor's values ${BYTE_DIVISORS.join(', ')} are supported with the ${name} resource`);
}

export function validateEnvFrom(errors: FieldErrors, sources: readonly Sent[], path: string): void {
  sources.forEach(({ prefix = '', configMapRef, secretRef }, at) => {
    const own = `${path}[${at}]`;
    if (prefix !== '') errors.invalidEach(`${own}.prefix`, prefix, isEnvName(prefix));
    for (const [field, source] of Object.entries<Sent>({ configMapRef, secretRef })) {
      if (source === undefined) continue;
      const { name = '' } = source;
      if (name === '') errors.required(`${own}.${field}.name`);
      else errors.invalidEach(`${own}.${field}.name`, name, isSubdomain(name));
    }
    if (configMapRef === undefined && secretRef === undefined)
      errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.invalid(path, '', 'may not have more than one field specified at a time');
    }
  });
}
