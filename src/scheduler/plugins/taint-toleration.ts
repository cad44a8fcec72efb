/** Keeps pods off nodes whose taints they do not tolerate, and away from those they would rather avoid. Models plugins/tainttoleration. */
import type { Taint } from '../../model/node.ts';
import type { Toleration } from '../../model/pod.ts';
import { isTolerated } from '../../model/toleration.ts';
import { type CycleState, type FilterPlugin, type PreScorePlugin, type ScorePlugin, type Status, unresolvable } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { normalizeByMaximum } from './default-normalize.ts';

// One shared status, because filter runs for every pod on every node. No preemption lifts a taint: hence "unresolvable".
const UNTOLERATED = unresolvable('TaintToleration', 'node(s) had untolerated taint(s)');

export class TaintToleration implements FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = 'TaintToleration';

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    return hasUntoleratedTaint(pod.pod.spec.tolerations, node.taints) ? UNTOLERATED : undefined;
  }

  preScore(): Status | undefined {
    return undefined;
  }

  /** Counts the taints the pod would rather avoid. Fewer is better, so normalize() turns the scale round. */
  score(_state: CycleState, pod: PodInfo, node: NodeInfo): number {
    let count = 0;
    for (const taint of node.taints) {
      if (taint.effect === 'PreferNoSchedule' && !isTolerated(pod.pod.spec.tolerations, taint)) count++;
    }
    return count;
  }

  normalize(_state: CycleState, _pod: PodInfo, _feasible: readonly NodeInfo[], scores: Float64Array): void {
    normalizeByMaximum(scores, true);
  }
}

/** A taint that forbids, and that none of the tolerations covers. */
export function hasUntoleratedTaint(tolerations: readonly Toleration[] | undefined, taints: readonly Taint[]): boolean {
  for (const taint of taints) {
    if (taint.effect === 'PreferNoSchedule') continue; // A preference: it scores, it does not forbid.
    if (!isTolerated(tolerations, taint)) return true;
  }
  return false;
}
