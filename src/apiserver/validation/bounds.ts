/**
 * Objects that bound what others may do: PodDisruptionBudget, PriorityClass, ResourceQuota, LimitRange, RuntimeClass.
 *
 * Models pkg/apis/{policy,scheduling,node}/validation and the quota and limit rules of pkg/apis/core/validation/validation.go.
 */
import { isSameValue } from '../same-value.ts';
import { internalView } from '../schema/internal-view.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateImmutable, validateLabelSelector, validateLabels, validateNonnegative } from './metadata.ts';
import { isLabel, isQualifiedName } from './names.ts';
import { validateTolerations } from './placement.ts';
import {
  isHugePages,
  isNative,
  isStandardQuota,
  nanosOf,
  validateContainerResourceName,
  validateContainerResources,
  validateResourceName,
  validateResourceValue,
} from './resources.ts';
import type { Sent } from './sent.ts';
import { validateAtMostAll, validateCountOrPercent } from './workloads.ts';

const USER_PRIORITY_MAX = 1_000_000_000; // HighestUserDefinablePriority
const SYSTEM_PRIORITIES: { readonly [name: string]: number } = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};
const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const POD_COMPUTE = new Set(['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const UNSUPPORTED = 'unsupported scope applied to resource';

export function validateBudget(errors: FieldErrors, { spec = {} }: Sent): void {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = internalView('policy.PodDisruptionBudgetSpec', spec);
    errors.invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const [field, value] of Object.entries<number | string | undefined>({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue;
    validateCountOrPercent(errors, value, `spec.${field}`);
    validateAtMostAll(errors, value, `spec.${field}`);
  }
  validateLabelSelector(errors, selector, 'spec.selector');
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  if (unhealthyPodEvictionPolicy !== undefined && !policies.includes(unhealthyPodEvictionPolicy)) {
    errors.notSupported('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, policies);
  }
}

export function validatePriorityClass(errors: FieldErrors, { metadata, value = 0, globalDefault = false, preemptionPolicy }: Sent): void {
  const { name = '' } = metadata;
  if (name.startsWith('system-')) {
    const why = systemComplaint(name, value, globalDefault);
    if (why !== undefined) {
      const reserved = "priority class names with 'system-' prefix are reserved for system use only. error: ";
      errors.forbidden('metadata.name', `${reserved}${why}`);
    }
  } else if (value > USER_PRIORITY_MAX) {
    errors.forbidden('value', `maximum allowed value of a user defined priority is ${USER_PRIORITY_MAX}`);
  }
  if (preemptionPolicy !== undefined && !['PreemptLowerPriority', 'Never'].includes(preemptionPolicy)) {
    if (preemptionPolicy === '') errors.required('preemptionPolicy');
    else errors.notSupported('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']);
  }
}

function systemComplaint(name: string, value: number, globalDefault: boolean): string | undefined {
  const known = SYSTEM_PRIORITIES[name];
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known !== value) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export function validatePriorityClassUpdate(errors: FieldErrors, after: Sent, before: Sent): void {
  if ((after.value ?? 0) !== (before.value ?? 0)) errors.forbidden('value', 'may not be changed in an update.');
  validateImmutable(errors, 'preemptionPolicy', after.preemptionPolicy, before.preemptionPolicy);
}

export function validateBudgetStatus(errors: FieldErrors, { status = {} }: Sent): void {
  for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']) {
    validateNonnegative(errors, `status.${field}`, status[field]);
  }
}

export function validateQuota(errors: FieldErrors, { spec = {}, status = {} }: Sent): void {
  validateQuotaSpec(errors, spec);
  validateQuotaStatus(errors, status);
}

export function validateQuotaUpdate(errors: FieldErrors, { spec = {} }: Sent, before: Sent): void {
  validateQuotaSpec(errors, spec);
  const sorted = (scopes: readonly string[] = []) => [...scopes].sort();
  if (!isSameValue(sorted(spec.scopes), sorted(before.spec?.scopes))) {
    errors.invalid('spec.scopes', spec.scopes ?? null, 'field is immutable');
  }
}

export function validateQuotaStatus(errors: FieldErrors, { hard = {}, used = {} }: Sent): void {
  validateQuotaList(errors, hard, 'status.hard');
  validateQuotaList(errors, used, 'status.used');
}

function validateQuotaList(errors: FieldErrors, list: Sent, path: string): void {
  for (const name of Object.keys(list)) {
    const own = `${path}[${name}]`;
    validateResourceName(errors, name, own);
    if (!name.includes('/') && !isStandardQuota(name)) errors.invalid(own, name, 'must be a standard resource for quota');
    validateResourceValue(errors, name, String(list[name]), own);
  }
}

function validateQuotaSpec(errors: FieldErrors, spec: Sent): void {
  const { hard = {}, scopes = [], scopeSelector } = spec;
  validateQuotaList(errors, hard, 'spec.hard');
  const limited = Object.keys(hard).sort().filter(isStandardQuota);
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.invalid('spec.scopes', scopes, 'unsupported scope');
    for (const name of limited) if (!isScopeFor(scope, name)) errors.invalid('spec.scopes', scopes, UNSUPPORTED);
  }
  validateConflicts(errors, scopes, scopes, 'spec.scopes');
  if (scopeSelector !== undefined) validateScopeSelector(errors, spec, limited);
}

function validateConflicts(errors: FieldErrors, given: readonly string[], shown: readonly string[] | null, path: string): void {
  for (const pair of CONFLICTS) if (pair.every((scope) => given.includes(scope))) errors.invalid(path, shown, 'conflicting scopes');
}

function validateScopeSelector(errors: FieldErrors, { scopes, scopeSelector }: Sent, limited: readonly string[]): void {
  const path = 'spec.scopeSelector.matchExpressions';
  const expressions: readonly Sent[] = scopeSelector.matchExpressions ?? [];
  const shown = internalView('core.ScopeSelector', scopeSelector);
  for (const { scopeName = '', operator = '', values = [] } of expressions) {
    if (!SCOPES.includes(scopeName)) errors.invalid(`${path}.scopeName`, scopeName, 'unsupported scope');
    for (const name of limited) if (!isScopeFor(scopeName, name)) errors.invalid(path, shown, UNSUPPORTED);
    if (SCOPES.includes(scopeName) && scopeName !== 'PriorityClass' && scopeName !== 'VolumeAttributesClass' && operator !== 'Exists') {
      const list =
        'ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity';
      errors.invalid(`${path}.operator`, operator, `must be 'Exists' when scope is any of ${list}`);
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
      }
    } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  }
  validateConflicts(
    errors,
    expressions.map(({ scopeName }) => scopeName),
    scopes ?? null,
    path,
  );
}

