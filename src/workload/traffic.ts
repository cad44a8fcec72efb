/**
 * Traffic: when requests come, without regard to whether earlier ones were answered (an open loop), as visitors do.
 */
import { SECOND_US } from '../base/units.ts';
import type { Network } from '../network/network.ts';
import type { Route } from '../network/route.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';

export interface Arrivals {
  readonly kind: 'poisson' | 'constant';
  readonly perSecond: number;
  /** The rate from each of these instants on, in order; before the first it is `perSecond`. */
  readonly steps?: readonly { readonly fromUs: number; readonly perSecond: number }[];
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
    const nextUs = this.#nextUs(this.#sim.nowUs + afterUs);
    if (nextUs < this.spec.untilUs) this.#sim.schedule(nextUs - this.#sim.nowUs, this.#handler, TrafficEvent.Arrive);
  }

  /** When the next request comes after `fromUs`, at the rate that holds by then. Chance forgets: a new rate begins a new wait. */
  #nextUs(fromUs: number): number {
    const { arrivals } = this.spec;
    const { steps = NO_STEPS } = arrivals;
    let atUs = fromUs;
    let next = steps.findIndex((step) => step.fromUs > atUs);
    if (next < 0) next = steps.length;
    for (;;) {
      const perSecond = next === 0 ? arrivals.perSecond : steps[next - 1]!.perSecond;
      const gapUs = SECOND_US / perSecond;
      const waitUs = perSecond <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(this.#gap(gapUs)));
      const changesUs = steps[next]?.fromUs ?? Number.POSITIVE_INFINITY;
      if (atUs + waitUs < changesUs || changesUs === Number.POSITIVE_INFINITY) return atUs + waitUs;
      atUs = changesUs;
      next++;
    }
  }

  #gap(gapUs: number): number {
    return this.spec.arrivals.kind === 'poisson' ? this.#random.exponential(gapUs) : gapUs;
  }
}

const NO_STEPS: NonNullable<Arrivals['steps']> = [];
