/**
 * What the server fills into a Job, and into the template of a CronJob. Models SetDefaults_Job of pkg/apis/batch/v1/defaults.go.
 */
import { withTemplateDefaults } from './pod-spec-defaults.ts';
import type { Sent } from './validation/sent.ts';

type Fields = { readonly [field: string]: unknown };

const NO_FIELDS = {};

export function withJobDefaults(spec: Sent): Fields {
  return {
    ...(spec.completions === undefined && spec.parallelism === undefined ? { completions: 1 } : NO_FIELDS),
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex !== undefined ? 2_147_483_647 : 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    ...spec,
    ...(spec.podFailurePolicy === undefined ? NO_FIELDS : { podFailurePolicy: withConditionStatus(spec.podFailurePolicy) }),
    template: withTemplateDefaults(spec.template),
  };
}

/** A condition of a pod failure policy asks for True unless it says otherwise. */
export function withConditionStatus({ rules }: Sent): Fields {
  return {
    rules: (rules ?? []).map((rule: Sent) =>
      rule.onPodConditions === undefined
        ? rule
        : {
            ...rule,
            onPodConditions: rule.onPodConditions.map((condition: Sent) => ({
              ...condition,
              status: (condition.status ?? '') === '' ? 'True' : condition.status,
            })),
          },
    ),
  };
}
