/**
 * What a pod's spec may say as a whole, on its own or inside a template.
 *
 * Models ValidatePodSpec and ValidatePodTemplateSpec of pkg/apis/core/validation/validation.go. Left out: pods for Windows, dynamic resources.
 */

import { POD_DELETION_COST, type PodSpec, type PodTemplate, podDeletionCost } from '../../model/pod.ts';
import type { StatusCause } from '../api-error.ts';
import { validateIp } from './addresses.ts';
import { type PodSurroundings, validateContainer, validateContainers, validateImageBlanks, validateInitContainers } from './container.ts';
import { FieldErrors } from './field-errors.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
import { isLabel, isQualifiedName, isSubdomain, regexError } from './names.ts';
import { validateAffinity, validateSpread, validateTolerations } from './placement.ts';
import { validateContainerResources, validatePodLevelResources } from './resources.ts';
import { validatePodSecurityContext } from './security.ts';
import type { Sent } from './sent.ts';
import { validateVolumes } from './volumes.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const INT32_MAX = 2_147_483_647;
const NAMESERVERS_MAX = 3; // MaxDNSNameservers
const SEARCHES_MAX = 32; // MaxDNSSearchPaths
const SEARCH_CHARACTERS_MAX = 2048; // MaxDNSSearchListChars
const HOSTNAME_MAX = 64;
/** What an ephemeral container may not have. */
const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
];

const NO_TEMPLATE = {} as PodTemplate;
const templates = new WeakMap<PodTemplate, Map<string, readonly StatusCause[]>>();

/** The causes a template is refused for; looked for once, for all that share it. */
export function templateCauses(template: PodTemplate | undefined, path: string): readonly StatusCause[] {
  if (template === undefined) return templateCauses(NO_TEMPLATE, path);
  let byPath = templates.get(template);
  if (byPath === undefined) {
    byPath = new Map();
    templates.set(template, byPath);
  }
  let causes = byPath.get(path);
  if (causes === undefined) {
    const errors = new FieldErrors();
    validateTemplate(errors, template, path);
    causes = errors.causes;
    byPath.set(path, causes);
  }
  return causes;
}

function validateTemplate(errors: FieldErrors, template: Sent, path: string): void {
  const { spec = {} } = template;
  validateTemplateLabels(errors, template, path);
  validatePodSpec(errors, spec, `${path}.spec`, '', false);
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
  }
}

/** A StatefulSet looks at its template's labels twice, and says twice what is wrong with them. */
export function validateTemplateLabels(errors: FieldErrors, { metadata = {}, spec = {} }: Sent, path: string): void {
  validateLabels(errors, metadata.labels, `${path}.labels`);
  validateAnnotations(errors, metadata.annotations, `${path}.annotations`);
  validatePodAnnotations(errors, metadata.annotations ?? {}, spec, `${path}.annotations`);
}

const podSpecs = new WeakMap<PodSpec, readonly StatusCause[]>();

/** The causes a pod's spec is refused for; all pods of one template share one spec and one look. Names of claims are the pod's own affair. */
export function podSpecCauses(spec: PodSpec, podName: string): readonly StatusCause[] {
  const hasOwnClaims = spec.volumes?.some((volume) => 'ephemeral' in volume) === true;
  const known = hasOwnClaims ? undefined : podSpecs.get(spec);
  if (known !== undefined) return known;
  const errors = new FieldErrors();
  validatePodSpec(errors, spec, 'spec', podName, true);
  validateOnlyForPods(errors, spec);
  if (!hasOwnClaims) podSpecs.set(spec, errors.causes);
  return errors.causes;
}

function validateOnlyForPods(errors: FieldErrors, spec: Sent): void {
  if ((spec.serviceAccountName ?? '') === '') {
    (spec.volumes ?? []).forEach(({ projected }: Sent, at: number) => {
      (projected?.sources ?? []).forEach(({ serviceAccountToken }: Sent, index: number) => {
        if (serviceAccountToken === undefined) return;
        const path = `spec.volumes[${at}].projected.sources[${index}].serviceAccountToken`;
        errors.forbidden(path, 'must not be specified when serviceAccountName is not set');
      });
    });
  }
  validateImageBlanks(errors, spec.containers ?? [], 'spec.containers');
  validateImageBlanks(errors, spec.initContainers ?? [], 'spec.initContainers');
}

/** Annotations that mean something to the server. A cost that was wrong before may stay so: `former` are the annotations until now. */
export function validatePodAnnotations(errors: FieldErrors, annotations: Sent, spec: Sent, path: string, former?: Sent): void {
  const mirror = annotations['kubernetes.io/config.mirror'];
  if (mirror !== undefined && (spec.nodeName ?? '') === '') {
    errors.invalid(`${path}[kubernetes.io/config.mirror]`, mirror, 'must set spec.nodeName if mirror pod annotation is set');
  }
  if (podDeletionCost(annotations) === undefined && podDeletionCost(former) !== undefined) {
    errors.invalid(`${path}[${POD_DELETION_COST}]`, annotations[POD_DELETION_COST], 'must be a 32bit integer');
  }
}

