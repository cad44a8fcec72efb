/**
 * podFailurePolicy and successPolicy: what a pod's failure means for its Job, and when enough indexes have succeeded.
 *
 * Models pkg/controller/job/{pod_failure_policy,success_policy}.go.
 */
import type { Job, PodFailurePolicyRule } from '../../model/batch.ts';
import type { ContainerStatus, Pod } from '../../model/pod.ts';
import { parseIndexes } from './indexes.ts';
import { isPodFailed } from './job-pods.ts';

export interface FailureVerdict {
  readonly action: PodFailurePolicyRule['action'] | undefined;
  /** Does the failure use up the backoff limit? */
  readonly isCounted: boolean;
  /** Why the Job is to fail. */
  readonly message: string | undefined;
}

const COUNTED: FailureVerdict = { action: undefined, isCounted: true, message: undefined };

/** The first rule that matches decides; without one a failure counts. */
export function judgeFailure(job: Job, pod: Pod): FailureVerdict {
  const rules = job.spec.podFailurePolicy?.rules ?? [];
  for (let index = 0; index < rules.length; index++) {
    const why = matchText(rules[index]!, pod);
    if (why === undefined) continue;
    const { action } = rules[index]!;
    const message = action === 'FailJob' ? `${why} matching ${action} rule at index ${index}` : undefined;
    return { action, isCounted: action !== 'Ignore', message };
  }
  return COUNTED;
}

/** Why the whole Job fails because of one of its pods, if it does. */
export function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined;
  for (const pod of pods) {
    if (!isPodFailed(pod, job)) continue;
    const { message } = judgeFailure(job, pod);
    if (message !== undefined) return message;
  }
  return undefined;
}

function matchText({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata;
  if (onExitCodes !== undefined) {
    const matches = ({ name, state }: ContainerStatus) => {
      const code = state?.terminated?.exitCode ?? 0;
      if (code === 0 || (onExitCodes.containerName !== undefined && onExitCodes.containerName !== name)) return false;
      return onExitCodes.values.includes(code) === (onExitCodes.operator === 'In');
    };
    const container = pod.status?.containerStatuses?.find(matches) ?? pod.status?.initContainerStatuses?.find(matches);
    if (container === undefined) return undefined;
    return `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${container.state?.terminated?.exitCode}`;
  }
  for (const { type, status = 'True' } of onPodConditions ?? []) {
    if (pod.status?.conditions?.some((condition) => condition.type === type && condition.status === status)) {
      return `Pod ${namespace}/${name} has condition ${type}`;
    }
  }
  return undefined;
}

/** The message of the first rule met, if any. */
export function successPolicyMessage(job: Job, succeeded: ReadonlySet<number>): string | undefined {
  if (succeeded.size === 0) return undefined;
  const rules = job.spec.successPolicy?.rules ?? [];
  const met = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.size >= succeededCount;
    const wanted = parseIndexes(succeededIndexes, job.spec.completions ?? 0);
    let matched = 0;
    for (const index of wanted) if (succeeded.has(index)) matched++;
    return matched >= (succeededCount ?? wanted.size);
  });
  return met < 0 ? undefined : `Matched rules at index ${met}`;
}
