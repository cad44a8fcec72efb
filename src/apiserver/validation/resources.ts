/**
 * Which resources may be asked for, in which amounts, by containers and by whole pods.
 *
 * Models validateResourceRequirements and its kin in pkg/apis/core/validation/validation.go.
 */
import { quantityNanos } from '../../model/quantity.ts';
import { aggregate } from '../pod-level-defaults.ts';
import type { FieldErrors } from './field-errors.ts';
import { isQualifiedName } from './names.ts';
import type { Sent } from './sent.ts';

export const NOT_NEGATIVE = 'must be greater than or equal to 0';
const MUST_BE_POSITIVE = 'must be greater than zero';
const STANDARD_CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
const POD_LEVEL = new Set(['cpu', 'memory']);
const STANDARD_QUOTA = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const STANDARD = new Set([...STANDARD_QUOTA, 'storage']);
const INTEGER = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const HUGE_PAGES = 'hugepages-';
const THOUSAND_MILLI = 1_000_000_000n;

export type ResourceNameRule = (errors: FieldErrors, name: string, path: string) => boolean;

export function isHugePages(name: string): boolean {
  return name.startsWith(HUGE_PAGES);
}

/** Of Kubernetes itself: without a domain, or with its own. */
export function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

export function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;
}

function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

export function isStandardQuota(name: string): boolean {
  return STANDARD_QUOTA.has(name) || name.startsWith(HUGE_PAGES) || name.startsWith('requests.hugepages-');
}

/** True when the name is good. */
export const validateResourceName: ResourceNameRule = (errors, name, path) => {
  const complaints = isQualifiedName(name);
  errors.invalidEach(path, name, complaints);
  if (complaints.length > 0) return false;
  if (!name.includes('/') && !STANDARD.has(name) && !isStandardQuota(name)) {
    errors.invalid(path, name, 'must be a standard resource type or fully qualified');
    return false;
  }
  return true;
};

export const validateContainerResourceName: ResourceNameRule = (errors, name, path) => {
  const isGood = validateResourceName(errors, name, path);
  if (!name.includes('/')) {
    if (STANDARD_CONTAINER.has(name) || isHugePages(name)) return isGood;
    errors.invalid(path, name, 'must be a standard resource for containers');
    return false;
  }
  if (isNative(name) || isExtended(name)) return isGood;
  errors.invalid(path, name, "doesn't follow extended resource name standard");
  return false;
};

const validatePodResourceName: ResourceNameRule = (errors, name, path) => {
  if (!validateResourceName(errors, name, path)) return false;
  if (POD_LEVEL.has(name) || isHugePages(name)) return true;
  errors.notSupported(path, name, [...POD_LEVEL].sort());
  return false;
};

export function validateResourceValue(errors: FieldErrors, name: string, value: string, path: string): void {
  validateNonnegativeQuantity(errors, value, path);
  if ((INTEGER.has(name) || isExtended(name)) && !isWhole(value)) errors.invalid(path, value, 'must be an integer');
}

export function validateNonnegativeQuantity(errors: FieldErrors, value: string, path: string): void {
  if (nanosOf(value) < 0n) errors.invalid(path, value, NOT_NEGATIVE);
}

export function validatePositiveQuantity(errors: FieldErrors, value: string, path: string): void {
  if (nanosOf(value) <= 0n) errors.invalid(path, value, MUST_BE_POSITIVE);
}

export function nanosOf(value: string | number | undefined): bigint {
  return value === undefined || value === null ? 0n : (quantityNanos(value) ?? 0n);
}

function isWhole(value: string): boolean {
  return nanosOf(value) % THOUSAND_MILLI === 0n;
}

export function validateContainerResources(errors: FieldErrors, resources: Sent, path: string, claimNames: ReadonlySet<string>): void {
  validateRequirements(errors, resources, path, validateContainerResourceName, claimNames);
}

