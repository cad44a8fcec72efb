/**
 * Deployments, ReplicaSets, StatefulSets, DaemonSets and ControllerRevisions: counts, selectors that take their own template, strategies.
 *
 * Models pkg/apis/apps/validation/validation.go.
 */
import type { LabelSelector } from '../../model/meta.ts';
import { isEmptySelector, selectorMatches } from '../../model/selector.ts';
import { isSameValue } from '../same-value.ts';
import { internalView, mapView } from '../schema/internal-view.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateLabelSelector, validateNonnegative } from './metadata.ts';
import { isLabel, isLabelValue, isPercent, isQualifiedName } from './names.ts';
import { templateCauses, validateTemplateLabels } from './pod-spec.ts';
import type { Sent } from './sent.ts';
import { validateClaimSpec } from './storage.ts';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Can the selector be read at all? An absent one can: it matches nothing. */
export function isReadable(selector: LabelSelector | undefined): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const isGood = (key: string, values: readonly string[]) =>
    isQualifiedName(key).length === 0 && values.every((value) => isLabelValue(value).length === 0);
  return (
    Object.entries(matchLabels).every(([key, value]) => isGood(key, [value])) &&
    matchExpressions.every(
      ({ key, operator, values = [] }) =>
        isGood(key, values) &&
        (operator === 'In' || operator === 'NotIn' ? values.length > 0 : OPERATORS.includes(operator) && values.length === 0),
    )
  );
}

/** Does it match the labels? Nothing is matched by what is absent, everything by what is empty. */
export function validateTemplateMatches(errors: FieldErrors, { selector, template }: Sent, skipsEmpty: boolean, path: string): void {
  if (!isReadable(selector)) return;
  if (skipsEmpty && selector !== undefined && selector !== null && isEmptySelector(selector)) return;
  const labels = template?.metadata?.labels;
  if (selectorMatches(selector ?? undefined, labels)) return;
  errors.invalid(`${path}.template.metadata.labels`, mapView(labels), '`selector` does not match template `labels`');
}

export function validateDeploymentSpec(errors: FieldErrors, spec: Sent): void {
  validateNonnegative(errors, 'spec.replicas', spec.replicas);
  validateReplicated(errors, spec);
  validateDeploymentStrategy(errors, spec.strategy ?? {});
  validateNonnegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateNonnegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return;
  validateNonnegative(errors, 'spec.progressDeadlineSeconds', deadline);
  if (deadline <= (spec.minReadySeconds ?? 0)) {
    errors.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds');
  }
}

export function validateReplicaSetSpec(errors: FieldErrors, spec: Sent): void {
  validateNonnegative(errors, 'spec.replicas', spec.replicas);
  validateNonnegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateReplicated(errors, spec);
}

/** The selector and the template of what keeps replicas (ValidatePodTemplateSpecForReplicaSet). */
function validateReplicated(errors: FieldErrors, spec: Sent): void {
  validateSelector(errors, spec.selector, 'deployment');
  if (!isReadable(spec.selector)) return errors.invalid('spec.selector', spec.selector, 'invalid label selector');
  // An absent selector takes nothing, which is not what an empty one does.
  validateTemplateMatches(errors, spec, true, 'spec');
  errors.addAll(templateCauses(spec.template, 'spec.template'));
  const { restartPolicy = '', activeDeadlineSeconds } = spec.template?.spec ?? {};
  if (restartPolicy !== 'Always') errors.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    errors.forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in ReplicaSet is not Supported');
  }
}

