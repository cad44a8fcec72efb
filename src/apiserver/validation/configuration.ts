/**
 * ConfigMaps, Secrets, Events, Leases, Nodes, Namespaces, Roles and their bindings.
 *
 * Models the rules of these kinds in pkg/apis/{core,coordination,rbac}/validation.
 */
import { isSameValue } from '../same-value.ts';
import { JsonError, readJson } from '../schema/json-reader.ts';
import { validateCidr } from './addresses.ts';
import type { FieldErrors } from './field-errors.ts';
import { isConfigKey, isPathSegment, isQualifiedName, isSubdomain } from './names.ts';
import { validateTaints } from './placement.ts';
import { validateResourceValue } from './resources.ts';
import type { Sent } from './sent.ts';

const SIZE_MAX = 1024 * 1024; // MaxSecretSize
const IMMUTABLE = 'field is immutable when `immutable` is set';
const RBAC = 'rbac.authorization.k8s.io';
const REDACTED = '<secret contents redacted>';

export function validateConfigMap(errors: FieldErrors, { data = {}, binaryData = {} }: Sent): void {
  let bytes = 0;
  for (const key of Object.keys(data)) {
    errors.invalidEach(`data[${key}]`, key, isConfigKey(key));
    if (binaryData[key] !== undefined) errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
    bytes += new TextEncoder().encode(data[key]).length;
  }
  for (const key of Object.keys(binaryData)) {
    errors.invalidEach(`binaryData[${key}]`, key, isConfigKey(key));
    bytes += decodedLength(binaryData[key]);
  }
  if (bytes > SIZE_MAX) errors.tooLong('[]', SIZE_MAX);
}

function decodedLength(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** What is marked immutable stays as it is; the mark cannot be taken off. */
export function validateKept(errors: FieldErrors, after: Sent, before: Sent, fields: readonly string[]): void {
  if (before.immutable !== true) return;
  if (after.immutable !== true) errors.forbidden('immutable', IMMUTABLE);
  for (const field of fields) if (!isSameValue(after[field], before[field])) errors.forbidden(field, IMMUTABLE);
}

export function validateSecret(errors: FieldErrors, { metadata, type = '', data = {} }: Sent): void {
  let bytes = 0;
  for (const key of Object.keys(data)) {
    errors.invalidEach(`data[${key}]`, key, isConfigKey(key));
    bytes += decodedLength(data[key] ?? '');
  }
  if (bytes > SIZE_MAX) errors.tooLong('data', SIZE_MAX);
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const key = 'kubernetes.io/service-account.name';
      if ((metadata.annotations?.[key] ?? '') === '') errors.required(`metadata.annotations[${key}]`);
      return;
    }
    case 'kubernetes.io/dockercfg':
      return validateJsonKey(errors, data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return validateJsonKey(errors, data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      if (data.username === undefined && data.password === undefined) {
        errors.required('data[username]');
        errors.required('data[password]');
      }
      return;
    case 'kubernetes.io/ssh-auth':
      if ((data['ssh-privatekey'] ?? '') === '') errors.required('data[ssh-privatekey]');
      return;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (data[key] === undefined) errors.required(`data[${key}]`);
  }
}

function validateJsonKey(errors: FieldErrors, data: Sent, key: string): void {
  if (data[key] === undefined) return errors.required(`data[${key}]`);
  const refuse = (why: string) => errors.invalid(`data[${key}]`, REDACTED, why);
  try {
    const value = readJson(textOfBase64(data[key]));
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return;
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    refuse(`json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    refuse(error.message);
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function textOfBase64(base64: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const digit of base64.replace(/=+$/, '')) {
    bits = (bits << 6) | DIGITS.indexOf(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
    bits &= (1 << count) - 1;
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Events of the core group are looked at lightly, for the sake of old clients. */
export function validateEvent(errors: FieldErrors, event: Sent): void {
  const {
    metadata,
    involvedObject = {},
    eventTime,
    reportingComponent = '',
    reportingInstance = '',
    action = '',
    reason = '',
    message = '',
  } = event;
  const { namespace = '' } = metadata;
  const involved = involvedObject.namespace ?? '';
  const elsewhere = () => errors.invalid('involvedObject.namespace', involved, 'does not match event.namespace');
  if ((eventTime ?? null) === null) {
    if (involved === '' ? namespace !== '' && namespace !== 'default' : namespace !== involved) elsewhere();
  } else {
    if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') elsewhere();
    if (reportingComponent === '') errors.required('reportingComponent');
    errors.invalidEach('reportingComponent', reportingComponent, isQualifiedName(reportingComponent));
    if (reportingInstance === '') errors.required('reportingInstance');
    if (reportingInstance.length > 128) errors.invalid('reportingInstance', '', 'can have at most 128 characters');
    if (action === '') errors.required('action');
    if (action.length > 128) errors.invalid('action', '', 'can have at most 128 characters');
    if (reason === '') errors.required('reason');
    if (reason.length > 128) errors.invalid('reason', '', 'can have at most 128 characters');
    if (message.length > 1024) errors.invalid('message', '', 'can have at most 1024 characters');
  }
  errors.invalidEach('namespace', namespace, isSubdomain(namespace));
}

export function validateLease(errors: FieldErrors, { spec = {} }: Sent): void {
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder = '' } = spec;
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0');
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0');
  }
  if (strategy !== undefined) {
    if (strategy.includes('/')) errors.invalidEach('spec.strategy.strategy', strategy, isQualifiedName(strategy));
    else if (strategy !== 'OldestEmulationVersion') errors.notSupported('spec.strategy.strategy', strategy, ['OldestEmulationVersion']);
  }
  if (preferredHolder !== '' && (strategy ?? '') === '')
    errors.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined');
}

export function validateNode(errors: FieldErrors, { spec = {}, status = {} }: Sent): void {
  validateTaints(errors, spec.taints ?? [], 'metadata.taints');
  validateNodeResources(errors, status);
  const ranges: readonly string[] = spec.podCIDRs ?? [];
  ranges.forEach((range, at) => {
    validateCidr(errors, range, `spec.podCIDRs[${at}]`);
  });
  if (ranges.length > 1) {
    const families = new Set(ranges.map((range) => range.includes(':')));
    if (families.size < 2 || ranges.length > 2)
      errors.invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family');
  }
}

function validateNodeResources(errors: FieldErrors, status: Sent): void {
  for (const list of ['capacity', 'allocatable']) {
    for (const name of Object.keys(status[list] ?? {}))
      validateResourceValue(errors, name, String(status[list][name]), `status.${list}.${name}`);
  }
}

export function validateNodeUpdate(errors: FieldErrors, { spec = {}, status = {} }: Sent, before: Sent): void {
  validateNodeResources(errors, status);
  const seen = new Set<string>();
  (status.addresses ?? []).forEach(({ type = '', address = '' }: Sent, at: number) => {
    const text = `${type} ${address}`;
    if (seen.has(text)) errors.duplicate(`status.addresses[${at}]`, { Type: type, Address: address });
    seen.add(text);
  });
  const former = before.spec ?? {};
  const ranges: readonly string[] = former.podCIDRs ?? [];
  const why = (field: string) => `node updates may not change ${field} except from "" to valid`;
  if (ranges.length > 0) {
    const now: readonly string[] = spec.podCIDRs ?? [];
    if (ranges.length !== now.length) errors.forbidden('spec.podCIDRs', why('podCIDR'));
    else for (const [at, range] of ranges.entries()) if (range !== now[at]) errors.forbidden('spec.podCIDRs', why('podCIDR'));
  }
  if ((former.providerID ?? '') !== '' && former.providerID !== spec.providerID) errors.forbidden('spec.providerID', why('providerID'));
  validateTaints(errors, spec.taints ?? [], 'metadata.taints');
  if ((spec.externalID ?? '') !== (former.externalID ?? '')) errors.forbidden('spec.externalID', 'may not be updated');
}

export function validateNamespace(errors: FieldErrors, { spec = {} }: Sent): void {
  for (const finalizer of spec.finalizers ?? []) {
    errors.invalidEach('spec.finalizers', finalizer, isQualifiedName(finalizer));
    if (!finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer)) {
      errors.invalid('spec.finalizers', finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
    }
  }
}

export function validateNamespaceStatus(errors: FieldErrors, { metadata, status = {} }: Sent): void {
  const wanted = metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating';
  if (status.phase === wanted) return;
  const when = wanted === 'Active' ? '`deletionTimestamp` is empty' : '`deletionTimestamp` is not empty';
  errors.invalid('status.Phase', status.phase ?? '', `may only be '${wanted}' if ${when}`);
}

export function validateRole(errors: FieldErrors, { rules, aggregationRule }: Sent, isNamespaced: boolean): void {
  (rules ?? []).forEach((rule: Sent, at: number) => {
    const path = `rules[${at}]`;
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if ((rule.verbs ?? []).length === 0) errors.required(`${path}.verbs`, 'verbs must contain at least one value');
    if (nonResourceURLs.length > 0) {
      if (isNamespaced) errors.invalid(`${path}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs');
      if (apiGroups.length + resources.length + resourceNames.length > 0) {
        const why = 'rules cannot apply to both regular resources and non-resource URLs';
        errors.invalid(`${path}.nonResourceURLs`, nonResourceURLs, why);
      }
      return;
    }
    if (apiGroups.length === 0) errors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
    if (resources.length === 0) errors.required(`${path}.resources`, 'resource rules must supply at least one resource');
  });
  if (aggregationRule !== undefined && (aggregationRule.clusterRoleSelectors ?? []).length === 0) {
    const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.required('aggregationRule.clusterRoleSelectors', why);
  }
}

