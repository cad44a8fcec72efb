/**
 * What a container may say: name, image, ports, mounts, and how it restarts; its variables are in container-environment.ts.
 *
 * Models validateContainerCommon and its kin in pkg/apis/core/validation/validation.go.
 */
import { validateEnv, validateEnvFrom } from './container-environment.ts';
import type { FieldErrors } from './field-errors.ts';
import { inRange, isLabel, isPort, isPortName } from './names.ts';
import { validateDescendingPath } from './paths.ts';
import { validateLifecycle, validateProbes } from './probes.ts';
import { validateContainerResources } from './resources.ts';
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
