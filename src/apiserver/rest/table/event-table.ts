/**
 * Events in a table. Models printEvent of pkg/printers/internalversion/printers.go.
 */
import type { Event } from '../../../model/configuration.ts';
import { ageText } from '../../../model/human-duration.ts';
import type { ObjectReference } from '../../../model/meta.ts';
import { columns, NAME, type TablePrinter } from './columns.ts';

/** An Event of events.k8s.io, which counts in a series. */
export interface SeriesEvent extends Event {
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

export const EVENT_TABLE: TablePrinter<SeriesEvent> = {
  columns: [
    ...columns('Last Seen', 'Type', 'Reason', 'Object', '*Subobject', '*Source', 'Message', '*First Seen', '*Count'),
    { ...NAME, priority: 1 },
  ],
  cells: (event, nowUs) => {
    const { involvedObject, firstTimestamp, lastTimestamp, eventTime, series } = event;
    const first = firstTimestamp ?? eventTime ?? undefined;
    const last = series?.lastObservedTime ?? lastTimestamp ?? first;
    return [
      ageText(last, nowUs),
      event.type ?? '',
      event.reason ?? '',
      objectText(involvedObject),
      involvedObject.fieldPath ?? '',
      sourceText(event),
      (event.message ?? '').trim(),
      ageText(first, nowUs),
      series?.count ?? (event.count || 1),
      event.metadata.name,
    ];
  },
};

function objectText({ kind = '', name = '' }: ObjectReference): string {
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

/** `kubelet, node-1`; newer events name a controller and its instance instead. */
function sourceText({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const host = source?.host || reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}
