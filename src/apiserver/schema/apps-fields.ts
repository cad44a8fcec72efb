/**
 * Fields of the API, as data: deployments and the other workloads.
 *
 * Facts about staging/src/k8s.io/api/apps/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const APPS_FIELDS: { readonly [struct: string]: string } = {
  'apps.ControllerRevision': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; data? raw; revision int64',
  'apps.DaemonSet': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? apps.DaemonSetSpec; status? apps.DaemonSetStatus',
  'apps.DaemonSetCondition':
    'type v1.DaemonSetConditionType=string; status v1.ConditionStatus=string; lastTransitionTime? time; reason? string; message? string',
  'apps.DaemonSetSpec':
    'selector *meta.LabelSelector; template core.PodTemplateSpec; updateStrategy? apps.DaemonSetUpdateStrategy; minReadySeconds? int32; revisionHistoryLimit? *int32',
  'apps.DaemonSetStatus':
    'currentNumberScheduled int32; numberMisscheduled int32; desiredNumberScheduled int32; numberReady int32; observedGeneration? int64; updatedNumberScheduled? int32; numberAvailable? int32; numberUnavailable? int32; collisionCount? *int32; conditions? []apps.DaemonSetCondition patch=merge key=type list=type',
  'apps.DaemonSetUpdateStrategy': 'type? v1.DaemonSetUpdateStrategyType=string; rollingUpdate? *apps.RollingUpdateDaemonSet',
  'apps.Deployment': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? apps.DeploymentSpec; status? apps.DeploymentStatus',
  'apps.DeploymentCondition':
    'type v1.DeploymentConditionType=string; status v1.ConditionStatus=string; lastUpdateTime? time; lastTransitionTime? time; reason? string; message? string',
  'apps.DeploymentSpec':
    'replicas? *int32; selector *meta.LabelSelector; template core.PodTemplateSpec; strategy? apps.DeploymentStrategy patch=retainKeys; minReadySeconds? int32; revisionHistoryLimit? *int32; paused? bool; progressDeadlineSeconds? *int32',
  'apps.DeploymentStatus':
    'observedGeneration? int64; replicas? int32; updatedReplicas? int32; readyReplicas? int32; availableReplicas? int32; unavailableReplicas? int32; terminatingReplicas? *int32; conditions? []apps.DeploymentCondition patch=merge key=type list=type; collisionCount? *int32',
  'apps.DeploymentStrategy': 'type? v1.DeploymentStrategyType=string; rollingUpdate? *apps.RollingUpdateDeployment',
  'apps.ReplicaSet': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? apps.ReplicaSetSpec; status? apps.ReplicaSetStatus',
  'apps.ReplicaSetCondition':
    'type v1.ReplicaSetConditionType=string; status v1.ConditionStatus=string; lastTransitionTime? time; reason? string; message? string',
  'apps.ReplicaSetSpec': 'replicas? *int32; minReadySeconds? int32; selector *meta.LabelSelector; template? core.PodTemplateSpec',
  'apps.ReplicaSetStatus':
    'replicas int32; fullyLabeledReplicas? int32; readyReplicas? int32; availableReplicas? int32; terminatingReplicas? *int32; observedGeneration? int64; conditions? []apps.ReplicaSetCondition patch=merge key=type list=type',
  'apps.RollingUpdateDaemonSet': 'maxUnavailable? *intOrString; maxSurge? *intOrString',
  'apps.RollingUpdateDeployment': 'maxUnavailable? *intOrString; maxSurge? *intOrString',
  'apps.RollingUpdateStatefulSetStrategy': 'partition? *int32; maxUnavailable? *intOrString',
  'apps.StatefulSet': '.TypeMeta meta.TypeMeta; metadata? meta.ObjectMeta; spec? apps.StatefulSetSpec; status? apps.StatefulSetStatus',
  'apps.StatefulSetCondition':
    'type v1.StatefulSetConditionType=string; status v1.ConditionStatus=string; lastTransitionTime? time; reason? string; message? string',
  'apps.StatefulSetOrdinals': 'start int32',
  'apps.StatefulSetPersistentVolumeClaimRetentionPolicy':
    'whenDeleted? v1.PersistentVolumeClaimRetentionPolicyType=string; whenScaled? v1.PersistentVolumeClaimRetentionPolicyType=string',
  'apps.StatefulSetSpec':
    'replicas? *int32; selector *meta.LabelSelector; template core.PodTemplateSpec; volumeClaimTemplates? []core.PersistentVolumeClaim; serviceName string; podManagementPolicy? v1.PodManagementPolicyType=string; updateStrategy? apps.StatefulSetUpdateStrategy; revisionHistoryLimit? *int32; minReadySeconds? int32; persistentVolumeClaimRetentionPolicy? *apps.StatefulSetPersistentVolumeClaimRetentionPolicy; ordinals? *apps.StatefulSetOrdinals',
  'apps.StatefulSetStatus':
    'observedGeneration? int64; replicas int32; readyReplicas? int32; currentReplicas? int32; updatedReplicas? int32; currentRevision? string; updateRevision? string; collisionCount? *int32; conditions? []apps.StatefulSetCondition patch=merge key=type list=type; availableReplicas int32',
  'apps.StatefulSetUpdateStrategy': 'type? v1.StatefulSetUpdateStrategyType=string; rollingUpdate? *apps.RollingUpdateStatefulSetStrategy',
};