export function validateRoleBinding(errors: FieldErrors, { roleRef = {}, subjects = [] }: Sent, isNamespaced: boolean): void {
  const { apiGroup = '', kind = '', name = '' } = roleRef;
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (apiGroup !== RBAC) errors.notSupported('roleRef.apiGroup', apiGroup, [RBAC]);
  if (!kinds.includes(kind)) errors.notSupported('roleRef.kind', kind, kinds);
  if (name === '') errors.required('roleRef.name');
  else errors.invalidEach('roleRef.name', name, isPathSegment(name));
  (subjects ?? []).forEach((subject: Sent, at: number) => {
    validateSubject(errors, subject, `subjects[${at}]`, isNamespaced);
  });
}

function validateSubject(
  errors: FieldErrors,
  { kind = '', apiGroup = '', name = '', namespace = '' }: Sent,
  path: string,
  isNamespaced: boolean,
): void {
  if (name === '') errors.required(`${path}.name`);
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.invalidEach(`${path}.name`, name, isSubdomain(name));
    if (apiGroup !== '') errors.notSupported(`${path}.apiGroup`, apiGroup, ['']);
    if (!isNamespaced && namespace === '') errors.required(`${path}.namespace`);
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC) errors.notSupported(`${path}.apiGroup`, apiGroup, [RBAC]);
  } else errors.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']);
}

/** The role a binding gives cannot become another one. */
export function validateRoleBindingUpdate(errors: FieldErrors, after: Sent, before: Sent, isNamespaced: boolean): void {
  validateRoleBinding(errors, after, isNamespaced);
  if (isSameValue(after.roleRef, before.roleRef)) return;
  const { apiGroup = '', kind = '', name = '' } = after.roleRef ?? {};
  errors.invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef');
}
