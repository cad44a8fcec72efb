/**
 * Which of several candidates hurts least. Models pickOneNodeForPreemption of pkg/scheduler/framework/preemption/preemption.go.
 */
import type { PodInfo } from '../pod-info.ts';
import { type Candidate, startTimeUs } from './victims.ts';

// Makes every priority positive, so that more victims always sum up to more.
export const PRIORITY_OFFSET = 2 ** 31;

/** All that no criterion tells apart from the best, in the order given. */
export function leastHarmful(candidates: readonly Candidate[], nowUs: number): readonly Candidate[] {
  const criteria: ((candidate: Candidate) => number)[] = [
    (candidate) => candidate.pdbViolations,
    ({ victims }) => victims[0]!.priority,
    ({ victims }) => victims.reduce((sum, victim) => sum + victim.priority + PRIORITY_OFFSET, 0),
    ({ victims }) => victims.length,
    ({ victims }) => -earliestStartUs(victims, nowUs),
  ];
  let left = candidates;
  for (const cost of criteria) {
    if (left.length < 2) break;
    const costs = left.map(cost);
    const least = Math.min(...costs);
    left = left.filter((_, i) => costs[i] === least);
  }
  return left;
}

/** Of the victims of the highest priority. */
function earliestStartUs(victims: readonly PodInfo[], nowUs: number): number {
  const highest = Math.max(...victims.map((victim) => victim.priority));
  return Math.min(...victims.filter((victim) => victim.priority === highest).map((victim) => startTimeUs(victim, nowUs)));
}
