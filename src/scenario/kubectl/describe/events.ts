/**
 * The events of an object, as they stand at the end of its description.
 *
 * Models DescribeEvents of k8s.io/kubectl/pkg/describe/describe.go and the search of pkg/util/event.
 */
import type { Task } from '../../../client/task.ts';
import type { Event } from '../../../model/configuration.ts';
import { ageText } from '../../../model/human-duration.ts';
import type { KubeObject } from '../../../model/meta.ts';
import { timeUsOf } from '../../../model/time.ts';
import type { KubectlContext } from '../context.ts';
import type { Page } from './page.ts';

type SeriesEvent = Event & { readonly series?: { readonly count: number; readonly lastObservedTime: string } };

export function* eventsOf(object: KubeObject, context: KubectlContext, kind = object.kind): Task<readonly Event[]> {
  const { name, namespace, uid } = object.metadata;
  const about = [
    `involvedObject.name=${name}`,
    ...(namespace === undefined ? [] : [`involvedObject.namespace=${namespace}`]),
    `involvedObject.kind=${kind}`,
    ...(uid === undefined ? [] : [`involvedObject.uid=${uid}`]),
  ];
  return (yield* context.api.list('Event', { namespace, fieldSelector: about.join(',') })) as readonly Event[];
}

export function describeEvents(page: Page, events: readonly Event[], nowUs: number): void {
  if (events.length === 0) return page.line(0, 'Events:\t<none>');
  page.flush();
  page.line(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage');
  page.line(1, '----\t------\t----\t----\t-------');
  for (const event of inOrder(events)) {
    const { type, reason, message, source, reportingComponent } = event;
    page.line(1, `${type}\t${reason}\t${intervalText(event, nowUs)}\t${source?.component || reportingComponent || ''}\t${message.trim()}`);
  }
}

/** By when they were last seen, the oldest first. */
export function inOrder(events: readonly Event[]): Event[] {
  const lastUs = ({ lastTimestamp, eventTime, metadata }: Event) => {
    const time = lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
    return time === undefined ? 0 : timeUsOf(time);
  };
  return events
    .map((event, at) => ({ event, at }))
    .sort((a, b) => lastUs(a.event) - lastUs(b.event) || a.at - b.at)
    .map(({ event }) => event);
}

/** `5m`, or `2m (x4 over 10m)`. */
export function intervalText(event: SeriesEvent, nowUs: number): string {
  const { series, count = 0, lastTimestamp, firstTimestamp, eventTime } = event;
  const first = ageText(eventTime ?? firstTimestamp, nowUs);
  if (series !== undefined) return `${ageText(series.lastObservedTime, nowUs)} (x${series.count} over ${first})`;
  return count > 1 ? `${ageText(lastTimestamp, nowUs)} (x${count} over ${first})` : first;
}