/** IsResourceQuotaScopeValidForResource: a scope about pods says nothing of Services. */
function isScopeFor(scope: string, resource: string): boolean {
  const isCompute = POD_COMPUTE.has(resource) || resource.startsWith('requests.hugepages-') || isHugePages(resource);
  switch (scope) {
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return resource === 'pods' || isCompute || /^(requests\.|limits\.)?ephemeral-storage$/.test(resource);
    case 'BestEffort':
      return resource === 'pods';
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
    default:
      return true;
  }
}

export function validateLimitRange(errors: FieldErrors, { spec = {} }: Sent): void {
  const types = new Set<string>();
  (spec.limits ?? []).forEach((limit: Sent, at: number) => {
    const path = `spec.limits[${at}]`;
    const { type = '' } = limit;
    const complaints = isQualifiedName(type);
    errors.invalidEach(`${path}.type`, type, complaints);
    if (complaints.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type)) {
      errors.invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified');
    }
    if (types.has(type)) errors.duplicate(`${path}.type`, type);
    types.add(type);
    validateLimit(errors, limit, path);
  });
}

function validateLimit(errors: FieldErrors, limit: Sent, path: string): void {
  const { type = '', max = {}, min = {}, maxLimitRequestRatio = {} } = limit;
  const isPod = type === 'Pod';
  const rule = isPod || type === 'Container' ? validateContainerResourceName : validateResourceName;
  const names = (field: string) => {
    for (const name of Object.keys(limit[field] ?? {})) rule(errors, name, `${path}.${field}[${name}]`);
  };
  names('max');
  names('min');
  for (const field of ['default', 'defaultRequest']) {
    if (!isPod) names(field);
    else if (Object.keys(limit[field] ?? {}).length > 0) errors.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'");
  }
  if (type === 'PersistentVolumeClaim' && min.storage === undefined && max.storage === undefined) {
    errors.required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided');
  }
  names('maxLimitRequestRatio');
  const defaults = isPod ? {} : (limit.default ?? {});
  const requests = isPod ? {} : (limit.defaultRequest ?? {});
  for (const name of new Set([max, min, defaults, requests, maxLimitRequestRatio].flatMap((list) => Object.keys(list)))) {
    validateLimited(errors, {
      name,
      path,
      max: max[name],
      min: min[name],
      most: defaults[name],
      asked: requests[name],
      ratio: maxLimitRequestRatio[name],
    });
  }
}

