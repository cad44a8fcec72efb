/**
 * Jobs and CronJobs, described. Models describeJob and describeCronJob of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { CronJob, Job } from '../../../model/batch.ts';
import { humanDuration } from '../../../model/human-duration.ts';
import { formatSelector } from '../../../model/selector-format.ts';
import { timeUsOf } from '../../../model/time.ts';
import { boolText, controllerText, type Page, timeLine } from './page.ts';
import { describePodTemplate } from './pod-template.ts';

/** Characters of the list of completed indexes that are shown (capIndexesListOrNone in describe.go). */
const INDEXES_SHOWN = 50;

export function describeJob(job: Job, page: Page): void {
  const { metadata, spec, status = {} } = job;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `Selector:\t${formatSelector(spec.selector)}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  const owner = controllerText(job);
  if (owner !== undefined) page.line(0, `Controlled By:\t${owner}`);
  const fields: readonly (readonly [title: string, value: unknown, unit?: string])[] = [
    ['Parallelism', spec.parallelism],
    ['Completions', spec.completions ?? '<unset>'],
    ['Completion Mode', spec.completionMode],
    ['Suspend', spec.suspend],
    ['Backoff Limit', spec.backoffLimit],
    ['TTL Seconds After Finished', spec.ttlSecondsAfterFinished],
    ['Start Time', status.startTime === undefined ? undefined : timeLine(status.startTime)],
    ['Completed At', status.completionTime === undefined ? undefined : timeLine(status.completionTime)],
    ['Duration', durationText(status.startTime, status.completionTime)],
    ['Active Deadline Seconds', spec.activeDeadlineSeconds, 's'],
  ];
  for (const [title, value, unit = ''] of fields) if (value !== undefined) page.line(0, `${title}:\t${String(value)}${unit}`);
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
  page.line(0, `Pods Statuses:\t${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`);
  if (spec.completionMode === 'Indexed') page.line(0, `Completed Indexes:\t${indexesText(status.completedIndexes ?? '')}`);
  describePodTemplate(page, spec.template);
}

export function describeCronJob({ metadata, spec, status }: CronJob, page: Page): void {
  const { jobTemplate } = spec;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Schedule:\t${spec.schedule}`);
  page.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`);
  page.line(0, `Suspend:\t${spec.suspend === undefined ? '<unset>' : boolText(spec.suspend)}`);
  page.line(0, `Time Zone:\t${spec.timeZone ?? '<unset>'}`);
  page.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? '<unset>'}`);
  page.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? '<unset>'}`);
  const deadline = spec.startingDeadlineSeconds;
  page.line(0, `Starting Deadline Seconds:\t${deadline === undefined ? '<unset>' : `${deadline}s`}`);
  page.line(0, `Selector:\t${jobTemplate.spec.selector === undefined ? '<unset>' : formatSelector(jobTemplate.spec.selector)}`);
  page.line(0, `Parallelism:\t${jobTemplate.spec.parallelism ?? '<unset>'}`);
  page.line(0, `Completions:\t${jobTemplate.spec.completions ?? '<unset>'}`);
  if (jobTemplate.spec.activeDeadlineSeconds !== undefined)
    page.line(0, `Active Deadline Seconds:\t${jobTemplate.spec.activeDeadlineSeconds}s`);
  describePodTemplate(page, jobTemplate.spec.template);
  page.line(0, `Last Schedule Time:\t${status?.lastScheduleTime === undefined ? '<unset>' : timeLine(status.lastScheduleTime)}`);
  page.line(0, `Active Jobs:\t${(status?.active ?? []).map(({ name }) => name).join(', ') || '<none>'}`);
}

function durationText(start: string | undefined, end: string | undefined): string | undefined {
  return start === undefined || end === undefined ? undefined : humanDuration(timeUsOf(end) - timeUsOf(start));
}

function indexesText(indexes: string): string {
  if (indexes === '') return '<none>';
  if (indexes.length <= INDEXES_SHOWN) return indexes;
  return `${indexes.slice(0, indexes.lastIndexOf(',', INDEXES_SHOWN) + 1)}...`;
}
