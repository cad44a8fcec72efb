/** Keeps a pod out of the queue while it has scheduling gates. Models plugins/schedulinggates. */
import type { Pod } from '../../model/pod.ts';
import { type PreEnqueuePlugin, type Status, unresolvable } from '../framework.ts';

export class SchedulingGates implements PreEnqueuePlugin {
  readonly name = 'SchedulingGates';

  preEnqueue(pod: Pod): Status | undefined {
    const gates = pod.spec.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return unresolvable(this.name, `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`);
  }
}
