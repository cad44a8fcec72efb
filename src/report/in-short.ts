/**
 * What a run came to in a few lines: requests, workloads that were short of pods and for how long, rollouts and commands that did not
 * end, Jobs, pods. The terminal and the page show the same ones.
 */
import type { LevelFigures } from '../apiserver/flow-control/flow-control.ts';
import type { Autoscaling } from '../metrics/autoscalings.ts';
import type { JobLife } from '../metrics/job-lives.ts';
import type { PodLife } from '../metrics/pod-lives.ts';
import { isShort, type Shortage } from '../metrics/shortages.ts';
import { durationText } from '../scenario/duration.ts';
import type { ResultDocument, TrafficResult } from './result-document.ts';

// Lines of one sort; the tables have the rest.
const LINES = 6;

/** First whether it says anything at all, then in the order a reader asks: who was not served, what is short, what is not over, what it took. A line that goes on is indented. */
export function inShort(document: ResultDocument): readonly string[] {
  return [
    ...attentionLines(document),
    ...document.requests.traffics.flatMap(trafficLines),
    ...pendingLine(document),
    ...shortageLines(document),
    ...limited(document.autoscalings.map(autoscalingText), 'HorizontalPodAutoscalers'),
    ...rolloutLines(document),
    ...document.toleratedFailures.map(
      ({ timeUs, line, message }) => `The command at ${about(timeUs)} that may fail did, kubectl ${line}: ${message}`,
    ),
    ...jobLines(document),
    ...document.leftovers,
    ...podLines(document),
  ];
}

function trafficLines({ traffic, answered, failed, meanUs, p99Us, maxUs, failures }: TrafficResult): string[] {
  const times =
    answered === 0
      ? 'none was answered'
      : `answered in ${durationText(meanUs)} on average, 99 % within ${durationText(p99Us)}, all within ${durationText(maxUs)}`;
  return [
    `Requests of ${traffic}: ${answered + failed} ended, ${failed} failed; ${times}`,
    ...failures.map(({ cause, count, firstUs, lastUs }) => `  ${count} ${cause}, sent from ${about(firstUs)} to ${about(lastUs)}`),
  ];
}

function pendingLine({ requests: { pending, sent } }: ResultDocument): string[] {
  return pending > 0 ? [`${pending} of ${sent} requests were still under way at the end`] : [];
}

/** What is short at the end first, then what was for the longest time; a rollout that takes one pod away after the other is short, too. */
function shortageLines({ shortages, endUs }: ResultDocument): string[] {
  const told = shortages.filter((row) => !row.isDeleted && (row.wholeUs === undefined ? row.wanted > 0 : row.times > 0));
  const rank = (row: Shortage) => (row.wholeUs === undefined ? 0 : isShort(row) ? 1 : 2);
  told.sort((a, b) => rank(a) - rank(b) || b.totalUs - a.totalUs);
  return limited(
    told.map((row) => shortageText(row, endUs)),
    'workloads that were short of pods',
  );
}

export function shortageText(row: Shortage, endUs: number): string {
  const { workload, wholeUs, times, totalUs, firstUs, sinceUs, untilUs, available, wanted, most } = row;
  if (wholeUs === undefined && wanted === 1) return `${workload} never had its pod available`;
  if (wholeUs === undefined) return `${workload} never had all of its ${wanted} pods available: ${most} at most, ${available} at the end`;
  const worst = `at worst ${row.least} of ${row.leastWanted} at ${about(row.leastUs)}`;
  const often = times === 1 ? '' : `${times} times, `;
  if (isShort(row)) {
    const since = `since ${about(sinceUs!)}${times === 1 ? '' : `, ${times} times in all`}`;
    return `${workload} is short of pods at the end, ${available} of ${wanted} available, ${since}; ${worst}`;
  }
  const from = `from ${about(firstUs!)} to ${about(untilUs ?? endUs)}`;
  const took = times === 1 ? `for ${about(totalUs)}` : `for ${about(totalUs)} in all`;
  return `${workload} was short of pods ${often}${took}, ${from}; ${worst}`;
}

export function autoscalingText({ autoscaler, least, most, mostUs, last, changes, cappedUs }: Autoscaling): string {
  const who = `HorizontalPodAutoscaler ${autoscaler}`;
  const capped = cappedUs === 0 ? '' : `, more than it may for ${about(cappedUs)}`;
  if (changes === 0) return `${who} wanted ${last} replicas all along${capped}`;
  return `${who} wanted ${least} to ${most} replicas, the most from ${about(mostUs)} on, changed its mind ${changes} times${capped}; ${last} at the end`;
}

function rolloutLines({ rollouts }: ResultDocument): string[] {
  const open = rollouts.filter(({ end, ordinal }) => end === 'open' && ordinal > 1);
  const lines = open.map(({ deployment, images, startUs, availableMin, wanted, isPastDeadline }) => {
    const late = isPastDeadline ? 'past its progress deadline, ' : '';
    return `The rollout of Deployment ${deployment} to ${images}, begun at ${about(startUs)}, is not complete at the end: ${late}never fewer than ${availableMin} of ${wanted} available`;
  });
  return limited(lines, 'rollouts that are not complete');
}