function validatePodSpec(errors: FieldErrors, spec: Sent, path: string, podName: string, isPod: boolean): void {
  if (spec.terminationGracePeriodSeconds === undefined) errors.required(`${path}.terminationGracePeriodSeconds`);
  const volumes = validateVolumes(errors, spec.volumes ?? [], `${path}.volumes`, podName, isPod);
  const claimNames = validateClaims(errors, spec.resourceClaims ?? [], `${path}.resourceClaims`);
  const pod: PodSurroundings = {
    volumes,
    claimNames,
    gracePeriodSeconds: spec.terminationGracePeriodSeconds,
    restartPolicy: spec.restartPolicy ?? '',
    os: spec.os?.name,
    usesHostUsers: spec.hostUsers !== false,
  };
  validateContainers(errors, spec.containers ?? [], `${path}.containers`, pod);
  validateInitContainers(errors, spec.initContainers ?? [], spec.containers ?? [], `${path}.initContainers`, pod);
  validateEphemeral(errors, spec, `${path}.ephemeralContainers`, pod);
  validatePodLevelResources(errors, spec, path);
  validateHostNetworkPorts(errors, spec, path, isPod);
  oneOf(errors, spec.restartPolicy, `${path}.restartPolicy`, RESTART_POLICIES);
  oneOf(errors, spec.dnsPolicy, `${path}.dnsPolicy`, DNS_POLICIES);
  validateLabels(errors, spec.nodeSelector, `${path}.nodeSelector`);
  validatePodSecurityContext(errors, spec, `${path}.securityContext`);
  validateAffinity(errors, spec.affinity, `${path}.affinity`);
  validateDns(errors, spec, `${path}.dnsConfig`);
  (spec.readinessGates ?? []).forEach(({ conditionType = '' }: Sent, at: number) => {
    errors.invalidEach(`${path}.readinessGates[${at}].conditionType`, conditionType, isQualifiedName(conditionType));
  });
  validateGates(errors, spec.schedulingGates ?? [], `${path}.schedulingGates`);
  validateSpread(errors, spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`);
  validateHostUsers(errors, spec, path);
  validateHostnameOverride(errors, spec, path);
  named(errors, spec.serviceAccountName, `${path}.serviceAccountName`);
  named(errors, spec.nodeName, `${path}.nodeName`);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > INT32_MAX)) {
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${INT32_MAX}, inclusive`);
  }
  for (const field of ['hostname', 'subdomain']) {
    const name = spec[field] ?? '';
    if (name !== '') errors.invalidEach(`${path}.${field}`, name, isLabel(name));
  }
  validateTolerations(errors, spec.tolerations ?? [], `${path}.tolerations`);
  (spec.hostAliases ?? []).forEach(({ ip = '', hostnames = [] }: Sent, at: number) => {
    validateIp(errors, ip, `${path}.hostAliases[${at}].ip`);
    hostnames.forEach((name: string, index: number) => {
      errors.invalidEach(`${path}.hostAliases[${at}].hostnames[${index}]`, name, isSubdomain(name));
    });
  });
  named(errors, spec.priorityClassName, `${path}.priorityClassName`);
  if (spec.runtimeClassName !== undefined)
    errors.invalidEach(`${path}.runtimeClassName`, spec.runtimeClassName, isSubdomain(spec.runtimeClassName));
  if (spec.preemptionPolicy !== undefined) {
    oneOf(errors, spec.preemptionPolicy, `${path}.preemptionPolicy`, ['PreemptLowerPriority', 'Never']);
  }
  if (spec.overhead !== undefined) validateContainerResources(errors, { limits: spec.overhead }, `${path}.overhead`, new Set());
  validateOs(errors, spec.os, `${path}.os`);
}

function oneOf(errors: FieldErrors, value: string | undefined, path: string, known: readonly string[]): void {
  if ((value ?? '') === '') errors.required(path);
  else if (!known.includes(value!)) errors.notSupported(path, value, known);
}

function named(errors: FieldErrors, name: string | undefined, path: string): void {
  if ((name ?? '') !== '') errors.invalidEach(path, name, isSubdomain(name!));
}

function validateClaims(errors: FieldErrors, claims: readonly Sent[], path: string): ReadonlySet<string> {
  const names = new Set<string>();
  claims.forEach((claim, at) => {
    const own = `${path}[${at}]`;
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim;
    if (name === '') errors.required(`${own}.name`);
    else if (names.has(name)) errors.duplicate(`${own}.name`, name);
    else {
      errors.invalidEach(`${own}.name`, name, isLabel(name));
      names.add(name);
    }
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      errors.invalid(own, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      errors.invalid(own, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    }
  });
  return names;
}

export function validateEphemeral(errors: FieldErrors, spec: Sent, path: string, pod: PodSurroundings): void {
  const others = new Set<string>([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }: Sent) => name));
  const names = new Set(others);
  (spec.ephemeralContainers ?? []).forEach((container: Sent, at: number) => {
    const own = `${path}[${at}]`;
    validateContainer(errors, container, own, pod);
    validateBlanks(errors, container, own);
    if (names.has(container.name)) errors.duplicate(`${own}.name`, container.name);
    names.add(container.name);
    const target = container.targetContainerName ?? '';
    if (target !== '' && !others.has(target)) errors.notFound(`${own}.targetContainerName`, target);
    for (const field of NOT_EPHEMERAL) {
      const value = container[field];
      if (value === undefined || Object.keys(value).length === 0) continue;
      errors.forbidden(`${own}.${field}`, 'cannot be set for an Ephemeral Container');
    }
    (container.volumeMounts ?? []).forEach((mount: Sent, index: number) => {
      for (const field of ['subPath', 'subPathExpr']) {
        if ((mount[field] ?? '') !== '')
          errors.forbidden(`${own}.volumeMounts[${index}].${field}`, 'cannot be set for an Ephemeral Container');
      }
    });
  });
}

