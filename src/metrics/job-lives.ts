/**
 * What became of each Job: complete or failed, after how long, at the cost of how many pods.
 */
import type { Job } from '../model/batch.ts';
import { type Condition, controllerOf, objectKey } from '../model/meta.ts';
import type { Write } from '../model/observer.ts';

export interface JobLife {
  readonly job: string;
  /** The CronJob that made it, as namespace/name. */
  readonly cronJob: string | undefined;
  readonly createdUs: number;
  end: 'complete' | 'failed' | 'deleted' | 'open';
  endUs: number | undefined;
  /** Why it failed. */
  reason: string;
  /** Undefined where any number will do. */
  completions: number | undefined;
  active: number;
  succeeded: number;
  failed: number;
  failedIndexes: string;
}

// Rows kept; further Jobs are not told of.
const LIMIT = 20_000;

export class JobLives {
  readonly rows: JobLife[] = [];
  readonly #open = new Map<string, JobLife>();

  wrote({ object, removed, timeUs }: Write): void {
    const { metadata, spec, status } = object as Job;
    const uid = metadata.uid ?? '';
    let life = this.#open.get(uid);
    if (life === undefined) {
      if (removed || this.rows.length >= LIMIT) return;
      const owner = controllerOf(object);
      life = newLife(objectKey(object), owner?.kind === 'CronJob' ? `${metadata.namespace}/${owner.name}` : undefined, timeUs);
      this.rows.push(life);
      this.#open.set(uid, life);
    }
    life.completions = spec.completions;
    life.active = status?.active ?? 0;
    life.succeeded = status?.succeeded ?? 0;
    life.failed = status?.failed ?? 0;
    life.failedIndexes = status?.failedIndexes ?? '';
    if (life.endUs === undefined) {
      const failure = trueCondition(status?.conditions, 'Failed');
      if (failure !== undefined) close(life, 'failed', timeUs, failure.reason);
      else if (trueCondition(status?.conditions, 'Complete') !== undefined) close(life, 'complete', timeUs);
      else if (removed) close(life, 'deleted', timeUs);
    }
    if (removed) this.#open.delete(uid);
  }
}

function close(life: JobLife, end: JobLife['end'], timeUs: number, reason = ''): void {
  life.end = end;
  life.endUs = timeUs;
  life.reason = reason;
}

function trueCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

function newLife(job: string, cronJob: string | undefined, createdUs: number): JobLife {
  return {
    job,
    cronJob,
    createdUs,
    end: 'open',
    endUs: undefined,
    reason: '',
    completions: undefined,
    active: 0,
    succeeded: 0,
    failed: 0,
    failedIndexes: '',
  };
}
