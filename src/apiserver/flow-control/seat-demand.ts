/**
 * How many seats a level has needed of late, and how the server's seats are shared out by that every ten seconds.
 *
 * Models updateBorrowingLocked of staging/src/k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go and conc_alloc.go. Upstream measures
 * the spread and the peak of the demand; here both follow from its mean, as for requests that come independently of each other: a variance
 * as large as the mean, and a peak three deviations above it.
 */

// seatDemandSmoothingCoefficient.
const SMOOTHING = 0.977;

export class SeatDemand {
  /** Seats times microseconds, asked for since the last look. */
  #asked = 0;
  #smooth = 0;
  #mean = 0;

  /** A request wants `seats` from now until it is through, waiting included. */
  ask(seats: number, us: number): void {
    this.#asked += seats * us;
  }

  /** Ends a period of that length. */
  look(periodUs: number): void {
    this.#mean = this.#asked / periodUs;
    this.#asked = 0;
    const envelope = this.#mean + Math.sqrt(this.#mean);
    // Up at once, down slowly.
    this.#smooth = envelope >= this.#smooth ? envelope : SMOOTHING * this.#smooth + (1 - SMOOTHING) * envelope;
  }

  get peak(): number {
    return Math.ceil(this.#mean + 3 * Math.sqrt(this.#mean));
  }

  get smooth(): number {
    return this.#smooth;
  }
}

export interface SeatClaim {
  readonly lower: number;
  readonly target: number;
}

/** Shares `total` seats in proportion to the targets, none below its lower bound. */
export function sharedOut(total: number, claims: readonly SeatClaim[]): readonly number[] {
  const sumOfLower = claims.reduce((sum, { lower }) => sum + lower, 0);
  if (sumOfLower >= total) return claims.map(({ lower }) => lower);
  // The fair fraction lies between two of the points at which a bound stops to hold: halving finds it to within a seat's thousandth.
  let low = 0;
  let high = total / Math.max(1e-9, Math.min(...claims.map(({ target }) => Math.max(target, 1e-9))));
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    const sum = claims.reduce((seats, { lower, target }) => seats + Math.max(lower, middle * target), 0);
    if (sum > total) high = middle;
    else low = middle;
  }
  return claims.map(({ lower, target }) => Math.max(1, Math.round(Math.max(lower, low * target))));
}
