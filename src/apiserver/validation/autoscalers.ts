/**
 * HorizontalPodAutoscalers: bounds, the target, metrics and behaviour.
 *
 * Models pkg/apis/autoscaling/validation/validation.go.
 */
import type { FieldErrors } from './field-errors.ts';
import { validateNonnegative } from './metadata.ts';
import { isLabel, isPathSegment } from './names.ts';
import { nanosOf, validateContainerResourceName, validateNonnegativeQuantity } from './resources.ts';
import type { Sent } from './sent.ts';

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SOURCE_OF: { readonly [type: string]: string } = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'];
const WINDOW_SECONDS_MAX = 3600; // MaxStabilizationWindowSeconds
const PERIOD_SECONDS_MAX = 1800; // MaxPeriodSeconds
const EITHER = 'must set either a target raw value or a target utilization';

export function validateAutoscaler(errors: FieldErrors, { spec = {} }: Sent): void {
  const { minReplicas, maxReplicas = 0, scaleTargetRef = {}, metrics = [], behavior } = spec;
  if (minReplicas !== undefined && minReplicas < 1) errors.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  if (maxReplicas === 0) errors.required('spec.maxReplicas', 'must be set and greater than 0');
  else if (maxReplicas < 0) errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1');
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  }
  validateReference(errors, scaleTargetRef, 'spec.scaleTargetRef', false);
  metrics.forEach((metric: Sent, at: number) => {
    validateMetric(errors, metric, `spec.metrics[${at}]`);
  });
  if (minReplicas === 0 && !metrics.some(({ type }: Sent) => type === 'Object' || type === 'External')) {
    errors.forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas');
  }
  for (const field of ['scaleUp', 'scaleDown'])
    if (behavior?.[field] !== undefined) validateRules(errors, behavior[field], `spec.behavior.${field}`);
}

function validateReference(errors: FieldErrors, { kind = '', name = '', apiVersion = '' }: Sent, path: string, allowsCore: boolean): void {
  if (kind === '') errors.required(`${path}.kind`);
  else errors.invalidEach(`${path}.kind`, kind, isPathSegment(kind));
  if (name === '') errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, isPathSegment(name));
  const parts = apiVersion.split('/');
  if (parts.length > 2) errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  else if (!allowsCore && (parts.length < 2 || parts[0] === ''))
    errors.invalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group');
}

function validateMetric(errors: FieldErrors, metric: Sent, path: string): void {
  const { type = '' } = metric;
  if (type === '') errors.required(`${path}.type`, 'must specify a metric source type');
  if (!METRIC_TYPES.includes(type)) errors.notSupported(`${path}.type`, type, METRIC_TYPES);
  const present = SOURCES.filter((field) => metric[field] !== undefined);
  const first = present[0];
  if (first !== undefined) validateSource(errors, first, metric[first], `${path}.${first}`);
  const expected = SOURCE_OF[type];
  if (expected === undefined) errors.notSupported(`${path}.type`, type, METRIC_TYPES);
  else if (metric[expected] === undefined) errors.required(`${path}.${expected}`, 'must populate information for the given metric source');
  if (present.length === 1) return;
  for (const field of present.filter((one) => one !== expected)) {
    errors.forbidden(`${path}.${field}`, 'must populate the given metric source only');
  }
}

