/**
 * Fields of the API, as data: jobs and CronJobs.
 *
 * Facts about staging/src/k8s.io/api/batch/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const BATCH_FIELDS: { readonly [struct: string]: string } = {
  'batch.CronJob': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? batch.CronJobSpec; status? batch.CronJobStatus',
  'batch.CronJobSpec':
    'schedule string; timeZone? *string; startingDeadlineSeconds? *int64; concurrencyPolicy? v1.ConcurrencyPolicy=string; suspend? *bool; jobTemplate batch.JobTemplateSpec; successfulJobsHistoryLimit? *int32; failedJobsHistoryLimit? *int32',
  'batch.CronJobStatus': 'active? []core.ObjectReference; lastScheduleTime? *time; lastSuccessfulTime? *time',
  'batch.Job': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? batch.JobSpec; status? batch.JobStatus',
  'batch.JobCondition':
    'type v1.JobConditionType=string; status v1.ConditionStatus=string; lastProbeTime? time; lastTransitionTime? time; reason? string; message? string',
  'batch.JobSpec':
    'parallelism? *int32; completions? *int32; activeDeadlineSeconds? *int64; podFailurePolicy? *batch.PodFailurePolicy; successPolicy? *batch.SuccessPolicy; backoffLimit? *int32; backoffLimitPerIndex? *int32; maxFailedIndexes? *int32; selector? *meta.LabelSelector; manualSelector? *bool; template core.PodTemplateSpec; ttlSecondsAfterFinished? *int32; completionMode? *v1.CompletionMode=string; suspend? *bool; podReplacementPolicy? *v1.PodReplacementPolicy=string; managedBy? *string',
  'batch.JobStatus':
    'conditions? []batch.JobCondition patch=merge key=type; startTime? *time; completionTime? *time; active? int32; succeeded? int32; failed? int32; terminating? *int32; completedIndexes? string; failedIndexes? *string; uncountedTerminatedPods? *batch.UncountedTerminatedPods; ready? *int32',
  'batch.JobTemplateSpec': 'metadata? meta.ObjectMeta; spec? batch.JobSpec',
  'batch.PodFailurePolicy': 'rules []batch.PodFailurePolicyRule',
  'batch.PodFailurePolicyOnExitCodesRequirement':
    'containerName? *string; operator v1.PodFailurePolicyOnExitCodesOperator=string; values []int32 list=set',
  'batch.PodFailurePolicyOnPodConditionsPattern': 'type v1.PodConditionType=string; status v1.ConditionStatus=string',
  'batch.PodFailurePolicyRule':
    'action v1.PodFailurePolicyAction=string; onExitCodes? *batch.PodFailurePolicyOnExitCodesRequirement; onPodConditions? []batch.PodFailurePolicyOnPodConditionsPattern',
  'batch.SuccessPolicy': 'rules []batch.SuccessPolicyRule',
  'batch.SuccessPolicyRule': 'succeededIndexes? *string; succeededCount? *int32',
  'batch.UncountedTerminatedPods': 'succeeded? []types.UID=string list=set; failed? []types.UID=string list=set',
};