function validateLimited(errors: FieldErrors, { name, path, max, min, most, asked, ratio }: Sent): void {
  const exceeds = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && nanosOf(a) > nanosOf(b);
  if (exceeds(min, max)) errors.invalid(`${path}.min[${name}]`, min, `min value ${min} is greater than max value ${max}`);
  const own = `${path}.defaultRequest[${name}]`;
  if (exceeds(min, asked)) errors.invalid(own, asked, `min value ${min} is greater than default request value ${asked}`);
  if (exceeds(asked, max)) errors.invalid(own, asked, `default request value ${asked} is greater than max value ${max}`);
  if (exceeds(asked, most)) errors.invalid(own, asked, `default request value ${asked} is greater than default limit value ${most}`);
  if (exceeds(min, most)) errors.invalid(`${path}.default[${name}]`, min, `min value ${min} is greater than default value ${most}`);
  if (exceeds(most, max)) errors.invalid(`${path}.default[${name}]`, max, `default value ${most} is greater than max value ${max}`);
  if (ratio !== undefined) validateRatio(errors, { path: `${path}.maxLimitRequestRatio[${name}]`, ratio, min, max });
  if ((!isNative(name) || isHugePages(name)) && most !== undefined && asked !== undefined && nanosOf(most) !== nanosOf(asked)) {
    errors.invalid(own, asked, `default value ${most} must equal to defaultRequest value ${asked} in ${name}`);
  }
}

function validateRatio(errors: FieldErrors, { path, ratio, min, max }: Sent): void {
  if (nanosOf(ratio) < 1_000_000_000n) errors.invalid(path, ratio, `ratio ${ratio} is less than 1`);
  if (min === undefined || max === undefined) return;
  const most = Number(nanosOf(max)) / Number(nanosOf(min));
  if (Number(nanosOf(ratio)) / 1e9 > most) errors.invalid(path, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`);
}

export function validateRuntimeClass(errors: FieldErrors, { handler = '', overhead, scheduling }: Sent): void {
  if (handler === '') errors.required('handler');
  else errors.invalidEach('handler', handler, isLabel(handler));
  if (overhead !== undefined) validateContainerResources(errors, { limits: overhead.podFixed }, 'overhead', new Set());
  if (scheduling === undefined) return;
  validateLabels(errors, scheduling.nodeSelector, 'scheduling.nodeSelector');
  const tolerations: readonly Sent[] = scheduling.tolerations ?? [];
  validateTolerations(errors, tolerations, 'scheduling.tolerations');
  const seen = new Set<string>();
  tolerations.forEach((toleration, at) => {
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    const text = JSON.stringify([key, operator, value, effect]);
    if (seen.has(text)) errors.duplicate(`scheduling.tolerations[${at}]`, internalView('core.Toleration', toleration));
    seen.add(text);
  });
}
