/**
 * Where a pod wants to be: affinities, node selectors, tolerations, spread constraints.
 *
 * Models validateAffinity, ValidateTolerations and validateTopologySpreadConstraints of pkg/apis/core/validation/validation.go.
 */
import type { FieldErrors } from './field-errors.ts';
import { validateLabelSelector, validatePositive } from './metadata.ts';
import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from './names.ts';
import type { Sent } from './sent.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(errors: FieldErrors, affinity: Sent, path: string): void {
  if (affinity === undefined) return;
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity !== undefined) {
    const own = `${path}.nodeAffinity`;
    if (nodeAffinity[REQUIRED] !== undefined) validateNodeSelector(errors, nodeAffinity[REQUIRED], `${own}.${REQUIRED}`);
    (nodeAffinity[PREFERRED] ?? []).forEach(({ weight = 0, preference = {} }: Sent, at: number) => {
      validateWeight(errors, weight, `${own}.${PREFERRED}[${at}].weight`);
      validateNodeSelectorTerm(errors, preference, `${own}.${PREFERRED}[${at}].preference`, true);
    });
  }
  for (const [field, terms] of Object.entries<Sent>({ podAffinity, podAntiAffinity })) {
    if (terms === undefined) continue;
    (terms[REQUIRED] ?? []).forEach((term: Sent, at: number) => {
      validateTerm(errors, term, `${path}.${field}.${REQUIRED}[${at}]`);
    });
    (terms[PREFERRED] ?? []).forEach(({ weight = 0, podAffinityTerm = {} }: Sent, at: number) => {
      const own = `${path}.${field}.${PREFERRED}[${at}]`;
      validateWeight(errors, weight, `${own}.weight`);
      validateTerm(errors, podAffinityTerm, `${own}.podAffinityTerm`);
    });
  }
}

function validateWeight(errors: FieldErrors, weight: number, path: string): void {
  if (weight <= 0 || weight > 100) errors.invalid(path, weight, 'must be in the range 1-100');
}

export function validateNodeSelector(errors: FieldErrors, { nodeSelectorTerms }: Sent, path: string): void {
  const terms = nodeSelectorTerms ?? [];
  if (terms.length === 0) return errors.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term');
  terms.forEach((term: Sent, at: number) => {
    validateNodeSelectorTerm(errors, term, `${path}.nodeSelectorTerms[${at}]`, false);
  });
}

function validateNodeSelectorTerm(errors: FieldErrors, term: Sent, path: string, allowsAnyValue: boolean): void {
  (term.matchExpressions ?? []).forEach((expression: Sent, at: number) => {
    nodeExpression(errors, expression, `${path}.matchExpressions[${at}]`, allowsAnyValue);
  });
  (term.matchFields ?? []).forEach((expression: Sent, at: number) => {
    nodeField(errors, expression, `${path}.matchFields[${at}]`);
  });
}

function nodeExpression(errors: FieldErrors, { key = '', operator = '', values = [] }: Sent, path: string, allowsAnyValue: boolean): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
  } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  errors.invalidEach(`${path}.key`, key, isQualifiedName(key));
  if (allowsAnyValue) return;
  values.forEach((value: string, at: number) => {
    errors.invalidEach(`${path}.values[${at}]`, value, isLabelValue(value));
  });
}

function nodeField(errors: FieldErrors, { key = '', operator = '', values = [] }: Sent, path: string): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      errors.required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
  } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator');
  if (key !== 'metadata.name') return errors.invalid(`${path}.key`, key, 'not a valid field selector key');
  values.forEach((value: string, at: number) => {
    errors.invalidEach(`${path}.values[${at}]`, value, isSubdomain(value));
  });
}

function validateTerm(errors: FieldErrors, term: Sent, path: string): void {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  validateLabelSelector(errors, labelSelector, `${path}.labelSelector`);
  validateLabelSelector(errors, namespaceSelector, `${path}.namespaceSelector`);
  for (const name of namespaces) errors.invalidEach(`${path}.namespace`, name, isLabel(name));
  validateLabelKeys(errors, term, path);
  if (topologyKey === '') errors.required(`${path}.topologyKey`, 'can not be empty');
  errors.invalidEach(`${path}.topologyKey`, topologyKey, isQualifiedName(topologyKey));
}

