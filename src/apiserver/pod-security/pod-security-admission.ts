/**
 * PodSecurity: pods that break their namespace's standard are refused, what would make such pods is warned of, and labels that ask for no
 * standard there is are invalid.
 *
 * Models staging/src/k8s.io/pod-security-admission/admission/admission.go. Nothing is exempt, as in an API server without a configuration of
 * its own. The second after which upstream stops looking at the pods of a namespace is never over here.
 */
import { compareText } from '../../base/compare.ts';
import type { Namespace } from '../../model/configuration.ts';
import type { Kind } from '../../model/kinds.ts';
import { controllerOf, type KubeObject } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { forbidden, invalidOf } from '../api-error.ts';
import { isSameValue } from '../same-value.ts';
import type { Store } from '../store.ts';
import type { Sent } from '../validation/sent.ts';
import type { CheckedPod, Violation } from './check.ts';
import { compareLevels, isSameLevel, type LevelVersion, levelText, type Policy, policyOf } from './policy.ts';
import { violationsOf, violationsText } from './violations.ts';

type Warn = ((text: string) => void) | undefined;

const MAX_PODS = 3000; // defaultNamespaceMaxPodsToCheck

/** Where the kinds that make pods keep their template. */
const TEMPLATES: { readonly [K in Kind]?: (object: Sent) => Sent } = {
  PodTemplate: ({ template }) => template,
  ReplicationController: ({ spec }) => spec?.template,
  ReplicaSet: ({ spec }) => spec?.template,
  Deployment: ({ spec }) => spec?.template,
  DaemonSet: ({ spec }) => spec?.template,
  StatefulSet: ({ spec }) => spec?.template,
  Job: ({ spec }) => spec?.template,
  CronJob: ({ spec }) => spec?.jobTemplate?.spec?.template,
};

/** Throws a 403 for a pod that its namespace does not allow. `stored` is the object as it was, if it was there. */
export function checkPodSecurity(store: Store, kind: Kind, object: KubeObject, stored: KubeObject | undefined, warn: Warn): void {
  if (kind === 'Namespace') return checkNamespace(store, object as Namespace, stored as Namespace | undefined, warn);
  const templateOf = TEMPLATES[kind];
  // What makes pods is never refused: with nobody to be warned there is nothing to find out.
  if (kind !== 'Pod' && (templateOf === undefined || warn === undefined)) return;
  const policy = policyOf(store.get('Namespace', object.metadata.namespace ?? '')?.metadata.labels);
  if (policy.enforce.level === 'privileged' && policy.warn.level === 'privileged') return;
  if (kind === 'Pod') return checkPod(policy, object as Pod, stored as Pod | undefined, warn);
  const template = templateOf?.(object);
  if (template?.spec !== undefined) warnOf(policy, checkedPod(template), warn);
}

function checkPod(policy: Policy, pod: Pod, stored: Pod | undefined, warn: Warn): void {
  if (stored !== undefined && !isSignificant(pod, stored)) return;
  const violations = knownViolations(pod, policy.enforce);
  if (violations.length > 0) {
    const why = `violates PodSecurity "${levelText(policy.enforce)}": ${violationsText(violations)}`;
    throw forbidden('Pod', pod.metadata.name, why);
  }
  warnOf(policy, checkedPod(pod), warn);
}

function warnOf({ warn: level }: Policy, pod: CheckedPod, warn: Warn): void {
  if (warn === undefined) return;
  const violations = violationsOf(pod, level);
  if (violations.length > 0) warn(`would violate PodSecurity "${levelText(level)}": ${violationsText(violations)}`);
}

function checkedPod({ metadata, spec }: Sent): CheckedPod {
  return { annotations: metadata?.annotations ?? {}, spec };
}

const found = new WeakMap<
  Pod['spec'],
  { readonly annotations: unknown; readonly level: LevelVersion; readonly violations: readonly Violation[] }
