/**
 * How a pod's status may change: containers that have ended do not run again unless their policy says so, addresses are addresses.
 *
 * Models ValidatePodStatusUpdate of pkg/apis/core/validation/validation.go.
 */
import { familyOf, validateIp } from './addresses.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateImmutable, validateNonnegative } from './metadata.ts';
import { isQualifiedName, isSubdomain } from './names.ts';
import type { Sent } from './sent.ts';

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized'];

export function validatePodStatusUpdate(errors: FieldErrors, pod: Sent, before: Sent): void {
  const { status = {} } = pod;
  const former = before.status ?? {};
  (status.conditions ?? []).forEach(({ type = '', observedGeneration = 0 }: Sent, at: number) => {
    if (observedGeneration < 0) {
      errors.invalid(`status.conditions[${at}].observedGeneration`, observedGeneration, 'must be a non-negative integer');
    }
    if (!SYSTEM_CONDITIONS.includes(type)) errors.invalidEach(`status.conditions[${at}].Type`, type, isQualifiedName(type));
  });
  const nominated = status.nominatedNodeName ?? '';
  if (nominated !== '' && nominated !== former.nominatedNodeName) {
    errors.invalidEach('status.nominatedNodeName', nominated, isSubdomain(nominated));
    if ((before.spec?.nodeName ?? '') !== '') {
      errors.forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node');
    }
  }
  validateNonnegative(errors, 'status.observedGeneration', status.observedGeneration);
  validateImmutable(errors, 'status.qosClass', status.qosClass, former.qosClass);
  validateStates(errors, pod, former, 'containerStatuses', before.spec?.containers ?? []);
  validateStates(errors, pod, former, 'initContainerStatuses', before.spec?.initContainers ?? []);
  validateIps(errors, status.podIPs ?? [], 'status.podIPs');
  const hostIps: readonly Sent[] = status.hostIPs ?? [];
  if (hostIps.length > 0 && (status.hostIP ?? '') !== hostIps[0].ip) {
    errors.invalid('status.hostIPs[0].ip', hostIps[0].ip, 'must be equal to `hostIP`');
  }
  validateIps(errors, hostIps, 'status.hostIPs');
}

/** A container that has ended stays ended unless it is one that restarts. */
function validateStates(errors: FieldErrors, pod: Sent, former: Sent, field: string, containers: readonly Sent[]): void {
  const before: readonly Sent[] = former[field] ?? [];
  if (before.length === 0) return;
  const now: readonly Sent[] = pod.status?.[field] ?? [];
  before.forEach((status, at) => {
    const ended = status.state?.terminated;
    if (ended === undefined) return;
    const after = now.find(({ name }) => name === status.name);
    if (after === undefined || after.state?.terminated !== undefined) return;
    const container = containers.find(({ name }) => name === status.name);
    if (container === undefined || !restarts(container, pod.spec, ended.exitCode ?? 0)) {
      errors.forbidden(`status.${field}[${at}].state`, 'may not be transitioned to non-terminated state');
    }
  });
}

/** ContainerShouldRestart of pkg/api/v1/pod. */
function restarts({ restartPolicy, restartPolicyRules = [] }: Sent, spec: Sent, exitCode: number): boolean {
  for (const { action, exitCodes } of restartPolicyRules) {
    if (action !== 'Restart' || exitCodes === undefined) continue;
    const isIn = (exitCodes.values ?? []).includes(exitCode);
    if ((exitCodes.operator === 'In') === isIn) return true;
  }
  const policy = restartPolicy ?? spec?.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function validateIps(errors: FieldErrors, ips: readonly Sent[], path: string): void {
  ips.forEach(({ ip = '' }, at) => {
    validateIp(errors, ip, `${path}[${at}]`);
  });
  if (ips.length < 2) return;
  const families = new Set(ips.map(({ ip }) => familyOf(ip ?? '')));
  if (families.size < 2 || ips.length > 2) {
    const shown = ips.map(({ ip }) => ({ IP: ip }));
    errors.invalid(path, shown, 'may specify no more than one IP for each IP family');
  }
}
