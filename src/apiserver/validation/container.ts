/**
 * What a container may say: name, image, ports, variables, mounts, and how it restarts.
 *
 * Models validateContainerCommon and its kin in pkg/apis/core/validation/validation.go.
 */
import type { FieldErrors } from './field-errors.ts';
import { inRange, isConfigKey, isEnvName, isLabel, isPort, isPortName, isQualifiedName, isSubdomain } from './names.ts';
import { validateDescendingPath } from './paths.ts';
import { validateLifecycle, validateProbes } from './probes.ts';
import { nanosOf, validateContainerResources } from './resources.ts';
import { validateSecurityContext } from './security.ts';
import type { Sent } from './sent.ts';

/** What a container's rules need to know of its pod. */
export interface PodSurroundings {
  /** Volumes that are well-formed, by name. */
  readonly volumes: ReadonlyMap<string, Sent>;
  readonly claimNames: ReadonlySet<string>;
  readonly gracePeriodSeconds: number | undefined;
  readonly restartPolicy: string;
  readonly os: string | undefined;
  readonly usesHostUsers: boolean;
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const RULES_MAX = 20;
const EXIT_CODES_MAX = 255;
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

export function validateContainers(errors: FieldErrors, containers: readonly Sent[], path: string, pod: PodSurroundings): void {
  if (containers.length === 0) return errors.required(path);
  const names = new Set<string>();
  containers.forEach((container, at) => {
    const own = `${path}[${at}]`;
    validateContainer(errors, container, own, pod);
    const { name = '' } = container;
    if (names.has(name)) errors.duplicate(`${own}.name`, name);
    names.add(name);
    if (container.lifecycle !== undefined) validateLifecycle(errors, container.lifecycle, `${own}.lifecycle`, pod);
    validateProbes(errors, container, own, pod);
    validateRestartRules(errors, container, own);
  });
  validateHostPorts(errors, containers, path);
}

export function validateInitContainers(
  errors: FieldErrors,
  containers: readonly Sent[],
  regular: readonly Sent[],
  path: string,
  pod: PodSurroundings,
): void {
  const names = new Set<string>(regular.map(({ name }) => name));
  containers.forEach((container, at) => {
    const own = `${path}[${at}]`;
    validateContainer(errors, container, own, pod);
    const isSidecar = container.restartPolicy === 'Always';
    if (container.restartPolicy === undefined) {
      if ((container.restartPolicyRules ?? []).length > 0) {
        errors.required(`${own}.restartPolicy`, 'must specify restartPolicy when restart rules are used');
      }
    } else validateRestartRules(errors, container, own);
    const { name = '' } = container;
    if (names.has(name)) errors.duplicate(`${own}.name`, name);
    else if (name !== '') names.add(name);
    validateHostPorts(errors, [container], path);
    if (isSidecar) {
      if (container.lifecycle !== undefined) validateLifecycle(errors, container.lifecycle, `${own}.lifecycle`, pod);
      validateProbes(errors, container, own, pod);
      return;
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (container[field] !== undefined) {
        errors.forbidden(`${own}.${field}`, 'may not be set for init containers without restartPolicy=Always');
      }
    }
    (container.resizePolicy ?? []).forEach((policy: Sent, index: number) => {
      if (policy.restartPolicy !== 'RestartContainer') return;
      const why = "must not be set to 'RestartContainer' for non-sidecar initContainers";
      errors.invalid(`${own}.resizePolicy[${index}].restartPolicy`, policy.restartPolicy, why);
    });
  });
}

export function validateContainer(errors: FieldErrors, container: Sent, path: string, pod: PodSurroundings): void {
  const { name = '', image = '', terminationMessagePolicy = '' } = container;
  if (name === '') errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, isLabel(name));
  if (image === '') errors.required(`${path}.image`);
  if (terminationMessagePolicy === '') errors.required(`${path}.terminationMessagePolicy`);
  else if (!['File', 'FallbackToLogsOnError'].includes(terminationMessagePolicy)) {
    errors.notSupported(`${path}.terminationMessagePolicy`, terminationMessagePolicy, ['File', 'FallbackToLogsOnError']);
  }
  validatePorts(errors, container.ports ?? [], `${path}.ports`);
  validateEnv(errors, container.env ?? [], `${path}.env`);
  validateEnvFrom(errors, container.envFrom ?? [], `${path}.envFrom`);
  validateMounts(errors, container, `${path}.volumeMounts`, pod);
  validateDevices(errors, container, `${path}.volumeDevices`, pod);
  validatePullPolicy(errors, container.imagePullPolicy, `${path}.imagePullPolicy`);
  validateContainerResources(errors, container.resources ?? {}, `${path}.resources`, pod.claimNames);
  validateResizePolicy(errors, container.resizePolicy ?? [], `${path}.resizePolicy`, pod.restartPolicy);
  validateSecurityContext(errors, container.securityContext, `${path}.securityContext`, pod.usesHostUsers);
}

