/**
 * What the server makes of a new pod's spec: label keys of its affinity and spreading become terms of their selectors, AppArmor annotations
 * become fields.
 *
 * Models mutatePodAffinity, mutateTopologySpreadConstraints and applyAppArmorVersionSkew of pkg/registry/core/pod/strategy.go.
 */
import type { StringMap } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import { withoutDisabledFields } from './pod-fields.ts';
import { isSameValue } from './same-value.ts';
import type { Sent } from './validation/sent.ts';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const LOCALHOST = 'localhost/';
const TERMS = ['preferredDuringSchedulingIgnoredDuringExecution', 'requiredDuringSchedulingIgnoredDuringExecution'];

export function preparedPod(pod: Pod): Pod {
  const spec = withAppArmor(withLabelKeys(withoutDisabledFields(pod.spec), pod.metadata.labels ?? {}), pod.metadata.annotations);
  return spec === pod.spec ? pod : { ...pod, spec };
}

function withLabelKeys(spec: Sent, labels: StringMap): Sent {
  const { affinity, topologySpreadConstraints: constraints } = spec;
  if ((affinity === undefined || affinity === null) && constraints === undefined) return spec;
  const changed: Record<string, unknown> = {};
  for (const field of ['podAffinity', 'podAntiAffinity']) {
    const own = affinity?.[field];
    if (own !== undefined && TERMS.some((list) => (own[list] ?? []).some((term: Sent) => hasKeys(term.podAffinityTerm ?? term)))) {
      changed.affinity = { ...affinity, ...(changed.affinity as object), [field]: withTerms(own, labels) };
    }
  }
  if (constraints?.some(hasKeys)) changed.topologySpreadConstraints = constraints.map((one: Sent) => withKeys(one, labels));
  return Object.keys(changed).length === 0 ? spec : { ...spec, ...changed };
}

function withTerms(affinity: Sent, labels: StringMap): Sent {
  const changed: Record<string, unknown> = { ...affinity };
  for (const list of TERMS) {
    if (affinity[list] === undefined) continue;
    changed[list] = affinity[list].map((term: Sent) =>
      term.podAffinityTerm === undefined ? withKeys(term, labels) : { ...term, podAffinityTerm: withKeys(term.podAffinityTerm, labels) },
    );
  }
  return changed;
}

function hasKeys({ matchLabelKeys = [], mismatchLabelKeys = [], labelSelector }: Sent): boolean {
  return labelSelector !== undefined && matchLabelKeys.length + mismatchLabelKeys.length > 0;
}

/** No selector at all matches nothing, with or without keys. */
function withKeys(term: Sent, labels: StringMap): Sent {
  if (!hasKeys(term)) return term;
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  const expressions = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]));
  const added = [...expressions(matchLabelKeys, 'In'), ...expressions(mismatchLabelKeys, 'NotIn')];
  if (added.length === 0) return term;
  return { ...term, labelSelector: { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added] } };
}

function withAppArmor(spec: Sent, annotations: StringMap | undefined): Sent {
  if (annotations === undefined || spec.os?.name === 'windows') return spec;
  if (!Object.keys(annotations).some((key) => key.startsWith(APP_ARMOR))) return spec;
  const filled = (container: Sent) => {
    const profile = appArmorProfileOf(annotations[APP_ARMOR + container.name]);
    if (profile === undefined || container.securityContext?.appArmorProfile !== undefined) return container;
    if (isSameValue(profile, spec.securityContext?.appArmorProfile)) return container;
    return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } };
  };
  const changed: Record<string, unknown> = { ...spec, containers: spec.containers?.map(filled) };
  if (spec.initContainers !== undefined) changed.initContainers = spec.initContainers.map(filled);
  return changed;
}

/** The profile an annotation stands for; undefined when it stands for none. */
export function appArmorProfileOf(
  annotation: string | undefined,
): { readonly type: string; readonly localhostProfile?: string } | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (annotation === undefined || !annotation.startsWith(LOCALHOST)) return undefined;
  const localhostProfile = annotation.slice(LOCALHOST.length);
  return localhostProfile === '' || localhostProfile.trim() !== localhostProfile ? undefined : { type: 'Localhost', localhostProfile };
}
