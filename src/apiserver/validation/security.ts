/**
 * Security contexts of pods and containers: users, profiles, capabilities, sysctls.
 *
 * Models ValidateSecurityContext and validatePodSpecSecurityContext of pkg/apis/core/validation/validation.go.
 * Left out: the options for Windows.
 */

import { internalView } from '../schema/internal-view.ts';
import type { FieldErrors } from './field-errors.ts';
import { inRange } from './names.ts';
import { validateDescendingPath } from './paths.ts';
import type { Sent } from './sent.ts';

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const PROFILE_PATH_MAX = 4095; // PATH_MAX - 1
const SYSCTL_MAX = 253;
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const SYSCTL_RE = new RegExp(SYSCTL);

export function validateSecurityContext(errors: FieldErrors, context: Sent, path: string, usesHostUsers: boolean): void {
  if (context === undefined) return;
  const { procMount, allowPrivilegeEscalation, privileged, capabilities } = context;
  validateIds(errors, context, path, ['runAsUser', 'runAsGroup']);
  if (procMount !== undefined) {
    if (!['Default', 'Unmasked'].includes(procMount)) errors.notSupported(`${path}.procMount`, procMount, ['Default', 'Unmasked']);
    if (usesHostUsers && procMount === 'Unmasked') {
      errors.invalid(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`');
    }
  }
  validateSeccomp(errors, context.seccompProfile, `${path}.seccompProfile`);
  if (allowPrivilegeEscalation === false) {
    if (privileged === true) {
      errors.invalid(
        path,
        internalView('core.SecurityContext', context),
        'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      );
    }
    for (const added of capabilities?.add ?? []) {
      if (added !== 'CAP_SYS_ADMIN') continue;
      errors.invalid(
        path,
        internalView('core.SecurityContext', context),
        'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
      );
    }
  }
  validateAppArmor(errors, context.appArmorProfile, `${path}.appArmorProfile`);
}

export function validatePodSecurityContext(errors: FieldErrors, spec: Sent, path: string): void {
  const context = spec.securityContext;
  if (context === undefined) return;
  validateIds(errors, context, path, ['fsGroup', 'runAsUser', 'runAsGroup']);
  (context.supplementalGroups ?? []).forEach((group: number, at: number) => {
    errors.invalidEach(`${path}.supplementalGroups[${at}]`, group, inRange(group, 0, 2_147_483_647));
  });
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    errors.invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled');
  }
  validateSysctls(errors, context.sysctls ?? [], `${path}.sysctls`);
  oneOf(errors, context.fsGroupChangePolicy, `${path}.fsGroupChangePolicy`, ['Always', 'OnRootMismatch']);
  validateSeccomp(errors, context.seccompProfile, `${path}.seccompProfile`);
  validateAppArmor(errors, context.appArmorProfile, `${path}.appArmorProfile`);
  oneOf(errors, context.supplementalGroupsPolicy, `${path}.supplementalGroupsPolicy`, ['Merge', 'Strict']);
  oneOf(errors, context.seLinuxChangePolicy, `${path}.seLinuxChangePolicy`, ['MountOption', 'Recursive']);
}

function validateIds(errors: FieldErrors, context: Sent, path: string, fields: readonly string[]): void {
  for (const field of fields) {
    const id = context[field];
    if (id !== undefined) errors.invalidEach(`${path}.${field}`, id, inRange(id, 0, 2_147_483_647));
  }
}

function oneOf(errors: FieldErrors, value: string | undefined, path: string, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value)) errors.notSupported(path, value, known);
}

function validateSysctls(errors: FieldErrors, sysctls: readonly Sent[], path: string): void {
  const seen = new Set<string>();
  sysctls.forEach(({ name = '' }, at) => {
    const own = `${path}[${at}].name`;
    if (name === '') errors.required(own);
    else if (name.length > SYSCTL_MAX || !SYSCTL_RE.test(name)) {
      errors.invalid(own, name, `must have at most ${SYSCTL_MAX} characters and match regex ${SYSCTL}`);
    } else if (seen.has(name)) errors.duplicate(own, name);
    seen.add(name);
  });
}

function validateSeccomp(errors: FieldErrors, profile: Sent, path: string): void {
  if (profile === undefined) return;
  const { type = '', localhostProfile } = profile;
  if (type === '') errors.required(`${path}.type`, 'type is required when seccompProfile is set');
  else if (!PROFILE_TYPES.includes(type)) errors.notSupported(`${path}.type`, type, PROFILE_TYPES);
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost');
    else validateDescendingPath(errors, localhostProfile, `${path}.localhostProfile`);
  } else if (localhostProfile !== undefined) {
    const shown = internalView('core.SeccompProfile', profile);
    errors.invalid(`${path}.localhostProfile`, shown, 'can only be set when seccomp type is Localhost');
  }
}

function validateAppArmor(errors: FieldErrors, profile: Sent, path: string): void {
  if (profile === undefined) return;
  const { type = '', localhostProfile } = profile;
  const own = `${path}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined) return errors.required(own, 'must be set when AppArmor type is Localhost');
    if (localhostProfile.trim() !== localhostProfile) errors.invalid(own, localhostProfile, 'must not be padded with whitespace');
    else if (localhostProfile === '') errors.required(own, 'must be set when AppArmor type is Localhost');
    if (localhostProfile.length > PROFILE_PATH_MAX) errors.tooLong(own, PROFILE_PATH_MAX);
  } else if (type === 'RuntimeDefault' || type === 'Unconfined') {
    if (localhostProfile !== undefined) errors.invalid(own, localhostProfile, 'can only be set when AppArmor type is Localhost');
  } else if (type === '') errors.required(`${path}.type`, 'type is required when appArmorProfile is set');
  else errors.notSupported(`${path}.type`, type, PROFILE_TYPES);
}
