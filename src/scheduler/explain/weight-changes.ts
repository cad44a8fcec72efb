/**
 * Why one node won and not another, and what little would have turned that: the smallest change of one plugin's weight that sends the pod
 * elsewhere, found by choosing again with it.
 */
import type { NodeInfo } from '../node-info.ts';
import type { PluginScores } from '../profile.ts';
import { selectHost } from '../select-host.ts';
import type { Turning } from './explanation.ts';

// A weight that is further off is another profile altogether.
const STEPS_MAX = 100;

export interface Choice {
  readonly feasible: readonly NodeInfo[];
  readonly scores: readonly PluginScores[];
  readonly totals: Float64Array;
}

/** Other nodes with the total of the chosen one: among them the order of the search decided. */
export function tiesOf({ totals }: Choice): number {
  const best = totals[selectHost(totals)]!;
  return totals.filter((total) => total === best).length - 1;
}

/** One for each plugin whose weight matters, the smallest first; ties aside, a tied choice turns with any difference. */
export function turningsOf({ feasible, scores, totals }: Choice): readonly Turning[] {
  const chosen = selectHost(totals);
  const changed = new Float64Array(totals.length);
  const winnerWith = (normalized: Float64Array, by: number): number => {
    for (let i = 0; i < changed.length; i++) changed[i] = totals[i]! + normalized[i]! * by;
    return selectHost(changed);
  };
  const found: Turning[] = [];
  for (const { name, weight, normalized } of scores) {
    if (normalized.every((score) => score === normalized[0])) continue;
    for (let step = 1; step <= STEPS_MAX; step++) {
      const turning = [-step, step].find((by) => weight + by >= 0 && winnerWith(normalized, by) !== chosen);
      if (turning === undefined) continue;
      found.push({ plugin: name, from: weight, to: weight + turning, node: feasible[winnerWith(normalized, turning)]!.name });
      break;
    }
  }
  return found.sort((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from));
}