function validateBlanks(errors: FieldErrors, { image = '' }: Sent, path: string): void {
  if (image !== image.trim()) errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
}

function validateHostNetworkPorts(errors: FieldErrors, spec: Sent, path: string, isPod: boolean): void {
  if (spec.hostNetwork !== true) return;
  (spec.containers ?? []).forEach(({ ports = [] }: Sent, at: number) => {
    ports.forEach(({ hostPort = 0, containerPort = 0 }: Sent, index: number) => {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) return;
      const own = `${path}.containers[${at}].ports[${index}].hostPort`;
      errors.invalid(own, hostPort, 'must match `containerPort` when `hostNetwork` is true');
    });
  });
}

function validateDns(errors: FieldErrors, { dnsPolicy, dnsConfig }: Sent, path: string): void {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) return errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
    if (nameservers.length === 0) {
      return errors.required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None');
    }
  }
  if (nameservers.length > NAMESERVERS_MAX) {
    errors.invalid(`${path}.nameservers`, nameservers, `must not have more than ${NAMESERVERS_MAX} nameservers`);
  }
  nameservers.forEach((one: string, at: number) => {
    validateIp(errors, one, `${path}.nameservers[${at}]`);
  });
  if (searches.length > SEARCHES_MAX) errors.invalid(`${path}.searches`, searches, `must not have more than ${SEARCHES_MAX} search paths`);
  if (searches.join(' ').length > SEARCH_CHARACTERS_MAX) {
    const why = `must not have more than ${SEARCH_CHARACTERS_MAX} characters (including spaces) in the search list`;
    errors.invalid(`${path}.searches`, searches, why);
  }
  searches.forEach((search: string, at: number) => {
    if (search === '.') return;
    const name = search.replace(/\.$/, '');
    errors.invalidEach(`${path}.searches[${at}]`, name, isUnderscoredSubdomain(name));
  });
  options.forEach(({ name = '' }: Sent, at: number) => {
    if (name === '') errors.required(`${path}.options[${at}]`, 'must not be empty');
  });
}

const UNDERSCORED = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';
const UNDERSCORED_RE = new RegExp(`^${UNDERSCORED}$`);

function isUnderscoredSubdomain(name: string): readonly string[] {
  const complaints: string[] = [];
  if (name.length > 253) complaints.push('must be no more than 253 characters');
  if (!UNDERSCORED_RE.test(name)) {
    const words =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
    complaints.push(regexError(words, UNDERSCORED, 'example.com'));
  }
  return complaints;
}

function validateGates(errors: FieldErrors, gates: readonly Sent[], path: string): void {
  const seen = new Set<string>();
  gates.forEach(({ name = '' }, at) => {
    errors.invalidEach(`${path}[${at}]`, name, isQualifiedName(name));
    if (seen.has(name)) errors.duplicate(`${path}[${at}]`, name);
    seen.add(name);
  });
}

function validateHostUsers(errors: FieldErrors, spec: Sent, path: string): void {
  if (spec.hostUsers !== false) return;
  if (spec.hostNetwork === true) errors.forbidden(`${path}.hostNetwork`, 'when `hostUsers` is false');
  if (spec.hostPID === true) errors.forbidden(`${path}.HostPID`, 'when `hostUsers` is false');
  if (spec.hostIPC === true) errors.forbidden(`${path}.HostIPC`, 'when `hostUsers` is false');
}

function validateHostnameOverride(errors: FieldErrors, spec: Sent, path: string): void {
  const name = spec.hostnameOverride;
  if (name === undefined) return;
  const own = `${path}.hostnameOverride`;
  if (spec.setHostnameAsFQDN === true) errors.forbidden(own, 'may not be specified when setHostnameAsFQDN is true');
  if (spec.hostNetwork === true) errors.forbidden(own, 'may not be specified when hostNetwork is true');
  if (name.length > HOSTNAME_MAX) errors.tooLong(own, HOSTNAME_MAX);
  errors.invalidEach(own, name, isSubdomain(name));
}

function validateOs(errors: FieldErrors, os: Sent, path: string): void {
  if (os === undefined) return;
  const { name = '' } = os;
  if (name === '') errors.required(`${path}.name`);
  else if (!['linux', 'windows'].includes(name)) errors.notSupported(path, name, ['linux', 'windows']);
}
