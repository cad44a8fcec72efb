/**
 * Jobs: counts, completion modes, policies for failure and success, and what of a Job may change.
 *
 * Models pkg/apis/batch/validation/validation.go.
 */
import { selectorMatches } from '../../model/selector.ts';
import { isSameValue } from '../same-value.ts';
import { goQuote } from '../schema/go-text.ts';
import { internalView, mapView } from '../schema/internal-view.ts';
import type { FieldErrors } from './field-errors.ts';
import { FIELD_IS_IMMUTABLE, validateImmutable, validateLabelSelector, validateNonnegative } from './metadata.ts';
import { isLabel, isQualifiedName, isSubdomain } from './names.ts';
import { templateCauses } from './pod-spec.ts';
import type { Sent } from './sent.ts';
import { isReadable } from './workloads.ts';

const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex'];
const MANAGED_BY_MAX = 63; // maxManagedByLength
const INDEXED_PARALLELISM_MAX = 100_000; // maxParallelismForIndexedJob
const FAILED_INDEXES_MAX = 100_000; // maxFailedIndexesForIndexedJob
const MANY_COMPLETIONS = 100_000; // completionsSoftLimit
const MANY_PARALLELISM_MAX = 10_000; // parallelismLimitForHighCompletions
const MANY_FAILED_MAX = 10_000; // maxFailedIndexesLimitForHighCompletions
const RULES_MAX = 20; // maxPodFailurePolicyRules, maxSuccessPolicyRule
const PATTERNS_MAX = 20; // maxPodFailurePolicyOnPodConditionsPatterns
const EXIT_CODES_MAX = 255; // maxPodFailurePolicyOnExitCodesValues
const INDEXES_MAX = 64 * 1024; // maxJobSuccessPolicySucceededIndexesLimit
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];