function validateLabelKeys(errors: FieldErrors, { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: Sent, path: string): void {
  for (const [field, keys] of Object.entries<readonly string[]>({ matchLabelKeys, mismatchLabelKeys })) {
    if (keys.length === 0) continue;
    if (labelSelector === undefined) errors.forbidden(`${path}.${field}`, 'must not be specified when labelSelector is not set');
    else {
      keys.forEach((key, at) => {
        errors.invalidEach(`${path}.${field}[${at}]`, key, isQualifiedName(key));
      });
    }
  }
  if (labelSelector !== undefined) {
    const seen = new Set(Object.keys(labelSelector.matchLabels ?? {}));
    for (const { key } of labelSelector.matchExpressions ?? []) {
      const at = matchLabelKeys.lastIndexOf(key);
      if (at >= 0 && seen.has(key)) errors.invalid(`${path}[${at}]`, key, 'exists in both matchLabelKeys and labelSelector');
      seen.add(key);
    }
  }
  matchLabelKeys.forEach((key: string, at: number) => {
    if (mismatchLabelKeys.includes(key)) {
      errors.invalid(`${path}.matchLabelKeys[${at}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys');
    }
  });
}

export function validateSpread(errors: FieldErrors, constraints: readonly Sent[], path: string): void {
  const actions = ['DoNotSchedule', 'ScheduleAnyway'];
  constraints.forEach((constraint, at) => {
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint;
    const own = `${path}[${at}]`;
    validatePositive(errors, `${own}.maxSkew`, maxSkew);
    if (topologyKey === '') errors.required(`${own}.topologyKey`, 'can not be empty');
    if (!actions.includes(whenUnsatisfiable)) errors.notSupported(`${own}.whenUnsatisfiable`, whenUnsatisfiable, actions);
    const isRepeated = constraints
      .slice(at + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (isRepeated) errors.duplicate(`${own}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`);
    if (minDomains !== undefined) {
      validatePositive(errors, `${own}.minDomains`, minDomains);
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.invalid(`${own}.minDomains`, minDomains, why);
      }
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      const policy = constraint[field];
      if (policy !== undefined && !['Honor', 'Ignore'].includes(policy))
        errors.notSupported(`${own}.${field}`, policy, ['Honor', 'Ignore']);
    }
    validateLabelKeys(errors, constraint, own);
    validateLabelSelector(errors, constraint.labelSelector, `${own}.labelSelector`);
  });
}

export function validateTolerations(errors: FieldErrors, tolerations: readonly Sent[], path: string): void {
  tolerations.forEach(({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, at) => {
    const own = `${path}[${at}]`;
    if (key !== '') errors.invalidEach(`${own}.key`, key, isQualifiedName(key));
    else if (operator !== 'Exists') {
      errors.invalid(
        `${own}.operator`,
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      );
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.invalid(`${own}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (operator === 'Equal' || operator === '') {
      const complaints = isLabelValue(value);
      if (complaints.length > 0) errors.invalid(`${own}.operator`, value, complaints.join(';'));
    } else if (operator === 'Exists') {
      if (value !== '') errors.invalid(`${own}.operator`, value, "value must be empty when `operator` is 'Exists'");
    } else if (operator === 'Lt' || operator === 'Gt') {
      errors.notSupported(`${own}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']);
    } else errors.notSupported(`${own}.operator`, operator, ['Equal', 'Exists']);
    if (effect !== '') validateTaintEffect(errors, effect, `${own}.effect`);
  });
}

export function validateTaintEffect(errors: FieldErrors, effect: string, path: string): void {
  if (!EFFECTS.includes(effect)) errors.notSupported(path, effect, EFFECTS);
}

export function validateTaints(errors: FieldErrors, taints: readonly Sent[], path: string): void {
  const seen = new Set<string>();
  taints.forEach(({ key = '', value = '', effect = '', timeAdded }, at) => {
    const own = `${path}[${at}]`;
    errors.invalidEach(`${own}.key`, key, isQualifiedName(key));
    const complaints = isLabelValue(value);
    if (complaints.length > 0) errors.invalid(`${own}.value`, value, complaints.join(';'));
    if (effect === '') errors.required(`${own}.effect`);
    else validateTaintEffect(errors, effect, `${own}.effect`);
    const taint = `${key}:${effect}`;
    if (seen.has(taint)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null };
      errors.duplicate(own, shown, 'taints must be unique by key and effect pair');
    }
    seen.add(taint);
  });
}