function validateSelector(errors: FieldErrors, selector: LabelSelector | null | undefined, kind: string): void {
  if (selector === undefined || selector === null) return errors.required('spec.selector');
  validateLabelSelector(errors, selector, 'spec.selector');
  if (isEmptySelector(selector)) errors.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`);
}

function validateDeploymentStrategy(errors: FieldErrors, strategy: Sent): void {
  const { type = '', rollingUpdate } = strategy;
  const path = 'spec.strategy';
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) errors.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
  } else if (type === 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    validateCountOrPercent(errors, maxUnavailable, `${path}.rollingUpdate.maxUnavailable`);
    validateCountOrPercent(errors, maxSurge, `${path}.rollingUpdate.maxSurge`);
    if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
      errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
    }
    validateAtMostAll(errors, maxUnavailable, `${path}.rollingUpdate.maxUnavailable`);
  } else errors.notSupported(path, internalView('apps.DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate']);
}

/** A number of pods or a percentage, neither negative (ValidatePositiveIntOrPercent). */
export function validateCountOrPercent(errors: FieldErrors, value: number | string, path: string): void {
  if (typeof value === 'string') errors.invalidEach(path, value, isPercent(value));
  else validateNonnegative(errors, path, value);
}

export function validateAtMostAll(errors: FieldErrors, value: number | string, path: string): void {
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent !== undefined && Number(percent) > 100) errors.invalid(path, value, 'must not be greater than 100%');
}

function isNothing(value: number | string): boolean {
  if (typeof value === 'number') return value === 0;
  const digits = /^(\d+)%?$/.exec(value)?.[1];
  return digits === undefined || Number(digits) === 0;
}

export function validateDaemonSetSpec(errors: FieldErrors, spec: Sent): void {
  const { selector, template, updateStrategy = {} } = spec;
  validateLabelSelector(errors, selector ?? undefined, 'spec.selector');
  validateTemplateMatches(errors, spec, false, 'spec');
  if (selector !== undefined && selector !== null && isEmptySelector(selector)) {
    errors.invalid('spec.selector', selector, 'empty selector is invalid for daemonset');
  }
  errors.addAll(templateCauses(template, 'spec.template'));
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== 'Always') errors.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    errors.forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in DaemonSet is not Supported');
  }
  validateNonnegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateDaemonStrategy(errors, updateStrategy);
  validateNonnegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
}

function validateDaemonStrategy(errors: FieldErrors, strategy: Sent): void {
  const { type = '', rollingUpdate } = strategy;
  const path = 'spec.updateStrategy';
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate')
    return errors.notSupported(path, internalView('apps.DaemonSetUpdateStrategy', strategy), ['RollingUpdate', 'OnDelete']);
  if (rollingUpdate === undefined) return errors.required(`${path}.rollingUpdate`);
  const own = `${path}.rollingUpdate`;
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  validateCountOrPercent(errors, maxUnavailable, `${own}.maxUnavailable`);
  validateCountOrPercent(errors, maxSurge, `${own}.maxSurge`);
  validateAtMostAll(errors, maxUnavailable, `${own}.maxUnavailable`);
  validateAtMostAll(errors, maxSurge, `${own}.maxSurge`);
  if (!isNothing(maxUnavailable) && !isNothing(maxSurge)) {
    errors.invalid(`${own}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero');
  } else if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
    errors.required(`${own}.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
  }
}

export function validateStatefulSetSpec(errors: FieldErrors, spec: Sent, isUpdate: boolean): void {
  const { podManagementPolicy = '', ordinals, serviceName = '', selector, template = {}, volumeClaimTemplates = [] } = spec;
  const policies = ['OrderedReady', 'Parallel'];
  if (podManagementPolicy === '') errors.required('spec.podManagementPolicy');
  else if (!policies.includes(podManagementPolicy)) {
    errors.invalid('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
  }
  validateStatefulStrategy(errors, spec.updateStrategy ?? {});
  for (const field of ['whenDeleted', 'whenScaled']) {
    const policy = spec.persistentVolumeClaimRetentionPolicy?.[field];
    if (policy !== undefined && !['Retain', 'Delete'].includes(policy)) {
      errors.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, policy, ['Retain', 'Delete']);
    }
  }
  if (!isUpdate) {
    volumeClaimTemplates.forEach((claim: Sent, at: number) => {
      validateClaimSpec(errors, claim.spec ?? {}, `spec.volumeClaimTemplates[${at}].spec`);
    });
  }
  validateNonnegative(errors, 'spec.replicas', spec.replicas);
  validateNonnegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  validateNonnegative(errors, 'spec.ordinals.start', ordinals?.start);
  if (!isUpdate && serviceName !== '') errors.invalidEach('spec.serviceName', serviceName, isLabel(serviceName));
  validateSelector(errors, selector, 'statefulset');
  if (!isReadable(selector)) errors.invalid('spec.selector', selector, '');
  else {
    validateTemplateMatches(errors, spec, true, 'spec');
    errors.addAll(templateCauses(withClaims(spec), 'spec.template'));
    validateTemplateLabels(errors, template, 'spec.template');
  }
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') errors.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    errors.forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in StatefulSet is not Supported');
  }
}

const withoutClaims = new WeakMap<object, Sent>();

/** The template with a volume for each claim, as its pods will have. */
function withClaims({ template, volumeClaimTemplates = [] }: Sent): Sent {
  const spec = template?.spec ?? {};
  if (volumeClaimTemplates.length === 0 && spec.hostname === undefined && spec.subdomain === undefined) return template;
  let filled = withoutClaims.get(template);
  if (filled === undefined) {
    const names = new Set(volumeClaimTemplates.map(({ metadata }: Sent) => metadata?.name));
    const added = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
    const { hostname: _, subdomain: _subdomain, ...rest } = spec;
    const volumes = [...added, ...(spec.volumes ?? []).filter(({ name }: Sent) => !names.has(name))];
    filled = { ...template, spec: { ...rest, ...(volumes.length === 0 ? {} : { volumes }) } };
    withoutClaims.set(template, filled);
  }
  return filled;
}

function validateStatefulStrategy(errors: FieldErrors, strategy: Sent): void {
  const { type = '', rollingUpdate } = strategy;
  const path = 'spec.updateStrategy';
  if (type === '') return errors.required(path);
  if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) {
      const shown = internalView('apps.RollingUpdateStatefulSetStrategy', rollingUpdate);
      errors.invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (type === 'RollingUpdate') {
    validateNonnegative(errors, `${path}.rollingUpdate.partition`, rollingUpdate?.partition);
    const maxUnavailable = rollingUpdate?.maxUnavailable;
    if (maxUnavailable === undefined) return;
    validateCountOrPercent(errors, maxUnavailable, `${path}.rollingUpdate.maxUnavailable`);
    if (isNothing(maxUnavailable)) errors.invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'cannot be 0');
    validateAtMostAll(errors, maxUnavailable, `${path}.rollingUpdate.maxUnavailable`);
  } else errors.invalid(path, internalView('apps.StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'");
}

/** Fields of a StatefulSet's spec that may change. */
const STATEFUL_MUTABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
];

export function validateStatefulSetUpdate(errors: FieldErrors, spec: Sent, before: Sent): void {
  validateStatefulSetSpec(errors, spec, true);
  const rest = (from: Sent) => Object.fromEntries(Object.entries(from ?? {}).filter(([field]) => !STATEFUL_MUTABLE.includes(field)));
  if (isSameValue(rest(spec), rest(before))) return;
  errors.forbidden(
    'spec',
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  );
}

export function validateControllerRevision(errors: FieldErrors, { revision = 0, data }: Sent): void {
  validateNonnegative(errors, 'revision', revision);
  if (data === undefined || data === null) errors.required('data', 'data is mandatory');
  else if (typeof data !== 'object' || Array.isArray(data)) errors.required('data', 'data must be a valid JSON object');
}