export function validateJob(errors: FieldErrors, { metadata, spec = {} }: Sent): void {
  validateJobSpec(errors, spec, 'spec');
  if (spec.selector === undefined) errors.required('spec.selector');
  else validateLabelSelector(errors, spec.selector, 'spec.selector');
  const labels = spec.template?.metadata?.labels;
  if (isReadable(spec.selector) && !selectorMatches(spec.selector, labels)) {
    errors.invalid('spec.template.metadata.labels', mapView(labels), '`selector` does not match template `labels`');
  }
  if (spec.completionMode !== 'Indexed' || (spec.completions ?? 0) <= 0) return;
  const hostname = `${metadata.name}-${spec.completions - 1}`;
  if (isLabel(hostname).length > 0) {
    errors.invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${hostname}`);
  }
}

/** A selector given by hand without saying so (validateGeneratedSelector). */
export function validateGeneratedSelector(errors: FieldErrors, { metadata, spec = {} }: Sent): void {
  if (spec.manualSelector === true || spec.selector === undefined) return;
  const labels = spec.template?.metadata?.labels ?? {};
  const expected = {
    'controller-uid': metadata.uid,
    'job-name': metadata.name,
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'batch.kubernetes.io/job-name': metadata.name,
  };
  for (const [key, wanted] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (labels[key] === undefined) errors.required(path, `must be '${wanted}'`);
    else if (labels[key] !== wanted) errors.invalid(path, labels, `must be '${wanted}'`);
  }
  if (isReadable(spec.selector) && !selectorMatches(spec.selector, expected as { [key: string]: string })) {
    errors.invalid('spec.selector', spec.selector, '`selector` not auto-generated');
  }
}

export function validateJobSpec(errors: FieldErrors, spec: Sent, path: string): void {
  for (const field of COUNTS) validateNonnegative(errors, `${path}.${field}`, spec[field]);
  const { maxFailedIndexes, backoffLimitPerIndex, managedBy, completionMode, successPolicy } = spec;
  if (maxFailedIndexes !== undefined) {
    validateNonnegative(errors, `${path}.maxFailedIndexes`, maxFailedIndexes);
    if (backoffLimitPerIndex === undefined) errors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified');
  }
  if (managedBy !== undefined) {
    validateDomainPrefixed(errors, managedBy, `${path}.managedBy`);
    if (managedBy.length > MANAGED_BY_MAX) errors.tooLong(`${path}.managedBy`, MANAGED_BY_MAX);
  }
  if (completionMode !== undefined && !['NonIndexed', 'Indexed'].includes(completionMode)) {
    errors.notSupported(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed']);
  }
  if (completionMode === 'Indexed') validateIndexed(errors, spec, path);
  else if (completionMode === undefined || completionMode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
      if (spec[field] !== undefined) errors.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode');
    }
  }
  if (spec.podFailurePolicy !== undefined) validateFailurePolicy(errors, spec, `${path}.podFailurePolicy`);
  if (successPolicy !== undefined) {
    if (completionMode !== 'Indexed')
      errors.invalid(`${path}.successPolicy`, internalView('batch.SuccessPolicy', successPolicy), 'requires indexed completion mode');
    else validateSuccessPolicy(errors, spec, `${path}.successPolicy`);
  }
  validateReplacement(errors, spec, `${path}.podReplacementPolicy`);
  errors.addAll(templateCauses(spec.template, `${path}.template`));
  validateRestartPolicy(errors, spec, `${path}.template.spec.restartPolicy`);
}

function validateRestartPolicy(errors: FieldErrors, { template, podFailurePolicy }: Sent, path: string): void {
  const policy = template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') errors.required(path, 'valid values: "OnFailure", "Never"');
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.notSupported(path, policy, ['OnFailure', 'Never']);
  else if (podFailurePolicy !== undefined && policy !== 'Never') {
    errors.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
}

function validateDomainPrefixed(errors: FieldErrors, text: string, path: string): void {
  if (text === '') return errors.required(path);
  const [domain = '', ...rest] = text.split('/');
  if (rest.length === 0) return errors.invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")');
  const before = errors.causes.length;
  errors.invalidEach(path, domain, isSubdomain(domain));
  if (errors.causes.length > before) return;
  const tail = rest.join('/');
  if (tail === '') return errors.invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")');
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(tail)) {
    errors.invalid(path, tail, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
  }
}

function validateIndexed(errors: FieldErrors, spec: Sent, path: string): void {
  const { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec;
  if (completions === undefined) errors.required(`${path}.completions`, 'when completion mode is Indexed');
  if (parallelism > INDEXED_PARALLELISM_MAX) {
    const why = `must be less than or equal to ${INDEXED_PARALLELISM_MAX} when completion mode is Indexed`;
    errors.invalid(`${path}.parallelism`, parallelism, why);
  }
  if (completions !== undefined && maxFailedIndexes > completions) {
    errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions');
  }
  if (maxFailedIndexes > FAILED_INDEXES_MAX) {
    errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, `must be less than or equal to ${FAILED_INDEXES_MAX}`);
  }
  if (!(completions > MANY_COMPLETIONS) || backoffLimitPerIndex === undefined) return;
  const why = (limit: number) =>
    `must be less than or equal to ${limit} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined) {
    errors.required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`);
  }
  if (parallelism > MANY_PARALLELISM_MAX) errors.invalid(`${path}.parallelism`, parallelism, why(MANY_PARALLELISM_MAX));
  if (maxFailedIndexes > MANY_FAILED_MAX) errors.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, why(MANY_FAILED_MAX));
}

/** `["Count" "FailIndex"]`, as Go prints a list of texts. */
function listed(values: readonly string[]): string {
  return `[${values.map(goQuote).join(' ')}]`;
}

function validateFailurePolicy(errors: FieldErrors, spec: Sent, path: string): void {
  const { rules = [] } = spec.podFailurePolicy;
  if (rules.length > RULES_MAX) errors.tooMany(`${path}.rules`, rules.length, RULES_MAX);
  const template = spec.template?.spec ?? {};
  const names = new Set([...(template.containers ?? []), ...(template.initContainers ?? [])].map(({ name }: Sent) => name));
  rules.forEach((rule: Sent, at: number) => {
    const own = `${path}.rules[${at}]`;
    const { action = '', onExitCodes, onPodConditions = [] } = rule;
    if (action === '') errors.required(`${own}.action`, `valid values: ${listed(ACTIONS)}`);
    else if (action === 'FailIndex') {
      if (spec.backoffLimitPerIndex === undefined) {
        errors.invalid(`${own}.action`, action, 'requires the backoffLimitPerIndex to be set');
      }
    } else if (!ACTIONS.includes(action)) errors.notSupported(`${own}.action`, action, ACTIONS);
    if (onExitCodes !== undefined) validateExitCodes(errors, onExitCodes, `${own}.onExitCodes`, names);
    if (onPodConditions.length > 0) validateConditionPatterns(errors, onPodConditions, `${own}.onPodConditions`);
    if (onExitCodes !== undefined && onPodConditions.length > 0) {
      errors.invalidAsWhole(own, 'specifying both OnExitCodes and OnPodConditions is not supported');
    }
    if (onExitCodes === undefined && onPodConditions.length === 0) {
      errors.invalidAsWhole(own, 'specifying one of OnExitCodes and OnPodConditions is required');
    }
  });
}

function validateConditionPatterns(errors: FieldErrors, patterns: readonly Sent[], path: string): void {
  if (patterns.length > PATTERNS_MAX) errors.tooMany(path, patterns.length, PATTERNS_MAX);
  patterns.forEach(({ type = '', status = '' }, at) => {
    const own = `${path}[${at}]`;
    errors.invalidEach(`${own}.type`, type, isQualifiedName(type));
    if (status === '') errors.required(`${own}.status`, `valid values: ${listed(STATUSES)}`);
    else if (!STATUSES.includes(status)) errors.notSupported(`${own}.status`, status, STATUSES);
  });
}

function validateExitCodes(
  errors: FieldErrors,
  { operator = '', containerName, values: given }: Sent,
  path: string,
  names: ReadonlySet<string>,
): void {
  const values: readonly number[] = given ?? [];
  const operators = ['In', 'NotIn'];
  if (operator === '') errors.required(`${path}.operator`, `valid values: ${listed(operators)}`);
  else if (!operators.includes(operator)) errors.notSupported(`${path}.operator`, operator, operators);
  if (containerName !== undefined && !names.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template';
    errors.invalid(`${path}.containerName`, containerName, why);
  }
  if (values.length === 0) errors.invalid(`${path}.values`, values, 'at least one value is required');
  else if (values.length > EXIT_CODES_MAX) errors.tooMany(`${path}.values`, values.length, EXIT_CODES_MAX);
  const seen = new Set<number>();
  let isOrdered = true;
  values.forEach((value: number, at: number) => {
    if (operator === 'In' && value === 0) errors.invalid(`${path}.values[${at}]`, value, 'must not be 0 for the In operator');
    if (seen.has(value)) errors.duplicate(`${path}.values[${at}]`, value);
    seen.add(value);
    if (at > 0 && values[at - 1]! > value) isOrdered = false;
  });
  if (!isOrdered) errors.invalid(`${path}.values`, values, 'must be ordered');
}

function validateReplacement(errors: FieldErrors, { podReplacementPolicy, podFailurePolicy }: Sent, path: string): void {
  if (podReplacementPolicy === undefined) return;
  const known = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!known.includes(podReplacementPolicy)) errors.notSupported(path, podReplacementPolicy, known);
}

function validateSuccessPolicy(errors: FieldErrors, { successPolicy, completions = 0 }: Sent, path: string): void {
  const { rules = [] } = successPolicy;
  if (rules.length === 0) errors.required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified');
  if (rules.length > RULES_MAX) errors.tooMany(`${path}.rules`, rules.length, RULES_MAX);
  rules.forEach(({ succeededIndexes, succeededCount }: Sent, at: number) => {
    const own = `${path}.rules[${at}]`;
    if (succeededIndexes === undefined && succeededCount === undefined) {
      errors.required(own, 'at least one of succeededCount or succeededIndexes must be specified');
    }
    let total = 0;
    if (succeededIndexes !== undefined) {
      if (succeededIndexes.length > INDEXES_MAX) errors.tooLong(`${own}.succeededIndexes`, INDEXES_MAX);
      const counted = countIndexes(succeededIndexes, completions);
      if (typeof counted === 'number') total = counted;
      else errors.invalid(`${own}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${counted}`);
    }
    if (succeededCount === undefined) return;
    validateNonnegative(errors, `${own}.succeededCount`, succeededCount);
    if (succeededCount > completions) {
      const why = `must be less than or equal to ${completions} (the number of specified completions)`;
      errors.invalid(`${own}.succeededCount`, succeededCount, why);
    }
    if (succeededIndexes !== undefined && succeededCount > total) {
      const why = `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`;
      errors.invalid(`${own}.succeededCount`, succeededCount, why);
    }
  });
}

/** How many indexes a text such as `0-2,5` names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let last: number | undefined;
  let total = 0;
  for (const interval of text.split(',')) {
    const limits = interval.split('-');
    if (limits.length > 2) {
      return `the fragment ${goQuote(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    }
    for (const limit of limits) {
      if (!/^[+-]?\d+$/.test(limit)) return `cannot convert string to integer for index: ${goQuote(limit)}`;
      if (Number(limit) >= completions) return `too large index: ${goQuote(limit)}`;
    }
    const low = Number(limits[0]);
    const high = Number(limits[1] ?? limits[0]);
    if (limits.length === 2 && low >= high) return `non-increasing order, previous: ${low}, current: ${high}`;
    if (last !== undefined && last >= low) return `non-increasing order, previous: ${last}, current: ${low}`;
    total += high - low + 1;
    last = high;
  }
  return total;
}

export function validateJobUpdate(errors: FieldErrors, job: Sent, before: Sent): void {
  const { spec } = job;
  // Asked once as for a new Job, and once more as part of the change.
  validateGeneratedSelector(errors, job);
  validateChangedSpec(errors, spec);
  const isBroken = errors.causes.length > 0;
  if (isBroken) validateChangedSpec(errors, spec);
  validateCompletionsUpdate(errors, spec, before.spec);
  validateImmutable(errors, 'spec.selector', spec.selector, before.spec.selector);
  validateTemplateUpdate(errors, spec, before);
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy']) {
    validateSpecField(errors, field, spec[field], before.spec[field]);
  }
}

