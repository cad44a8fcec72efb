/**
 * Which nodes a fault strikes: those it names, or those of its zone and labels; of those so many by chance, or all.
 */
import { mapMatches } from '../model/selector.ts';
import type { RandomStream } from '../sim/random.ts';
import type { FaultTargets, NodeTarget } from './fault.ts';

export const ZONE_LABEL = 'topology.kubernetes.io/zone';

export function chosenNodes(all: ReturnType<FaultTargets['nodes']>, target: NodeTarget, random: RandomStream): readonly string[] {
  const { names, zone, labels, count } = target;
  if (names !== undefined) return names;
  const fitting = all.filter(
    (node) => (zone === undefined || node.labels[ZONE_LABEL] === zone) && (labels === undefined || mapMatches(labels, node.labels)),
  );
  if (count === undefined) return fitting.map((node) => node.name);
  // One that is down already would make the fault smaller than asked for.
  const candidates = fitting.filter((node) => node.isUp).map((node) => node.name);
  const chosen: string[] = [];
  while (chosen.length < count && candidates.length > 0) chosen.push(candidates.splice(random.below(candidates.length), 1)[0]!);
  return chosen;
}