function validateSource(errors: FieldErrors, field: string, source: Sent, path: string): void {
  const { target = {}, metric = {}, name = '', container = '' } = source;
  switch (field) {
    case 'object':
      validateReference(errors, source.describedObject ?? {}, `${path}.describedObject`, true);
      validateIdentifier(errors, metric, `${path}.metric`);
      validateTarget(errors, target, `${path}.target`);
      if (target.value === undefined && target.averageValue === undefined) {
        errors.required(`${path}.target.averageValue`, 'must set either a target value or averageValue');
      }
      return;
    case 'external':
      validateIdentifier(errors, metric, `${path}.metric`);
      validateTarget(errors, target, `${path}.target`);
      if (target.value === undefined && target.averageValue === undefined) {
        errors.required(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target');
      }
      if (target.value !== undefined && target.averageValue !== undefined) {
        errors.forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target');
      }
      return;
    case 'pods':
      validateIdentifier(errors, metric, `${path}.metric`);
      validateTarget(errors, target, `${path}.target`);
      if (target.averageValue === undefined) errors.required(`${path}.target.averageValue`, 'must specify a positive target averageValue');
      return;
    default:
      if (name === '') errors.required(`${path}.name`, 'must specify a resource name');
      else if (field === 'containerResource') validateContainerResourceName(errors, name, `${path}.name`);
      if (field === 'containerResource') {
        if (container === '') errors.required(`${path}.container`, 'must specify a container');
        else errors.invalidEach(`${path}.container`, container, isLabel(container));
      }
      validateTarget(errors, target, `${path}.target`);
      if (target.averageUtilization === undefined && target.averageValue === undefined) {
        errors.required(`${path}.target.averageUtilization`, EITHER);
      }
      if (target.averageUtilization !== undefined && target.averageValue !== undefined) {
        errors.forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization');
      }
  }
}

function validateIdentifier(errors: FieldErrors, { name = '' }: Sent, path: string): void {
  if (name === '') errors.required(`${path}.name`, 'must specify a metric name');
  else errors.invalidEach(`${path}.name`, name, isPathSegment(name));
}

function validateTarget(errors: FieldErrors, { type = '', value, averageValue, averageUtilization }: Sent, path: string): void {
  if (type === '') errors.required(`${path}.type`, 'must specify a metric target type');
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue');
  }
  if (value !== undefined && nanosOf(value) <= 0n) errors.invalid(`${path}.value`, value, 'must be positive');
  if (averageValue !== undefined && nanosOf(averageValue) <= 0n) errors.invalid(`${path}.averageValue`, averageValue, 'must be positive');
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0');
  }
}

function validateRules(errors: FieldErrors, rules: Sent, path: string): void {
  const { stabilizationWindowSeconds: seconds, selectPolicy, policies = [], tolerance } = rules;
  const own = `${path}.stabilizationWindowSeconds`;
  if (seconds !== undefined && seconds < 0) errors.invalid(own, seconds, 'must be greater than or equal to zero');
  if (seconds !== undefined && seconds > WINDOW_SECONDS_MAX)
    errors.invalid(own, seconds, `must be less than or equal to ${WINDOW_SECONDS_MAX}`);
  const known = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !known.includes(selectPolicy)) errors.notSupported(`${path}.selectPolicy`, selectPolicy, known);
  if (policies.length === 0) errors.required(`${path}.policies`, 'must specify at least one Policy');
  policies.forEach(({ type = '', value = 0, periodSeconds = 0 }: Sent, at: number) => {
    const place = `${path}.policies[${at}]`;
    if (!['Percent', 'Pods'].includes(type)) errors.notSupported(`${place}.type`, type, ['Percent', 'Pods']);
    if (value <= 0) errors.invalid(`${place}.value`, value, 'must be greater than zero');
    if (periodSeconds <= 0) errors.invalid(`${place}.periodSeconds`, periodSeconds, 'must be greater than zero');
    if (periodSeconds > PERIOD_SECONDS_MAX) {
      errors.invalid(`${place}.periodSeconds`, periodSeconds, `must be less than or equal to ${PERIOD_SECONDS_MAX}`);
    }
  });
  if (tolerance !== undefined) validateNonnegativeQuantity(errors, tolerance, `${path}.tolerance`);
}

export function validateAutoscalerStatus(errors: FieldErrors, { status = {} }: Sent): void {
  validateNonnegative(errors, 'status.currentReplicas', status.currentReplicas);
  validateNonnegative(errors, 'status.desiredReplicas', status.desiredReplicas);
}
