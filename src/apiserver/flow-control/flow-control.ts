/**
 * API priority and fairness: which requests wait for a seat, and which are refused because too many wait already.
 *
 * Models staging/src/k8s.io/apiserver/pkg/util/flowcontrol (apf_controller.go, fairqueuing/queueset, request/*_work_estimator.go) with the
 * levels of priority-levels.ts. Approximated: within a level there is one line, where upstream has up to 128 and deals them to flows.
 */
import { MILLISECOND_US, SECOND_US } from '../../base/units.ts';
import type { Kind } from '../../model/kinds.ts';
import {
  nominalSeats,
  PRIORITY_LEVELS,
  type PriorityLevelName,
  type PriorityLevelSpec,
  SERVER_SEATS,
  seatsKept,
} from './priority-levels.ts';
import { SeatDemand, sharedOut } from './seat-demand.ts';
import { SeatLine } from './seat-line.ts';

// A quarter of --request-timeout (60 s).
const WAIT_LIMIT_US = 15 * SECOND_US;
// borrowingAdjustmentPeriod.
const PERIOD_US = 10 * SECOND_US;
// After so many periods without a request nothing is left of an old demand.
const PERIODS_REMEMBERED = 100;
// request/config.go: maximumSeatsLimit, watchesPerSeat, eventAdditionalDuration.
const WIDTH_LIMIT = 10;
const WATCHES_PER_SEAT = 10;
const EVENT_US = 5 * MILLISECOND_US;
// No request takes more than this part of its level's nominal seats (maxSeats in apf_controller.go).
const WIDTH_PART = 0.15;

/** What became of one level's requests in a run. */
export interface LevelFigures {
  readonly level: PriorityLevelName;
  readonly nominalSeats: number;
  readonly requests: number;
  /** Of those, how many had to wait for a seat. */
  readonly waited: number;
  readonly longestWaitUs: number;
  /** Answers 429: the line was full, or the wait would have passed 15 s. */
  readonly refused: number;
}

interface Level {
  readonly spec: PriorityLevelSpec;
  readonly nominal: number;
  readonly line: SeatLine;
  readonly demand: SeatDemand;
  readonly widthLimit: number;
  requests: number;
  waited: number;
  longestWaitUs: number;
  refused: number;
}

export interface Refusal {
  /** After this long the refusal is sent, in microseconds. */
  readonly afterUs: number;
}

export class FlowControl {
  readonly #levels: readonly Level[];
  readonly #byName: ReadonlyMap<PriorityLevelName, Level>;
  readonly #watchersOf: (kind: Kind) => number;
  readonly #serverSeats: number;
  #nextLookUs = PERIOD_US;

  /** `watchersOf` tells how many watches hear of a write to an object of that kind. */
  constructor(watchersOf: (kind: Kind) => number = () => 0, serverSeats = SERVER_SEATS) {
    this.#watchersOf = watchersOf;
    this.#serverSeats = serverSeats;
    this.#levels = PRIORITY_LEVELS.map((spec) => {
      const nominal = nominalSeats(spec, serverSeats);
      return {
        spec,
        nominal,
        line: new SeatLine(nominal),
        demand: new SeatDemand(),
        widthLimit: Math.max(1, Math.min(WIDTH_LIMIT, Math.ceil(nominal * WIDTH_PART))),
        requests: 0,
        waited: 0,
        longestWaitUs: 0,
        refused: 0,
      };
    });
    this.#byName = new Map(this.#levels.map((level) => [level.spec.name, level]));
  }

  get figures(): readonly LevelFigures[] {
    return this.#levels.map(({ spec, nominal, requests, waited, longestWaitUs, refused }) => ({
      level: spec.name,
      nominalSeats: nominal,
      requests,
      waited,
      longestWaitUs,
      refused,
    }));
  }

  /** Seats of the level at the moment, lent and borrowed ones counted. */
  seatsOf(name: PriorityLevelName): number {
    return this.#byName.get(name)!.line.seats;
  }

  /**
   * A request has come that takes `serviceUs` once it is served. How long it waits, in microseconds; or that it is refused. A write to
   * what many watch keeps more seats, and for longer, than one that nobody hears of.
   */
  admit(name: PriorityLevelName, nowUs: number, serviceUs: number, written?: Kind): number | Refusal {
    if (nowUs >= this.#nextLookUs) this.#look(nowUs);
    const level = this.#byName.get(name)!;
    const watchers = written === undefined ? 0 : this.#watchersOf(written);
    return watchers < WATCHES_PER_SEAT
      ? this.#seat(level, nowUs, 1, serviceUs)
      : this.#seatWide(level, nowUs, Math.ceil(watchers / WATCHES_PER_SEAT), serviceUs);
  }

  /** The same work on fewer seats takes longer. */
  #seatWide(level: Level, nowUs: number, wanted: number, serviceUs: number): number | Refusal {
    const width = Math.min(wanted, level.widthLimit);
    return this.#seat(level, nowUs, width, serviceUs + Math.round((EVENT_US * wanted) / width));
  }

  #seat(level: Level, nowUs: number, width: number, holdUs: number): number | Refusal {
    const { line } = level;
    level.requests++;
    const startUs = line.startUs(nowUs, width);
    const waitUs = startUs - nowUs;
    if (waitUs > 0) {
      const isFull = line.waiting(nowUs) >= level.spec.waitingLimit;
      if (isFull || waitUs > WAIT_LIMIT_US) {
        level.refused++;
        level.demand.ask(width, isFull ? 0 : WAIT_LIMIT_US);
        return { afterUs: isFull ? 0 : WAIT_LIMIT_US };
      }
      level.waited++;
      if (waitUs > level.longestWaitUs) level.longestWaitUs = waitUs;
    }
    line.take(nowUs, startUs, width, holdUs);
    level.demand.ask(width, waitUs + holdUs);
    return waitUs;
  }

  /** Seats that one level has not needed go to those that have needed more than their own. */
  #look(nowUs: number): void {
    const periods = Math.floor((nowUs - this.#nextLookUs) / PERIOD_US) + 1;
    this.#nextLookUs += periods * PERIOD_US;
    for (const { demand } of this.#levels)
      for (let period = 0; period < Math.min(periods, PERIODS_REMEMBERED); period++) demand.look(PERIOD_US);
    const claims = this.#levels.map(({ spec, nominal, demand }) => {
      const lower = Math.max(seatsKept(spec, this.#serverSeats), Math.min(nominal, demand.peak));
      return { lower, target: Math.max(lower, demand.smooth) };
    });
    const seats = sharedOut(this.#serverSeats, claims);
    for (const [index, { line }] of this.#levels.entries()) line.resize(seats[index]!, nowUs);
  }
}