const SHOWN_AS: { readonly [field: string]: string } = { podFailurePolicy: 'batch.PodFailurePolicy', successPolicy: 'batch.SuccessPolicy' };

function validateSpecField(errors: FieldErrors, field: string, value: unknown, before: unknown): void {
  if (isSameValue(value, before)) return;
  const struct = SHOWN_AS[field];
  const shown = struct === undefined || value === undefined ? (value ?? null) : internalView(struct, value);
  errors.invalid(`spec.${field}`, shown, FIELD_IS_IMMUTABLE);
}

function validateChangedSpec(errors: FieldErrors, spec: Sent): void {
  validateJobSpec(errors, spec, 'spec');
  if (spec.selector === undefined) errors.required('spec.selector');
  else validateLabelSelector(errors, spec.selector, 'spec.selector');
  const labels = spec.template?.metadata?.labels;
  if (isReadable(spec.selector) && !selectorMatches(spec.selector, labels)) {
    errors.invalid('spec.template.metadata.labels', mapView(labels), '`selector` does not match template `labels`');
  }
}

function validateCompletionsUpdate(errors: FieldErrors, spec: Sent, before: Sent): void {
  if (spec.completionMode !== 'Indexed') return validateImmutable(errors, 'spec.completions', spec.completions, before.completions);
  if (spec.completions === before.completions || spec.completions === undefined) return;
  if (spec.completions !== spec.parallelism) {
    errors.invalid('spec.completions', spec.completions, 'can only be modified in tandem with spec.parallelism');
  }
}

