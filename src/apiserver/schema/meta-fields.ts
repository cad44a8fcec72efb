/**
 * Fields of the API, as data: what every object has: metadata, owners, selectors, options.
 *
 * Facts about staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const META_FIELDS: { readonly [struct: string]: string } = {
  'meta.Condition':
    'type string; status v1.ConditionStatus=string; observedGeneration? int64; lastTransitionTime time; reason string; message string',
  'meta.DeleteOptions':
    '.TypeMeta meta.TypeMeta; gracePeriodSeconds? *int64; preconditions? *meta.Preconditions; orphanDependents? *bool; propagationPolicy? *v1.DeletionPropagation=string; dryRun? []string; ignoreStoreReadErrorWithClusterBreakingPotential? *bool',
  'meta.LabelSelector': 'matchLabels? map[string]string; matchExpressions? []meta.LabelSelectorRequirement; !atomic',
  'meta.LabelSelectorRequirement': 'key string; operator v1.LabelSelectorOperator=string; values? []string',
  'meta.ManagedFieldsEntry':
    'manager? string; operation? v1.ManagedFieldsOperationType=string; apiVersion? string; time? *time; fieldsType? string; fieldsV1? *raw; subresource? string',
  'meta.ObjectMeta':
    'name? string; generateName? string; namespace? string; selfLink? string; uid? types.UID=string; resourceVersion? string; generation? int64; creationTimestamp?! time; deletionTimestamp? *time; deletionGracePeriodSeconds? *int64; labels? map[string]string; annotations? map[string]string; ownerReferences? []meta.OwnerReference patch=merge key=uid list=uid; finalizers? []string patch=merge list=set; managedFields? []meta.ManagedFieldsEntry',
  'meta.OwnerReference':
    'apiVersion string; kind string; name string; uid types.UID=string; controller? *bool; blockOwnerDeletion? *bool; !atomic',
  'meta.Preconditions': 'uid? *types.UID=string; resourceVersion? *string',
  'meta.TypeMeta': 'kind? string; apiVersion? string',
};