function validateRequirements(
  errors: FieldErrors,
  { limits = {}, requests = {}, claims = [] }: Sent,
  path: string,
  nameRule: ResourceNameRule,
  claimNames: ReadonlySet<string>,
): void {
  const computes = [...Object.keys(limits), ...Object.keys(requests)];
  for (const name of Object.keys(limits)) {
    const own = `${path}.limits[${name}]`;
    nameRule(errors, name, own);
    validateResourceValue(errors, name, String(limits[name]), own);
    if (isHugePages(name)) validateHugePages(errors, name, String(limits[name]), own);
  }
  for (const name of Object.keys(requests)) {
    const own = `${path}.requests[${name}]`;
    const asked = String(requests[name]);
    nameRule(errors, name, own);
    validateResourceValue(errors, name, asked, own);
    const limit = limits[name];
    if (limit !== undefined) {
      const difference = nanosOf(asked) - nanosOf(limit);
      if (difference !== 0n && !isOvercommitAllowed(name)) {
        errors.invalid(`${path}.requests`, asked, `must be equal to ${name} limit of ${limit}`);
      } else if (difference > 0n) errors.invalid(`${path}.requests`, asked, `must be less than or equal to ${name} limit of ${limit}`);
    } else if (!isOvercommitAllowed(name)) errors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    if (isHugePages(name)) validateHugePages(errors, name, asked, own);
  }
  if (computes.some(isHugePages) && !computes.some((name) => name === 'cpu' || name === 'memory')) {
    errors.forbidden(path, 'HugePages require cpu or memory');
  }
  validateClaims(errors, claims, `${path}.claims`, claimNames);
}

function validateHugePages(errors: FieldErrors, name: string, value: string, path: string): void {
  const page = nanosOf(name.slice(HUGE_PAGES.length));
  const amount = nanosOf(value);
  if (page > 0n && amount % page === 0n && amount >= 0n) return;
  errors.invalid(path, value, `${value} is not positive integer multiple of ${name}`);
}

function validateClaims(errors: FieldErrors, claims: readonly Sent[], path: string, claimNames: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const [at, { name = '', request = '' }] of claims.entries()) {
    if (name === '') {
      errors.required(`${path}[${at}]`);
      continue;
    }
    const shown = request === '' ? name : `${name}/${request}`;
    if (seen.has(shown)) errors.duplicate(`${path}[${at}]`, shown);
    else seen.add(shown);
    if (!claimNames.has(name)) errors.notFound(`${path}[${at}]`, name);
  }
}

/** The pod's own requests and limits, beside those of its containers. */
export function validatePodLevelResources(errors: FieldErrors, spec: Sent, path: string): void {
  const { resources } = spec;
  if (resources === undefined) return;
  if (resources.claims !== undefined) errors.forbidden(`${path}.resources.claims`, 'claims may not be set for Resources at pod-level');
  validateRequirements(errors, resources, `${path}.resources`, validatePodResourceName, new Set());
  const { requests = {}, limits = {} } = resources;
  for (const [name, sum] of Object.entries(aggregate(spec, 'requests'))) {
    if (requests[name] === undefined || nanosOf(sum) <= nanosOf(requests[name])) continue;
    const why = `must be greater than or equal to aggregate container requests of ${sum}`;
    errors.invalid(`${path}.resources.requests[${name}]`, String(requests[name]), why);
  }
  for (const [name, sum] of Object.entries(aggregate(spec, 'limits'))) {
    if (!isHugePages(name) || limits[name] === undefined || nanosOf(sum) <= nanosOf(limits[name])) continue;
    const why = `must be greater than or equal to aggregate container limits of ${sum}`;
    errors.invalid(`${path}.resources.limits[${name}]`, String(limits[name]), why);
  }
  (spec.containers ?? []).forEach((container: Sent, at: number) => {
    const own = container.resources?.limits ?? {};
    for (const name of Object.keys(own)) {
      if (limits[name] === undefined || nanosOf(own[name]) <= nanosOf(limits[name])) continue;
      const why = `must be less than or equal to pod limits of ${limits[name]}`;
      errors.invalid(`${path}.resources.containers[${at}][${name}].limits`, String(own[name]), why);
    }
  });
}
