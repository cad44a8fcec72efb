/**
 * Traffic: when requests come, without regard to whether earlier ones were answered (an open loop), as visitors do.
 */
import { SECOND_US } from '../base/units.ts';
import type { Network, Route } from '../network/network.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';

export interface Arrivals {
  readonly kind: 'poisson' | 'constant';
  readonly perSecond: number;
}

export interface TrafficSpec {
  readonly route: Route;
  readonly arrivals: Arrivals;
  readonly fromUs: number;
  /** Exclusive. */
  readonly untilUs: number;
}

const TrafficEvent = { Arrive: 0 } as const;

export class Traffic implements EventHandler {
  readonly spec: TrafficSpec;
  readonly #sim: Simulation;
  readonly #network: Network;
  readonly #random: RandomStream;
  readonly #handler: HandlerId;
  #sent = 0;

  constructor(sim: Simulation, network: Network, random: Random, spec: TrafficSpec) {
    this.spec = spec;
    this.#sim = sim;
    this.#network = network;
    this.#random = random.stream('workload', 'arrivals', spec.route.traffic);
    this.#handler = sim.register(this);
  }

  get sent(): number {
    return this.#sent;
  }

  start(): void {
    this.#scheduleNext(Math.max(0, this.spec.fromUs - this.#sim.nowUs));
  }

  on(): void {
    this.#sent++;
    this.#network.send(this.spec.route);
    this.#scheduleNext(0);
  }

  #scheduleNext(afterUs: number): void {
    const { arrivals, untilUs } = this.spec;
    if (arrivals.perSecond <= 0) return;
    const gapUs = SECOND_US / arrivals.perSecond;
    const waitUs = afterUs + Math.max(1, Math.round(arrivals.kind === 'poisson' ? this.#random.exponential(gapUs) : gapUs));
    if (this.#sim.nowUs + waitUs < untilUs) this.#sim.schedule(waitUs, this.#handler, TrafficEvent.Arrive);
  }
}
