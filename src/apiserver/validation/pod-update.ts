/**
 * What of a pod may change: images, tolerations added, a shorter deadline, gates taken away; where a gated pod goes.
 *
 * Models ValidatePodUpdate, ValidatePodResize and ValidatePodEphemeralContainersUpdate of pkg/apis/core/validation/validation.go.
 */
import type { Pod } from '../../model/pod.ts';
import { isSameValue } from '../same-value.ts';
import { internalView } from '../schema/internal-view.ts';
import { jsonDifference } from './difference.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateTolerations } from './placement.ts';
import { podSpecCauses, validatePodAnnotations } from './pod-spec.ts';
import type { Sent } from './sent.ts';

const INT32_MAX = 2_147_483_647;
const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

export function validatePodUpdate(errors: FieldErrors, pod: Sent, before: Sent): void {
  const { spec } = pod;
  const former = before.spec;
  validateWhole(errors, pod, before);
  for (const field of ['containers', 'initContainers'])
    if (!validateImages(errors, spec[field] ?? [], former[field] ?? [], `spec.${field}`)) return;
  if (!validateDeadline(errors, spec.activeDeadlineSeconds, former.activeDeadlineSeconds)) return;
  if (!validateAddedTolerations(errors, spec.tolerations ?? [], former.tolerations ?? [])) return validateGates(errors, spec, former);
  validateGates(errors, spec, former);
  if (isSameValue(spec, former)) return;
  const munged = withoutUpdatable(errors, spec, former);
  if (isSameValue(munged, former)) return;
  const difference = jsonDifference(internalView('core.PodSpec', former), internalView('core.PodSpec', munged));
  errors.forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${difference}`);
}

/** The rules of any pod, at any time. */
function validateWhole(errors: FieldErrors, { metadata, spec }: Pick<Pod, 'metadata' | 'spec'>, before: Sent): void {
  validatePodAnnotations(errors, metadata.annotations ?? {}, spec, 'metadata.annotations', before.metadata.annotations ?? {});
  errors.addAll(podSpecCauses(spec, metadata.name));
}

function validateImages(errors: FieldErrors, containers: readonly Sent[], former: readonly Sent[], path: string): boolean {
  if (containers.length !== former.length) {
    errors.forbidden(path, 'pod updates may not add or remove containers');
    return false;
  }
  containers.forEach(({ image = '' }, at) => {
    if (image === '') errors.required(`${path}[${at}].image`);
    if (image !== image.trim()) errors.invalid(`${path}[${at}].image`, image, 'must not have leading or trailing whitespace');
  });
  return true;
}

function validateDeadline(errors: FieldErrors, after: number | undefined, before: number | undefined): boolean {
  const path = 'spec.activeDeadlineSeconds';
  const found = errors.causes.length;
  if (after !== undefined) {
    if (after < 0 || after > INT32_MAX) errors.invalid(path, after, `must be between 0 and ${INT32_MAX}, inclusive`);
    else if (before !== undefined && before < after) errors.invalid(path, after, 'must be less than or equal to previous value');
  } else if (before !== undefined) errors.invalid(path, null, 'must not update from a positive integer to nil value');
  return errors.causes.length === found;
}

function validateAddedTolerations(errors: FieldErrors, after: readonly Sent[], before: readonly Sent[]): boolean {
  const bare = ({ tolerationSeconds: _, ...rest }: Sent) => rest;
  for (const former of before) {
    if (after.some((one) => isSameValue(bare(one), bare(former)))) continue;
    errors.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds');
    return true;
  }
  validateTolerations(errors, after, 'spec.tolerations');
  return true;
}

function validateGates(errors: FieldErrors, spec: Sent, former: Sent): void {
  const known = new Set((former.schedulingGates ?? []).map(({ name }: Sent) => name));
  (spec.schedulingGates ?? []).forEach(({ name }: Sent, at: number) => {
    if (known.has(name)) return;
    errors.forbidden(`spec.schedulingGates[${at}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`);
  });
}

/** The new spec with everything that may change as it was. */
function withoutUpdatable(errors: FieldErrors, spec: Sent, former: Sent): Sent {
  const imaged = (field: string) => spec[field]?.map((container: Sent, at: number) => ({ ...container, image: former[field][at].image }));
  const grace = spec.terminationGracePeriodSeconds === 1 && former.terminationGracePeriodSeconds < 0;
  let munged: Sent = {
    ...spec,
    containers: imaged('containers'),
    initContainers: imaged('initContainers'),
    activeDeadlineSeconds: former.activeDeadlineSeconds,
    schedulingGates: former.schedulingGates,
    tolerations: former.tolerations,
    ...(grace ? { terminationGracePeriodSeconds: former.terminationGracePeriodSeconds } : {}),
  };
  if ((former.schedulingGates ?? []).length > 0) munged = withoutGatedMoves(errors, munged, former);
  return munged;
}

/** A gated pod may narrow down where it goes. */
function withoutGatedMoves(errors: FieldErrors, spec: Sent, former: Sent): Sent {
  const selector = spec.nodeSelector ?? {};
  for (const [key, value] of Object.entries(former.nodeSelector ?? {})) {
    if (selector[key] === value) continue;
    const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.invalid('spec.nodeSelector', spec.nodeSelector ?? null, why);
    break;
  }
  const before = former.affinity?.nodeAffinity;
  const after = spec.affinity?.nodeAffinity;
  if (!isSameValue(before, after)) validateAffinityNarrowed(errors, after, before);
  const { nodeAffinity: _, ...others } = spec.affinity ?? {};
  const hasOthers = Object.values(others).some((one) => one !== undefined);
  let affinity: Sent;
  if (before !== undefined) affinity = { ...others, nodeAffinity: before };
  else if (hasOthers || former.affinity !== undefined) affinity = spec.affinity === undefined ? undefined : others;
  return { ...spec, nodeSelector: former.nodeSelector, affinity };
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

function validateAffinityNarrowed(errors: FieldErrors, after: Sent, before: Sent): void {
  const former: readonly Sent[] | undefined = before?.[REQUIRED]?.nodeSelectorTerms;
  if (former === undefined) return;
  const terms: readonly Sent[] = after?.[REQUIRED]?.nodeSelectorTerms ?? [];
  const path = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;
  if (former.length > 0 && former.length !== terms.length) {
    errors.invalid(
      path,
      terms.map((term) => internalView('core.NodeSelectorTerm', term)),
      'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
    );
    return;
  }
  former.forEach((term, at) => {
    const only = ['matchExpressions', 'matchFields'].every((field) => {
      const was: readonly Sent[] = term[field] ?? [];
      const is: readonly Sent[] = terms[at]?.[field] ?? [];
      return was.every((one, index) => isSameValue(one, is[index]));
    });
    const wasEmpty = (term.matchExpressions ?? []).length + (term.matchFields ?? []).length === 0;
    const isEmpty = (terms[at]?.matchExpressions ?? []).length + (terms[at]?.matchFields ?? []).length === 0;
    if (only && (!wasEmpty || isEmpty)) return;
    errors.invalid(
      `${path}[${at}]`,
      internalView('core.NodeSelectorTerm', terms[at]),
      'only additions are allowed (no mutations or deletions)',
    );
  });
}

/** What `/resize` may change: CPU and memory of containers, never away, never the QoS class. */
export function validatePodResize(errors: FieldErrors, pod: Sent, before: Sent, hasSameQos: boolean): void {
  const { spec } = pod;
  const former = before.spec;
  validateWhole(errors, pod, before);
  if (!hasSameQos) errors.invalid('spec', before.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing');
  const running = (before.status?.containerStatuses ?? []).find(({ state }: Sent) => state?.running !== undefined);
  if (running !== undefined && running.resources === undefined) errors.forbidden('spec', 'Pod running on node without support for resize');
  if (!validateSameContainers(errors, spec, former)) return;
  for (const field of ['initContainers', 'containers']) {
    (former[field] ?? []).forEach((container: Sent, at: number) => {
      if (field === 'initContainers' && container.restartPolicy !== 'Always') return;
      const path = `spec.${field}[${at}].resources`;
      const now = spec[field][at].resources ?? {};
      for (const list of ['requests', 'limits']) {
        const gone = Object.keys(container.resources?.[list] ?? {}).some((name) => now[list]?.[name] === undefined);
        if (gone) errors.forbidden(`${path}.${list}`, `resource ${list} cannot be removed`);
      }
    });
  }
  const computeless = (containers: readonly Sent[] | undefined, was: readonly Sent[]) =>
    containers?.map((container, at) => ({ ...container, resources: withComputeOf(container.resources, was[at].resources) }));
  const munged = {
    ...spec,
    containers: computeless(spec.containers, former.containers),
    initContainers: computeless(spec.initContainers, former.initContainers ?? []),
  };
  munged.containers.forEach((container: Sent, at: number) => {
    if (!isSameValue(container, former.containers[at])) errors.forbidden('spec', 'only cpu and memory resources are mutable');
  });
  (munged.initContainers ?? []).forEach((container: Sent, at: number) => {
    const was = former.initContainers[at];
    if (was.restartPolicy !== 'Always') {
      if (!isSameValue(spec.initContainers[at], was)) errors.forbidden('spec', 'resources for non-sidecar init containers are immutable');
    } else if (!isSameValue(container, was)) {
      errors.forbidden(`spec.initContainers[${at}]`, 'only cpu and memory resources for init or sidecar containers are mutable');
    }
  });
  if (errors.causes.length === 0 && !isSameValue(munged, former)) errors.forbidden('spec', 'only cpu and memory resources are mutable');
}

function validateSameContainers(errors: FieldErrors, spec: Sent, former: Sent): boolean {
  const found = errors.causes.length;
  for (const field of ['containers', 'initContainers']) {
    const now: readonly Sent[] = spec[field] ?? [];
    const was: readonly Sent[] = former[field] ?? [];
    if (now.length !== was.length) {
      errors.forbidden(`spec.${field}`, `${field} may not be added or removed on resize`);
      continue;
    }
    was.forEach(({ name }, at) => {
      if (now[at].name !== name) errors.forbidden(`spec.${field}[${at}].name`, `${field} may not be renamed or reordered on resize`);
    });
  }
  return errors.causes.length === found;
}

/** The resources with CPU and memory as they were. */
function withComputeOf(resources: Sent = {}, former: Sent = {}): Sent {
  const merged: Record<string, unknown> = { ...resources };
  for (const list of ['requests', 'limits']) {
    const amounts: Record<string, unknown> = { ...resources[list] };
    for (const name of ['cpu', 'memory']) {
      const was = former[list]?.[name];
      if (was === undefined) delete amounts[name];
      else amounts[name] = was;
    }
    if (Object.keys(amounts).length > 0) merged[list] = amounts;
    else delete merged[list];
  }
  return merged;
}

/** Ephemeral containers can be added, and neither changed nor taken away. */
export function validateEphemeralUpdate(errors: FieldErrors, pod: Sent, before: Sent): void {
  validateWhole(errors, pod, before);
  const now: readonly Sent[] = pod.spec.ephemeralContainers ?? [];
  for (const former of before.spec.ephemeralContainers ?? []) {
    const kept = now.find(({ name }) => name === former.name);
    const path = 'spec.ephemeralContainers';
    if (kept === undefined) errors.forbidden(path, `existing ephemeral containers "${former.name}" may not be removed\n`);
    else if (!isSameValue(kept, former)) {
      const difference = jsonDifference(internalView('core.EphemeralContainer', former), internalView('core.EphemeralContainer', kept));
      errors.forbidden(path, `existing ephemeral containers "${former.name}" may not be changed\n${difference}`);
    }
  }
}
