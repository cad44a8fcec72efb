/**
 * Which finished Jobs a CronJob keeps no longer: the oldest beyond its limits. Models cleanupFinishedJobs of
 * pkg/controller/cronjob/cronjob_controllerv2.go.
 */
import { compareText } from '../../base/compare.ts';
import type { CronJob, Job } from '../../model/batch.ts';

export function finishedType(job: Job): 'Complete' | 'Failed' | undefined {
  const finished = job.status?.conditions?.find((one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True');
  return finished?.type as 'Complete' | 'Failed' | undefined;
}

export function expendableJobs({ spec }: CronJob, jobs: readonly Job[]): Job[] {
  return [...beyond(jobs, 'Complete', spec.successfulJobsHistoryLimit), ...beyond(jobs, 'Failed', spec.failedJobsHistoryLimit)];
}

function beyond(jobs: readonly Job[], type: string, limit: number | undefined): Job[] {
  if (limit === undefined) return [];
  const finished = jobs.filter((job) => finishedType(job) === type).sort(compareStarts);
  return finished.slice(0, Math.max(0, finished.length - limit));
}

/** By start, those that never started last, then by name. */
function compareStarts(a: Job, b: Job): number {
  const [startA, startB] = [a.status?.startTime, b.status?.startTime];
  if (startA === undefined || startB === undefined) {
    return Number(startA === undefined) - Number(startB === undefined) || compareText(a.metadata.name, b.metadata.name);
  }
  return compareText(startA, startB) || compareText(a.metadata.name, b.metadata.name);
}
