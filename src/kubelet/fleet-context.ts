/**
 * What all parts of the fleet share: the clock, the way to the API server, the registry and the streams of chance.
 */

import { SECOND_US } from '../base/units.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import type { Behaviours } from '../model/behaviour.ts';
import type { Observers } from '../model/observer.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { KubeletEvents } from './kubelet-events.ts';
import type { NodeState } from './node-state.ts';
import type { ImageRegistry } from './runtime/image-registry.ts';
import type { RuntimeTimings } from './runtime/timings.ts';

export interface FleetContext {
  readonly sim: Simulation;
  readonly random: Random;
  /** For every duration of the nodes' runtimes. */
  readonly runtime: RandomStream;
  /** For the kubelets' own jitter. */
  readonly jitter: RandomStream;
  readonly observers: Observers;
  readonly client: FleetClient;
  readonly registry: ImageRegistry;
  readonly behaviours: Behaviours;
  readonly timings: RuntimeTimings;
  readonly events: KubeletEvents;
}

/** Microseconds until the node's next one-second tick after `delayUs`: its sync loop and its relist run on that beat. */
export function toNextTickUs(node: NodeState, nowUs: number, delayUs: number): number {
  const dueUs = nowUs + delayUs;
  const ticks = Math.ceil((dueUs - node.tickUs) / SECOND_US);
  return node.tickUs + ticks * SECOND_US - nowUs;
}
