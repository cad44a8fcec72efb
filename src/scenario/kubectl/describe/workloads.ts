/**
 * Deployments and the other sets of pods, described. Models describeDeployment and its kin in k8s.io/kubectl/pkg/describe/describe.go.
 */

import { isSameValue } from '../../../apiserver/same-value.ts';
import type { Task } from '../../../client/task.ts';
import type { Condition, KubeObject, LabelSelector } from '../../../model/meta.ts';
import { controllerOf } from '../../../model/meta.ts';
import type { Pod } from '../../../model/pod.ts';
import { formatLabels, formatSelector } from '../../../model/selector-format.ts';
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../../../model/workloads.ts';
import type { KubectlContext } from '../context.ts';
import { asMap, at, sorted } from '../json.ts';
import { HASH_LABEL } from '../rollout/revisions.ts';
import { controllerText, type Page, timeLine } from './page.ts';
import { describePodTemplate } from './pod-template.ts';

export function* describeDeployment(object: Deployment, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status = {} } = object;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `CreationTimestamp:\t${timeLine(metadata.creationTimestamp)}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Selector:\t${formatSelector(spec.selector)}`);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  const counts = [
    `${updatedReplicas} updated`,
    `${replicas} total`,
    `${availableReplicas} available`,
    `${unavailableReplicas} unavailable`,
  ];
  page.line(0, `Replicas:\t${[`${spec.replicas ?? 0} desired`, ...counts].join(' | ')}`);
  page.line(0, `StrategyType:\t${spec.strategy?.type ?? ''}`);
  page.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined)
    page.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  describePodTemplate(page, spec.template);
  describeConditions(page, status.conditions);
  const sets = yield* replicaSetsOf(object, context);
  if (sets.current === undefined && sets.old.length === 0) return;
  page.line(0, `OldReplicaSets:\t${replicaSetsText(sets.old)}`);
  page.line(0, `NewReplicaSet:\t${replicaSetsText(sets.current === undefined ? [] : [sets.current])}`);
}

export function* describeReplicaSet(object: ReplicaSet, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status } = object;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `Selector:\t${formatSelector(spec.selector)}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  const owner = controllerText(object);
  if (owner !== undefined) page.line(0, `Controlled By:\t${owner}`);
  page.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
  page.line(0, `Pods Status:\t${yield* podsStatus(object, context)}`);
  describePodTemplate(page, spec.template);
  describeConditions(page, status?.conditions);
}

export function* describeStatefulSet(object: StatefulSet, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status } = object;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `CreationTimestamp:\t${timeLine(metadata.creationTimestamp)}`);
  page.line(0, `Selector:\t${formatSelector(spec.selector)}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Replicas:\t${spec.replicas ?? 0} desired | ${status?.replicas ?? 0} total`);
  page.line(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`);
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined) {
    page.line(1, `Partition:\t${rolling.partition}`);
    if (rolling.maxUnavailable !== undefined) page.line(1, `MaxUnavailable:\t${rolling.maxUnavailable}`);
  }
  page.line(0, `Pods Status:\t${yield* podsStatus(object, context)}`);
  describePodTemplate(page, spec.template);
  describeClaimTemplates(object, page);
}

export function* describeDaemonSet(object: DaemonSet, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status } = object;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `Selector:\t${formatSelector(spec.selector)}`);
  page.line(0, `Node-Selector:\t${formatLabels(spec.template.spec.nodeSelector)}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  page.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  page.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  page.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  page.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  page.line(0, `Pods Status:\t${yield* podsStatus(object, context)}`);
  describePodTemplate(page, spec.template);
}

export function describeConditions(page: Page, conditions: readonly Condition[] | undefined): void {
  if (conditions === undefined || conditions.length === 0) return;
  page.line(0, 'Conditions:\n  Type\tStatus\tReason');
  page.line(1, '----\t------\t------');
  for (const { type, status, reason } of conditions) page.line(1, `${type} \t${status}\t${reason ?? ''}`);
}

/** `2 Running / 0 Waiting / 0 Succeeded / 0 Failed`. */
function* podsStatus(object: KubeObject, context: KubectlContext): Task<string> {
  const { namespace, uid } = object.metadata;
  const labelSelector = formatSelector(at(asMap(object), 'spec.selector') as LabelSelector);
  const pods = (yield* context.api.list('Pod', { namespace, labelSelector })) as readonly Pod[];
  const own = pods.filter((pod) => controllerOf(pod)?.uid === uid);
  const count = (phase: string) => own.filter(({ status }) => status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

/** The ReplicaSet of the present template, and the others. */
function* replicaSetsOf(
  object: Deployment,
  context: KubectlContext,
): Task<{ current: ReplicaSet | undefined; old: readonly ReplicaSet[] }> {
  const { namespace, uid } = object.metadata;
  const labelSelector = formatSelector(object.spec.selector);
  const all = (yield* context.api.list('ReplicaSet', { namespace, labelSelector })) as readonly ReplicaSet[];
  const own = all.filter((one) => controllerOf(one)?.uid === uid);
  const current = own.find(({ spec }) => isSameValue(withoutHash(spec.template), withoutHash(object.spec.template)));
  return { current, old: own.filter((one) => one !== current) };
}

function replicaSetsText(sets: readonly ReplicaSet[]): string {
  return (
    sets
      .map(({ metadata, spec, status }) => `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`)
      .join(', ') || '<none>'
  );
}

function withoutHash(template: Deployment['spec']['template']): unknown {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return sorted({ ...template, metadata: { ...template.metadata, labels } });
}

function describeClaimTemplates({ spec }: StatefulSet, page: Page): void {
  const templates = spec.volumeClaimTemplates ?? [];
  if (templates.length === 0) return page.line(0, 'Volume Claims:\t<none>');
  page.line(0, 'Volume Claims:');
  for (const { metadata, spec: claim } of templates) {
    page.line(1, `Name:\t${metadata.name}`);
    page.line(1, `StorageClass:\t${claim.storageClassName ?? ''}`);
    page.labels('  Labels', metadata.labels);
    page.annotations('  Annotations', metadata.annotations);
    page.line(1, `Capacity:\t${claim.resources?.requests?.storage ?? '<default>'}`);
    page.line(1, `Access Modes:\t[${(claim.accessModes ?? []).join(' ')}]`);
  }
}
