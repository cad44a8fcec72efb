/**
 * Holds a recorded workload to what SequenceWorld makes of it: thousands of actions, each with the bindings and failures it led to.
 *
 * One wrong choice shows in all that follows, so after the first difference the figures only tell how far the two have drifted.
 */
import type { SchedulerConfiguration } from '../../../scheduler/configuration.ts';
import { differ, type Replayed } from './replay-decisions.ts';
import { type RecordedAction, SequenceWorld } from './replay-sequence.ts';

interface RunHeader {
  readonly id: string;
  readonly config: unknown;
}

interface RunStep {
  readonly do: RecordedAction;
  readonly bound?: readonly (readonly [pod: string, node: string])[];
  /** The message of each pod's last attempt, of those that failed. */
  readonly failed?: { readonly [pod: string]: string };
}

export type RecordedRunLine = RunHeader | RunStep;

export function* replayRun(lines: Iterable<RecordedRunLine>, read: (config: unknown) => SchedulerConfiguration): Generator<Replayed> {
  let id = '';
  let step = 0;
  let world: SequenceWorld | undefined;
  for (const line of lines) {
    if ('id' in line) {
      id = line.id;
      world = new SequenceWorld(read(line.config), false);
      continue;
    }
    world!.attempts = [];
    world!.bindings = [];
    world!.act(line.do);
    world!.settle();
    const bound = world!.bindings.map(({ pod, node }) => [pod, node]);
    const differences = [...differ('bound', line.bound ?? [], bound), ...differ('failed', line.failed ?? {}, failures(world!))];
    yield { id: `${id}/${++step}`, differences };
  }
}

function failures({ attempts }: SequenceWorld): { readonly [pod: string]: string } {
  const failed: { [pod: string]: string } = {};
  for (const { pod, result, message = '' } of attempts) {
    if (result === 'bound') delete failed[pod];
    else failed[pod] = message;
  }
  return failed;
}
