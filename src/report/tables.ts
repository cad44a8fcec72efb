/**
 * The tables of a result as CSV: pods, requests over time, events, rollouts, shortages, Jobs. Times are simulated seconds.
 */
import { stringify } from 'csv-stringify/sync';
import type { ResultDocument } from './result-document.ts';

/** File names to their text. */
export function csvTables(document: ResultDocument): ReadonlyMap<string, string> {
  return new Map([
    ['pods.csv', pods(document)],
    ['requests.csv', requests(document)],
    ['failures.csv', failures(document)],
    ['events.csv', events(document)],
    ['rollouts.csv', rollouts(document)],
    ['replicasets.csv', replicaSets(document)],
    ['shortages.csv', shortages(document)],
    ['jobs.csv', jobs(document)],
  ]);
}

function seconds(us: number | undefined): string {
  return us === undefined ? '' : (us / 1_000_000).toFixed(6);
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return stringify([[...header], ...rows.map((row) => [...row])]);
}

function pods({ pods: { lives } }: ResultDocument): string {
  return csv(
    ['namespace', 'name', 'node', 'created_s', 'bound_s', 'running_s', 'ready_s', 'deleted_s', 'gone_s', 'restarts'],
    lives.map((life) => [
      life.namespace,
      life.name,
      life.node,
      ...[life.createdUs, life.boundUs, life.runningUs, life.readyUs, life.deletedUs, life.goneUs].map(seconds),
      life.restarts,
    ]),
  );
}

function requests({ requests: { bucketUs, traffics } }: ResultDocument): string {
  return csv(
    ['traffic', 'from_s', 'answered', 'failed', 'mean_ms', 'max_ms'],
    traffics.flatMap(({ traffic, buckets }) =>
      buckets.map((bucket, index) => [
        traffic,
        (index * bucketUs) / 1_000_000,
        bucket.answered,
        bucket.failed,
        bucket.answered === 0 ? '' : (bucket.sumUs / bucket.answered / 1000).toFixed(3),
        (bucket.maxUs / 1000).toFixed(3),
      ]),
    ),
  );
}

function failures({ requests: { traffics } }: ResultDocument): string {
  return csv(
    ['traffic', 'cause', 'count', 'first_s', 'last_s'],
    traffics.flatMap(({ traffic, failures: list }) =>
      list.map((one) => [traffic, one.cause, one.count, seconds(one.firstUs), seconds(one.lastUs)]),
    ),
  );
}

function events({ events: list }: ResultDocument): string {
  return csv(
    ['time_s', 'type', 'reason', 'object', 'message', 'source'],
    list.map((event) => [seconds(event.timeUs), event.type, event.reason, event.object, event.message, event.source]),
  );
}

function rollouts({ rollouts: list }: ResultDocument): string {
  return csv(
    ['deployment', 'ordinal', 'images', 'start_s', 'end_s', 'end', 'past_deadline', 'wanted', 'available_min', 'replicas_max'],
    list.map((one) => [
      one.deployment,
      one.ordinal,
      one.images,
      seconds(one.startUs),
      seconds(one.endUs),
      one.end,
      String(one.isPastDeadline),
      one.wanted,
      one.availableMin,
      one.replicasMax,
    ]),
  );
}

function shortages({ shortages: list }: ResultDocument): string {
  return csv(
    ['workload', 'whole_s', 'times', 'total_s', 'first_s', 'since_s', 'until_s', 'least', 'least_wanted', 'least_s', 'available', 'wanted'],
    list.map((one) => [
      one.workload,
      seconds(one.wholeUs),
      one.times,
      seconds(one.totalUs),
      ...[one.firstUs, one.sinceUs, one.untilUs].map(seconds),
      ...(one.times === 0 ? ['', '', ''] : [one.least, one.leastWanted, seconds(one.leastUs)]),
      one.available,
      one.wanted,
    ]),
  );
}

function jobs({ jobs: list }: ResultDocument): string {
  return csv(
    ['job', 'cronjob', 'created_s', 'end_s', 'end', 'reason', 'completions', 'succeeded', 'failed', 'failed_indexes'],
    list.map((one) => [
      one.job,
      one.cronJob ?? '',
      seconds(one.createdUs),
      seconds(one.endUs),
      one.end,
      one.reason,
      one.completions ?? '',
      one.succeeded,
      one.failed,
      one.failedIndexes,
    ]),
  );
}

function replicaSets({ replicaSets: sets }: ResultDocument): string {
  return csv(
    ['replicaset', 'time_s', 'wanted', 'present', 'ready'],
    Object.entries(sets).flatMap(([key, points]) => points.map((point) => [key, seconds(point.timeUs), ...point.values])),
  );
}
