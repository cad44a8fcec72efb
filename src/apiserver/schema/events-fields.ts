/**
 * Fields of the API, as data: events as their own group has them.
 *
 * Facts about staging/src/k8s.io/api/events/v1/types.go of Kubernetes 1.36. The notation is explained in struct-schema.ts.
 */
export const EVENTS_FIELDS: { readonly [struct: string]: string } = {
  'events.Event':
    '.TypeMeta meta.TypeMeta; metadata meta.ObjectMeta; eventTime microTime; series? *events.EventSeries; reportingController? string; reportingInstance? string; action? string; reason? string; regarding? core.ObjectReference; related? *core.ObjectReference; note? string; type? string; deprecatedSource? core.EventSource; deprecatedFirstTimestamp? time; deprecatedLastTimestamp? time; deprecatedCount? int32',
  'events.EventSeries': 'count int32; lastObservedTime microTime',
};