>();

/** The pods of one template share their spec and their annotations: what one of them breaks, they all do. */
function knownViolations(pod: Pod, level: LevelVersion): readonly Violation[] {
  const { annotations } = pod.metadata;
  const known = found.get(pod.spec);
  if (known !== undefined && known.annotations === annotations && isSameLevel(known.level, level)) return known.violations;
  const violations = violationsOf(checkedPod(pod), level);
  found.set(pod.spec, { annotations, level, violations });
  return violations;
}

/** Of all that may change in a pod, only images and new ephemeral containers count (isSignificantPodUpdate). */
function isSignificant({ spec: after }: Pod, { spec: before }: Pod): boolean {
  if (after === before) return false;
  const hasOtherImages = (list: Pod['spec']['containers'] = [], former: Pod['spec']['containers'] = []) =>
    list.length !== former.length || list.some(({ image }, at) => image !== former[at]!.image);
  if (hasOtherImages(after.containers, before.containers) || hasOtherImages(after.initContainers, before.initContainers)) return true;
  const { ephemeralContainers = [] } = before;
  return (after.ephemeralContainers ?? []).some(({ name, image }) => {
    const former = ephemeralContainers.find((one) => one.name === name);
    return former === undefined || former.image !== image;
  });
}

function checkNamespace(store: Store, namespace: Namespace, stored: Namespace | undefined, warn: Warn): void {
  const { name, labels } = namespace.metadata;
  const policy = policyOf(labels);
  const before = stored === undefined ? undefined : policyOf(stored.metadata.labels);
  if (policy.problems.length > 0 && !isSameValue(policy.problems, before?.problems)) {
    throw invalidOf({ kind: 'Namespace' }, name, policy.problems);
  }
  if (before === undefined || warn === undefined || policy.enforce.level === 'privileged') return;
  if (isSameLevel(policy.enforce, before.enforce)) return;
  const isRelaxed = policy.enforce.minor === before.enforce.minor && compareLevels(policy.enforce.level, before.enforce.level) <= 0;
  if (!isRelaxed) warningsOfPods(store, name, policy.enforce).forEach(warn);
}

/** What is there already stays: its owner is told what of it a new standard would refuse. */
function warningsOfPods(store: Store, namespace: string, level: LevelVersion): readonly string[] {
  const pods = ofManyControllers([...store.valuesIn('Pod', namespace)]);
  const checked = pods.slice(0, MAX_PODS);
  const namesByReason = new Map<string, string[]>();
  for (const pod of checked) {
    const violations = knownViolations(pod, level);
    if (violations.length === 0) continue;
    const reason = violations.map((one) => one.reason).join(', ');
    const names = namesByReason.get(reason);
    if (names === undefined) namesByReason.set(reason, [pod.metadata.name]);
    else names.push(pod.metadata.name);
  }
  const told = [...namesByReason].map(([reason, names]) => `${podsText(names)}: ${reason}`).sort(compareText);
  const [some, all] = [checked.length, pods.length];
  return [
    ...(some < all ? [`new PodSecurity enforce level only checked against the first ${some} of ${all} existing pods`] : []),
    ...(told.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${levelText(level)}"`]
      : []),
    ...told,
  ];
}

/** One pod of each controller first: the others of its kind say nothing new. */
function ofManyControllers(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string>();
  const repeated: Pod[] = [];
  const first = pods.filter((pod) => {
    const uid = controllerOf(pod)?.uid;
    if (uid === undefined) return true;
    if (seen.has(uid)) {
      repeated.push(pod);
      return false;
    }
    seen.add(uid);
    return true;
  });
  return [...first, ...repeated];
}

function podsText(names: readonly string[]): string {
  const first = [...names].sort(compareText)[0]!;
  const others = names.length - 1;
  return others === 0 ? first : `${first} (and ${others} other ${others === 1 ? 'pod' : 'pods'})`;
}