function jobLines({ jobs }: ResultDocument): string[] {
  const ofCronJobs = new Map<string, JobLife[]>();
  for (const job of jobs) {
    if (job.cronJob === undefined) continue;
    const siblings = ofCronJobs.get(job.cronJob);
    if (siblings === undefined) ofCronJobs.set(job.cronJob, [job]);
    else siblings.push(job);
  }
  return [
    ...limited(jobs.filter(({ cronJob }) => cronJob === undefined).map(jobText), 'Jobs'),
    ...limited(
      [...ofCronJobs].map(([cronJob, made]) => cronJobText(cronJob, made)),
      'CronJobs',
    ),
  ];
}

function jobText({ job, end, createdUs, endUs, reason, completions, active, succeeded, failed, failedIndexes }: JobLife): string {
  const pods = [`${succeeded} ${succeeded === 1 ? 'pod' : 'pods'} succeeded`, `${failed} failed`].join(', ');
  const lost = failedIndexes === '' ? '' : `, lost are the indexes ${failedIndexes}`;
  const what = `Job ${job}`;
  if (end === 'complete') return `${what} is complete after ${about(endUs! - createdUs)}: ${pods}${lost}`;
  if (end === 'failed') return `${what} failed after ${about(endUs! - createdUs)}, ${reason}: ${pods}${lost}`;
  if (end === 'deleted') return `${what} was deleted unfinished after ${about(endUs! - createdUs)}: ${pods}`;
  const wanted = completions === undefined ? '' : ` of ${completions} wanted`;
  return `${what} is not over at the end: ${succeeded}${wanted} succeeded, ${failed} failed, ${active} at work${lost}`;
}

function cronJobText(cronJob: string, made: readonly JobLife[]): string {
  const count = (end: JobLife['end']) => made.filter((job) => job.end === end).length;
  const parts = [`${count('complete')} complete`, `${count('failed')} failed`];
  if (count('deleted') > 0) parts.push(`${count('deleted')} deleted unfinished`);
  if (count('open') > 0) parts.push(`${count('open')} not over at the end`);
  return `CronJob ${cronJob} made ${made.length} ${made.length === 1 ? 'Job' : 'Jobs'}: ${parts.join(', ')}`;
}

// Sorts of waiting pods told in the summary.
const WAITING_LINES = 5;

function podLines({ pods, scheduling, writes, waiting, flowControl }: ResultDocument): string[] {
  const { bound, unschedulable, errors } = scheduling;
  const written = Object.values(writes).reduce((sum, count) => sum + count, 0);
  const failed = byReason('failed', pods.failed);
  const restarts = byReason('restarts of containers', pods.restarts);
  const lines = [
    `Pods: ${pods.created} created, ${pods.readyOnce} came to be ready${startText(pods.lives)}, ${pods.gone} are gone${failed}${restarts}`,
    `Simulated control plane: ${bound + unschedulable + errors} scheduling attempts, ${unschedulable + errors} of them in vain; ${written} writes`,
    ...flowControl.flatMap(levelLines),
  ];
  for (const {
    why,
    count,
    pods: [first = ''],
  } of waiting.slice(0, WAITING_LINES)) {
    const who = count === 1 ? `Pod ${first} waits for a node` : `${count} pods wait for a node, ${first} among them`;
    lines.push(`${who}: ${why}`);
  }
  if (waiting.length > WAITING_LINES) lines.push(`${waiting.length - WAITING_LINES} sorts of waiting pods more; see --out`);
  return lines;
}

/** How soon pods were ready after they were created, and when the last one was. */
function startText(lives: readonly PodLife[]): string {
  const tookUs: number[] = [];
  let lastUs = 0;
  for (const { createdUs, readyUs } of lives) {
    if (readyUs === undefined) continue;
    tookUs.push(readyUs - createdUs);
    lastUs = Math.max(lastUs, readyUs);
  }
  if (tookUs.length === 0) return '';
  tookUs.sort((a, b) => a - b);
  // The nearest rank: so many are at most this.
  const within = (part: number) => about(tookUs[Math.ceil(tookUs.length * part) - 1]!);
  return ` (half of them within ${within(0.5)} of their creation, 99 % within ${within(0.99)}, the last at ${about(lastUs)})`;
}

function byReason(what: string, reasons: { readonly [reason: string]: number }): string {
  const list = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const total = list.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? '' : `; ${total} ${what} (${list.map(([reason, count]) => `${count} ${reason}`).join(', ')})`;
}

/** Of a priority level that was never full there is nothing to tell. */
function levelLines({ level, requests, waited, refused, longestWaitUs }: LevelFigures): string[] {
  if (waited + refused === 0) return [];
  const refusals = refused === 0 ? '' : `, ${refused} were refused with 429 and sent again`;
  return [
    `API server: of ${requests} requests of priority level ${level}, ${waited} waited for a seat, up to ${durationText(longestWaitUs)}${refusals}`,
  ];
}

function attentionLines({ scheduling, requests }: ResultDocument): string[] {
  const lines: string[] = [];
  if (scheduling.bound === 0) lines.push('ATTENTION: this run scheduled no pod at all; its other figures mean little');
  if (requests.isExpected && requests.traffics.length === 0) lines.push('ATTENTION: not one request has ended');
  return lines;
}

function limited(lines: readonly string[], what: string): string[] {
  return lines.length <= LINES ? [...lines] : [...lines.slice(0, LINES), `${lines.length - LINES} ${what} more; see --out`];
}

/** To the tenth of a second: more would say nothing. */
function about(us: number): string {
  return durationText(Math.round(us / 100_000) * 100_000);
}
