/**
 * Jobs and CronJobs in tables. Models printJob and printCronJob of pkg/printers/internalversion/printers.go.
 */
import type { CronJob, Job } from '../../../model/batch.ts';
import { ageText, humanDuration } from '../../../model/human-duration.ts';
import { formatSelector } from '../../../model/selector-format.ts';
import { timeUsOf } from '../../../model/time.ts';
import { age, columns, NAME, NONE, type TablePrinter } from './columns.ts';
import { containerCells } from './workload-tables.ts';

const JOB: TablePrinter<Job> = {
  columns: [NAME, ...columns('Status', 'Completions', 'Duration', 'Age', '*Containers', '*Images', '*Selector')],
  cells: (job, nowUs) => [
    job.metadata.name,
    jobStatus(job),
    completions(job),
    duration(job, nowUs),
    age(job, nowUs),
    ...containerCells(job.spec.template.spec),
    formatSelector(job.spec.selector),
  ],
};

const CRON_JOB: TablePrinter<CronJob> = {
  columns: [
    NAME,
    ...columns('Schedule', 'Timezone', 'Suspend:boolean', 'Active:integer', 'Last Schedule', 'Age', '*Containers', '*Images', '*Selector'),
  ],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    return [
      object.metadata.name,
      spec.schedule,
      spec.timeZone ?? NONE,
      spec.suspend === true ? 'True' : 'False',
      status?.active?.length ?? 0,
      status?.lastScheduleTime === undefined ? NONE : ageText(status.lastScheduleTime, nowUs),
      age(object, nowUs),
      ...containerCells(spec.jobTemplate.spec.template.spec),
      formatSelector(spec.jobTemplate.spec.selector),
    ];
  },
};

export const BATCH_TABLES = { Job: JOB, CronJob: CRON_JOB };

function jobStatus(job: Job): string {
  const has = (type: string) => job.status?.conditions?.some((one) => one.type === type && one.status === 'True') === true;
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (has(type)) return type;
  return 'Running';
}

/** A work queue has no number of its own to reach: `0/1 of 3`. */
function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const { parallelism = 0 } = spec;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, nowUs: number): string {
  if (status?.startTime === undefined) return '';
  // A Job that failed has no completion time: its duration goes on.
  const end = status.completionTime;
  return humanDuration((end === undefined ? nowUs : timeUsOf(end)) - timeUsOf(status.startTime));
}
