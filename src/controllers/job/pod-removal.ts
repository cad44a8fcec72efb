/**
 * Which active pods a Job gives up when it has too many: doubles of an index first, then the cheapest to lose.
 *
 * Models activePodsForRemoval of pkg/controller/job/job_controller.go and indexed_job_utils.go.
 */
import type { Job } from '../../model/batch.ts';
import type { Pod } from '../../model/pod.ts';
import { cheapestActiveFirst } from './active-pods.ts';
import { isIndexed, validIndex } from './job-pods.ts';

export function podsToRemove(job: Job, active: readonly Pod[], atLeast: number): Pod[] {
  if (!isIndexed(job)) return atLeast === 0 ? [] : cheapestActiveFirst(active).slice(0, atLeast);
  const removed: Pod[] = [];
  const kept: Pod[] = [];
  const byIndex = new Map<number, Pod[]>();
  for (const pod of active) {
    const index = validIndex(pod, job);
    if (index === undefined) removed.push(pod);
    else byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
  }
  for (const index of [...byIndex.keys()].sort((a, b) => a - b)) {
    const pods = byIndex.get(index)!;
    const sorted = pods.length === 1 ? pods : cheapestActiveFirst(pods);
    removed.push(...sorted.slice(0, -1));
    kept.push(sorted.at(-1)!);
  }
  return removed.length >= atLeast ? removed : [...removed, ...cheapestActiveFirst(kept).slice(0, atLeast - removed.length)];
}