export function validatePullPolicy(errors: FieldErrors, policy: string | undefined, path: string): void {
  if ((policy ?? '') === '') errors.required(path);
  else if (!PULL_POLICIES.includes(policy!)) errors.notSupported(path, policy, PULL_POLICIES);
}

function validatePorts(errors: FieldErrors, ports: readonly Sent[], path: string): void {
  const names = new Set<string>();
  ports.forEach(({ name = '', containerPort = 0, hostPort = 0, protocol = '' }, at) => {
    const own = `${path}[${at}]`;
    if (name !== '') {
      const complaints = isPortName(name);
      if (complaints.length > 0) errors.invalidEach(`${own}.name`, name, complaints);
      else if (names.has(name)) errors.duplicate(`${own}.name`, name);
      else names.add(name);
    }
    if (containerPort === 0) errors.required(`${own}.containerPort`);
    else errors.invalidEach(`${own}.containerPort`, containerPort, isPort(containerPort));
    if (hostPort !== 0) errors.invalidEach(`${own}.hostPort`, hostPort, isPort(hostPort));
    if (protocol === '') errors.required(`${own}.protocol`);
    else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${own}.protocol`, protocol, PROTOCOLS);
  });
}

/** Two containers that want one port of the node. */
export function validateHostPorts(errors: FieldErrors, containers: readonly Sent[], path: string): void {
  const taken = new Set<string>();
  containers.forEach(({ ports = [] }, at) => {
    ports.forEach(({ protocol = '', hostIP = '', hostPort = 0 }: Sent, index: number) => {
      if (hostPort === 0) return;
      const port = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(port)) errors.duplicate(`${path}[${at}].ports[${index}].hostPort`, port);
      taken.add(port);
    });
  });
}

function validateEnv(errors: FieldErrors, variables: readonly Sent[], path: string): void {
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

function validateEnvFrom(errors: FieldErrors, sources: readonly Sent[], path: string): void {
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

function validateMounts(errors: FieldErrors, container: Sent, path: string, pod: PodSurroundings): void {
  const points = new Set<string>();
  const devices: readonly Sent[] = container.volumeDevices ?? [];
  (container.volumeMounts ?? []).forEach((mount: Sent, at: number) => {
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount;
    const own = `${path}[${at}]`;
    if (name === '') errors.required(`${own}.name`);
    if (!pod.volumes.has(name)) errors.notFound(`${own}.name`, name);
    if (mountPath === '') errors.required(`${own}.mountPath`);
    if (points.has(mountPath)) errors.invalid(`${own}.mountPath`, mountPath, 'must be unique');
    points.add(mountPath);
    if (devices.some((device) => device.name === name)) errors.invalid(`${own}.name`, name, 'must not already exist in volumeDevices');
    if (devices.some(({ devicePath }) => devicePath === mountPath)) {
      errors.invalid(`${own}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices');
    }
    if (subPath !== '') validateDescendingPath(errors, subPath, `${path}.subPath`);
    if (subPathExpr !== '') {
      if (subPath !== '') errors.invalid(`${own}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive');
      validateDescendingPath(errors, subPathExpr, `${path}.subPathExpr`);
    }
    validatePropagation(errors, mount, container, path);
  });
}

function validatePropagation(errors: FieldErrors, mount: Sent, container: Sent, path: string): void {
  const { mountPropagation, recursiveReadOnly, readOnly = false } = mount;
  if (mountPropagation !== undefined) {
    const modes = ['Bidirectional', 'HostToContainer', 'None'];
    if (!modes.includes(mountPropagation)) errors.notSupported(`${path}.mountPropagation`, mountPropagation, modes);
    if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
      errors.forbidden(`${path}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers');
    }
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return;
  const own = `${path}.recursiveReadOnly`;
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    return errors.notSupported(own, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible']);
  }
  if (!readOnly) errors.forbidden(own, 'may only be specified when readOnly is true');
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    errors.forbidden(own, 'may only be specified when mountPropagation is None or not specified');
  }
}

function validateDevices(errors: FieldErrors, container: Sent, path: string, pod: PodSurroundings): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts: readonly Sent[] = container.volumeMounts ?? [];
  (container.volumeDevices ?? []).forEach(({ name = '', devicePath = '' }: Sent, at: number) => {
    const own = `${path}[${at}]`;
    const volume = pod.volumes.get(name);
    if (name === '') errors.required(`${own}.name`);
    if (names.has(name)) errors.invalid(`${own}.name`, name, 'must be unique');
    if (volume !== undefined && volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      errors.invalid(`${own}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
    }
    if (volume === undefined) errors.notFound(`${own}.name`, name);
    if (devicePath === '') errors.required(`${own}.devicePath`);
    if (paths.has(devicePath)) errors.invalid(`${own}.devicePath`, devicePath, 'must be unique');
    if (devicePath.split('/').includes('..')) errors.invalid(`${own}.devicePath`, devicePath, "can not contain backsteps ('..')");
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) errors.invalid(`${own}.name`, name, 'must not already exist in volumeMounts');
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) {
      errors.invalid(`${own}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts');
    }
    if (name !== '') names.add(name);
  });
}

function validateResizePolicy(errors: FieldErrors, policies: readonly Sent[], path: string, podRestartPolicy: string): void {
  const seen = new Set<string>();
  policies.forEach(({ resourceName = '', restartPolicy = '' }, at) => {
    if (seen.has(resourceName)) errors.duplicate(`${path}[${at}]`, resourceName);
    seen.add(resourceName);
    if (resourceName === '') errors.required(path);
    else if (!['cpu', 'memory'].includes(resourceName)) errors.notSupported(path, resourceName, ['cpu', 'memory']);
    if (restartPolicy === '') errors.required(path);
    else if (!['NotRequired', 'RestartContainer'].includes(restartPolicy)) {
      errors.notSupported(path, restartPolicy, ['NotRequired', 'RestartContainer']);
    }
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.invalid(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
    }
  });
}

function validateRestartRules(errors: FieldErrors, { restartPolicy, restartPolicyRules = [] }: Sent, path: string): void {
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length === 0) return;
    errors.required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used');
  } else if (!RESTART_POLICIES.includes(restartPolicy)) errors.notSupported(`${path}.restartPolicy`, restartPolicy, RESTART_POLICIES);
  if (restartPolicyRules.length > RULES_MAX) errors.tooMany(`${path}.restartPolicyRules`, restartPolicyRules.length, RULES_MAX);
  for (const [at, { action = '', exitCodes }] of (restartPolicyRules as readonly Sent[]).entries()) {
    const own = `${path}.restartPolicyRules[${at}]`;
    const actions = ['Restart', 'RestartAllContainers'];
    if (!actions.includes(action)) errors.notSupported(`${own}.action`, action, actions);
    if (exitCodes === undefined) {
      errors.required(`${own}.exitCodes`, 'must be specified');
      continue;
    }
    const { operator = '', values = [] } = exitCodes;
    if (!['In', 'NotIn'].includes(operator)) errors.notSupported(`${own}.exitCodes.operator`, operator, ['In', 'NotIn']);
    if (values.length > EXIT_CODES_MAX) errors.tooMany(`${own}.exitCodes.values`, values.length, EXIT_CODES_MAX);
  }
}

/** Only pods, not templates: an image may not begin or end with blanks. */
export function validateImageBlanks(errors: FieldErrors, containers: readonly Sent[], path: string): void {
  containers.forEach(({ image = '' }, at) => {
    if (image !== image.trim()) errors.invalid(`${path}[${at}].image`, image, 'must not have leading or trailing whitespace');
  });
}

export function isId(value: number): readonly string[] {
  return inRange(value, 0, 2_147_483_647);
}
