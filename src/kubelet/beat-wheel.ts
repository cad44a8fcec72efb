/**
 * When each node of the fleet next shows that it lives: nodes whose turns fall into the same hundredth of a second are served together.
 *
 * A cluster of 130,000 nodes renews 13,000 leases a simulated second. What a renewal must not cost is an event of the kernel: here a
 * turn is a link in a chain, and a whole chain is one event.
 */
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';

// A turn comes up to this much late, of the ten seconds between two: less than a tenth of the interval's own jitter.
export const BEAT_TICK_US = 10_000;
const NONE = -1;

export class BeatWheel implements EventHandler {
  readonly #sim: Simulation;
  readonly #handler: HandlerId;
  readonly #turn: (nodeIndex: number, epoch: number) => void;
  /** The first and the last turn of each tick that has any. */
  readonly #first = new Map<number, number>();
  readonly #last = new Map<number, number>();
  /** Turns by slot; freed slots are used again. */
  readonly #node: number[] = [];
  readonly #epoch: number[] = [];
  readonly #next: number[] = [];
  #free = NONE;

  constructor(sim: Simulation, turn: (nodeIndex: number, epoch: number) => void) {
    this.#sim = sim;
    this.#turn = turn;
    this.#handler = sim.register(this);
  }

  /** The node's turn comes after `delayUs`, or up to a tick later; `epoch` is handed back with it. */
  schedule(delayUs: number, nodeIndex: number, epoch: number): void {
    const tick = Math.ceil((this.#sim.nowUs + delayUs) / BEAT_TICK_US);
    const slot = this.#take(nodeIndex, epoch);
    const last = this.#last.get(tick);
    this.#last.set(tick, slot);
    if (last !== undefined) {
      this.#next[last] = slot;
      return;
    }
    this.#first.set(tick, slot);
    this.#sim.schedule(tick * BEAT_TICK_US - this.#sim.nowUs, this.#handler, 0, tick);
  }

  on(_event: number, tick: number): void {
    let slot = this.#first.get(tick)!;
    this.#first.delete(tick);
    this.#last.delete(tick);
    while (slot !== NONE) {
      const next = this.#next[slot]!;
      const node = this.#node[slot]!;
      const epoch = this.#epoch[slot]!;
      this.#next[slot] = this.#free;
      this.#free = slot;
      this.#turn(node, epoch);
      slot = next;
    }
  }

  #take(nodeIndex: number, epoch: number): number {
    let slot = this.#free;
    if (slot === NONE) slot = this.#node.length;
    else this.#free = this.#next[slot]!;
    this.#node[slot] = nodeIndex;
    this.#epoch[slot] = epoch;
    this.#next[slot] = NONE;
    return slot;
  }
}