/** A suspended Job that never started may say anew where its pods go and what they ask for. */
function validateTemplateUpdate(errors: FieldErrors, { template }: Sent, before: Sent): void {
  const isSuspended = before.spec.suspend === true;
  const mayMove = isSuspended && before.status?.startTime === undefined;
  let former = before.spec.template;
  if (mayMove) {
    const { spec } = former;
    const affinity =
      template.spec.affinity === undefined && spec.affinity === undefined
        ? undefined
        : withoutEmpty({ ...spec.affinity, nodeAffinity: template.spec.affinity?.nodeAffinity });
    former = {
      ...former,
      metadata: { ...former.metadata, labels: template.metadata?.labels, annotations: template.metadata?.annotations },
      spec: {
        ...spec,
        affinity,
        nodeSelector: template.spec.nodeSelector,
        tolerations: template.spec.tolerations,
        schedulingGates: template.spec.schedulingGates,
      },
    };
  }
  if (!isSuspended || isSameValue(template, former)) {
    if (!isSameValue(template, former)) errors.invalid('spec.template', internalView('core.PodTemplateSpec', template), FIELD_IS_IMMUTABLE);
    return;
  }
  const resized = (list: readonly Sent[] | undefined, now: readonly Sent[] | undefined) =>
    list?.map((container, at) => (now?.[at]?.name === container.name ? { ...container, resources: now![at].resources } : container));
  const spec = {
    ...former.spec,
    containers: resized(former.spec.containers, template.spec.containers),
    initContainers: resized(former.spec.initContainers, template.spec.initContainers),
  };
  if (!isSameValue(template.spec, spec))
    errors.invalid('spec.template.spec', internalView('core.PodSpec', template.spec), FIELD_IS_IMMUTABLE);
}

function withoutEmpty(affinity: Sent): Sent {
  return Object.values(affinity).every((value) => value === undefined) ? undefined : affinity;
}
