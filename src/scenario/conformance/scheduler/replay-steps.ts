/**
 * Holds recorded sequences and runs, step by step, to what SequenceWorld makes of them.
 */
import { podCondition } from '../../../model/pod.ts';
import type { SchedulerConfiguration } from '../../../scheduler/configuration.ts';
import { differ, type Replayed } from './replay-decisions.ts';
import { type RecordedAction, type SeenAttempt, SequenceWorld } from './replay-sequence.ts';

interface Pending {
  readonly reason?: string;
  readonly message?: string;
  readonly nominated?: string;
}

export interface RecordedSequence {
  readonly id: string;
  readonly config: unknown;
  readonly termination: 'immediate' | 'graceful';
  readonly steps: readonly {
    readonly at: number;
    readonly actions: readonly RecordedAction[];
    readonly expect: {
      readonly attempts?: readonly SeenAttempt[];
      readonly bindings?: readonly { readonly pod: string; readonly node: string }[];
      readonly preempted?: readonly string[];
      readonly pending?: { readonly [pod: string]: Pending };
    };
  }[];
}

export function* replaySequence(sequence: RecordedSequence, read: (config: unknown) => SchedulerConfiguration): Generator<Replayed> {
  const world = new SequenceWorld({ ...read(sequence.config), percentageOfNodesToScore: 100 }, sequence.termination === 'graceful');
  for (const [i, { at, actions, expect }] of sequence.steps.entries()) {
    world.advanceTo(at);
    world.attempts = [];
    world.bindings = [];
    world.preempted = [];
    for (const action of actions) world.act(action);
    world.settle();
    // How long the recorder went on after the last step shows only in what was still tried.
    const end = Math.max(at, ...(expect.attempts ?? []).map((attempt) => attempt.at));
    world.advanceTo(sequence.steps[i + 1]?.at ?? end);
    const differences = [
      ...differ('attempts', expect.attempts ?? [], world.attempts),
      ...differ('bindings', expect.bindings ?? [], world.bindings),
      ...differ('preempted', expect.preempted ?? [], world.preempted),
      ...differ('pending', expect.pending ?? {}, pendingIn(world)),
    ];
    yield { id: `${sequence.id}/${i}`, differences };
  }
}

function pendingIn(world: SequenceWorld): { readonly [pod: string]: Pending } {
  const pending: { [pod: string]: Pending } = {};
  for (const pod of world.pods) {
    if ((pod.spec.nodeName ?? '') !== '') continue;
    const condition = podCondition(pod, 'PodScheduled');
    const nominated = pod.status?.nominatedNodeName ?? '';
    // The recorder leaves out what says no more than the gates do.
    const isGated = (pod.spec.schedulingGates ?? []).length > 0;
    pending[pod.metadata.name] = {
      ...(condition?.reason === undefined ? {} : { reason: condition.reason }),
      ...(condition?.message === undefined || isGated ? {} : { message: condition.message }),
      ...(nominated === '' ? {} : { nominated }),
    };
  }
  return pending;
}
